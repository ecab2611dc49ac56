import { join } from 'node:path';
import { serverEnvironment } from './childEnvironment';
import { findOnPath, run } from './command';
import type { Log } from './log';
import { neo4jConf, type Neo4jPorts, type Neo4jSettings } from './neo4jConf';
import { neo4jClassPath } from './neo4jJars';
import { setInitialPassword } from './neo4jPassword';
import { privateFolder, writePrivateFile } from './privateFiles';

const OLDEST_JAVA = 17;

const OPENED_MODULES = ['java.nio', 'java.io', 'sun.nio.ch'].map(
  (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
);

/** A server for people, with http: room for an org of some hundred thousand users. */
const FOR_WORK = { heapMb: 1_024, pageCacheMb: 512, flags: [] as string[], defaults: {} };
/**
 * A server for tests: up in 3.5 s. By default, Neo4j replans a query after 10 s when the number of nodes has changed much.
 * Each test begins with none, so that more than half of the server's time went into plans.
 */
const FOR_TESTS = {
  heapMb: 512,
  pageCacheMb: 256,
  flags: ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
  defaults: { 'dbms.cypher.min_replan_interval': '1h' },
};

/** Whether Neo4j can run from its jars: a Java that is new enough, and Maven to fetch them. */
export async function canRunJava(): Promise<boolean> {
  if (!(await findOnPath('mvn'))) return false;
  const shown = await run('java', ['-version']).catch(() => undefined);
  return javaMajor(shown?.stderr ?? '') >= OLDEST_JAVA;
}

/** The major version in what `java -version` prints; 0 when there is none. */
export function javaMajor(shown: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(shown) ?? [];
  return Number((first === '1' ? second : first) ?? 0);
}

export interface JavaOptions {
  log: Log;
  settings: Neo4jSettings;
  /** They win over those that it gets anyhow. */
  jvmFlags?: readonly string[] | undefined;
}

/** How to run Neo4j from its jars with its data in `dataDir`, after setting its password where it has none yet. */
export async function prepareJava(
  dataDir: string,
  ports: Neo4jPorts,
  password: string,
  { log, settings, jvmFlags = [] }: JavaOptions,
) {
  const { heapMb, pageCacheMb, flags, defaults } = ports.http === undefined ? FOR_TESTS : FOR_WORK;
  const classPath = await neo4jClassPath(log);
  const conf = join(dataDir, 'conf');
  const env = { ...serverEnvironment(), NEO4J_HOME: dataDir, NEO4J_CONF: conf };
  await privateFolder(conf);
  await writePrivateFile(
    join(conf, 'neo4j.conf'),
    neo4jConf(ports, pageCacheMb, { ...defaults, ...settings }),
  );
  await setInitialPassword(dataDir, password);
  const heap = [`-Xms${heapMb}m`, `-Xmx${heapMb}m`];
  const server = ['-cp', classPath, 'org.neo4j.server.CommunityEntryPoint'];
  const place = [`--home-dir=${dataDir}`, `--config-dir=${conf}`, '--console-mode'];
  const jvm = [...heap, ...flags, ...jvmFlags, ...OPENED_MODULES];
  return { command: 'java', args: [...jvm, ...server, ...place], env };
}
