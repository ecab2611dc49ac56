import type { WorkflowExecutionDescription } from '@temporalio/client';
import { printable } from '../text/printable';

/** An activity of a run in progress that failed and is retried. */
export interface Retry {
  activity: string;
  attempt: number;
  /** Absent while the attempt is in progress. */
  nextAt?: Date;
  why?: string;
}

export function retriesOf({ raw }: WorkflowExecutionDescription): Retry[] {
  const retried = (raw.pendingActivities ?? []).filter(({ attempt }) => (attempt ?? 1) > 1);
  return retried.map(({ activityType, attempt, scheduledTime, lastFailure, lastStartedTime }) => {
    const nextMs = msOf(scheduledTime);
    const isWaiting = nextMs !== undefined && nextMs > (msOf(lastStartedTime) ?? 0);
    return {
      activity: activityType?.name ?? 'an activity',
      attempt: attempt ?? 1,
      ...(isWaiting ? { nextAt: new Date(nextMs) } : {}),
      ...(lastFailure?.message ? { why: lastFailure.message } : {}),
    };
  });
}

/** Describes a retry as one line, which does not change while it is waited for. */
export function retryText({ activity, attempt, nextAt, why }: Retry): string {
  const when = nextAt ? `from ${nextAt.toISOString().slice(11, 19)} UTC` : 'in progress';
  return `${activity} failed${why === undefined ? '' : `: ${printable(why).replace(/\.$/, '')}`}; attempt ${attempt} ${when}`;
}

function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number | undefined {
  if (!time) return undefined;
  return Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1e6);
}
