import { Context } from '@temporalio/activity';
import { WAITING_SIGNAL, type OktaWait } from '../contract';

/** Shorter waits are not worth an event in the workflow's history, milliseconds. */
const SHORTEST_MS = 5_000;

/** The ends of one wait, as parallel requests see them, lie this close together. */
const SAME_WAIT_MS = 2_000;

/** Tells the workflow of an activity what it waits for, so that its `progress` and the Temporal UI show it. */
export class Waits {
  private readonly context = Context.current();
  /** When the last wait for each bucket ends, epoch milliseconds. */
  private readonly untilMs = new Map<OktaWait['bucket'], number>();

  /** Each wait is told once, however many requests wait. */
  take(wait: OktaWait): void {
    const untilMs = Date.parse(wait.until);
    if (untilMs - Date.now() < SHORTEST_MS) return;
    if (Math.abs(untilMs - (this.untilMs.get(wait.bucket) ?? 0)) < SAME_WAIT_MS) return;
    this.untilMs.set(wait.bucket, untilMs);
    void this.signal(wait);
  }

  /** Never rejects: a run goes on without it. */
  private async signal(wait: OktaWait): Promise<void> {
    try {
      const { info, client } = this.context;
      const { workflowId, runId } = info.workflowExecution ?? {};
      if (workflowId !== undefined)
        await client.workflow.getHandle(workflowId, runId).signal(WAITING_SIGNAL, wait);
    } catch {
      // The workflow has ended, or there is no Temporal, as in tests of a single activity.
    }
  }
}
