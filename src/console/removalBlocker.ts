import type { Client } from '@temporalio/client';
import { findRunningSync } from '../runs/inProgress';
import { describeSchedule, pauseSchedule } from '../runs/schedule';

/**
 * Returns why an integration cannot be removed now, or undefined if no run is in progress and its schedule cannot start
 * one. The schedule is paused between the two checks; otherwise, a run that starts after the first check would write to
 * the graph while it is removed.
 */
export async function removalBlocker(client: Client, domain: string): Promise<string | undefined> {
  if (await findRunningSync(client, domain))
    return 'Nothing was removed: a run is in progress. Try again once it has ended.';
  const schedule = await describeSchedule(client, domain);
  if (schedule && !schedule.state.paused)
    await pauseSchedule(client, domain, 'Paused by the console to remove the integration.');
  if (!(await findRunningSync(client, domain))) return undefined;
  return (
    'Nothing was removed: a run has started in the meantime. The schedule is paused, so no other run starts. ' +
    'Try again once the run has ended.'
  );
}
