import { createHash } from 'node:crypto';
import { constants, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { run } from './command';
import { differenceOf, listOf } from './jarList';
import type { Log } from './log';
import { NEO4J_LTS, type Neo4jRelease } from './neo4jVersion';
import { SetupError } from './setupError';
import { toolFolder, TOOLS_DIR } from './tools';

const dependency = (groupId: string, artifactId: string, version: string) =>
  `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;

const pomOf = ({ version, browser }: Neo4jRelease) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>neo4j-server</artifactId>
  <version>1</version>
  <dependencies>
    ${dependency('org.neo4j', 'neo4j', version)}
    ${dependency('org.neo4j.app', 'neo4j-server', version)}
    ${dependency('org.neo4j.client', 'neo4j-browser', browser)}
  </dependencies>
</project>
`;

/** Prints the class path. The dependency plugin could copy the jars itself, but takes 15 s longer to download. */
const EXEC = 'org.codehaus.mojo:exec-maven-plugin:3.5.0:exec';

const MAVEN_TIMEOUT_MS = 600_000;

/**
 * Returns the class path of Neo4j Community, after downloading it with Maven if necessary. Each jar is checked against
 * the list before the first use. Java loads all jars of the folder, so its name contains a hash of the POM and the
 * list, and versions never mix.
 *
 * @throws SetupError if Maven fails, or a jar does not match the list.
 * @throws the reason of `stop`.
 */
export async function neo4jClassPath(
  log: Log,
  toolsDir = TOOLS_DIR,
  release = NEO4J_LTS,
  stop?: AbortSignal,
): Promise<string> {
  const list = await readFile(release.jarList, 'utf8');
  const { version } = release;
  const hash = createHash('sha256').update(pomOf(release)).update(list).digest('hex').slice(0, 8);
  const folder = await toolFolder(
    `neo4j-${version}-${hash}`,
    async (partial) => {
      log(`Downloading Neo4j ${version} with Maven …`);
      const difference = differenceOf(await fetchJars(partial, release, stop), list);
      if (difference === undefined) return;
      throw new SetupError(
        `The files that Maven downloaded for Neo4j ${version} do not match the expected checksums and are not used: ${difference}. ` +
          'Check the repository or mirror that Maven uses, and clear its cache (~/.m2/repository).',
      );
    },
    toolsDir,
  );
  return join(folder, 'lib', '*');
}

/**
 * Downloads the jars into `lib` of a folder. Returns their list.
 *
 * @throws SetupError if Maven fails.
 */
export async function fetchJars(folder: string, release: Neo4jRelease, stop?: AbortSignal): Promise<string> {
  await writeFile(join(folder, 'pom.xml'), pomOf(release));
  const options = ['--batch-mode', '--quiet', '--strict-checksums', '-f', 'pom.xml'];
  const print = ['-Dexec.executable=echo', '-Dexec.args=%classpath', '-Dexec.outputFile=class-path'];
  try {
    await run('mvn', [...options, EXEC, ...print], { cwd: folder, timeoutMs: MAVEN_TIMEOUT_MS, stop });
  } catch (error) {
    stop?.throwIfAborted();
    throw new SetupError(
      `Neo4j ${release.version} could not be downloaded with Maven (${(error as Error).message}). ` +
        'Start a Docker engine, or set NEO4J_URI and NEO4J_PASSWORD to an existing server.',
    );
  }
  const classPath = (await readFile(join(folder, 'class-path'), 'utf8')).trim().split(delimiter);
  const lib = join(folder, 'lib');
  await mkdir(lib);
  for (const jar of classPath.filter((path) => path.endsWith('.jar'))) {
    // Fails on duplicate names: one jar would overwrite the other.
    await copyFile(jar, join(lib, basename(jar)), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
  return listOf(lib);
}
