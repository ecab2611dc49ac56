import { createHash } from 'node:crypto';
import { constants, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { run } from './command';
import type { Log } from './log';
import { NEO4J_BROWSER_VERSION, NEO4J_VERSION } from './neo4jVersion';
import { SetupError } from './setupError';
import { toolFolder, TOOLS_DIR } from './tools';

const dependency = (groupId: string, artifactId: string, version: string) =>
  `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>neo4j-server</artifactId>
  <version>1</version>
  <dependencies>
    ${dependency('org.neo4j', 'neo4j', NEO4J_VERSION)}
    ${dependency('org.neo4j.app', 'neo4j-server', NEO4J_VERSION)}
    ${dependency('org.neo4j.client', 'neo4j-browser', NEO4J_BROWSER_VERSION)}
  </dependencies>
</project>
`;

/** Says the class path. The dependency plugin would copy the jars itself, but takes 15 s longer to fetch. */
const EXEC = 'org.codehaus.mojo:exec-maven-plugin:3.5.0:exec';

const FETCH_LIMIT_MS = 600_000;

/**
 * The class path of Neo4j Community, fetched with Maven where it is not there yet. Java takes every jar of the folder,
 * so its name holds a hash of the pom: versions never mix.
 *
 * @throws SetupError when Maven fails.
 */
export async function neo4jClassPath(log: Log, toolsDir = TOOLS_DIR): Promise<string> {
  const hash = createHash('sha256').update(POM).digest('hex').slice(0, 8);
  const folder = await toolFolder(
    `neo4j-${NEO4J_VERSION}-${hash}`,
    async (partial) => {
      log(`Fetching Neo4j ${NEO4J_VERSION} with Maven …`);
      await copyJars(partial);
    },
    toolsDir,
  );
  return join(folder, 'lib', '*');
}

async function copyJars(folder: string): Promise<void> {
  await writeFile(join(folder, 'pom.xml'), POM);
  const options = ['--batch-mode', '--quiet', '--strict-checksums', '-f', 'pom.xml'];
  const print = ['-Dexec.executable=echo', '-Dexec.args=%classpath', '-Dexec.outputFile=class-path'];
  try {
    await run('mvn', [...options, EXEC, ...print], { cwd: folder, timeoutMs: FETCH_LIMIT_MS });
  } catch (error) {
    throw new SetupError(
      `Neo4j ${NEO4J_VERSION} cannot be fetched with Maven (${(error as Error).message}). ` +
        'Start a Docker engine, or set NEO4J_URI and NEO4J_PASSWORD to a server that runs elsewhere.',
    );
  }
  const classPath = (await readFile(join(folder, 'class-path'), 'utf8')).trim().split(delimiter);
  const lib = join(folder, 'lib');
  await mkdir(lib);
  for (const jar of classPath.filter((path) => path.endsWith('.jar'))) {
    await copyFile(jar, join(lib, basename(jar)), constants.COPYFILE_FICLONE);
  }
}
