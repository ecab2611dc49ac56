import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import {
  PING_SIGNAL,
  WATCH_QUERY,
  WATCH_WORKFLOW_TYPE,
  type WatchRequest,
  type WatchView,
} from '../../../src/contract';
import { lastReports, type RecordedRun } from '../../../src/graph/read/reports';
import { readWatch, watchId } from '../../../src/runs/watch';
import { until } from '../until';
import type { SyncedOrg } from './syncedOrg';

/** Time in which a change must be in the graph, on a busy machine too. */
const CAUGHT_UP_MS = 60_000;

/** Time between two comparisons of the whole org with the graph, which take their time. */
const LOOK_MS = 250;

/** The watch of a simulated org, with polls that follow each other quickly. */
export class WatchedOrg {
  private constructor(
    readonly org: SyncedOrg,
    readonly handle: WorkflowHandleWithFirstExecutionRunId,
  ) {}

  static async start(org: SyncedOrg, request: Partial<WatchRequest> = {}): Promise<WatchedOrg> {
    const handle = await org.client.workflow.start(WATCH_WORKFLOW_TYPE, {
      workflowId: watchId(org.domain),
      taskQueue: org.config.temporal.taskQueue,
      args: [{ domain: org.domain, intervalMs: 200, incrementalGapMs: 0, ...request }],
    });
    return new WatchedOrg(org, handle);
  }

  view(): Promise<WatchView> {
    return this.handle.query<WatchView>(WATCH_QUERY);
  }

  async ping(): Promise<void> {
    await this.handle.signal(PING_SIGNAL);
  }

  /** Resolves when the graph is what the org is; sign-ins may lag. */
  async caughtUp(): Promise<void> {
    await until(async () => {
      await sleep(LOOK_MS);
      return (await this.org.differences({ loginsMayLag: true })).length === 0;
    }, CAUGHT_UP_MS);
  }

  /** Resolves when the watch has polled after now, and everything that it has found is in the graph. */
  async idle(): Promise<void> {
    const since = Date.now();
    await until(async () => {
      const { freshMs = 0 } = (await readWatch(this.org.client, this.org.domain)) ?? {};
      return freshMs >= since;
    }, CAUGHT_UP_MS);
  }

  /** The runs after a number, oldest first, those of what the log has named too. */
  async runsAfter(number: number): Promise<RecordedRun[]> {
    const runs = await lastReports(this.org.db, this.org.domain, 200, undefined, { withTouched: true });
    return runs.filter(({ runNumber }) => runNumber > number).reverse();
  }

  /** The number of the latest run. */
  async lastRun(): Promise<number> {
    return (await this.runsAfter(0)).at(-1)?.runNumber ?? 0;
  }

  async stop(): Promise<void> {
    await this.handle.terminate().catch(() => undefined);
  }
}
