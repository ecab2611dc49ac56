import assert from 'node:assert/strict';
import { chaos } from '../../dev/lab/chaos';
import { neo4j, temporal } from '../../dev/lab/servers/services';

describe('In chaos', () => {
  it('a run whose worker is killed while Okta fails loses and invents nothing, and continues where it stopped', async function () {
    this.timeout(300_000);
    const lines: string[] = [];
    const { isGood, runs } = await chaos(
      {
        users: 400,
        groups: 40,
        memberships: 3_000,
        seed: 7,
        runs: 1,
        kills: 1,
        latency: 20,
        faults: true,
        outages: false,
        churn: false,
      },
      (line) => lines.push(line),
      { neo4j: await neo4j(), temporal: await temporal() },
    );
    assert.equal(isGood, true, lines.join('\n'));
    const [run] = runs;
    assert.ok(run);
    assert.deepEqual([run.kills, run.outcome === 'failed'], [1, false], lines.join('\n'));
    // Whoever begins again makes twice the calls that come before the kill.
    assert.ok(run.calls < 1.6 * run.needed, `${run.calls} calls, ${run.needed} needed`);
  });
});
