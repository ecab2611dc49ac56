import { Context } from '@temporalio/activity';
import { WAITING_SIGNAL, type OktaWait } from '../contract';
import { waiting } from '../telemetry/events';

/** Waits shorter than this are not signaled: they are not worth an event in the workflow's history. */
const SHORTEST_MS = 5_000;

/** Waits of parallel requests that end this close together are the same wait. */
const SAME_WAIT_MS = 2_000;

/** Signals to the workflow what its activity waits for, for its `progress` query and the Temporal UI. */
export class Waits {
  private readonly context = Context.current();
  /** End of the last reported wait for each bucket, milliseconds since the epoch. */
  private readonly untilMs = new Map<OktaWait['bucket'], number>();

  /** Reports a wait once, even if many requests wait. */
  report(wait: OktaWait): void {
    const untilMs = Date.parse(wait.until);
    if (untilMs - Date.now() < SHORTEST_MS) return;
    if (Math.abs(untilMs - (this.untilMs.get(wait.bucket) ?? 0)) < SAME_WAIT_MS) return;
    this.untilMs.set(wait.bucket, untilMs);
    const { workflowId = '' } = this.context.info.workflowExecution ?? {};
    waiting.emit({ ...wait, workflowId });
    void this.signal(wait);
  }

  /** Never rejects: a run does not depend on it. */
  private async signal(wait: OktaWait): Promise<void> {
    try {
      const { info, client } = this.context;
      const { workflowId, runId } = info.workflowExecution ?? {};
      if (workflowId !== undefined)
        await client.workflow.getHandle(workflowId, runId).signal(WAITING_SIGNAL, wait);
    } catch {
      // The workflow has ended, or there is no Temporal server, as in tests of a single activity.
    }
  }
}
