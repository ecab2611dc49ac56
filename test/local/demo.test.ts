import assert from 'node:assert/strict';
import { keepChanging, livePast } from '../../src/local/demo';
import { DAY_MS, PAST_DAYS, type RunningOrg } from '../../src/local/simulatedOrg';
import { until } from '../../dev/lab/until';

describe('The demo', () => {
  it('syncs its org after each change of its past, and changes it again for today', async () => {
    const createdMs = Date.now() - PAST_DAYS * DAY_MS;
    const steps = await lived({ createdMs, reachedMs: createdMs });
    assert.deepEqual(steps, [21, 'run', 14, 'run', 7, 'run', 2, 'run', 'today']);
  });

  it('goes on after the last change if its past was interrupted', async () => {
    const createdMs = Date.now() - PAST_DAYS * DAY_MS;
    const steps = await lived({ createdMs, reachedMs: createdMs + 14 * DAY_MS });
    assert.deepEqual(steps, [7, 'run', 2, 'run', 'today']);
  });

  async function lived(times: Pick<RunningOrg, 'createdMs' | 'reachedMs'>) {
    const steps: (number | 'run' | 'today')[] = [];
    const change = async (atMs?: number) => {
      steps.push(atMs === undefined ? 'today' : Math.round((Date.now() - atMs) / DAY_MS));
    };
    const run = async () => steps.push('run');
    await livePast({ ...times, change }, run, () => undefined);
    return steps;
  }

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
