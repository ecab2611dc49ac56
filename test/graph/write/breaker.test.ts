import assert from 'node:assert/strict';
import { allowedRemovals } from '../../../src/graph/write/breaker';
import { groupsByState, type ClaimedGroup } from '../../../src/graph/write/workList';
import type { SyncWarning } from '../../../src/contract';
import type { Run } from '../../../src/graph/write/run';
import { endRun, type RunToBegin } from '../../../src/graph/write/runs';
import { approveAll } from '../../../dev/lab/org/approval';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from '../support/members';

describe('the removals that a run is allowed', () => {
  const ROWS: readonly [atStart: number, percent: number, allowed: number, why: string][] = [
    [1000, 20, 200, 'the share'],
    [1000, 0, 10, 'ten always pass'],
    [1000, 100, 1000, 'all'],
    [49, 20, 10, 'ten, which is more than the share'],
    [51, 20, 10, 'ten, the share rounded down'],
    [55, 20, 11, 'the share'],
    [20, 20, 10, 'ten, half of them'],
    [19, 20, 9, 'not more than half'],
    [10, 20, 5, 'not more than half'],
    [3, 0, 1, 'not more than half'],
    [1, 20, 0, 'not more than half'],
    [0, 100, 0, 'there is nothing'],
    [1, 100, 1, 'all, as the share says'],
  ];
  for (const [atStart, percent, allowed, why] of ROWS) {
    it(`of ${atStart} with ${percent} % are ${allowed}: ${why}`, () =>
      assert.equal(allowedRemovals(atStart, percent), allowed));
  }
});

