import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { assertInput, RESULTS } from '../boundary/inputs';

/**
 * Okta or Neo4j may be unavailable for a while: activities are retried for about 25 minutes, then the run fails with a
 * report. The intervals stay short, because each attempt of a chunk makes progress, even if its worker is killed.
 */
const RETRY = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '15s',
  maximumAttempts: 100,
} as const;

/** A killed worker is detected after this time, and another continues from the last heartbeat. */
const HEARTBEAT_TIMEOUT = '15s';

/**
 * Activities that open and close a run: retried for about seven minutes. Workers of versions up to
 * 0.2.0 send no heartbeat while they build indexes and the report.
 */
const brackets = proxyActivities<Pick<Activities, 'beginRun' | 'endRun'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '45s',
  retry: { ...RETRY, maximumAttempts: 30 },
});

/** Chunks of about 20 s, plus the time to wait for rate limit windows and slow pages. */
const chunks = proxyActivities<Pick<Activities, 'syncUsers' | 'syncGroups' | 'sweep'>>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  // Nothing may write after the report.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * Also chunks of about 20 s, but the list of one group, app or user is never split, and a large one can take many rate
 * limit windows.
 */
const listChunks = proxyActivities<Pick<Activities, 'syncMemberships' | 'syncAccess' | 'syncTouched'>>({
  startToCloseTimeout: '12h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * The watch: an outage of any length is waited out, since a cursor stays valid for months. A poll that waits for a rate
 * limit takes as long as that.
 */
const watching = proxyActivities<Pick<Activities, 'watchLog' | 'awaitTurn'>>({
  startToCloseTimeout: '24h',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  // A ping cancels the wait for the next poll; what was read until then is the result.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * A notification: a receiver may be down for a day. Each attempt reads the graph and sends, both with time limits of
 * their own.
 */
const notifications = proxyActivities<Pick<Activities, 'notify'>>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1h' },
});

/**
 * Validates an activity's result: anybody with access to the namespace can complete an activity with any value.
 *
 * @throws ApplicationFailure `INVALID_INPUT`
 */
async function checked<T>(name: keyof Activities, result: Promise<T>): Promise<T> {
  const value = await result;
  assertInput(RESULTS[name], value, `The result of ${name}`);
  return value;
}

// The summary is what the Temporal UI shows next to each activity.

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

export const syncTouched: Activities['syncTouched'] = (run, touched) =>
  checked(
    'syncTouched',
    listChunks.syncTouched.executeWithOptions(
      { summary: `${touched.users.length} users and ${touched.groups.length} groups, by id` },
      [run, touched],
    ),
  );

export const syncMemberships: Activities['syncMemberships'] = (run) =>
  checked(
    'syncMemberships',
    listChunks.syncMemberships.executeWithOptions({ summary: 'members of the next groups' }, [run]),
  );

export const syncAccess: Activities['syncAccess'] = (run, part) =>
  checked(
    'syncAccess',
    listChunks.syncAccess.executeWithOptions({ summary: `apps, roles and rules: ${part}` }, [run, part]),
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

export const watchLog: Activities['watchLog'] = (watch) =>
  checked('watchLog', watching.watchLog.executeWithOptions({ summary: 'the System Log' }, [watch]));

export const awaitTurn: Activities['awaitTurn'] = (domain) =>
  checked(
    'awaitTurn',
    watching.awaitTurn.executeWithOptions({ summary: 'until no run is in progress' }, [domain]),
  );

export const notify: Activities['notify'] = (request) =>
  checked('notify', notifications.notify.executeWithOptions({ summary: 'notification' }, [request]));
