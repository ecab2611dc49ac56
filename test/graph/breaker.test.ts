import assert from 'node:assert/strict';
import { allowedRemovals } from '../../src/graph/breaker';
import { groupsByState, type ClaimedGroup } from '../../src/graph/workList';
import type { Run } from '../../src/graph/run';
import type { RunToBegin } from '../../src/graph/runs';
import { useGraph } from './support/graph';
import { Members } from './support/members';

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
  let run: Run;
  const claimed = new Map<string, ClaimedGroup>();

  async function begin(change: Partial<RunToBegin> = {}): Promise<void> {
    run = await graph.begin(change);
    for (const group of await members.claim(run)) claimed.set(group.id, group);
  }

  /** Writes groups of which the first so many have left, in one transaction. */
  async function leave(
    counts: Partial<Record<Id, number>>,
    { maxDeletePercent = 20, proven = [] as Id[] } = {},
  ): Promise<number[]> {
    const ids = Object.keys(counts) as Id[];
    const groups = ids.flatMap((id) => claimed.get(id) ?? []);
    const told = Object.fromEntries(ids.map((id) => [id, users.slice(counts[id], SIZES[id])]));
    await members.write(run, groups, told, { proven, maxDeletePercent });
    const left = await Promise.all(ids.map((id) => members.of(id)));
    return ids.map((id, i) => SIZES[id] - (left[i]?.length ?? 0));
  }

  beforeEach(async () => {
    await members.users(...users);
    for (const [id, size] of Object.entries(SIZES)) {
      await members.group(id, 9);
      await members.edges(id, ...users.slice(0, size));
    }
  });

  it('lets the share pass, over however many transactions, and no more', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 12 }), [12]);
    assert.deepEqual(await leave({ '00gB': 9 }), [0], '12 and 9 are more than 20 of 100');
    assert.deepEqual(await leave({ '00gC': 8 }), [8], 'a smaller one still has room');
    assert.deepEqual(await leave({ '00gD': 1 }), [0], 'and then there is none');
    const { memberships_removed: removed, memberships_withheld: withheld } = await graph.syncRun(run);
    assert.deepEqual([removed, withheld], [20, 10]);
  });

  it('measures within one transaction too', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 9, '00gB': 9, '00gC': 9, '00gD': 9 }), [9, 9, 0, 0]);
    const { memberships_removed: removed, memberships_withheld: withheld } = await graph.syncRun(run);
    assert.deepEqual([removed, withheld], [18, 18]);
  });

  it('withholds the removals of a group whole, writes who is new, names it and keeps it on the list', async () => {
    await begin();
    const group = claimed.get('00gB');
    assert.ok(group);
    await members.write(run, [group], { '00gB': ['00u29'] }, { maxDeletePercent: 10 });
    assert.equal((await members.of('00gB')).length, 21);
    const { warnings, memberships_groups_failed: failed } = await graph.syncRun(run);
    const expected = {
      code: 'REMOVALS_WITHHELD',
      message: '20 removals from this group were withheld; it stays on the list.',
      groupId: '00gB',
      count: 20,
    };
    assert.deepEqual([warnings, failed], [[JSON.stringify(expected)], 0]);
    assert.equal((await groupsByState(graph.db, run)).tried, 1, 'this run does not try it again');
    const next = await members.claim(await graph.beginIncremental());
    assert.ok(next.some(({ id }) => id === '00gB'));
  });

  it('leaves free what Okta has proven, and does not count it', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 30 }, { proven: ['00gA'] }), [30]);
    assert.deepEqual(await leave({ '00gC': 20 }), [20], 'the whole share is still there');
  });

  it('is off when the run may delete', async () => {
    await begin({ allowDeletes: true });
    assert.deepEqual(
      await leave({ '00gA': 30, '00gB': 20, '00gC': 30 }, { maxDeletePercent: 0 }),
      [30, 20, 30],
    );
  });

  it('measures against what the graph held at the start, not now', async () => {
    await begin();
    await graph.set(
      'MATCH (:User {okta_domain: $domain})-[m:MEMBER_OF]->(g:Group) WHERE g.id <> "00gA" DELETE m',
    );
    assert.deepEqual(await leave({ '00gA': 20 }), [20]);
  });

  it('begins anew with each run', async () => {
    await begin();
    assert.deepEqual(await leave({ '00gA': 20 }), [20]);
    await begin();
    assert.deepEqual(await leave({ '00gC': 16 }), [16], '20 % of the 80 that are left');
    assert.deepEqual(await leave({ '00gD': 1 }), [0]);
  });
});
