import { setTimeout as sleep } from 'node:timers/promises';
import { countOf } from '../text/counts';
import type { Log } from './log';
import { DAY_MS, PAST_DAYS, type RunningOrg } from './simulatedOrg';

/** After its first day, the org was synced on these days of its past. */
const DAYS = [7, 14, 21, PAST_DAYS - 2];

const CHANGE_INTERVAL_MS = 600_000;

/**
 * Gives an org the rest of its past: changes it as of several days, each followed by a run, and then lets its clock go
 * on.
 */
export async function livePast(
  org: Pick<RunningOrg, 'change' | 'createdMs' | 'reachedMs'>,
  run: () => Promise<unknown>,
  log: Log,
): Promise<void> {
  const days = DAYS.map((day) => org.createdMs + day * DAY_MS).filter((atMs) => atMs > org.reachedMs);
  log(`The simulated org gets ${PAST_DAYS / 7} weeks of past, ${countOf(days.length, 'run')} …`);
  for (const atMs of days) {
    await org.change(atMs);
    await run();
  }
  await org.change();
}

/** Changes an org every ten minutes until `stop` aborts. Never rejects. */
export async function keepChanging(
  org: Pick<RunningOrg, 'change'>,
  stop: AbortSignal,
  intervalMs = CHANGE_INTERVAL_MS,
): Promise<void> {
  while (!stop.aborted) {
    await sleep(intervalMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
    if (!stop.aborted) await org.change().catch(() => undefined);
  }
}
