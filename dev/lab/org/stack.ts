import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { loadConfig, type Config, type Environment } from '../../../src/config';
import { SYNC_WORKFLOW_TYPE, type SyncReport, type SyncRequest } from '../../../src/contract';
import { GraphDatabase } from '../../../src/graph/database';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator';
import type { RunningWorker } from '../../../src/worker';
import { approveAll } from './approval';
import { differences } from '../graph/comparison';
import { emptyGraph } from '../graph/emptyGraph';
import { newOrganizationId } from './organizationId';
import { reportOf } from './report';
import { serverEnvironment } from '../servers/serverEnvironment';
import { startTestWorker } from '../servers/testWorker';
import '../servers/logs';

/** A simulated org, the real servers and a worker between them. */
export class Stack {
  private constructor(
    readonly sim: Simulator,
    readonly config: Config,
    readonly client: Client,
    readonly db: GraphDatabase,
    private readonly connection: Connection,
    private worker: RunningWorker | undefined,
  ) {}

  static async start(
    simulator: SimulatorOptions,
    environment: Environment = {},
    okta: Pick<Config['okta'], 'requestTimeoutMs' | 'retryPauseMs'> = {},
  ): Promise<Stack> {
    const org = startSimulator({ organizationId: newOrganizationId(), ...simulator });
    const [servers, sim] = await Promise.all([serverEnvironment(), org]);
    const read = loadConfig({
      OKTA_DOMAIN: sim.domain,
      OKTA_API_TOKEN: sim.token,
      ...servers,
      ...environment,
    });
    // Tests need not wait for the time between two denials, nor for long pauses between attempts at a request.
    const quick = { ...read.okta, retryPauseMs: 20, ...okta };
    const config = { ...read, okta: quick, sync: { ...read.sync, proofGapMs: 0 } };
    const connection = await Connection.connect({ address: servers.TEMPORAL_ADDRESS });
    const db = GraphDatabase.open(config.neo4j);
    await emptyGraph(db, [sim.domain]);
    return new Stack(sim, config, new Client({ connection }), db, connection, await startTestWorker(config));
  }

  async begin(request?: SyncRequest): Promise<WorkflowHandle> {
    return this.client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${this.sim.domain}/${randomUUID()}`,
      taskQueue: this.config.temporal.taskQueue,
      args: request ? [request] : [],
      workflowExecutionTimeout: '5m',
    });
  }

  /** The report of one run, of a failed one too. */
  async sync(request?: SyncRequest): Promise<SyncReport> {
    return reportOf(await this.begin(request));
  }

  /** The same of a run of which every removal is approved. */
  async syncApproved(request: SyncRequest = {}): Promise<SyncReport> {
    return this.sync({ ...request, ...(await approveAll(this.db, this.sim.domain)) });
  }

  /** Where the graph is not what the org is. */
  async differences(options?: { loginsMayLag: boolean }): Promise<string[]> {
    const truth = this.sim.org.truth();
    return differences(
      this.db,
      this.sim.domain,
      {
        users: truth.users(),
        groups: truth.groups(),
        edges: truth.edges(),
      },
      options,
    );
  }

  async restartWorker(): Promise<void> {
    await this.stopWorker();
    this.worker = await startTestWorker(this.config);
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.worker = undefined;
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await emptyGraph(this.db, [this.sim.domain]);
    await this.db.close();
    await this.connection.close();
    await this.sim.close();
  }
}
