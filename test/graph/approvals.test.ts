import assert from 'node:assert/strict';
import { approveRemovals, approverOf, lastWithheld, withdrawApproval } from '../../src/graph/approvals';
import { removalLimit } from '../../src/graph/breaker';
import { writeForRun, type Counts, type Run } from '../../src/graph/run';
import { endRun } from '../../src/graph/runs';
import { useGraph } from './support/graph';

describe('an approval of removals', () => {
  const graph = useGraph();
  const COUNTS = { users: 57, groups: 0, memberships: 3 };
  const BY = 'ann';

  const limitOf = async (run: Run) =>
    graph.db.write(async (tx) => (await removalLimit(tx, run, 'users', { maxDeletePercent: 20 })).limit);
  async function withholding(counts: Counts): Promise<void> {
    const run = await graph.begin();
    await writeForRun(graph.db, run, graph.usage, () => Promise.resolve({ counts, warnings: [] }));
    await endRun(graph.db, run);
  }

  it('holds for its number, for one run that asks for it, and is kept with who gave it', async () => {
    await approveRemovals(graph.db, graph.domain, { by: BY, counts: COUNTS });
    assert.equal(await limitOf(await graph.begin()), 0, 'a run that does not ask for it');
    const run = await graph.begin({ allowDeletes: true });
    assert.equal(await limitOf(run), 57);
    assert.equal(await approverOf(graph.db, graph.domain, run.number), BY);
    const report = await endRun(graph.db, run);
    const { at, ...counts } = report.approval ?? { at: '' };
    assert.deepEqual(counts, COUNTS);
    assert(Date.parse(at) > 0);
    assert(!JSON.stringify(report).includes(BY), "a report enters Temporal's history");

    await withholding({ users_withheld: 80 });
    assert.equal(await limitOf(await graph.begin({ allowDeletes: true })), 80, 'it is used up');
  });

  it('without a number is what the last run withheld, else whatever Okta proves', async () => {
    await withholding({ users_withheld: 12, memberships_withheld: 5 });
    assert.deepEqual(await lastWithheld(graph.db, graph.domain), { users: 12, groups: 0, memberships: 5 });
    assert.equal(await limitOf(await graph.begin({ allowDeletes: true })), 12);
    await withholding({});
    assert.equal(await limitOf(await graph.begin({ allowDeletes: true })), Infinity);
  });

  it('that was withdrawn, or that a later one follows, does not hold', async () => {
    await approveRemovals(graph.db, graph.domain, { by: BY, counts: { ...COUNTS, users: 99 } });
    await approveRemovals(graph.db, graph.domain, { by: BY, counts: COUNTS });
    const last = await approveRemovals(graph.db, graph.domain, { by: BY, counts: { ...COUNTS, users: 98 } });
    await withdrawApproval(graph.db, graph.domain, last);
    assert.equal(await limitOf(await graph.begin({ allowDeletes: true })), 57);
    await withholding({ users_withheld: 1 });
    assert.equal(await limitOf(await graph.begin({ allowDeletes: true })), 1);
  });

  it('of a run that version 0.2.0 began has no number', async () => {
    const run = await graph.begin();
    assert.equal(await limitOf({ ...run, allowDeletes: true }), Infinity);
  });
});
