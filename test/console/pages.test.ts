import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RunningConsole } from '../../src/console/server';
import {
  integrationPath,
  listPath,
  nodePath,
  questionsPath,
  runPath,
  runsPath,
} from '../../src/console/pages/links';
import { ensureExploreIndexes } from '../../src/graph/schema/exploreIndexes';
import { deleteSchedule } from '../../src/runs/schedule';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';

describe('The console', () => {
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let domain: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 60, groups: 8 });
    ({ domain } = stack.sim);
    console = await openConsole(stack.config);
  });

  beforeEach(() => {
    visitor = new Visitor(console.url);
  });

  after(async () => {
    await console.close();
    await stack.stop();
  });

  it('says that an integration was never synced', async () => {
    const text = textOf(await visitor.open('/sources'));
    assert.match(text, new RegExp(`${domain} not synced yet`));
    assert.match(text, /Last success Never/);
  });

  it('starts a run, shows its progress, and then its report', async () => {
    await visitor.open(integrationPath(domain));
    await visitor.submit(`${integrationPath(domain)}/run`, { mode: 'full' });
    assert.match(visitor.page.path, /\/runs\/[\da-f-]{36}\?note=started$/);
    assert.match(textOf(visitor.page.body), /The run has started/);
    const path = visitor.page.path.split('?')[0] ?? '';
    const events = await visitor.open(`${path}/events`);
    assert.match(events, /event: ended/);
    const text = textOf(await visitor.open(path));
    assert.match(text, /Run #1 succeeded/);
    assert.match(text, /Users 60 60 0 0/);
    assert.match(text, /Trigger Manual/);
    assert.match(text, /Groups read 8 of 8 groups/);
    assert.match(text, /DUPLICATE_EMAIL|MISSING_EMAIL/);
  });

  it('shows the last success, and counts with links to lists', async () => {
    const body = await visitor.open('/sources');
    assert.match(textOf(body), new RegExp(`${domain} up to date`));
    assert.match(textOf(body), /Last success \d+s ago/);
    assert.match(body, new RegExp(`<a class="count" href="${listPath(domain, 'User')}">60</a>`));
  });

  it('names an index that Neo4j failed to build, and how to drop it', async () => {
    const name = 'okta_group_display_name';
    const other = randomUUID();
    await stack.db.run(`DROP INDEX ${name} IF EXISTS`);
    await stack.db.run('CREATE (:Group {okta_domain: $other, id: $other, description: $long, name: $long})', {
      other,
      long: 'a'.repeat(8_150),
    });
    try {
      await stack.db.run(`CREATE INDEX ${name} FOR (n:Group) ON (n.okta_domain, n.name)`);
      await stack.db.run(`CALL db.awaitIndex('${name}', 20)`).catch(() => undefined);
      for (const path of ['/sources', '/explore'])
        assert.match(textOf(await visitor.open(path)), new RegExp(`DROP INDEX ${name}`));
    } finally {
      await stack.db.run('MATCH (g:Group {okta_domain: $other}) DELETE g', { other });
      await ensureExploreIndexes(stack.db);
    }
    assert.doesNotMatch(textOf(await visitor.open('/sources')), /DROP INDEX/);
  });

  it('finds a person by the beginning of a name, also while the user types', async () => {
    const [user] = await stack.db.read<{ id: string; name: string }>(
      'MATCH (u:User {okta_domain: $domain}) RETURN u.id AS id, u.first_name AS name ORDER BY id LIMIT 1',
      { domain },
    );
    assert(user);
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    const query = encodeURIComponent(user.name.slice(0, 3));
    assert(
      (await visitor.open(`/explore?q=${query}`)).includes(nodePath(domain, 'User', user.id)),
      `a search for ${query} finds the user`,
    );
    const part = await visitor.open(`/explore?part=results&q=${query}`);
    assert(part.startsWith('<p>'));
    assert(part.includes(nodePath(domain, 'User', user.id)));
  });

  it('leads from / to the only org, and keeps the list of orgs', async () => {
    await visitor.open('/');
    assert.equal(visitor.page.path, integrationPath(domain));
    assert.match(visitor.page.body, /<a href="\/sources">/);
    assert.match(textOf(await visitor.open('/sources')), new RegExp(`Sources .*${domain}`));
  });

  it('says how many a search finds, and that there are more', async () => {
    const few = textOf(await visitor.open('/explore?q=no-such-name'));
    assert.match(few, /No matches for “no-such-name” What you can search for/);
    const [{ count } = { count: 0 }] = await stack.db.read<{ count: number }>(
      "MATCH (u:User {okta_domain: $domain}) WHERE u.login ENDS WITH '@acme.example' RETURN count(u) AS count",
      { domain },
    );
    const many = textOf(await visitor.open('/explore?q=acme.example'));
    assert.match(many, new RegExp(`Search ${count} users .*There are more than these`));
  });

  it('names what a path that is not found may have meant', async () => {
    const [user] = await stack.db.read<{ id: string; login: string }>(
      'MATCH (u:User {okta_domain: $domain}) WHERE u.login IS NOT NULL RETURN u.id AS id, u.login AS login LIMIT 1',
      { domain },
    );
    assert(user);
    for (const [path, text, link] of [
      [nodePath(domain, 'User', user.login), `no user “${user.login}”`, nodePath(domain, 'User', user.id)],
      [nodePath(domain, 'Group', user.id), `no group “${user.id}”`, nodePath(domain, 'User', user.id)],
      [runPath(domain, 'x'), 'no run “x”', runsPath(domain)],
      [`${questionsPath(domain)}/x`, 'no question “x”', questionsPath(domain)],
      [`${integrationPath(domain)}/x`, 'has no such page', integrationPath(domain)],
      [integrationPath('evil.example.com'), 'no org evil.example.com', '/sources'],
      ['/x', 'This page does not exist', '/explore?q='],
      ['/integrations/%ff/x/%ff', 'no org %ff', '/sources'],
    ] as const) {
      const body = await visitor.open(path);
      assert.equal(visitor.page.status, 404, path);
      assert(textOf(body).includes(text), `${path} has no “${text}”`);
      assert(body.includes(`href="${link}"`), `${path} has no link to ${link}`);
    }
  });

  it('sorts a list by its address, which keeps the status, and counts it', async () => {
    const path = listPath(domain, 'User', { kind: 'ACTIVE', sort: '-name' });
    const body = await visitor.open(path);
    const names = await stack.db.read<{ id: string }>(
      `MATCH (u:User {okta_domain: $domain, status: 'ACTIVE'}) RETURN u.id AS id ORDER BY u.display_name DESC, u.id DESC`,
      { domain },
    );
    assert.deepEqual(
      [...body.matchAll(/\/users\/(00u\w+)"/g)].map(([, id]) => id),
      names.map(({ id }) => id),
    );
    assert.match(textOf(body), new RegExp(`${names.length} users`));
    assert.match(body, /aria-sort="descending"><a href="[^"]*kind=ACTIVE&amp;sort=name">Name/);
    assert.match(body, /<span title="ACTIVE">Active<\/span>/);
  });

  it('pages through a filtered list by name, with each item once', async () => {
    const seen = new Set<string>();
    let path: string | undefined = listPath(domain, 'User', { kind: 'ACTIVE' });
    while (path !== undefined) {
      const body: string = await visitor.open(path);
      for (const [, id = ''] of body.matchAll(/\/users\/(00u\w+)"/g)) seen.add(id);
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
    const active = await stack.db.read<{ id: string }>(
      `MATCH (u:User {okta_domain: $domain, status: 'ACTIVE'}) RETURN u.id AS id`,
      { domain },
    );
    assert.deepEqual([...seen].sort(), active.map(({ id }) => id).sort());
  });

  it('shows a group with its members, now and on a past date, and its neighborhood', async () => {
    const [group] = await stack.db.read<{ id: string; name: string; member: string }>(
      `MATCH (g:Group {okta_domain: $domain})<-[:MEMBER_OF]-(u) WHERE g.type <> 'BUILT_IN'
       RETURN g.id AS id, g.name AS name, u.id AS member LIMIT 1`,
      { domain },
    );
    assert(group);
    const path = nodePath(domain, 'Group', group.id);
    assert((await visitor.open(path)).includes(nodePath(domain, 'User', group.member)));
    const around = JSON.parse(await visitor.open(`${path}/neighbors`)) as { neighbors: { path: string }[] };
    assert(around.neighbors.some((each) => each.path === nodePath(domain, 'User', group.member)));
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    await stack.db.run(
      `MATCH (r:SyncRun {okta_domain: $domain}) SET r.groups_as_of = datetime($start)
       WITH DISTINCT 1 AS once
       MATCH (g:Group {okta_domain: $domain, id: $id})<-[m:MEMBER_OF]-(u:User {id: $member})
       CREATE (u)-[:WAS_MEMBER_OF {not_before: datetime($days[0]), valid_from: datetime($days[1]),
         ended_after: datetime($days[2]), valid_to: datetime($days[3])}]->(g)
       SET m.not_before = datetime($days[4]), m.valid_from = datetime($days[5])`,
      { domain, ...group, start: day(200), days: [150, 149, 120, 119, 60, 59].map(day) },
    );
    const now = textOf(await visitor.open(path));
    assert.match(now, new RegExp(`between ${day(60)} 00:00:00Z and ${day(59)} 00:00:00Z`));
    assert.match(now, new RegExp(`Earlier .* between ${day(120)} 00:00:00Z and ${day(119)} 00:00:00Z`));
    const isMemberOn = async (ago: number) =>
      (await visitor.open(`${path}?at=${day(ago)}`)).includes(nodePath(domain, 'User', group.member));
    assert.equal(await isMemberOn(130), true);
    assert.equal(await isMemberOn(90), false);
    assert.equal(await isMemberOn(30), true);
    const before = textOf(await visitor.open(`${path}?at=${day(250)}`));
    assert.match(before, /not known.*History begins at/);
    assert.doesNotMatch(before, /\d members/);
    for (const wrong of ['yesterday', '2020-13-01', '2020-02-30', '9999-01-01']) {
      assert.match(textOf(await visitor.open(`${path}?at=${wrong}`)), new RegExp(`${wrong} is not a date`));
      assert.equal(visitor.page.status, 400, wrong);
    }
  });

  it('creates, pauses and resumes the schedule', async () => {
    const path = integrationPath(domain);
    await visitor.open(path);
    await visitor.submit(`${path}/schedule`);
    assert.match(textOf(visitor.page.body), /every 2h, next in/);
    await visitor.submit(`${path}/pause`, { note: 'Okta <b>maintenance</b>' });
    assert.match(textOf(visitor.page.body), /paused: Okta <b>maintenance<\/b>/);
    assert.match(textOf(await visitor.open('/sources')), new RegExp(`${domain} paused`));
    await visitor.open(path);
    await visitor.submit(`${path}/resume`);
    assert.match(textOf(visitor.page.body), new RegExp(`${domain} up to date`));
    assert.match(
      textOf(visitor.page.body),
      /settings \d+s ago The schedule was resumed \(the console\) settings \d+s ago The schedule was paused: Okta <b>maintenance<\/b> \(the console\) settings \d+s ago The schedule was created: every 2h \(the console\) #1 succeeded/,
    );
  });

  it('reports that the schedule has been deleted', async () => {
    await visitor.open(integrationPath(domain));
    await deleteSchedule(stack.client, domain);
    await visitor.submit(`${integrationPath(domain)}/pause`, { note: 'too late' });
    assert.equal(visitor.page.status, 404);
    assert.match(textOf(visitor.page.body), /The schedule has been deleted\. Create it again/);
  });

  it('keeps pages small', async () => {
    const pages = [
      '/sources',
      '/explore',
      integrationPath(domain),
      listPath(domain, 'User'),
      questionsPath(domain),
    ];
    for (const path of pages) {
      const body = await visitor.open(path);
      assert.equal(visitor.page.status, 200);
      assert(body.length < 100_000, `${path} has ${body.length} bytes`);
    }
  });

  it('shows a failed run, even after a restart of the console', async () => {
    stack.sim.faults.set([{ match: { route: 'users' }, action: { type: 'error', status: 403 } }]);
    const report = await stack.sync({ mode: 'full' });
    stack.sim.faults.set([]);
    await console.close();
    console = await openConsole(stack.config);
    visitor = new Visitor(console.url);
    const text = textOf(await visitor.open(runPath(domain, report.runId)));
    assert.match(text, /Run #2 failed/);
    assert.match(text, /OKTA_FORBIDDEN/);
    assert.match(text, /The role must cover all users and groups/);
    assert.match(text, /action required/);
    const sources = textOf(await visitor.open('/sources'));
    assert.match(sources, new RegExp(`${domain} error`));
    assert.match(sources, /Last success \d+/);
  });

  it('finds users that Okta has deleted, but does not list them', async () => {
    const { db, sim } = stack;
    const deleted = sim.org.addUser();
    await stack.sync({ mode: 'full' });
    sim.org.deactivateUser(deleted);
    sim.org.deleteUser(deleted);
    await stack.sync({ mode: 'full' });
    await db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    const [former] = await db.read<{ name: string }>(
      'MATCH (u:FormerUser {okta_domain: $domain, id: $id}) RETURN u.email AS name',
      { domain, id: deleted },
    );
    assert(former);
    for (const query of [former.name, deleted]) {
      const body = await visitor.open(`/explore?q=${encodeURIComponent(query)}`);
      assert(body.includes(nodePath(domain, 'User', deleted)), query);
      assert.match(textOf(body), /deleted in Okta/);
    }
    const list = await visitor.open(listPath(domain, 'User'));
    assert.match(list, /\/users\/00u/, 'the list has users');
    assert.doesNotMatch(list, new RegExp(deleted), 'the list has a user that Okta has deleted');
    const page = textOf(await visitor.open(nodePath(domain, 'User', deleted)));
    assert.match(page, /Deleted in Okta\. This page shows the last known data/);
  });

  it('responds with 404 for a domain that is not configured', async () => {
    await visitor.open(integrationPath('evil.example.com'));
    assert.equal(visitor.page.status, 404);
  });
});
