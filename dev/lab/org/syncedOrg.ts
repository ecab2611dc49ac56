import { randomUUID } from 'node:crypto';
import { Client, type Connection, type WorkflowHandle } from '@temporalio/client';
import type { Config } from '../../../src/config';
import { SYNC_WORKFLOW_TYPE, type SyncReport, type SyncRequest } from '../../../src/contract';
import type { GraphDatabase } from '../../../src/graph/database';
import { differences, type OrgTruth } from '../graph/comparison';
import { emptyGraph } from '../graph/emptyGraph';
import { reportOf } from './report';

/** A simulated org with real servers, wherever its parts run: starts runs, and compares what they leave with the org. */
export abstract class SyncedOrg {
  readonly client: Client;

  protected constructor(
    readonly domain: string,
    readonly config: Config,
    readonly db: GraphDatabase,
    protected readonly connection: Connection,
  ) {
    this.client = new Client({ connection, namespace: config.temporal.namespace });
  }

  /** What the org holds now. */
  abstract truth(): OrgTruth | Promise<OrgTruth>;

  async begin(request: SyncRequest = {}): Promise<WorkflowHandle> {
    return this.client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${this.domain}/${randomUUID()}`,
      taskQueue: this.config.temporal.taskQueue,
      args: [request],
    });
  }

  /** The report of one run, of a failed one too. */
  async sync(request?: SyncRequest): Promise<SyncReport> {
    return reportOf(await this.begin(request));
  }

  /** Where the graph is not what the org is. */
  async differences(options?: { loginsMayLag: boolean }): Promise<string[]> {
    return differences(this.db, this.domain, await this.truth(), options);
  }

  async emptyGraph(): Promise<void> {
    await emptyGraph(this.db, [this.domain]);
  }

  protected async disconnect(): Promise<void> {
    await Promise.all([this.db.close(), this.connection.close()]);
  }
}
