import assert from 'node:assert/strict';
import type { RunningConsole } from '../../src/console/server';
import { accessNode } from '../../src/graph/read/access';
import type { Given } from '../../src/queries/parameters';
import { accessPath, integrationPath, nodePath, questionPath } from '../../src/console/pages/links';
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

  it('say that a deactivated person has no access, and what a reactivation gives back', async () => {
    const [assigned] = truth().appGroups();
    const [id] = [...stack.sim.org.truth().edges()].find(([, group]) => group === assigned?.group.id) ?? [];
    assert.ok(id);
    const pageAs = async (status: string) => {
      await stack.db.run('MATCH (u:User {okta_domain: $domain, id: $id}) SET u.status = $status', {
        ...{ domain, id, status },
      });
      return textOf(await visitor.open(nodePath(domain, 'User', id)));
    };
    const [, access = ''] =
      /Access to (\d+ apps?(?: and \d+ admin roles?)?)/.exec(await pageAs('ACTIVE')) ?? [];
    assert.match(
      await pageAs('DEPROVISIONED'),
      new RegExp(
        `Deactivated.*No access while deactivated\\s+If reactivated, this user has access to ${access} again`,
        's',
      ),
    );
    const status = [...stack.sim.org.truth().users()].find((user) => user.id === id)?.status;
    await pageAs(String(status));
  });

  it('say that a page after the last is empty', async () => {
    assert.match(textOf(await visitor.open(`${accessPath(domain, 'apps')}?skip=100`)), /No more apps/);
  });

  it('have the times of an app, and the questions about it', async () => {
    const [app] = truth().apps();
    const page = await visitor.open(accessPath(domain, 'apps', String(app?.id)));
    assert.match(textOf(page), /Sign-on mode.*Created.*Last updated.*Direct assignments as of/s);
    assert.ok(page.includes(questionPath(domain, 'app-people')));
    const roles = await visitor.open(accessPath(domain, 'roles'));
    const ofRole = await visitor.open(/href="([^"]*\/roles\/\w+)"/.exec(roles)?.[1] ?? '');
    assert.ok(ofRole.includes(questionPath(domain, 'admins')));
    assert.ok(!ofRole.includes(questionPath(domain, 'app-people')));
  });

  it('say what an invalid rule means, and whom a rule excludes', async () => {
    const rule = { id: '0prTest', group: '00gNobody' };
    const [{ id: person, name } = { id: '', name: '' }] = await stack.db.read<{ id: string; name: string }>(
      'MATCH (u:User {okta_domain: $domain}) RETURN u.id AS id, u.display_name AS name ORDER BY id LIMIT 1',
      { domain },
    );
    await stack.db.run(
      `CREATE (:GroupRule {okta_domain: $domain, id: $id, name: 'Test', status: 'INVALID',
         excluded_users: [$person], excluded_groups: [$group]})`,
      { domain, ...rule, person },
    );
    const page = await visitor.open(accessPath(domain, 'rules', rule.id));
    assert.match(textOf(page), /adds nobody/);
    assert.ok(page.includes(`href="${nodePath(domain, 'User', person)}"`) && textOf(page).includes(name));
    assert.match(textOf(page), /Excluded groups\s+00gNobody/);
    await stack.db.run('MATCH (r:GroupRule {okta_domain: $domain, id: $id}) DELETE r', { domain, ...rule });
  });

  it('are found by the search, and listed with users and groups', async () => {
    const [app] = truth().apps();
    const page = await visitor.open(`/explore?q=${encodeURIComponent(String(app?.label).toUpperCase())}`);
    assert.ok(page.includes(`href="${accessPath(domain, 'apps', String(app?.id))}"`));
    for (const kind of ['apps', 'roles', 'rules'] as const)
      assert.ok(page.includes(`href="${accessPath(domain, kind)}"`), kind);
  });

  it('are linked from answers, as groups are', async () => {
    const [assigned] = truth().appGroups();
    const { appId, group } = assigned ?? assert.fail();
    const answer = (id: string, given: Given = {}) =>
      visitor.open(questionPath(domain, id, undefined, { ...given, ask: ['yes'] }));
    const people = await answer('app-people', { app: [appId] });
    assert.ok(people.includes(`href="${accessPath(domain, 'apps', appId)}"`));
    const [id = ''] = [...stack.sim.org.truth().edges()].find(([, each]) => each === group.id) ?? [];
    const reached = await answer('blast-radius', { person: [id] });
    assert.ok(reached.includes(`href="${accessPath(domain, 'apps', appId)}"`));
    assert.ok(reached.includes(`href="${nodePath(domain, 'Group', group.id)}"`));
    assert.match(await answer('admins'), /href="[^"]*\/roles\/\w+"/);
    assert.match(await answer('person-apps-at', { person: [id], at: ['0d'] }), /href="[^"]*\/apps\/\w+"/);
    assert.doesNotMatch(await answer('app-people-at', { app: [appId], at: ['0d'] }), /href="[^"]*\/apps\//);
  });

  it('say that an app does not exist', async () => {
    assert.match(textOf(await visitor.open(accessPath(domain, 'apps', '0oa-none'))), /Not found/);
  });
});
