import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { assertInput, RESULTS } from '../boundary/inputs';

/**
 * Okta or Neo4j may be away for a while: about 25 minutes of tries, then the run reports that it failed. The pauses
 * stay short, since a worker that was killed many times in one chunk has done work each time.
 */
const RETRY = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '15s',
  maximumAttempts: 100,
} as const;

/** A killed worker is noticed after this long, and another goes on from the last heartbeat. */
const HEARTBEAT_TIMEOUT = '15s';

/** Opening and closing a run: about seven minutes of tries. Indexes and the report take their time without a beat. */
const brackets = proxyActivities<Pick<Activities, 'beginRun' | 'endRun'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '45s',
  retry: { ...RETRY, maximumAttempts: 30 },
});

/** Chunks of about 20 s, within which rate limit windows and slow pages are waited for. */
const chunks = proxyActivities<Pick<Activities, 'syncUsers' | 'syncGroups' | 'sweep'>>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  // Nothing may write behind the report.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Chunks of about 20 s too, but a group is never cut, and a large one can take many rate limit windows. */
const groupChunks = proxyActivities<Pick<Activities, 'syncMemberships'>>({
  startToCloseTimeout: '12h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * A result, checked: whoever has access to the namespace can complete an activity with anything.
 *
 * @throws ApplicationFailure `INVALID_INPUT`
 */
async function checked<T>(name: keyof Activities, result: Promise<T>): Promise<T> {
  const value = await result;
  assertInput(RESULTS[name], value, `The result of ${name}`);
  return value;
}

// Each with the line that the Temporal UI shows next to it.

export const beginRun: Activities['beginRun'] = (...args) =>
  checked(
    'beginRun',
    brackets.beginRun.executeWithOptions({ summary: 'number the run and choose its mode' }, args),
  );

export const syncUsers: Activities['syncUsers'] = (run, cursor) =>
  checked(
    'syncUsers',
    chunks.syncUsers.executeWithOptions({ summary: `users, after ${cursor.seen}` }, [run, cursor]),
  );

export const syncGroups: Activities['syncGroups'] = (run, cursor) =>
  checked(
    'syncGroups',
    chunks.syncGroups.executeWithOptions({ summary: `groups, after ${cursor.seen}` }, [run, cursor]),
  );

export const syncMemberships: Activities['syncMemberships'] = (run) =>
  checked(
    'syncMemberships',
    groupChunks.syncMemberships.executeWithOptions({ summary: 'members of the next groups' }, [run]),
  );

export const sweep: Activities['sweep'] = (run, cursor) =>
  checked(
    'sweep',
    chunks.sweep.executeWithOptions({ summary: `what is gone, ${cursor?.label ?? 'User'} nodes` }, [
      run,
      cursor,
    ]),
  );

export const endRun: Activities['endRun'] = (run, ending) =>
  checked(
    'endRun',
    brackets.endRun.executeWithOptions({ summary: `report, ${ending?.outcome ?? 'the work is done'}` }, [
      run,
      ending,
    ]),
  );
