import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Activities } from '../../../src/activities';
import type { BegunRun } from '../../../src/activities/runs';
import type { SyncReport, Ending } from '../../../src/contract';
import type { Run } from '../../../src/graph/write/run';
import { sampleReport } from '../../../dev/lab/sampleReport';

export const HOUR_MS = 3_600_000;

export interface Call {
  activity: keyof Activities;
  args: unknown[];
  /** The workflow run that asked for it. */
  runId: string | undefined;
}

/** Activities of a run that does nothing: what a test gives replaces them, and every call is noted. */
export class FakeActivities {
  readonly calls: Call[] = [];
  readonly activities: Activities;

  constructor(replaced: Partial<Activities> = {}) {
    this.activities = { ...NOTHING_TO_DO, ...replaced };
  }

  /** Notes the call and makes it. */
  call(activity: keyof Activities, args: unknown[]): unknown {
    const { workflowExecution } = Context.current().info;
    this.calls.push({ activity, args, runId: workflowExecution?.runId });
    return (this.activities[activity] as (...args: unknown[]) => unknown)(...args);
  }

  /** The names of what was called; each try counts. */
  get order(): string[] {
    return this.calls.map(({ activity }) => activity);
  }

  times(activity: keyof Activities): number {
    return this.calls.filter((call) => call.activity === activity).length;
  }

  /** How many workflow runs asked for it. */
  runsWith(activity: keyof Activities): number {
    const calls = this.calls.filter((call) => call.activity === activity);
    return new Set(calls.map(({ runId }) => runId)).size;
  }

  /** How the run was said to have ended; undefined is by itself. */
  get ending(): Ending | undefined {
    const call = this.calls.find(({ activity }) => activity === 'endRun');
    return call?.args[1] as Ending | undefined;
  }
}

const NOTHING_TO_DO: Activities = {
  beginRun: async (request, runId) => begun({ id: runId, domain: request.domain ?? 'acme.okta.com' }),
  syncUsers: async () => ({ seen: 3 }),
  syncGroups: async () => ({ seen: 2 }),
  syncMemberships: async () => ({ done: true, groupsDone: 2, groupsTotal: 2 }),
  syncAccess: async () => ({ isDone: true, done: 0, total: 0 }),
  sweep: async () => undefined,
  endRun: async (run, ending) => reportOf(run, ending),
  syncTouched: async () => ({ done: 0 }),
  watchLog: async ({ cursor = { recent: [] } }) => ({ cursor, touched: { users: [], groups: [] }, apps: [] }),
  awaitTurn: async () => undefined,
  notify: async () => ({}),
};

export function begun(changes: Partial<BegunRun> = {}): BegunRun {
  return {
    domain: 'acme.okta.com',
    number: 7,
    id: 'a run',
    mode: 'full',
    allowDeletes: false,
    keepsHistory: true,
    deadlineMs: 12 * HOUR_MS,
    ...changes,
  };
}

export function reportOf(run: Run, ending?: Ending): SyncReport {
  return sampleReport({
    runId: run.id,
    runNumber: run.number,
    domain: run.domain,
    mode: run.mode,
    ...ending,
  });
}

/** Heartbeats until the attempt is cancelled, as a working activity does; throws the reason. */
export async function workUntilStopped(): Promise<never> {
  const { cancellationSignal } = Context.current();
  for (;;) {
    Context.current().heartbeat();
    await sleep(20);
    cancellationSignal.throwIfAborted();
  }
}

/** Never heartbeats, so that no cancel reaches it; ends with its worker, which could not stop before. */
export function staySilent(): Promise<never> {
  const { cancelled } = Context.current();
  return cancelled;
}
