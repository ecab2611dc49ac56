import { join } from 'node:path';
import { serverEnvironment } from './childEnvironment';
import { findOnPath, run } from './command';
import type { Log } from './log';
import { neo4jConf, type Neo4jPorts, type Neo4jSettings } from './neo4jConf';
import { neo4jClassPath } from './neo4jJars';
import { NEO4J_LTS, type Neo4jRelease } from './neo4jVersion';
import { setInitialPassword } from './neo4jPassword';
import { privateFolder, writePrivateFile } from './privateFiles';

const MIN_JAVA_VERSION = 17;

const OPENED_MODULES = ['java.nio', 'java.io', 'sun.nio.ch'].map(
  (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
);

/**
 * A server with HTTP for users, with enough memory for an org of several hundred thousand users. With a heap of this
 * size, the serial collector takes less of the CPU than the default one, which works beside it.
 */
const FOR_WORK = { heapMb: 1_024, pageCacheMb: 512, flags: ['-XX:+UseSerialGC'], defaults: {} };
/**
 * A server for tests, which starts in 3.5 s. By default, Neo4j replans a query after 10 s if the number of nodes has
 * changed considerably. Each test starts without nodes, so replanning took more than half of the server's time.
 */
const FOR_TESTS = {
  heapMb: 512,
  pageCacheMb: 256,
  flags: ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
  defaults: { 'dbms.cypher.min_replan_interval': '1h' },
};

/** Returns true if Neo4j can run from its jars: Java is new enough, and Maven is available to download them. */
export async function canRunJava(): Promise<boolean> {
  if (!(await findOnPath('mvn'))) return false;
  const shown = await run('java', ['-version']).catch(() => undefined);
  return javaMajor(shown?.stderr ?? '') >= MIN_JAVA_VERSION;
}

/** Returns the major version from the output of `java -version`, or 0. */
export function javaMajor(shown: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(shown) ?? [];
  return Number((first === '1' ? second : first) ?? 0);
}

export interface JavaOptions {
  log: Log;
  settings: Neo4jSettings;
  /** The long-term support version by default. */
  release?: Neo4jRelease | undefined;
  /** Additional flags, which override the default ones. */
  jvmFlags?: readonly string[] | undefined;
  /** Ends a download. */
  stop?: AbortSignal | undefined;
}

/** Returns the command to run Neo4j from its jars with its data in `dataDir`. Sets the initial password first. */
export async function prepareJava(
  dataDir: string,
  ports: Neo4jPorts,
  password: string,
  { log, settings, release = NEO4J_LTS, jvmFlags = [], stop }: JavaOptions,
) {
  const { heapMb, pageCacheMb, flags, defaults } = ports.http === undefined ? FOR_TESTS : FOR_WORK;
  const classPath = await neo4jClassPath(log, undefined, release, stop);
  const conf = join(dataDir, 'conf');
  const env = { ...serverEnvironment(), NEO4J_HOME: dataDir, NEO4J_CONF: conf };
  await privateFolder(conf);
  await writePrivateFile(
    join(conf, 'neo4j.conf'),
    neo4jConf(ports, pageCacheMb, { ...defaults, ...settings }),
  );
  await setInitialPassword(dataDir, password);
  const heap = [`-Xms${heapMb}m`, `-Xmx${heapMb}m`];
  const server = ['-cp', classPath, release.mainClass];
  const place = [`--home-dir=${dataDir}`, `--config-dir=${conf}`, '--console-mode'];
  const jvm = [...heap, ...flags, ...jvmFlags, ...OPENED_MODULES];
  return { command: 'java', args: [...jvm, ...server, ...place], env };
}
