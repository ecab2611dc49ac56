import assert from 'node:assert/strict';
import type { RunningConsole } from '../../src/console/server';
import { accessNode } from '../../src/graph/read/access';
import { accessPath, integrationPath, nodePath } from '../../src/console/pages/links';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';

describe("The console's pages of apps, admin roles and group rules", () => {
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let domain: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start(
      { users: 60, groups: 10, apps: 12, rules: 4, roles: 6, awkward: false },
      { SYNC_ACCESS: 'rules,apps,roles' },
    );
    ({ domain } = stack.sim);
    const { outcome, access } = await stack.sync({ mode: 'full' });
    assert.deepEqual([outcome, access?.apps?.seen], ['succeeded', 12]);
    console = await openConsole(stack.config);
    visitor = new Visitor(console.url);
  });

  after(async () => {
    await console.close();
    await stack.stop();
  });

  const truth = () => stack.sim.org.truth().access;
  const groupName = (id: string) => {
    const group = [...stack.sim.org.truth().groups()].find((each) => each['id'] === id);
    return String((group?.['profile'] as { name?: string } | undefined)?.name);
  };

  it('are linked from the page of the org', async () => {
    const page = await visitor.open(integrationPath(domain));
    for (const kind of ['apps', 'roles', 'rules'] as const)
      assert.ok(page.includes(`href="${accessPath(domain, kind)}"`), kind);
  });

  it('list what the org has', async () => {
    const apps = textOf(await visitor.open(accessPath(domain, 'apps')));
    for (const { label } of truth().apps()) assert.ok(apps.includes(label), label);
    const rules = textOf(await visitor.open(accessPath(domain, 'rules')));
    for (const rule of truth().rules()) assert.ok(rules.includes(String(rule['name'])));
    const roles = textOf(await visitor.open(accessPath(domain, 'roles')));
    for (const { role } of truth().roles()) assert.ok(roles.includes(role.label), role.label);
  });

  it('show the groups and people of an app, and what a group and a person open', async () => {
    const [assigned] = truth().appGroups();
    assert.ok(assigned);
    const { appId, group } = assigned;
    const page = textOf(await visitor.open(accessPath(domain, 'apps', appId)));
    assert.ok(page.includes(groupName(group.id)), page);
    const label = [...truth().apps()].find(({ id }) => id === appId)?.label ?? '';
    assert.match(textOf(await visitor.open(nodePath(domain, 'Group', group.id))), /Access to \d+ apps?/);
    const [member] = [...stack.sim.org.truth().edges()].filter(([, id]) => id === group.id);
    assert.ok(member);
    const person = textOf(await visitor.open(nodePath(domain, 'User', member[0])));
    assert.ok(person.includes(label) && person.includes(groupName(group.id)), person);
  });

  it('count each person who can use an app once', async () => {
    const members = new Map<string, string[]>();
    const left = new Set<string>();
    for (const { id, status } of stack.sim.org.truth().users()) if (status === 'DEPROVISIONED') left.add(id);
    for (const [user, group] of stack.sim.org.truth().edges())
      members.set(group, [...(members.get(group) ?? []), user]);
    for (const { id } of truth().apps()) {
      const people = new Set<string>();
      for (const { appId, user } of truth().appUsers())
        if (appId === id && user.scope === 'USER') people.add(user.id);
      for (const { appId, group } of truth().appGroups())
        if (appId === id) for (const user of members.get(group.id) ?? []) people.add(user);
      const node = await accessNode(stack.db, domain, { kind: 'apps', id, atMost: 1 });
      assert.equal(node?.people, [...people].filter((user) => !left.has(user)).length, id);
    }
  });

  it('draw what is around an app: its groups and its people', async () => {
    const [assigned] = truth().appGroups();
    const { appId, group } = assigned ?? assert.fail();
    const answer = JSON.parse(await visitor.open(`${accessPath(domain, 'apps', appId)}/neighbors`)) as {
      neighbors: { key: string; path: string }[];
    };
    assert.deepEqual(
      answer.neighbors.find(({ key }) => key === `Group/${group.id}`)?.path,
      nodePath(domain, 'Group', group.id),
    );
  });

  it('say that an app does not exist', async () => {
    assert.match(textOf(await visitor.open(accessPath(domain, 'apps', '0oa-none'))), /Not found/);
  });
});
