import assert from 'node:assert/strict';
import type { Counts } from '../../../src/telemetry/runCounts';
import {
  approveRemovals,
  approverOf,
  lastWithheld,
  ofEachKind,
  removalsText,
  withdrawApproval,
} from '../../../src/graph/write/approvals';
import { REMOVABLE_KINDS, removalLimit, type RemovableKind } from '../../../src/graph/write/breaker';
import { writeForRun, type Run } from '../../../src/graph/write/run';
import { endRun } from '../../../src/graph/write/runs';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('an approval of removals', () => {
  const graph = useGraph();
  const COUNTS = { ...ofEachKind(0), users: 57, memberships: 3 };
  const BY = 'ann';

  const limitOf = async (run: Run, kind: RemovableKind = 'users') =>
    graph.db.write(async (tx) => (await removalLimit(tx, run, kind, { maxDeletePercent: 20 })).limit);
  async function withholding(counts: Counts): Promise<void> {
    const run = await graph.begin();
    await writeForRun(graph.writer(run), () => Promise.resolve({ counts, warnings: [] }));
    await endRun(graph.db, run);
  }

  const approve = (users: number) =>
    approveRemovals(graph.db, graph.domain, { by: BY, counts: { ...COUNTS, users } });
  const beginWith = (approvalId: string) => graph.begin({ allowDeletes: true, approvalId });

  it('holds for its number, for the one run that was started with it, and is kept with who gave it', async () => {
    const approvalId = await approve(57);
    assert.equal(await limitOf(await graph.begin()), 0, 'a run that does not ask for it');
    const run = await beginWith(approvalId);
    assert.equal(await limitOf(run), 57);
    assert.equal(await approverOf(graph.db, graph.domain, run.number), BY);
    const report = await endRun(graph.db, run);
    const { at, ...counts } = report.approval ?? { at: '' };
    assert.deepEqual(counts, COUNTS);
    assert(Date.parse(at) > 0, `"${at}" is no time`);
    assert(!JSON.stringify(report).includes(BY), "a report enters Temporal's history");

    assert.equal(await limitOf(await beginWith(approvalId)), 0, 'it is used up');
  });

  it('is for each kind on its own, those of SYNC_ACCESS too, and is shown as such', async () => {
    const counts = Object.fromEntries(REMOVABLE_KINDS.map((kind, nth) => [kind, nth + 1])) as typeof COUNTS;
    const withheld = Object.fromEntries(REMOVABLE_KINDS.map((kind) => [`${kind}_withheld`, counts[kind]]));
    await withholding(withheld);
    assert.deepEqual(await lastWithheld(graph.db, graph.domain), counts);
    const approvalId = await approveRemovals(graph.db, graph.domain, { by: BY, counts });
    for (const run of [await graph.begin({ allowDeletes: true }), await beginWith(approvalId)]) {
      for (const kind of REMOVABLE_KINDS) assert.equal(await limitOf(run, kind), counts[kind], kind);
      const { at: _, ...approved } = (await endRun(graph.db, run)).approval ?? { at: '' };
      assert.deepEqual(approved, counts);
    }
    assert.equal(
      removalsText(counts),
      '1 user, 2 groups, 3 memberships, 4 apps, 5 assignments to apps, 6 assignments of admin roles, 7 group rules',
    );
    assert.equal(removalsText({ ...ofEachKind(0), apps: 1 }), '0 users, 0 groups, 0 memberships, 1 app');
  });

  it('of an earlier version, which has only users, groups and memberships, is for those', async () => {
    const approvalId = await approve(57);
    await graph.set(
      'MATCH (a:RemovalApproval {okta_domain: $domain}) REMOVE a.apps, a.assignments, a.roles, a.rules',
    );
    const run = await beginWith(approvalId);
    assert.deepEqual([await limitOf(run), await limitOf(run, 'apps')], [57, 0]);
  });

  it('is not used by another run, though that begins first or was approved later', async () => {
    const [first, second] = [await approve(57), await approve(3)];
    assert.equal(await limitOf(await graph.begin({ allowDeletes: true })), 0, 'without an id');
    const later = await beginWith(second);
    const earlier = await beginWith(first);
    assert.deepEqual([await limitOf(later), await limitOf(earlier)], [3, 57]);
    assert.deepEqual(
      await graph.value(
        `MATCH (a:RemovalApproval {okta_domain: $domain}) WITH a ORDER BY a.users
         RETURN collect([a.users, a.used_run]) AS value`,
      ),
      [
        [3, later.number],
        [57, earlier.number],
      ],
    );
  });

  it('is used once though the run is begun again, as by a repeated activity', async () => {
    const begin = { id: 'run-1', allowDeletes: true, approvalId: await approve(57) };
    const run = await graph.begin(begin);
    assert.deepEqual(await graph.begin(begin), run);
    assert.equal(await limitOf(run), 57);
  });

  it('without an id is what the last run withheld; where that is nothing, the usual limits apply', async () => {
    await withholding({ users_withheld: 12, memberships_withheld: 5 });
    assert.deepEqual(await lastWithheld(graph.db, graph.domain), {
      ...ofEachKind(0),
      ...{ users: 12, memberships: 5 },
    });
    const approved = await graph.begin({ allowDeletes: true });
    assert.equal(await limitOf(approved), 12);
    assert.equal((await endRun(graph.db, approved)).approval?.users, 12);

    await withholding({});
    const run = await graph.begin({ allowDeletes: true });
    assert.equal(await limitOf(run), 0);
    assert.equal((await endRun(graph.db, run)).approval, undefined, 'nothing was approved');
  });

  it('that was withdrawn or has expired, or that is of another org, approves nothing, whatever was withheld', async () => {
    await withholding({ users_withheld: 12 });
    const [withdrawn, expired, theirs] = [await approve(57), await approve(58), await approve(59)];
    await withdrawApproval(graph.db, graph.domain, withdrawn);
    await graph.set(
      `MATCH (a:RemovalApproval {okta_domain: $domain, id: $expired}) SET a.at = a.at - duration('P1DT1S')`,
      { expired },
    );
    await graph.set(
      'MATCH (a:RemovalApproval {okta_domain: $domain, id: $theirs}) SET a.okta_domain = $other',
      { theirs, other: graph.newDomain() },
    );
    for (const approvalId of [withdrawn, expired, theirs])
      assert.equal(await limitOf(await beginWith(approvalId)), 0);
  });

  it('of a run that version 0.2.0 began has no number', async () => {
    const run = await graph.begin();
    assert.equal(await limitOf({ ...run, allowDeletes: true }), Infinity);
  });
});
