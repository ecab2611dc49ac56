import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import { changesOf, type GraphChange } from '../../src/graph/read/changes';
import { changesPath, integrationPath, nodePath, runPath } from '../../src/console/pages/links';
import type { RunningConsole } from '../../src/console/server';
import { historyStart } from '../../src/queries/proof';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';

const BETWEEN_RUNS_MS = 10 * 60_000;

describe('The page of changes', () => {
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let domain: string;
  let aheadMs = 0;
  const reports: SyncReport[] = [];
  /** All changes but those of the first run. */
  const all: GraphChange[] = [];

  before(async function () {
    this.timeout(2 * SERVICE_TIMEOUT_MS);
    stack = await Stack.start(
      {
        ...{ users: 60, groups: 10, memberships: 300, apps: 12, rules: 6, roles: 10 },
        now: () => Date.now() + aheadMs,
      },
      { SYNC_ACCESS: 'rules,apps,roles' },
    );
    ({ domain } = stack.sim);
    for (let step = 0; step < 3; step += 1) {
      reports.push(await stack.syncApproved({ mode: 'full' }));
      aheadMs += BETWEEN_RUNS_MS;
      stack.sim.org.churn({
        ...{ seed: step, addUsers: 4, renameUsers: 3, deactivateUsers: 2, deleteUsers: 2 },
        ...{ addGroups: 1, renameGroups: 2, addMemberships: 60, removeMemberships: 20 },
        ...{ addApps: 2, deactivateApps: 2, assignAppUsers: 5, grantRoles: 2, addRules: 1 },
      });
    }
    for await (const change of changesOf(stack.db, domain, 2, 3)) all.push(change);
    console = await openConsole(stack.config);
    visitor = new Visitor(console.url);
  });

  after(async () => {
    await console.close();
    await stack.stop();
  });

  /** Okta's clock is ahead of this one. */
  const TO = '2100-01-01';
  const rowsOf = (body: string) =>
    body
      .split('<tbody>')
      .slice(1)
      .flatMap((table) => table.split('<tr>').slice(1));
  const open = (query: Record<string, string> = {}) =>
    visitor.open(changesPath(domain, { to: TO, ...query }));

  /** All pages that follow each other. */
  async function pagesOf(query: Record<string, string> = {}): Promise<string[]> {
    const pages = [await open(query)];
    for (;;) {
      const [, next] = /href="([^"]*)" rel="next"/.exec(pages.at(-1) ?? '') ?? [];
      if (next === undefined) return pages;
      pages.push(await visitor.open(next.replaceAll('&amp;', '&')));
    }
  }

  it('lists what all runs but the first have found, newest first, over several pages', async () => {
    const pages = await pagesOf();
    assert.ok(pages.length > 1);
    const numbers = pages.flatMap(rowsOf).map((row) => Number(/>#(\d+)</.exec(row)?.[1]));
    assert.equal(numbers.length, all.length);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => b - a),
    );
    assert.deepEqual([...new Set(numbers)], [3, 2]);
    const text = textOf(pages[0] ?? '');
    assert.match(text, new RegExp(`${all.length} changes`));
    assert.match(text, /Run #1 read into an empty graph/);
    const users = reports.slice(1).reduce((sum, { users: { created } }) => sum + created, 0);
    assert.match(text, new RegExp(`Users ${users} added`));
    assert.match(text, /membership added .* in .* between [-0-9: ]+Z and [-0-9: ]+Z/);
    assert.ok(pages[0]?.includes(`href="${runPath(domain, reports[2]?.runId ?? '')}"`));
    assert.doesNotMatch(text, /cannot be listed/);
    assert.match(textOf(pages[1] ?? ''), /Newest/);
  });

  it('is limited to a kind, and to a user or group by links from their pages', async () => {
    const assigned = all.filter(({ what }) => what === 'assignment');
    const body = await open({ kind: 'assignment' });
    assert.equal(rowsOf(body).length, assigned.length);
    assert.match(textOf(body), new RegExp(`${assigned.length} changes`));

    const joined = all.find(({ what, change }) => what === 'membership' && change === 'added');
    assert.ok(joined?.userId && joined.groupId);
    for (const [label, id] of [
      ['User', joined.userId],
      ['Group', joined.groupId],
    ] as const) {
      const page = await visitor.open(nodePath(domain, label, id));
      const theirs = all.filter(({ userId, groupId }) => id === (label === 'User' ? userId : groupId));
      const listed = page.split('<h2>Changes</h2>')[1]?.split('</section>')[0] ?? '';
      assert.equal(rowsOf(listed).length, Math.min(50, theirs.length), label);
      const link = changesPath(domain, { [label.toLowerCase()]: id, to: TO });
      assert.ok(listed.includes(changesPath(domain, { [label.toLowerCase()]: id })), listed);
      const limited = (await pagesOf({ [label.toLowerCase()]: id })).flatMap(rowsOf);
      assert.equal(limited.length, theirs.length, link);
    }
    assert.match(textOf(await open({ user: joined.userId })), /Only of the user .* Show all/);
    await open({ user: 'nobody' });
    assert.equal(visitor.page.status, 404);
  });

  it('says what history does not cover, and which times it does not accept', async () => {
    const before = await open({ from: '2020-01-01', to: '2020-02-01' });
    assert.match(textOf(before), /History begins at [-0-9: ]+Z\. What was before is not known/);
    assert.equal(rowsOf(before).length, 0);
    assert.match(
      textOf(await open({ from: '2020-01-01' })),
      /History begins at .*What changed before is not known/,
    );
    assert.match(
      textOf(await open({ from: '2s', to: '1s' })),
      /No full or incremental run read Okta in this time\. .* The last full or incremental run read Okta at [-0-9: ]+Z/,
    );
    for (const [from, text] of [
      ['yesterday', /yesterday is not a valid time/],
      ['2101-01-01', /must be before the second, and in the past/],
      [TO, /must be before the second, and in the past/],
    ] as const) {
      assert.match(textOf(await open({ from })), text);
      assert.equal(visitor.page.status, 400);
      await visitor.open(changesPath(domain, { from, to: TO }, 'changes.csv'));
      assert.equal(visitor.page.status, 400);
    }
    assert.match(textOf(await open({ kind: 'users' })), /one of these kinds: user, group, membership/);
    assert.equal(visitor.page.status, 400);
    const never = await openConsole({
      ...stack.config,
      sync: { ...stack.config.sync, historyRetentionMs: 0 },
    });
    assert.match(textOf(await new Visitor(never.url).open(changesPath(domain))), /No history is kept/);
    await never.close();
  });

  it('can be downloaded as CSV, with the same filter', async () => {
    for (const [query, count] of [
      [{}, all.length],
      [{ kind: 'user' }, all.filter(({ what }) => what === 'user').length],
      [{ from: '2020-01-01', to: '2020-02-01' }, 0],
    ] as const) {
      const csv = await visitor.open(changesPath(domain, { to: TO, ...query }, 'changes.csv'));
      assert.match(csv, /^\uFEFFrun,what,change,user_id/);
      assert.equal(csv.trimEnd().split('\r\n').length, 1 + count);
    }
  });

  it('is linked from each day of the overview, and from the navigation', async () => {
    const overview = await visitor.open(integrationPath(domain));
    const day = new Date(Date.parse(reports[2]?.startedAt ?? '')).toISOString().slice(0, 10);
    assert.match(overview, new RegExp(`<a href="[^"]*/changes\\?from=${day}&amp;to=[-0-9]+" tabindex="-1"`));
    assert.match(overview, new RegExp(`<th scope="row"><a href="[^"]*/changes\\?from=${day}`));
    assert.ok(overview.includes(`<a href="${changesPath(domain)}">`));
  });

  it('agrees with the page of a run, which says what is counted and not listed', async () => {
    const [, second] = reports;
    assert.ok(second?.access);
    const text = textOf(await visitor.open(runPath(domain, second.runId)));
    const { apps, rules, roles } = second.access;
    assert.match(text, new RegExp(`Changes of admin roles ${(roles?.added ?? 0) + (roles?.removed ?? 0)} `));
    assert.match(text, /Changes of apps \d+ .*Changes of group rules \d+ /);
    assert.ok((apps?.updated ?? 0) > 0);
    assert.match(text, new RegExp(`Not listed: ${apps?.updated} updated apps`));
    assert.equal(rules?.updated, 0);
    const listed = all.filter(({ runNumber }) => runNumber === 2).length;
    assert.match(text, new RegExp(`The first 50 of ${listed}\\.`));
    assert.match(
      textOf(await visitor.open(`${runPath(domain, second.runId)}/changes`)),
      new RegExp(`1 to ${listed} of ${listed}`),
    );
    await stack.db.run(
      'MATCH ()-[m:WAS_MEMBER_OF]->(:Group {okta_domain: $domain}) WHERE m.closed_by = 2 WITH m LIMIT 1 DELETE m',
      { domain },
    );
    assert.match(
      textOf(await visitor.open(`${runPath(domain, second.runId)}/changes`)),
      /1 change cannot be listed: older than HISTORY_RETENTION/,
    );
  });

  it('begins where history does, which is found in the order of the runs', async () => {
    const now = new Date();
    const sinceMs = await historyStart(stack.db, domain, now, 86_400_000);
    const [first] = await stack.db.read<{ atMs: number }>(
      'MATCH (r:SyncRun {okta_domain: $domain, number: 1}) RETURN r.groups_as_of.epochMillis AS atMs',
      { domain },
    );
    assert.equal(sinceMs, first?.atMs);
  });
});