describe('the breaker of memberships', () => {
  const graph = useGraph();
  const members = new Members(graph);
  const users = Array.from({ length: 30 }, (_, i) => `00u${i}`);
  /** Four groups of 30, 20, 30 and 20: 100 edges at the start. */
  const SIZES = { '00gA': 30, '00gB': 20, '00gC': 30, '00gD': 20 };
  type Id = keyof typeof SIZES;
  type Counts = Partial<Record<Id, number>>;
  let run: Run;
  let claimed: ClaimedGroup[];

  async function begin(change: Partial<RunToBegin> = {}): Promise<void> {
    run = await graph.begin(change);
    claimed = await members.claim(run);
  }

  const idsOf = (counts: Counts) => Object.keys(counts) as Id[];
  /** The members that Okta lists, by group, after the first ones have left. */
  const toldOf = (counts: Counts) =>
    Object.fromEntries(idsOf(counts).map((id) => [id, users.slice(counts[id], SIZES[id])]));
  const goneFrom = async (counts: Counts) => {
    const left = await Promise.all(idsOf(counts).map((id) => members.of(id)));
    return idsOf(counts).map((id, i) => SIZES[id] - (left[i]?.length ?? 0));
  };
  const among = (groups: readonly ClaimedGroup[], counts: Counts) => groups.filter(({ id }) => id in counts);

  /** A whole drain: each group once, then again those that were put off. @returns how many each has lost. */
  async function leave(
    counts: Counts,
    { maxDeletePercent = 20, proven = [] as Id[], contradicted = [] as Id[], second = counts } = {},
  ): Promise<number[]> {
    await members.write(run, among(claimed, counts), toldOf(counts), { proven, contradicted });
    const { groups, isApproved } = await members.secondLook(run, maxDeletePercent);
    await members.write(run, groups, toldOf(second), { contradicted, isApproved });
    return goneFrom(counts);
  }

  beforeEach(async () => {
    await members.users(...users);
    for (const [id, size] of Object.entries(SIZES)) {
      await members.group(id, 9);
      await members.edges(id, ...users.slice(0, size));
    }
  });

  it('puts unconfirmed removals off until every group was read', async () => {
    await begin();
    await members.write(run, among(claimed, { '00gA': 12 }), toldOf({ '00gA': 12 }));
    assert.deepEqual(await goneFrom({ '00gA': 12 }), [0]);
    assert.deepEqual(
      [(await groupsByState(graph.db, run)).deferred, (await graph.syncRun(run))['warnings']],
      [1, []],
    );
  });

  it('lets all pass at the second look where they are not more than the share in all', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 12, '00gB': 8 }), [12, 8]);
    const { memberships_removed: removed, memberships_withheld: withheld } = await graph.syncRun(run);
    assert.deepEqual([removed, withheld], [20, 0]);
  });

  it('lets none pass where they are more, not even a group that would fit', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 12, '00gB': 8, '00gD': 1 }), [0, 0, 0]);
    const { memberships_removed: removed, memberships_withheld: withheld } = await graph.syncRun(run);
    assert.deepEqual([removed, withheld], [0, 21]);
  });

  it('lets none of a group pass of which the second look misses more than the first', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 3, '00gB': 3 }, { second: { '00gA': 4, '00gB': 2 } }), [0, 2]);
    assert.equal((await graph.syncRun(run))['memberships_withheld'], 4);
  });

  it('withholds the removals of a group whole, writes who is new, names it and keeps it on the list', async () => {
    await begin();
    const group = claimed.find(({ id }) => id === '00gB');
    assert.ok(group);
    await members.write(run, [group], { '00gB': ['00u29'] });
    assert.deepEqual((await members.secondLook(run, 10)).groups, []);
    assert.equal((await members.of('00gB')).length, 21);
    const { warnings, memberships_groups_failed: failed } = await graph.syncRun(run);
    const expected = {
      code: 'REMOVALS_WITHHELD',
      message: 'Withheld 20 removals from this group; the next run reads this group again.',
      groupId: '00gB',
      count: 20,
    };
    assert.deepEqual([warnings, failed], [[JSON.stringify(expected)], 0]);
    assert.equal((await groupsByState(graph.db, run)).tried, 1, 'this run does not try it again');
    const next = await members.claim(await graph.beginIncremental());
    assert.ok(
      next.some(({ id }) => id === '00gB'),
      `the next run reads ${next.map(({ id }) => id).join()}`,
    );
  });

  it("withholds what Okta's count contradicts, and groups without a count then", async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 2, '00gB': 2 }, { contradicted: ['00gA'] }), [0, 0]);
    assert.equal((await graph.syncRun(run))['memberships_withheld'], 4);
  });

  it("withholds what Okta's count contradicts, below the share too, and says so", async () => {
    await begin();
    await graph.set('MATCH (g:Group {okta_domain: $domain}) SET g.users_count = 30');
    assert.deepEqual(await leave({ '00gA': 2, '00gB': 2 }, { contradicted: ['00gA'] }), [0, 2]);
    const {
      memberships_withheld: withheld,
      memberships_contradicted: contradicted,
      warnings,
    } = await graph.syncRun(run);
    assert.deepEqual([withheld, contradicted], [2, 2]);
    const [warning] = (warnings as string[]).map((json) => JSON.parse(json) as SyncWarning);
    assert.deepEqual([warning?.code, warning?.groupId, warning?.count], ['SCOPE_SHRANK', '00gA', 2]);
  });

  it('looks again, in the next run, at a group that lost members without proof', async () => {
    await graph.set(
      `MATCH (g:Group {okta_domain: $domain})
       SET g.memberships_as_of = datetime({epochMillis: ${AS_OF}}), g.memberships_read_at = datetime()`,
    );
    await begin();
    assert.deepEqual(await leave({ '00gA': 5, '00gB': 5 }, { proven: ['00gB'] }), [5, 5]);
    const next = await members.claim(await graph.beginIncremental());
    assert.deepEqual(
      next.map(({ id }) => id),
      ['00gA'],
    );
  });

  it('leaves free what Okta has proven, and does not count it', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 30, '00gC': 20 }, { proven: ['00gA'] }), [30, 20]);
    assert.equal((await graph.syncRun(run))['memberships_removed_unproven'], 20);
  });

  it('lets pass as many as a person has approved', async () => {
    await begin(await approveAll(graph.db, graph.domain));
    assert.deepEqual(
      await leave({ '00gA': 30, '00gB': 19, '00gC': 30 }, { maxDeletePercent: 0, contradicted: ['00gC'] }),
      [30, 19, 30],
    );
  });

  it('measures against what the graph held at the start, not now', async () => {
    await begin();
    await graph.set(
      'MATCH (:User {okta_domain: $domain})-[m:MEMBER_OF]->(g:Group) WHERE g.id <> "00gA" DELETE m',
    );
    assert.deepEqual(await leave({ '00gA': 20 }), [20]);
  });

  it('starts again with each run', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 20 }), [20]);
    await begin();
    assert.deepEqual(await leave({ '00gC': 17 }), [0], 'more than 20 % of the 80 that are left');
    await begin();
    assert.deepEqual(await leave({ '00gC': 16 }), [16]);
  });

  it('goes on through runs of what the System Log has named, up to the next run with lists', async () => {
    const beginTouched = async () => {
      run = await graph.begin({ mode: 'touched' });
      await graph.set(`MATCH (g:Group {okta_domain: $domain}) SET g.memberships_verify_run = ${run.number}`);
      claimed = await members.claim(run);
    };
    await beginTouched();
    assert.deepEqual(await leave({ '00gA': 12 }), [12]);
    await beginTouched();
    assert.deepEqual(await leave({ '00gC': 6 }), [0], 'with the 12, more than 20 % of the 88 that are left');
    await endRun(graph.db, await graph.begin());
    await beginTouched();
    assert.deepEqual(await leave({ '00gC': 6 }), [6]);
  });
});
