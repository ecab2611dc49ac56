import assert from 'node:assert/strict';
import { REHEARSAL } from '../../../src/contract';
import { lastReports } from '../../../src/graph/read/reports';
import { keepMeasure } from '../../../src/graph/write/measures';
import { measureOrg } from '../../../src/queries/measure';
import { rehearseRuns } from '../../../src/graph/write/rehearsal';
import { began, counted, ended } from '../../../src/telemetry/events';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { statementsDuring } from '../../../dev/lab/graph/statements';
import { OrgUnderTest } from '../../../dev/lab/org/orgUnderTest';

/** More than a rehearsal takes, also on a busy machine. */
const TIMEOUT_MS = 60_000;

describe('A rehearsed run', function () {
  this.timeout(TIMEOUT_MS);
  const graph = useGraph();
  const rehearse = (stop = new AbortController().signal) =>
    rehearseRuns(graph.db, { keepsHistory: true, hasOktaLabels: true }, 0, stop);
  const nodesLeft = () =>
    graph.value<number>('MATCH (n) WHERE $rehearsal IN [n.domain, n.okta_domain] RETURN count(n) AS value', {
      rehearsal: REHEARSAL,
    });

  it('sends every statement of a first run, leaves nothing in the graph, and is announced to nobody', async () => {
    const org = await OrgUnderTest.start({ users: 40, groups: 8 });
    const announced: unknown[] = [];
    const stops = [began, counted, ended].map((event) =>
      event.listen((message) => void (message.domain === REHEARSAL && announced.push(message))),
    );
    try {
      const sent = await statementsDuring(async () => {
        const run = await org.begin({ mode: 'full', allowDeletes: false });
        await org.lists(run);
        await org.members(run);
        await org.sweep(run);
        await org.attempt().call('endRun', run);
      });
      // Counting comes after the report, which does not wait for it.
      const counting = await statementsDuring(async () => {
        const { domain } = org.sim;
        const [last] = await lastReports(org.db, domain, 1);
        const { signal } = new AbortController();
        const asked = { domain, runId: last?.runId ?? '', historyRetentionMs: 1, signal };
        await keepMeasure(org.db, domain, (await measureOrg(org.db, asked)).measure, 1);
      });
      const rehearsed = await statementsDuring(() => rehearse());
      const unprepared = [...sent].filter(
        (each) => !rehearsed.has(each) && !counting.has(each) && !/^SHOW |OktaGraphSchema/.test(each),
      );
      assert.deepEqual(unprepared, []);
      assert.equal(await nodesLeft(), 0);
      assert.deepEqual(announced, []);
    } finally {
      for (const stop of stops) stop();
      await org.stop();
    }
  });

  it('ends when a run begins, and leaves nothing either', async () => {
    await assert.rejects(rehearse(AbortSignal.abort(new Error('a run has begun'))), /a run has begun/);
    assert.equal(await nodesLeft(), 0);
  });
});
