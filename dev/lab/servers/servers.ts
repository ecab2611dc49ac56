import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Neo4jServer, startNeo4j } from '../../../src/local/neo4j';
import { isRunning, markOf, type ProcessMark } from '../../../src/local/processes';
import { stopOrphanedService } from '../../../src/local/service';
import { NEWEST_NEO4J } from './newestNeo4j';
import { startTemporal, type TemporalServer } from '../../../src/local/temporal';

const FOLDER_PREFIX = 'okta-graph-test-';
const OWNER_FILE = 'owner.json';
/** New schedules get the scheduler that comes after the one that is a workflow: a component of the server (CHASM). */
const CHASM = [
  'history.enableCHASMSchedulerCreation=true',
  'history.chasmSchedulerCreationRolloutPercent=100',
];
/** The server that all tests share runs long enough to gain from compiling its code well. */
const JVM_FLAGS = ['-XX:TieredStopAtLevel=4'];
const SMALL = { 'db.memory.transaction.max': '2m' };

/** `OKTA_GRAPH_TEST_NEO4J=newest npm test` tests with the newest Neo4j. */
export const RELEASE = process.env['OKTA_GRAPH_TEST_NEO4J'] === 'newest' ? NEWEST_NEO4J : undefined;

const START = {
  temporal: (dataDir: string) => startTemporal({ dataDir, persistent: false }),
  chasm: (dataDir: string) => startTemporal({ dataDir, persistent: false, settings: CHASM }),
  neo4j: (dataDir: string) => startNeo4j({ dataDir, release: RELEASE, jvmFlags: JVM_FLAGS }),
  smallNeo4j: (dataDir: string) => startNeo4j({ dataDir, release: RELEASE, settings: SMALL }),
};

type ServerName = keyof typeof START;
type Server<Name extends ServerName> = Awaited<ReturnType<(typeof START)[Name]>>;
type StartedServer = TemporalServer | Neo4jServer;

/** Servers for tests, each started at its first use, with their data in a temporary folder. */
export class Servers {
  #folder?: Promise<string>;
  readonly #started = new Map<string, Promise<StartedServer>>();

  get<Name extends ServerName>(name: Name): Promise<Server<Name>> {
    const server = this.#started.get(name) ?? this.start(name);
    this.#started.set(name, server);
    return server as Promise<Server<Name>>;
  }

  async stop(): Promise<void> {
    const started = await Promise.allSettled(this.#started.values());
    await Promise.all(started.map((server) => server.status === 'fulfilled' && server.value.stop()));
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }

  private async start(name: ServerName): Promise<StartedServer> {
    this.#folder ??= newFolder();
    return START[name](join(await this.#folder, name));
  }
}

/** In place of the address for {@link SharedServers}: tests that ask for a server fail. */
export const NO_SERVERS = 'none';

/** The servers of another process, see {@link shareServers}. */
export class SharedServers {
  readonly #known = new Map<string, Promise<StartedServer>>();

  constructor(private readonly url: string) {}

  /** @throws Error with the other process's reason when the server does not start. */
  get<Name extends ServerName>(name: Name): Promise<Server<Name>> {
    const server = this.#known.get(name) ?? this.ask(name);
    this.#known.set(name, server);
    return server as Promise<Server<Name>>;
  }

  /** They go on for the other processes that use them. */
  async stop(): Promise<void> {}

  private async ask(name: ServerName): Promise<StartedServer> {
    if (this.url === NO_SERVERS) throw new Error(`A test of a set that starts no server asks for ${name}.`);
    const response = await fetch(`${this.url}/${name}`);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as StartedServer;
  }
}

/** Lets other processes on this machine use the servers; returns the address for {@link SharedServers}. */
export async function shareServers(servers: Servers): Promise<string> {
  const door = createServer((request, response) => {
    servers.get((request.url ?? '').slice(1) as ServerName).then(
      (server) => response.end(JSON.stringify(server)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  door.listen(0, '127.0.0.1').unref();
  await once(door, 'listening');
  return `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
}

async function newFolder(): Promise<string> {
  await clearAfterKilledSuites();
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  await writeFile(join(folder, OWNER_FILE), JSON.stringify(await markOf(process.pid)));
  return folder;
}

/** A suite that was killed could not stop its servers. */
async function clearAfterKilledSuites(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const owner = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => undefined);
    if (owner === undefined || (await isRunning(JSON.parse(owner) as ProcessMark))) continue;
    for (const server of ['temporal', 'chasm']) await stopOrphanedService('Temporal', join(folder, server));
    for (const server of ['neo4j', 'smallNeo4j']) await stopOrphanedService('Neo4j', join(folder, server));
    await rm(folder, { recursive: true, force: true });
  }
}
