import assert from 'node:assert/strict';
import { keepChanging, livePast } from '../../src/local/demo';
import { DAY_MS, type RunningOrg } from '../../src/local/simulatedOrg';
import { until } from '../../dev/lab/until';

describe('The demo', () => {
  it('syncs its org after each change of its past, and changes it again for today', async () => {
    const steps: (number | 'run' | 'today')[] = [];
    const org = {
      change: (atMs?: number) => {
        steps.push(atMs === undefined ? 'today' : Math.round((Date.now() - atMs) / DAY_MS));
        return Promise.resolve();
      },
    } as RunningOrg;
    const run = () => Promise.resolve(steps.push('run'));
    await livePast(org, run, () => undefined);
    assert.deepEqual(steps, [21, 'run', 14, 'run', 7, 'run', 2, 'run', 'today']);
  });

  it('keeps changing until it is stopped, also after a change that fails', async () => {
    const stop = new AbortController();
    let changes = 0;
    const change = () => ((changes += 1) === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve());
    const ended = keepChanging({ change }, stop.signal, 1);
    await until(() => changes >= 3);
    stop.abort();
    await ended;
  });
});
