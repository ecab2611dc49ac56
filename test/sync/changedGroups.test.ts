import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SyncReport } from '../../src/contract';
import type { ChurnPlan, Org } from '../../src/simulator';
import { churnOfPeople } from '../../dev/lab/org/churnPlans';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import type { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { until } from '../../dev/lab/until';
import { INTERVAL_MS, SimulatedDays } from '../../dev/lab/org/simulatedDays';

/** More than the four pages that are listed completely in each run. */
const LARGE = { users: 60, groups: 830, memberships: 700 };
const spread = { intervalMs: INTERVAL_MS };

const few = fc.integer({ min: 0, max: 3 });
const plan: fc.Arbitrary<ChurnPlan> = fc.record({
  ...churnOfPeople(3),
  addGroups: few,
  renameGroups: few,
  deleteGroups: few,
  addMemberships: fc.integer({ min: 0, max: 12 }),
  removeMemberships: fc.integer({ min: 0, max: 12 }),
});

describe('A run of a large org that lists only changed groups', () => {
  const started: SimulatedDays[] = [];
  const start = async (options: Parameters<typeof SimulatedDays.start>[0] = LARGE) => {
    const days = await SimulatedDays.start(options);
    started.push(days);
    await days.full();
    return days;
  };
  afterEach(async () => {
    for (const days of started.splice(0)) await days.org.stop();
  });

  const listsAll = async ({ db, sim }: OrgUnderTest, { runNumber }: SyncReport): Promise<boolean> => {
    const [run] = await db.read<{ listsAll: boolean }>(
      'MATCH (r:SyncRun {okta_domain: $domain, number: toInteger($runNumber)}) RETURN r.groups_changed_since IS NULL AS listsAll',
      { domain: sim.domain, runNumber },
    );
    return run?.listsAll ?? false;
  };
  const pagesOfGroups = ({ org }: SimulatedDays) => org.calls['groups'];
  const emptyGroups = (org: Org) => [...org.truth().groups()].filter(({ usersCount }) => usersCount === 0);

  it('makes fewer than five calls when nothing has changed, with 10,000 groups', async function () {
    this.timeout(SERVICE_TIMEOUT_MS + 120_000);
    const days = await start({ users: 30, groups: 10_000, memberships: 300 });
    await days.pass(INTERVAL_MS);
    const report = await days.org.wholeRun({ mode: 'incremental', spread });
    assert.equal(report.outcome, 'succeeded');
    assert.ok(report.okta.requests < 5, `${report.okta.requests}`);
    assert.equal(report.memberships.groupsUnchanged, 10_000);
    assert.deepEqual(await days.org.differences({ loginsMayLag: true }), []);
  });

  it('is one of a large org only, whose groups were all listed in the last quarter of SYNC_FULL_EVERY', async function () {
    this.timeout(60_000);
    const [large, small] = [await start(), await start({ users: 60, groups: 800, memberships: 100 })];
    const pages: [number | undefined, number | undefined][] = [];
    for (let nth = 0; nth < 6; nth += 1) {
      await large.later();
      await small.later();
      pages.push([pagesOfGroups(large), pagesOfGroups(small)]);
    }
    assert.deepEqual(pages, [
      [1, 4],
      [1, 4],
      [5, 4],
      [1, 4],
      [1, 4],
      [5, 4],
    ]);
  });

  it('and the runs that list all keep the graph in sync under random churn', async function () {
    this.timeout(SERVICE_TIMEOUT_MS + 400_000);
    const step = fc.record({
      changes: plan,
      unnoticed: few,
      meanwhile: fc.option(plan, { nil: undefined, freq: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 9 }), async (steps) => {
        const days = await start({
          ...LARGE,
          membershipStampLagMs: 4_000,
          userDeletionMovesStamp: false,
          searchLagMs: 500,
        });
        const { org } = days;
        const ever = new Set<string>();
        const remember = () => {
          for (const [user, group] of org.sim.org.truth().edges()) ever.add(`${user} -> ${group}`);
          for (const { id } of org.sim.org.truth().users()) ever.add(id);
          for (const { id } of org.sim.org.truth().groups()) ever.add(id);
        };
        remember();
        const kinds = new Set<boolean>();
        for (const { changes, unnoticed, meanwhile } of steps) {
          // A member who replaces a deleted one would show neither by a count nor by a timestamp: that is for verification.
          const known = new Set(await knownEmpty(org));
          const empty = emptyGroups(org.sim.org).filter(({ id }) => known.has(id));
          for (const { id } of empty.slice(0, unnoticed)) {
            const [user] = [...org.sim.org.truth().users()];
            org.sim.org.addMembership(id, user?.id ?? '', false);
          }
          org.sim.org.churn(changes);
          remember();
          const running = days.later({ mayBePartial: meanwhile !== undefined });
          if (meanwhile) {
            await until(() => org.sim.stats.snapshot().calls >= 2);
            org.sim.org.churn(meanwhile);
            remember();
          }
          const { report } = await running;
          for (const each of await heldBy(org)) assert.ok(ever.has(each), `${each} was never in Okta`);
          const isWhole = await listsAll(org, report);
          kinds.add(isWhole);
          if (isWhole && !meanwhile)
            assert.deepEqual(await org.differences({ loginsMayLag: true }), [], `run ${report.runNumber}`);
        }
        assert.equal(kinds.size, 2, 'some runs list all groups, others only changes');
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  it('leaves a deleted group to the next run that lists all, even if it has found it missing', async function () {
    this.timeout(60_000);
    const days = await start();
    const { sim } = days.org;
    const groups = [...sim.org.truth().groups()].filter(({ usersCount }) => usersCount > 0).slice(1);
    const [oldest, other] = groups;
    assert.ok(oldest && other);
    await days.org.db.run(
      `MATCH (g:Group {okta_domain: $domain, id: $id}) SET g.memberships_read_at = datetime('2026-01-01T00:00:00Z')`,
      { domain: sim.domain, id: oldest.id },
    );
    sim.org.deleteGroup(oldest.id);
    sim.org.deleteGroup(other.id);
    const first = await days.later();
    assert.equal(await listsAll(days.org, first.report), false);
    assert.equal(first.report.groups.deleted, 0);
    const second = await days.later();
    assert.equal(await listsAll(days.org, second.report), true, 'it did not wait for the quarter of a day');
    assert.equal(second.report.groups.deleted, 2);
    assert.deepEqual(await days.org.differences({ loginsMayLag: true }), []);
  });

  it('is partial if Okta does not find a group that it lists as changed', async function () {
    this.timeout(60_000);
    const days = await start();
    const { sim } = days.org;
    const [edge] = [...sim.org.truth().edges()].filter(([, group]) => group !== sim.org.everyone.id);
    assert.ok(edge);
    const [user, group] = edge;
    sim.org.removeMembership(group, user);
    const action = { type: 'error', status: 404, errorCode: 'E0000007' } as const;
    sim.faults.set(
      (['members', 'group'] as const).map((route) => ({ match: { route, path: group }, action })),
    );
    const { report } = await days.later({ mayBePartial: true });
    assert.equal(await listsAll(days.org, report), false);
    assert.deepEqual(
      [report.outcome, report.warnings.map(({ code, groupId }) => [code, groupId])],
      ['partial', [['GROUP_FAILED', group]]],
    );
    sim.faults.clear();
    const next = await days.later();
    assert.equal(await listsAll(days.org, next.report), true);
    assert.deepEqual(await days.org.differences({ loginsMayLag: true }), []);
  });

  it('finds a deleted group with the next complete list, when nothing else shows it', async function () {
    this.timeout(60_000);
    const days = await start();
    const [group] = emptyGroups(days.org.sim.org);
    days.org.sim.org.deleteGroup(group?.id ?? '');
    const deleted = [];
    for (let nth = 0; nth < 3; nth += 1) deleted.push((await days.later()).report.groups.deleted);
    assert.deepEqual(deleted, [0, 0, 1]);
  });

  it('reads the groups that an earlier run has left, though it does not list them', async function () {
    this.timeout(60_000);
    const days = await start();
    const [, group] = [...days.org.sim.org.truth().groups()].filter(({ usersCount }) => usersCount > 0);
    const id = group?.id ?? '';
    await days.org.db.run('MATCH (g:Group {okta_domain: $domain, id: $id}) SET g.memberships_as_of = null', {
      domain: days.org.sim.domain,
      id,
    });
    await days.pass(INTERVAL_MS);
    const { memberships } = await days.org.wholeRun({ mode: 'incremental', spread });
    assert.equal(pagesOfGroups(days), 1);
    assert.deepEqual([memberships.groupsRead, memberships.groupsUnchanged], [1, LARGE.groups - 1]);
  });

  it('believes a removal only by a count of now', async function () {
    this.timeout(60_000);
    const days = await start();
    const { sim, db } = days.org;
    const [, group] = [...sim.org.truth().groups()].filter(({ usersCount }) => usersCount > 1);
    const [leaving] = [...sim.org.truth().edges()].filter(([, id]) => id === group?.id);
    sim.org.removeMembership(group?.id ?? '', leaving?.[0] ?? '', false);
    await db.run(
      `MATCH (g:Group {okta_domain: $domain, id: $id})
       SET g.memberships_as_of = null, g.users_count = g.users_count - 1`,
      { domain: sim.domain, id: group?.id },
    );
    await days.pass(INTERVAL_MS);
    const { memberships } = await days.org.wholeRun({ mode: 'incremental', spread });
    assert.deepEqual([memberships.removed, days.org.calls['group']], [1, 1]);
  });

  it('asks again for an empty page at the end of the list, so that the watermark skips no group', async function () {
    this.timeout(60_000);
    const days = await start();
    const { sim } = days.org;
    for (const { id } of [...sim.org.truth().groups()].slice(1, 300)) sim.org.renameGroup(id);
    sim.faults.set([{ match: { route: 'groups', path: 'after=', times: 1 }, action: { type: 'emptyList' } }]);
    const { report } = await days.later();
    assert.equal(await listsAll(days.org, report), false);
    assert.equal(report.groups.updated, 299);
  });

  it('removes users that Everyone has lost, whose own timestamp stays the same', async function () {
    this.timeout(60_000);
    const days = await start({ ...LARGE, userDeletionMovesStamp: false });
    days.org.deleteUsers(2);
    await days.pass(INTERVAL_MS);
    // An automatic run could also read Everyone to verify it.
    const report = await days.org.wholeRun({ mode: 'incremental', spread });
    assert.equal(await listsAll(days.org, report), false);
    assert.equal(report.users.deleted, 2);
  });

  it('lists all groups of an org that does not accept the filter', async function () {
    this.timeout(60_000);
    const days = await start();
    days.org.sim.faults.set([
      {
        match: { route: 'groups', path: 'filter=' },
        action: { type: 'error', status: 400, errorCode: 'E0000031' },
      },
    ]);
    days.org.sim.org.renameGroup([...days.org.sim.org.truth().groups()].at(-1)?.id ?? '');
    const { report } = await days.later();
    assert.equal(report.outcome, 'succeeded');
    assert.equal(report.groups.seen, LARGE.groups);
    assert.deepEqual(await days.org.differences({ loginsMayLag: true }), []);
  });
});

/** The ids of the nodes in the graph, and its memberships. */
async function heldBy({ db, sim }: OrgUnderTest): Promise<string[]> {
  const rows = await db.read<{ held: string }>(
    `MATCH (n:User {okta_domain: $domain}) RETURN n.id AS held
     UNION MATCH (n:Group {okta_domain: $domain}) RETURN n.id AS held
     UNION MATCH (u:User)-[:MEMBER_OF]->(g:Group {okta_domain: $domain}) RETURN u.id + ' -> ' + g.id AS held`,
    { domain: sim.domain },
  );
  return rows.map(({ held }) => held);
}

/** The ids of the groups that are empty in the graph, and that Okta has last listed as empty. */
async function knownEmpty({ db, sim }: OrgUnderTest): Promise<string[]> {
  const rows = await db.read<{ id: string }>(
    'MATCH (g:Group {okta_domain: $domain, users_count: 0}) WHERE NOT (g)<-[:MEMBER_OF]-() RETURN g.id AS id',
    { domain: sim.domain },
  );
  return rows.map(({ id }) => id);
}
