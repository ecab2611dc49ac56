import { Connection } from '@temporalio/client';
import { loadConfig, type Config, type Environment } from '../../../src/config';
import type { SyncReport, SyncRequest } from '../../../src/contract';
import { GraphDatabase } from '../../../src/graph/database';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator';
import type { RunningWorker } from '../../../src/worker';
import { testVariables } from '../environment';
import type { OrgTruth } from '../graph/comparison';
import '../servers/logs';
import { startTestWorker } from '../servers/testWorker';
import { approveAll } from './approval';
import { newOrganizationId } from './organizationId';
import { SyncedOrg } from './syncedOrg';
import { truthOf } from './truth';

/** A simulated org and a worker in this process, at the servers of the tests. */
export class Stack extends SyncedOrg {
  private constructor(
    readonly sim: Simulator,
    /** What the configuration was read from, for processes of the build. */
    readonly variables: Environment,
    config: Config,
    db: GraphDatabase,
    connection: Connection,
    private worker: RunningWorker | undefined,
  ) {
    super(sim.domain, config, db, connection);
  }

  static async start(
    simulator: SimulatorOptions,
    environment: Environment = {},
    okta: Pick<Config['okta'], 'requestTimeoutMs' | 'retryPauseMs'> = {},
  ): Promise<Stack> {
    const sim = await startSimulator({ organizationId: newOrganizationId(), ...simulator });
    const variables = { ...(await testVariables(sim)), ...environment };
    const read = loadConfig(variables);
    // Tests need not wait for the time between two denials, nor for long pauses between attempts at a request.
    const quick = { ...read.okta, retryPauseMs: 20, ...okta };
    const config = { ...read, okta: quick, sync: { ...read.sync, proofGapMs: 0 } };
    const connection = await Connection.connect({ address: config.temporal.address });
    const db = GraphDatabase.open(config.neo4j);
    return new Stack(sim, variables, config, db, connection, await startTestWorker(config));
  }

  truth(): OrgTruth {
    return truthOf(this.sim);
  }

  /** As `sync`, of a run of which every removal is approved. */
  async syncApproved(request: SyncRequest = {}): Promise<SyncReport> {
    return this.sync({ ...request, ...(await approveAll(this.db, this.domain)) });
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
    await this.emptyGraph();
    await this.disconnect();
    await this.sim.close();
  }
}
