import { type Client, defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/client';
import type { Config } from '../config';
import {
  PING_SIGNAL,
  WATCH_QUERY,
  WATCH_WORKFLOW_TYPE,
  type LogCursor,
  type Ping,
  type WatchRequest,
  type WatchView,
} from '../contract';
import { isObject } from '../text/json';
import { retriesOf, type Retry } from './retries';

/** Returns the workflow id of the watch of an org's System Log. */
export function watchId(domain: string): string {
  return `okta-watch/${domain}`;
}

/**
 * Starts the watch of an org, or gives one that runs its interval; stops it if `WATCH_INTERVAL` is off or the schedule is
 * paused.
 */
export async function applyWatch(
  client: Client,
  { sync: { watchIntervalMs: intervalMs }, temporal: { taskQueue } }: Config,
  domain: string,
  { paused }: { paused: boolean },
): Promise<void> {
  if (intervalMs === undefined || paused) {
    const why = paused ? 'the schedule is paused' : 'WATCH_INTERVAL is off';
    return stopWatch(client, domain, why);
  }
  const request: WatchRequest = { domain, intervalMs };
  const ping: Ping = { intervalMs };
  await client.workflow.signalWithStart(WATCH_WORKFLOW_TYPE, {
    workflowId: watchId(domain),
    taskQueue,
    args: [request],
    signal: PING_SIGNAL,
    signalArgs: [ping],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `Watches the System Log of ${domain}`,
  });
}

/** Stops the watch of an org, if it runs. A run that it has started continues. */
export async function stopWatch(client: Client, domain: string, why: string): Promise<void> {
  try {
    // It writes nothing, so it need not end in order, and one that is started next is not the one that ends.
    await client.workflow.getHandle(watchId(domain)).terminate(`Stopped: ${why}`);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** The state of a watch. */
export interface WatchStatus {
  /** Absent if no worker responds. */
  view?: WatchView;
  /** Start of the last poll of which everything is in the graph; absent if unknown. */
  freshMs?: number;
  /** Polls that failed and are retried. */
  retries: readonly Retry[];
}

/** Without a worker, Temporal holds a query until the caller's deadline. */
const QUERY_TIMEOUT_MS = 3_000;

/** Returns the state of the watch of an org; undefined if none runs. */
export async function readWatch(client: Client, domain: string): Promise<WatchStatus | undefined> {
  const handle = client.workflow.getHandle(watchId(domain));
  try {
    const described = await handle.describe();
    if (described.closeTime) return undefined;
    const view = await client
      .withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => handle.query<WatchView>(WATCH_QUERY))
      .catch(() => undefined);
    const polledMs = lastPoll(described.raw.pendingActivities ?? []);
    const isUpToDate = view?.doing === 'watching' && view.due === undefined;
    const times = [view?.freshMs, isUpToDate ? polledMs : undefined].filter((ms) => ms !== undefined);
    return {
      ...(view && { view }),
      ...(times.length > 0 && { freshMs: Math.max(...times) }),
      retries: retriesOf(described),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

type Described = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>;
type PendingActivities = NonNullable<Described['raw']['pendingActivities']>;

/** Returns the start of the last poll that found nothing, from the heartbeat of the activity. */
function lastPoll(pending: PendingActivities): number | undefined {
  const payload = pending.find(({ activityType }) => activityType?.name === 'watchLog')?.heartbeatDetails
    ?.payloads?.[0];
  if (!payload) return undefined;
  try {
    const cursor = defaultPayloadConverter.fromPayload<Partial<LogCursor> | null>(payload);
    return isObject(cursor) && typeof cursor.polledMs === 'number' ? cursor.polledMs : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the watch of an org poll at once. @returns false if none runs. */
export async function pingWatch(client: Client, domain: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(watchId(domain)).signal(PING_SIGNAL, {} satisfies Ping);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
