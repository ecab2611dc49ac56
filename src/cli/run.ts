import { setMaxListeners } from 'node:events';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Config } from '../config';
import type { RequestedMode, SyncReport } from '../contract';
import { lastWithheld, ofEachKind, removalsText, totalOf } from '../graph/write/approvals';
import { findReport } from '../graph/read/reports';
import { withGraph } from '../connections/connect';
import { Explained } from '../faults/explained';
import { reportOfFailure } from '../runs/failedRun';
import { type Output, showProgress } from './progressDisplay';
import { osUser } from './recordChange';
import { startApproved } from '../runs/startApproved';
import { type StartedSync, startOrAttach } from '../runs/startOrAttach';
import { readLive, type SyncRef } from '../runs/inProgress';

export interface RunOptions {
  client: Client;
  config: Config;
  /** One of the configured orgs. */
  domain: string;
  /** Default `auto`. */
  mode?: RequestedMode;
  /** Approves removals: at most this many of each kind, or with `true` those that the last run withheld. */
  allowDeletes?: true | number;
  /** Receives everything before the report: the ids of the run and its progress. */
  output: Output;
  /** Aborting it stops waiting; the run continues. */
  signal?: AbortSignal;
}

/**
 * Starts a run, or attaches to the one in progress, and shows its progress until it ends. Returns the report of a failed
 * or canceled run too.
 *
 * @throws the signal's reason if `signal` aborts.
 * @throws Explained if the run has no report, for example because it was terminated.
 */
export async function runAndWait(options: RunOptions): Promise<SyncReport> {
  const sync = await start(options);
  return waitForReport(sync, options);
}

/** Starts a run, or attaches to the one in progress, and prints which. */
export async function start(options: Omit<RunOptions, 'signal'>): Promise<StartedSync> {
  const { client, config, domain, mode = 'auto', allowDeletes, output } = options;
  const sync =
    allowDeletes === undefined
      ? await startOrAttach(client, config, { domain, mode })
      : await approveAndStart(options, allowDeletes);
  const run = `${sync.workflowId} (run ${sync.runId})`;
  output.write(
    sync.attached
      ? `A run of ${domain} is already in progress; attached to ${run}\n`
      : `Started a run of ${domain}: ${run}\n`,
  );
  if (sync.attached && (mode !== 'auto' || allowDeletes !== undefined)) {
    output.write(
      'The options --mode and --allow-deletes do not apply to it; run the command again after it has ended.\n',
    );
  }
  return sync;
}

/** Approves removals in the name of the OS user who runs the command, and starts a run. */
async function approveAndStart(
  { client, config, domain, mode = 'auto', output }: Omit<RunOptions, 'signal'>,
  allowDeletes: true | number,
): Promise<StartedSync> {
  return withGraph(config, async (db) => {
    const counts = allowDeletes === true ? await lastWithheld(db, domain) : ofEachKind(allowDeletes);
    if (totalOf(counts) === 0) {
      output.write(
        'The last run withheld nothing, so there is nothing to approve; the usual limits apply.\n',
      );
      return startOrAttach(client, config, { domain, mode, allowDeletes: false });
    }
    output.write(`Approved for one run: removal of at most ${removalsText(counts)}\n`);
    return startApproved({ client, config, db, domain, mode, approval: { by: osUser(), counts } });
  });
}

async function waitForReport(sync: SyncRef, options: RunOptions): Promise<SyncReport> {
  const { client, output, signal = new AbortController().signal } = options;
  const ended = new AbortController();
  const stop = AbortSignal.any([ended.signal, signal]);
  // Temporal's client adds a listener with each poll for the result, about every 20 s, and never removes it.
  setMaxListeners(0, signal);
  const { workflowId, runId, startedAt } = sync;
  const showing = showProgress(() => readLive(client, workflowId), { startedAt, output, stop });
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
  // If the graph cannot be read, the end of the run is still reported.
  const run = await withGraph(config, (db) => findReport(db, domain, runId)).catch(() => undefined);
  if (run?.report) return run.report;
  const why = failure.cause?.message ?? failure.message;
  throw new Explained(
    `The run ended without a report: ${why}. See its history in the Temporal UI. The next run continues its work.`,
  );
}
