import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Neo4jServer, startNeo4j } from '../src/local/neo4j';
import { isRunning, markOf, type ProcessMark } from '../src/local/processes';
import { stopLeftService } from '../src/local/service';
import { startTemporal, type TemporalServer } from '../src/local/temporal';
import { timeSkippingServer } from '../src/local/testServer';

/** The time-out of a `before` hook that calls a getter below: leaves room for a first download. */
export const SERVICE_TIMEOUT_MS = 180_000;

const FOLDER_PREFIX = 'okta-graph-test-';
const OWNER_FILE = 'owner.json';
/** New schedules get the scheduler that comes after the one that is a workflow: a component of the server (CHASM). */
const CHASM = [
  'history.enableCHASMSchedulerCreation=true',
  'history.chasmSchedulerCreationRolloutPercent=100',
];

/** One suite's services, each started at its first use, with their data in a temporary folder. */
class Services {
  #folder?: Promise<string>;
  #temporal?: Promise<TemporalServer>;
  #chasm?: Promise<TemporalServer>;
  #neo4j?: Promise<Neo4jServer>;
  #smallNeo4j?: Promise<Neo4jServer>;

  temporal(): Promise<TemporalServer> {
    return (this.#temporal ??= this.folder('temporal').then((dataDir) =>
      startTemporal({ dataDir, persistent: false }),
    ));
  }

  chasm(): Promise<TemporalServer> {
    return (this.#chasm ??= this.folder('chasm').then((dataDir) =>
      startTemporal({ dataDir, persistent: false, settings: CHASM }),
    ));
  }

  neo4j(): Promise<Neo4jServer> {
    return (this.#neo4j ??= this.folder('neo4j').then((dataDir) => startNeo4j({ dataDir })));
  }

  smallNeo4j(): Promise<Neo4jServer> {
    const settings = { 'db.memory.transaction.max': '2m' };
    return (this.#smallNeo4j ??= this.folder('small-neo4j').then((dataDir) =>
      startNeo4j({ dataDir, settings }),
    ));
  }

  async stop(): Promise<void> {
    const started = await Promise.allSettled([this.#temporal, this.#chasm, this.#neo4j, this.#smallNeo4j]);
    await Promise.all(started.map((service) => service.status === 'fulfilled' && service.value?.stop()));
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }

  private async folder(name: string): Promise<string> {
    this.#folder ??= newFolder();
    return join(await this.#folder, name);
  }
}

const services = new Services();

/** A Temporal dev server, in memory and without a UI. Tests keep apart by task queue and workflow id. */
export const temporal = () => services.temporal();

/** The same with Temporal's next scheduler. */
export const temporalWithChasm = () => services.chasm();

/** A Neo4j without http. It has one database: tests keep apart by `okta_domain`, or wipe it. */
export const neo4j = () => services.neo4j();

/** Another one, whose transactions get 2 MB each. */
export const smallNeo4j = () => services.smallNeo4j();

/** For `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
export const timeSkippingServerPath = () => timeSkippingServer();

/** Mocha calls it after the last test. */
export const mochaGlobalTeardown = () => services.stop();

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
    for (const server of ['temporal', 'chasm']) await stopLeftService('Temporal', join(folder, server));
    await stopLeftService('Neo4j', join(folder, 'neo4j'));
    await stopLeftService('Neo4j', join(folder, 'small-neo4j'));
    await rm(folder, { recursive: true, force: true });
  }
}
