import { setMaxListeners } from 'node:events';
import { userInfo } from 'node:os';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Config } from '../config';
import type { RequestedMode, SyncReport } from '../contract';
import { lastWithheld, totalOf } from '../graph/write/approvals';
import { findReport } from '../graph/read/reports';
import { withGraph } from '../connections/connect';
import { Explained } from '../connections/explain';
import { reportOfFailure } from '../runs/failedRun';
import { type Output, showProgress } from './progressDisplay';
import { startApproved } from '../runs/startApproved';
import { type StartedSync, startOrAttach } from '../runs/startOrAttach';
import { readProgress, type SyncRef } from '../runs/inProgress';

export interface RunOptions {
  client: Client;
  config: Config;
  /** One of the configured orgs. */
  domain: string;
  /** Default `auto`. */
  mode?: RequestedMode;
  /** Removals that are approved: at most this many of each kind; `true` is what the last run withheld. */
  allowDeletes?: true | number;
  /** Gets what is said before the report: which run it is, and its progress. */
  output: Output;
  /** Aborting it stops the waiting; the run goes on. */
  signal?: AbortSignal;
}

/**
 * Starts a sync, or attaches to the one under way, and shows its progress until it ends, however it ends.
 *
 * @throws the signal's reason when `signal` aborts; Explained when the run left no report, as when it was terminated.
 */
export async function runAndWait(options: RunOptions): Promise<SyncReport> {
  const sync = await start(options);
  return waitForReport(sync, options);
}

/** Starts a sync, or attaches to the one under way, and says which. */
export async function start(options: Omit<RunOptions, 'signal'>): Promise<StartedSync> {
  const { client, config, domain, mode = 'auto', allowDeletes, output } = options;
  const sync =
    allowDeletes === undefined
      ? await startOrAttach(client, config, { domain, mode })
      : await approveAndStart(options, allowDeletes);
  const run = `${sync.workflowId} (run ${sync.runId})`;
  output.write(
    sync.attached
      ? `A sync of ${domain} is already running; attached to ${run}\n`
      : `Started a sync of ${domain}: ${run}\n`,
  );
  if (sync.attached && (mode !== 'auto' || allowDeletes !== undefined)) {
    output.write(
      'What you asked for (--mode, --allow-deletes) does not change it; run again once it has ended.\n',
    );
  }
  return sync;
}

/** The approval is given by who runs the command, as the operating system names them. */
async function approveAndStart(
  { client, config, domain, mode = 'auto', output }: Omit<RunOptions, 'signal'>,
  allowDeletes: true | number,
): Promise<StartedSync> {
  return withGraph(config, async (db) => {
    const counts =
      allowDeletes === true
        ? await lastWithheld(db, domain)
        : { users: allowDeletes, groups: allowDeletes, memberships: allowDeletes };
    if (totalOf(counts) === 0) {
      output.write(
        'The last run withheld nothing, so there is nothing to approve; the usual limits apply.\n',
      );
      return startOrAttach(client, config, { domain, mode, allowDeletes: false });
    }
    const { users, groups, memberships } = counts;
    output.write(
      `Approved for one run: at most ${users} users, ${groups} groups and ${memberships} unconfirmed membership removals\n`,
    );
    return startApproved({ client, config, db, domain, mode, approval: { by: osUser(), counts } });
  });
}

/** The user's name, or the number where the system has no name for it, as in some containers. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

async function waitForReport(sync: SyncRef, options: RunOptions): Promise<SyncReport> {
  const { client, output, signal = new AbortController().signal } = options;
  const ended = new AbortController();
  const stop = AbortSignal.any([ended.signal, signal]);
  // Temporal's client adds a listener with each poll for the result, every 20 s or so, and removes none.
  setMaxListeners(0, signal);
  const { workflowId, runId, startedAt } = sync;
  const showing = showProgress(() => readProgress(client, workflowId), { startedAt, output, stop });
  try {
    return await client.withAbortSignal(signal, () => client.workflow.getHandle(workflowId, runId).result());
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WorkflowFailedError)) throw error;
    return reportOfFailure(error) ?? (await recordedReport(sync, error, options));
  } finally {
    ended.abort();
    await showing;
  }
}

async function recordedReport(
  { runId }: SyncRef,
  failure: WorkflowFailedError,
  { config, domain }: RunOptions,
): Promise<SyncReport> {
  // That the run is over matters more than a graph that cannot be read now.
  const run = await withGraph(config, (db) => findReport(db, domain, runId)).catch(() => undefined);
  if (run?.report) return run.report;
  const why = failure.cause?.message ?? failure.message;
  throw new Explained(
    `The run ended without a report: ${why}. Look at it in the Temporal UI; the next run takes up its work.`,
  );
}
