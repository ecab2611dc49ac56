import assert from 'node:assert/strict';
import { liveCounts } from '../../../src/graph/read/liveRun';
import { phasesOf } from '../../../src/graph/read/phases';
import { beginPhase } from '../../../src/graph/write/run';
import { endRun } from '../../../src/graph/write/runs';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('The phases of a run', () => {
  const graph = useGraph();

  it('last until the next one begins, and the last one until the run ends', async () => {
    const run = await graph.begin();
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain})
       SET r.started_at = datetime('2026-11-24T08:00:00Z'), r.lists_began_at = datetime('2026-11-24T08:00:01Z'),
           r.sweep_began_at = datetime('2026-11-24T08:01:01Z')`,
    );
    assert.deepEqual(await phasesOf(graph.db, graph.domain, run.id), [], 'the run has not ended');
    const { durationMs } = await endRun(graph.db, run);
    assert.deepEqual(await phasesOf(graph.db, graph.domain, run.id), [
      { phase: 'lists', fromMs: 1_000, durationMs: 60_000 },
      { phase: 'sweep', fromMs: 61_000, durationMs: durationMs - 61_000 },
    ]);
  });

  it('begin once, and only while the run is open', async () => {
    const run = await graph.begin();
    await beginPhase(graph.db, run, 'lists');
    const { lists_began_at: first } = await graph.syncRun(run);
    await beginPhase(graph.db, run, 'lists');
    assert.deepEqual((await graph.syncRun(run))['lists_began_at'], first);
    const counts = await liveCounts(graph.db, graph.domain, run.id);
    assert((counts?.phases.lists.sinceMs ?? -1) >= 0);
    assert.equal(counts?.phases.sweep.sinceMs, null);
    await endRun(graph.db, run);
    await beginPhase(graph.db, run, 'sweep');
    assert.equal((await graph.syncRun(run))['sweep_began_at'], undefined);
  });
});
