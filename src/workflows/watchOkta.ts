import { RawValue, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { LogChunk } from '../activities/watchLog';
import { assertInput, PING, WATCH_REQUEST } from '../boundary/inputs';
import {
  logRunId,
  PING_SIGNAL,
  SYNC_WORKFLOW_TYPE,
  WATCH_QUERY,
  type IncrementalReason,
  type Ping,
  type SyncReport,
  type SyncRequest,
  type WatchRequest,
  type WatchView,
} from '../contract';
import type { Fault } from '../faults/fault';
import { faultOf } from '../faults/temporalFailure';
import { awaitTurn, watchLog } from './activities';
import { decoded, RAW_SIGNAL, takesRawInputs, valid } from './decode';
import { isUnusableResult, reasonOf } from './ending';
import { findingsOf, newWatch, noteDue, resumeWatch, viewOf, type WatchState } from './watchState';

export const watchQuery = defineQuery<WatchView>(WATCH_QUERY);

/** Makes the watch poll at once, for example when an event hook tells of a change; it may bring a new interval. */
export const pingSignal = defineSignal<[RawValue<Ping>]>(PING_SIGNAL, RAW_SIGNAL);

/** After this number of polls that found something, the workflow continues as new: its history stays short. */
const TURNS = 200;

/** Minimum time between two incremental runs that the log asks for. */
const INCREMENTAL_GAP_MS = 5 * 60_000;

/** That time is doubled with each one that fails, this often at most. */
const MAX_DOUBLINGS = 5;

/** After this time, or a ping, a log that may not be read is tried again. */
const TRY_AGAIN_MS = 15 * 60_000;

/**
 * Watches the System Log of an org until it is terminated: what events name is read again, by a run of mode `touched` of
 * its own. What such a run cannot do, such as removing a deleted user, an incremental run does.
 *
 * @param request a {@link WatchRequest}.
 * @param carried the {@link WatchState} from an earlier workflow run.
 * @throws ApplicationFailure `INVALID_INPUT`; CancelledFailure if canceled.
 */
export async function watchOkta(
  request?: RawValue<WatchRequest>,
  carried?: RawValue<WatchState | null>,
): Promise<void> {
  const requested = decoded(request);
  assertInput(WATCH_REQUEST, requested, 'The input of the watch');
  const handedOn = decoded(carried);
  const watch = new Watch(
    requested as WatchRequest,
    handedOn == null ? newWatch(requested as WatchRequest) : resumeWatch(handedOn),
  );
  setHandler(watchQuery, () => watch.view);
  setHandler(pingSignal, (input) => watch.ping(valid(PING, input) ?? {}));
  const { turns = TURNS } = requested as WatchRequest;
  for (let turn = 0; turn < turns && !workflowInfo().continueAsNewSuggested; turn += 1) await watch.turn();
  await continueAsNew<typeof watchOkta>(
    new RawValue(requested as WatchRequest),
    new RawValue(watch.state as WatchState | null),
  );
}

takesRawInputs(watchOkta);

class Watch {
  private poll: CancellationScope | undefined;

  constructor(
    private readonly request: WatchRequest,
    readonly state: WatchState,
  ) {}

  get view(): WatchView {
    return viewOf(this.request, this.state, this.incrementalDueMs);
  }

  ping({ intervalMs }: Ping): void {
    if (intervalMs !== undefined) this.state.intervalMs = intervalMs;
    this.state.isPinged = true;
    this.poll?.cancel();
  }

  /** Reads the log until it names something, and has that read. */
  async turn(): Promise<void> {
    const { state } = this;
    const found = await this.found();
    if (!found) return;
    if ('code' in found) return this.waitToTryAgain(found);
    delete state.trouble;
    state.cursor = found.cursor;
    noteDue(state, found);
    await this.read(found);
    if (state.due) await this.runIncremental();
    if (!state.due && found.cursor.polledMs !== undefined) state.freshMs = found.cursor.polledMs;
  }

  /** Returns what the log has named, or why it cannot be read; undefined if a ping came before it could be polled. */
  private async found(): Promise<LogChunk | Fault | undefined> {
    const { request, state } = this;
    const { domain } = request;
    this.enter('watching');
    const { isPinged } = state;
    delete state.isPinged;
    // After trouble, one poll is enough to see that the log can be read again.
    const forMs = state.trouble ? 1 : state.due && this.incrementalDueMs - Date.now();
    this.poll = new CancellationScope();
    try {
      const chunk = await this.poll.run(() =>
        watchLog({
          domain,
          intervalMs: state.intervalMs,
          ...(state.cursor && { cursor: state.cursor }),
          ...(forMs !== undefined && { forMs }),
          ...((isPinged || state.trouble) && { isPinged: true }),
        }),
      );
      return chunk.refused ?? chunk;
    } catch (error) {
      if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return undefined;
      if (isUnusableResult(error)) return faultOf(error);
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      return reasonOf(error);
    } finally {
      this.poll = undefined;
    }
  }

  /** Has users and groups read by their ids, once no other run is in progress. */
  private async read({ touched }: LogChunk): Promise<void> {
    if (touched.users.length + touched.groups.length === 0) return;
    const report = await this.run('reading changes', { mode: 'touched', touched });
    const due = (incremental: IncrementalReason) => noteDue(this.state, { incremental, apps: [] });
    if (report?.outcome !== 'succeeded') due('touched run failed');
    for (const { code, userId } of report?.warnings ?? [])
      if (code === 'TOUCHED_NOT_FOUND') due(userId === undefined ? 'group deleted' : 'user deleted');
  }

  /**
   * Starts the incremental run that is due, unless the last one began a short time ago. If it fails, it stays due, for
   * growing times.
   */
  private async runIncremental(): Promise<void> {
    const { state } = this;
    const { due } = state;
    if (!due || Date.now() < this.incrementalDueMs) return;
    state.incrementalAtMs = Date.now();
    if (await this.run('incremental run', { mode: 'incremental', log: findingsOf(due) })) {
      delete state.due;
      delete state.failedRuns;
    } else state.failedRuns = (state.failedRuns ?? 0) + 1;
  }

  /** Returns the report of a run; undefined if it failed. */
  private async run(doing: WatchView['doing'], request: SyncRequest): Promise<SyncReport | undefined> {
    const { domain } = this.request;
    this.enter('waiting for another run');
    try {
      await awaitTurn(domain);
      this.enter(doing);
      return (await executeChild(SYNC_WORKFLOW_TYPE, {
        workflowId: logRunId(domain, request.mode === 'touched' ? 'touched' : 'incremental'),
        args: [{ ...request, domain }],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        // A run in progress ends by itself when the watch is stopped.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `What the System Log of ${domain} has named`,
      })) as SyncReport;
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      const isOfRun =
        error instanceof ChildWorkflowFailure ||
        error instanceof ActivityFailure ||
        error instanceof WorkflowExecutionAlreadyStartedError;
      if (!isOfRun) throw error;
      return undefined;
    }
  }

  /** Syncs go on as scheduled meanwhile. */
  private async waitToTryAgain(trouble: Fault): Promise<void> {
    this.state.trouble = trouble;
    this.enter('waiting to try again');
    await condition(() => this.state.isPinged === true, TRY_AGAIN_MS);
  }

  /** The time before which no incremental run is started. */
  private get incrementalDueMs(): number {
    const { incrementalAtMs, failedRuns = 0 } = this.state;
    const gapMs = this.request.incrementalGapMs ?? INCREMENTAL_GAP_MS;
    return incrementalAtMs + gapMs * 2 ** Math.min(failedRuns, MAX_DOUBLINGS);
  }

  private enter(doing: WatchView['doing']): void {
    this.state.doing = doing;
    const { trouble } = this.state;
    setCurrentDetails(`**${doing}**${trouble ? `\n\n\`${trouble.code}\`: ${trouble.message}` : ''}`);
  }
}
