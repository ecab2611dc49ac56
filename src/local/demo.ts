import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log';
import { DAY_MS, PAST_DAYS, type RunningOrg } from './simulatedOrg';

/** After its first day, the org was synced on these days, counted back from today. */
const DAYS_AGO = [21, 14, 7, 2];

const CHANGE_INTERVAL_MS = 600_000;

/** Gives a new org a past: changes it as of several days, each followed by a run, and then lets its clock go on. */
export async function livePast(org: RunningOrg, run: () => Promise<unknown>, log: Log): Promise<void> {
  log(`The simulated org gets ${PAST_DAYS / 7} weeks of past, ${DAYS_AGO.length} runs …`);
  for (const days of DAYS_AGO) {
    await org.change(Date.now() - days * DAY_MS);
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
