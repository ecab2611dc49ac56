import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Activities } from '../../../src/activities';
import { SYNC_WORKFLOW_TYPE, type SyncReport, type SyncRequest } from '../../../src/contract';
import { temporal, timeSkippingServerPath } from '../../../dev/lab/servers/services';
import '../../../dev/lab/servers/logs';
import { syncBundle } from '../../../dev/lab/servers/bundle';
import { FakeActivities } from './fakeActivities';

/** The real workflow with fake activities, on a server of the test's choice. */
export class FakedSync {
  private readonly fakes = new Map<string, FakeActivities>();
  private readonly taskQueue = randomUUID();
  private worker: Worker | undefined;
  private workerEnd: Promise<void> | undefined;

  private constructor(
    private readonly environment: TestWorkflowEnvironment,
    private readonly bundle: typeof syncBundle,
  ) {}

  /** The clock jumps to the next event while no activity runs. */
  static async onTimeSkippingServer(): Promise<FakedSync> {
    const executable = { type: 'existing-path', path: await timeSkippingServerPath() } as const;
    const environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    return new FakedSync(environment, syncBundle);
  }

  static async onDevServer(bundle = syncBundle): Promise<FakedSync> {
    return FakedSync.on(await temporal(), bundle);
  }

  static async on({ address }: { address: string }, bundle = syncBundle): Promise<FakedSync> {
    return new FakedSync(await TestWorkflowEnvironment.createFromExistingServer({ address }), bundle);
  }

  /** Runs a sync to its end, of which it throws what the workflow fails with; `during` may steer it. */
  async run(
    fake: FakeActivities,
    args: [] | [SyncRequest | null] = [],
    during: (sync: WorkflowHandle) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<SyncReport> {
    return (await this.runOf(SYNC_WORKFLOW_TYPE, fake, args, during)) as SyncReport;
  }

  /** The same for a workflow of any type. */
  async runOf(
    type: string,
    fake: FakeActivities,
    args: unknown[],
    during: (workflow: WorkflowHandle) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<unknown> {
    this.worker ??= await this.workerOf(this.taskQueue, (workflowId) => this.fakes.get(workflowId));
    this.workerEnd ??= this.worker.run();
    const workflowId = randomUUID();
    this.fakes.set(workflowId, fake);
    const workflow = await this.start(this.taskQueue, workflowId, args, type);
    await during(workflow);
    return workflow.result();
  }

  /** Starts a sync on a task queue whose worker the caller runs. */
  async start(
    taskQueue: string,
    workflowId = taskQueue,
    args: unknown[] = [],
    type = SYNC_WORKFLOW_TYPE,
  ): Promise<WorkflowHandle> {
    const options = { workflowId, taskQueue, args, workflowExecutionTimeout: '2d' } as const;
    return this.environment.client.workflow.start(type, options);
  }

  /** A worker whose activities are those that `fakeOf` gives for a workflow. */
  async workerOf(
    taskQueue: string,
    fakeOf: (workflowId: string) => FakeActivities | undefined,
  ): Promise<Worker> {
    const fakeOfCaller = () => fakeOf(Context.current().info.workflowExecution?.workflowId ?? '');
    const names = Object.keys(new FakeActivities().activities) as (keyof Activities)[];
    return Worker.create({
      connection: this.environment.nativeConnection,
      taskQueue,
      workflowBundle: await this.bundle(),
      activities: Object.fromEntries(
        names.map((name) => [name, (...args: unknown[]) => fakeOfCaller()?.call(name, args)]),
      ),
      maxHeartbeatThrottleInterval: '50ms',
      shutdownGraceTime: 0,
    });
  }

  async stop(): Promise<void> {
    if (this.worker?.getState() === 'RUNNING') this.worker.shutdown();
    await this.workerEnd;
    await this.environment.teardown();
  }
}
