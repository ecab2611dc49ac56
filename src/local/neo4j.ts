import neo4j from 'neo4j-driver';
import type { Log } from './log';
import type { Neo4jPorts, Neo4jSettings } from './neo4jConf';
import { canRunDocker, prepareDocker } from './neo4jDocker';
import { canRunJava, prepareJava } from './neo4jJava';
import { neo4jPassword } from './neo4jPassword';
import { choosePort } from './ports';
import { startService } from './service';
import { SetupError } from './setupError';

export interface Neo4jOptions {
  dataDir: string;
  /** Preferred; a free one when it is taken or not given. */
  boltPort?: number;
  /** Preferred, for Neo4j Browser; without it, the server starts faster and takes less memory, as tests like it. */
  httpPort?: number;
  /** Counts at the first start of `dataDir` only. Default: a random one, kept there. */
  password?: string;
  /** Answers queries and takes no writes, as for maintenance; from jars only. */
  readOnly?: boolean;
  /** Further settings of `neo4j.conf`; from jars only. */
  settings?: Neo4jSettings;
  /** Further flags of the Java virtual machine; from jars only. */
  jvmFlags?: readonly string[];
  log?: Log;
}

export interface Neo4jServer {
  uri: string;
  username: string;
  password: string;
  browserUrl?: string;
  /** Found running from an earlier start. */
  reused: boolean;
  stop(): Promise<void>;
}

type Endpoint = Pick<Neo4jServer, 'uri' | 'browserUrl'>;

const USERNAME = 'neo4j';
/** A first `docker run` also pulls the image. */
const READY_TIMEOUT_MS = { java: 120_000, docker: 600_000 };

/**
 * Starts Neo4j Community on 127.0.0.1, from its jars where there are Java and Maven, else in a container, and returns
 * when it answers.
 *
 * @throws SetupError when neither can be used, or it does not start.
 */
export async function startNeo4j(options: Neo4jOptions): Promise<Neo4jServer> {
  const { dataDir, readOnly = false, log = () => undefined } = options;
  const settings = { 'server.databases.default_to_read_only': readOnly, ...options.settings };
  const kind = await chooseKind();
  const password = await neo4jPassword(dataDir, options.password);
  const { endpoint, reused, stop } = await startService<Endpoint>({
    name: 'Neo4j',
    dataDir,
    prepare: async () => {
      const ports = await choosePorts(options, log);
      const launch =
        kind === 'java'
          ? await prepareJava(dataDir, ports, password, { log, settings, jvmFlags: options.jvmFlags })
          : await prepareDocker(dataDir, ports, password);
      return { ...launch, endpoint: endpointOf(ports) };
    },
    probe: ({ uri }) => probeNeo4j(uri, password),
    readyTimeoutMs: READY_TIMEOUT_MS[kind],
  });
  return { ...endpoint, username: USERNAME, password, reused, stop };
}

async function chooseKind(): Promise<'java' | 'docker'> {
  if (await canRunJava()) return 'java';
  if (await canRunDocker()) {
    if (process.getuid?.() !== 0) return 'docker';
    throw new SetupError(
      'As root, Neo4j cannot run in a container: its image would give the files to a user of its own. ' +
        'Run this as another user, or install Java 17 or newer and Maven.',
    );
  }
  throw new SetupError(
    'Neo4j needs Java 17 or newer and Maven (`java` and `mvn` on the PATH), or a Docker engine that runs. ' +
      'Install either, or set NEO4J_URI and NEO4J_PASSWORD to a server that runs elsewhere.',
  );
}

async function choosePorts({ boltPort, httpPort }: Neo4jOptions, log: Log): Promise<Neo4jPorts> {
  const bolt = await choosePort(boltPort, 'Neo4j', log);
  return httpPort === undefined ? { bolt } : { bolt, http: await choosePort(httpPort, 'Neo4j Browser', log) };
}

function endpointOf({ bolt, http }: Neo4jPorts): Endpoint {
  return {
    uri: `bolt://127.0.0.1:${bolt}`,
    ...(http !== undefined && { browserUrl: `http://127.0.0.1:${http}/browser/` }),
  };
}

/** Not `executeQuery`, which backs off for seconds. */
async function probeNeo4j(uri: string, password: string): Promise<void> {
  const driver = neo4j.driver(uri, neo4j.auth.basic(USERNAME, password), { connectionTimeout: 2_000 });
  const session = driver.session();
  try {
    await session.run('RETURN 1');
  } finally {
    await session.close();
    await driver.close();
  }
}
