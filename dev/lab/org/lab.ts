import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { loadConfig, type Config } from '../../../src/config';
import { SYNC_WORKFLOW_TYPE, type SyncReport, type SyncRequest } from '../../../src/contract';
import { GraphDatabase } from '../../../src/graph/database';
import { startNeo4j, type Neo4jOptions, type Neo4jServer } from '../../../src/local/neo4j';
import { startTemporal, type TemporalServer } from '../../../src/local/temporal';
import type { SettingsChange } from '../../../src/simulator';
import { differences } from '../graph/comparison';
import { emptyGraph } from '../graph/emptyGraph';
import { reportOf } from './report';
import { NodeProcess } from '../servers/nodeProcess';
import { SimulatedOrg, type OrgSize } from './simulatedOrg';

export interface LabOptions {
  size: OrgSize;
  seed: number;
  settings: SettingsChange;
  /** A Neo4j that is up sooner and works slower: for few people. */
  isSmall?: boolean;
  /** Servers that others use too, and that are not stopped; by default the lab starts its own. */
  servers?: { neo4j: Neo4jServer; temporal: TemporalServer };
  /** Further variables for the workers. */
  environment?: Readonly<Record<string, string>>;
}

/** Real servers with data of their own, a simulated org and, when started, workers of the build: each a process. */
export class Lab {
  /** Counts up, so that each run has an id of its own. */
  private runs = 0;

  private constructor(
    readonly org: SimulatedOrg,
    private neo4j: Neo4jServer,
    private readonly neo4jOptions: Neo4jOptions,
    private temporal: TemporalServer,
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    readonly config: Config,
    readonly graph: GraphDatabase,
    private connection: Connection,
  ) {}

  static async start(options: LabOptions): Promise<Lab> {
    const { size, seed, settings, isSmall = false, servers, environment = {} } = options;
    const folder = await mkdtemp(join(tmpdir(), 'okta-graph-lab-'));
    const neo4jOptions = { dataDir: join(folder, 'neo4j'), ...(isSmall ? {} : { httpPort: 0 }) };
    const [org, neo4j, temporal] = await Promise.all([
      SimulatedOrg.start(size, seed, settings),
      servers ? keptRunning(servers.neo4j) : startNeo4j(neo4jOptions),
      servers
        ? keptRunning(servers.temporal)
        : startTemporal({ dataDir: join(folder, 'temporal'), persistent: true }),
    ]);
    const variables = {
      OKTA_DOMAIN: org.domain,
      OKTA_API_TOKEN: org.token,
      OKTA_MAX_API_CAPACITY: '100',
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_TASK_QUEUE: `lab-${randomUUID()}`,
      NEO4J_URI: neo4j.uri,
      NEO4J_USERNAME: neo4j.username,
      NEO4J_PASSWORD: neo4j.password,
      ...environment,
    };
    const config = loadConfig(variables);
    const connection = await Connection.connect({ address: temporal.address });
    return new Lab(
      org,
      neo4j,
      neo4jOptions,
      temporal,
      folder,
      variables,
      config,
      GraphDatabase.open(config.neo4j),
      connection,
    );
  }

  /** A worker process of the build, ready to work; `environment` holds variables of its own. */
  async startWorker(environment: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    const isRunning = (line: string) => line.includes('"state":"RUNNING"');
    const variables = { ...this.environment, ...environment };
    const { process } = await NodeProcess.start(['dist/worker.js'], variables, isRunning);
    return process;
  }

  async begin(request: SyncRequest = {}): Promise<WorkflowHandle> {
    const client = new Client({ connection: this.connection });
    return client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${this.org.domain}/lab-${(this.runs += 1)}`,
      taskQueue: this.config.temporal.taskQueue,
      args: [request],
    });
  }

  async sync(request?: SyncRequest): Promise<SyncReport> {
    return reportOf(await this.begin(request));
  }

  /** Where the graph is not what the org is. */
  async differences(): Promise<string[]> {
    return differences(this.graph, this.org.domain, await this.org.truth());
  }

  async emptyGraph(): Promise<void> {
    await emptyGraph(this.graph, [this.org.domain]);
  }

  /** Stops Neo4j for a while; its data stays. */
  async restartNeo4j(downMs: number, { readOnly = false } = {}): Promise<void> {
    const port = Number(new URL(this.neo4j.uri).port);
    await this.neo4j.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.neo4j = await startNeo4j({ ...this.neo4jOptions, boltPort: port, readOnly });
  }

  /** Lets none of Neo4j's files grow any more, until it is restarted: to it, as if its disk were full. */
  async fillNeo4jDisk(): Promise<void> {
    const record = await readFile(join(this.neo4jOptions.dataDir, 'neo4j.process.json'), 'utf8');
    const { server } = JSON.parse(record) as { server: { pid: number } };
    await promisify(execFile)('prlimit', ['--pid', String(server.pid), '--fsize=0']);
  }

  /** Stops the Temporal server for a while; its data stays. */
  async restartTemporal(downMs: number): Promise<void> {
    const port = Number(this.temporal.address.split(':').at(-1));
    await this.temporal.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.temporal = await startTemporal({ dataDir: join(this.folder, 'temporal'), persistent: true, port });
  }

  async stop(): Promise<void> {
    await this.graph.close();
    await this.connection.close();
    await Promise.all([this.org.stop(), this.neo4j.stop(), this.temporal.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function keptRunning<Server extends { stop(): Promise<void> }>(server: Server): Server {
  return { ...server, stop: () => Promise.resolve() };
}
