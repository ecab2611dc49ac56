import neo4j from 'neo4j-driver';
import type { Log } from './log';
import type { Neo4jPorts, Neo4jSettings } from './neo4jConf';
import { canRunDocker, prepareDocker } from './neo4jDocker';
import { canRunJava, prepareJava } from './neo4jJava';
import { neo4jPassword } from './neo4jPassword';
import type { Neo4jRelease } from './neo4jVersion';
import { choosePort } from './ports';
import { type Lifetime, startService } from './service';
import { SetupError } from './setupError';

/** Its name as a service. */
export const NEO4J = 'Neo4j';

export interface Neo4jOptions extends Lifetime {
  dataDir: string;
  /** Preferred port. Default, or if it is in use: a free one. */
  boltPort?: number;
  /** Preferred port for Neo4j Browser. Without it, the server starts faster and uses less memory, for tests. */
  httpPort?: number;
  /** Only used at the first start with `dataDir`, where it is stored. Default: a random password. */
  password?: string;
  /** Rejects writes, as during maintenance. Only without Docker. */
  readOnly?: boolean;
  /** Additional settings of `neo4j.conf`. Only without Docker. */
  settings?: Neo4jSettings;
  /** Additional flags of the Java virtual machine. Only without Docker. */
  jvmFlags?: readonly string[];
  /** Another version than the long-term support one. Only without Docker. */
  release?: Neo4jRelease | undefined;
  log?: Log;
}

export interface Neo4jServer {
  uri: string;
  username: string;
  password: string;
  browserUrl?: string;
  /** True if the server was still running from an earlier start. */
  reused: boolean;
  stop(): Promise<void>;
}

type Endpoint = Pick<Neo4jServer, 'uri' | 'browserUrl'>;

const USERNAME = 'neo4j';
/** The first `docker run` also pulls the image. */
const READY_TIMEOUT_MS = { java: 120_000, docker: 600_000 };

/**
 * Starts Neo4j Community on 127.0.0.1 and waits until it is ready. Runs it from its jars if Java and Maven are
 * available, otherwise in a container.
 *
 * @throws SetupError if neither is available, or the server does not start.
 * @throws the reason of `stop`.
 */
export async function startNeo4j(options: Neo4jOptions): Promise<Neo4jServer> {
  const { dataDir, readOnly = false, log = () => undefined, stop: stopping, onEnd } = options;
  const settings = { 'server.databases.default_to_read_only': readOnly, ...options.settings };
  const kind = await chooseKind();
  if (kind === 'docker' && options.release)
    throw new SetupError(`Neo4j ${options.release.version} needs Java and Maven here, not a container.`);
  const password = await neo4jPassword(dataDir, options.password);
  const { endpoint, reused, stop } = await startService<Endpoint>({
    name: NEO4J,
    dataDir,
    prepare: async () => {
      const ports = await choosePorts(options, log);
      const launch =
        kind === 'java'
          ? await prepareJava(dataDir, ports, password, {
              log,
              settings,
              release: options.release,
              jvmFlags: options.jvmFlags,
              stop: stopping,
            })
          : await prepareDocker(dataDir, ports, password);
      return { ...launch, endpoint: endpointOf(ports) };
    },
    probe: ({ uri }) => probeNeo4j(uri, password),
    readyTimeoutMs: READY_TIMEOUT_MS[kind],
    stop: stopping,
    onEnd,
  });
  return { ...endpoint, username: USERNAME, password, reused, stop };
}

async function chooseKind(): Promise<'java' | 'docker'> {
  if (await canRunJava()) return 'java';
  if (await canRunDocker()) {
    if (process.getuid?.() !== 0) return 'docker';
    throw new SetupError(
      'As root, Neo4j cannot run in a container, because its image would change the owner of the files. ' +
        'Run this command as another user, or install Java 17 or newer and Maven.',
    );
  }
  throw new SetupError(
    'Neo4j needs Java 17 or newer and Maven (`java` and `mvn` on the PATH), or a Docker engine. ' +
      'Install either, or set NEO4J_URI and NEO4J_PASSWORD to an existing server.',
  );
}

async function choosePorts({ boltPort, httpPort }: Neo4jOptions, log: Log): Promise<Neo4jPorts> {
  const bolt = await choosePort(boltPort, NEO4J, log);
  return httpPort === undefined ? { bolt } : { bolt, http: await choosePort(httpPort, 'Neo4j Browser', log) };
}

function endpointOf({ bolt, http }: Neo4jPorts): Endpoint {
  return {
    uri: `bolt://127.0.0.1:${bolt}`,
    ...(http !== undefined && { browserUrl: `http://127.0.0.1:${http}/browser/` }),
  };
}

/** Tries a query. Does not use `executeQuery`, which waits for seconds between retries. */
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
