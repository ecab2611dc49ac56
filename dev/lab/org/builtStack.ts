import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { loadConfig, type Config } from '../../../src/config';
import { GraphDatabase } from '../../../src/graph/database';
import { startNeo4j, type Neo4jOptions, type Neo4jServer } from '../../../src/local/neo4j';
import { startTemporal, type TemporalServer } from '../../../src/local/temporal';
import type { SettingsChange } from '../../../src/simulator';
import { neo4jVariables, orgVariables, temporalVariables } from '../environment';
import type { OrgTruth } from '../graph/comparison';
import type { NodeProcess } from '../servers/nodeProcess';
import { serverPid } from '../servers/serverPid';
import { RELEASE } from '../servers/servers';
import { startWorkerProcess } from '../servers/workerProcess';
import { SimulatedOrg, type OrgSize } from './simulatedOrg';
import { SyncedOrg } from './syncedOrg';

export interface BuiltStackOptions {
  size: OrgSize;
  seed: number;
  settings: SettingsChange;
  /** False to leave out users with unusual data. */
  hasAwkwardPeople?: boolean;
  /** A Neo4j that is up sooner and works slower: for few people. */
  isSmall?: boolean;
  /** Servers that others use too, and that are not stopped; by default it starts its own. */
  servers?: { neo4j: Neo4jServer; temporal: TemporalServer };
  /** Further variables for the workers. */
  environment?: Readonly<Record<string, string>>;
}

/** Real servers with data of their own, a simulated org and, when started, workers of the build: each a process. */
export class BuiltStack extends SyncedOrg {
  private constructor(
    readonly org: SimulatedOrg,
    private neo4j: Neo4jServer,
    private readonly neo4jOptions: Neo4jOptions,
    private temporal: TemporalServer,
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    config: Config,
    connection: Connection,
  ) {
    super(org.domain, config, GraphDatabase.open(config.neo4j), connection);
  }

  static async start(options: BuiltStackOptions): Promise<BuiltStack> {
    const { size, seed, settings, isSmall = false, servers, environment = {} } = options;
    const folder = await mkdtemp(join(tmpdir(), 'okta-graph-lab-'));
    const neo4jOptions = {
      dataDir: join(folder, 'neo4j'),
      release: RELEASE,
      ...(isSmall ? {} : { httpPort: 0 }),
    };
    const [org, neo4j, temporal] = await Promise.all([
      SimulatedOrg.start(size, seed, settings, options.hasAwkwardPeople),
      servers ? keptRunning(servers.neo4j) : startNeo4j(neo4jOptions),
      servers
        ? keptRunning(servers.temporal)
        : startTemporal({ dataDir: join(folder, 'temporal'), persistent: true }),
    ]);
    const variables = {
      ...orgVariables(org),
      ...temporalVariables(temporal),
      ...neo4jVariables(neo4j),
      ...environment,
    };
    const config = loadConfig(variables);
    const connection = await Connection.connect({ address: temporal.address });
    return new BuiltStack(org, neo4j, neo4jOptions, temporal, folder, variables, config, connection);
  }

  /** Address and credentials of its Neo4j. */
  get neo4jServer(): Neo4jServer {
    return this.neo4j;
  }

  truth(): Promise<OrgTruth> {
    return this.org.truth();
  }

  /** A worker process of the build, ready to work; `environment` holds variables of its own. */
  startWorker(environment: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    return startWorkerProcess({ ...this.environment, ...environment });
  }

  /** Stops Neo4j for a while; its data stays. */
  async restartNeo4j(downMs: number, { readOnly = false } = {}): Promise<void> {
    const port = Number(new URL(this.neo4j.uri).port);
    await this.neo4j.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.neo4j = await startNeo4j({ ...this.neo4jOptions, boltPort: port, readOnly });
  }

  /** What Neo4j has taken: at most of memory, and now on disk. */
  async neo4jUsage(): Promise<{ memoryMb: number; diskMb: number }> {
    const { dataDir } = this.neo4jOptions;
    const status = await readFile(`/proc/${await serverPid(dataDir, 'neo4j')}/status`, 'utf8');
    const { stdout } = await promisify(execFile)('du', ['-sk', dataDir]);
    return {
      memoryMb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024,
      diskMb: Number.parseInt(stdout, 10) / 1024,
    };
  }

  /** Lets none of Neo4j's files grow any more, until it is restarted: to it, as if its disk were full. */
  async fillNeo4jDisk(): Promise<void> {
    const pid = await serverPid(this.neo4jOptions.dataDir, 'neo4j');
    await promisify(execFile)('prlimit', ['--pid', String(pid), '--fsize=0']);
  }

  /** Stops the Temporal server for a while; its data stays. */
  async restartTemporal(downMs: number): Promise<void> {
    const port = Number(this.temporal.address.split(':').at(-1));
    await this.temporal.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.temporal = await startTemporal({ dataDir: join(this.folder, 'temporal'), persistent: true, port });
  }

  async stop(): Promise<void> {
    await this.disconnect();
    await Promise.all([this.org.stop(), this.neo4j.stop(), this.temporal.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function keptRunning<Server extends { stop(): Promise<void> }>(server: Server): Server {
  return { ...server, stop: () => Promise.resolve() };
}
