import { workflowInfo } from '@temporalio/workflow';
import type { LogChunk } from '../activities/watchLog';
import { assertInput, WATCH_STATE } from '../boundary/inputs';
import {
  stronger,
  type IncrementalReason,
  type LogCursor,
  type LogFindings,
  type Touched,
  type WatchRequest,
  type WatchView,
} from '../contract';
import { CodedError, type Fault } from '../faults/fault';
import { failureOf } from '../faults/temporalFailure';

/** An incremental run that is to be started. */
interface Due {
  reason: IncrementalReason;
  apps: string[];
  owners?: Touched;
  gap?: { fromMs: number; untilMs: number };
}

/** What the watch knows; passed on completely when the workflow continues as new. */
export interface WatchState {
  intervalMs: number;
  /** Absent before the first poll. */
  cursor?: LogCursor;
  due?: Due;
  /** Start of the last incremental run that the watch has started; 0 before the first. */
  incrementalAtMs: number;
  /** Number of incremental runs since then that have failed, one after another. */
  failedRuns?: number;
  /** True if it is to poll at once. */
  isPinged?: boolean;
  /** Start of the last poll of which everything is in the graph. */
  freshMs?: number;
  /** Why the log cannot be read. */
  trouble?: Fault;
  doing: WatchView['doing'];
}

export function newWatch({ intervalMs }: WatchRequest): WatchState {
  return { intervalMs, incrementalAtMs: 0, doing: 'watching' };
}

/**
 * Returns the state that an earlier workflow run has passed on.
 *
 * @throws ApplicationFailure `INVALID_INPUT` if the workflow was not continued, or if it is not a valid state.
 */
export function resumeWatch(carried: WatchState): WatchState {
  if (workflowInfo().continuedFromExecutionRunId === undefined) {
    const fact = 'A watch takes one input; the second one is what it hands on when it continues as new.';
    throw failureOf(new CodedError('INVALID_INPUT', fact));
  }
  assertInput(WATCH_STATE, carried, 'The state that the watch carries on');
  return carried;
}

export function viewOf({ domain }: WatchRequest, state: WatchState, dueAtMs: number): WatchView {
  const { intervalMs, doing, freshMs, due, trouble } = state;
  return {
    domain,
    intervalMs,
    doing,
    ...(freshMs !== undefined && { freshMs }),
    ...(due && { due: due.reason, dueAtMs }),
    ...(trouble && { trouble }),
  };
}

/** Maximum number of objects of a kind that one run is told of; the others are verified in turn. */
const MAX_NAMED = 200;

/** Notes that an incremental run is needed; the strongest reason and the longest gap remain. */
export function noteDue(
  state: WatchState,
  { incremental, apps, owners, gap }: Pick<LogChunk, 'incremental' | 'apps' | 'owners' | 'gap'>,
): void {
  if (!incremental) return;
  const { due } = state;
  const reason = stronger(due?.reason, incremental) ?? incremental;
  const whole =
    due?.gap && gap
      ? { fromMs: Math.min(due.gap.fromMs, gap.fromMs), untilMs: Math.max(due.gap.untilMs, gap.untilMs) }
      : (due?.gap ?? gap);
  const both = (a: readonly string[] = [], b: readonly string[] = []) =>
    [...new Set([...a, ...b])].slice(0, MAX_NAMED);
  state.due = {
    reason,
    apps: both(due?.apps, apps),
    ...((due?.owners ?? owners) && {
      owners: {
        users: both(due?.owners?.users, owners?.users),
        groups: both(due?.owners?.groups, owners?.groups),
      },
    }),
    ...(whole && { gap: whole }),
  };
}

/** Returns what the incremental run is told. */
export function findingsOf({ reason, apps, owners, gap }: Due): LogFindings {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    reason,
    ...(apps.length > 0 && { apps }),
    ...(owners && { owners }),
    ...(gap && { gap: { from: iso(gap.fromMs), until: iso(gap.untilMs) } }),
  };
}
