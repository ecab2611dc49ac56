import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neo4jVariables, temporalVariables } from '../dev/lab/environment';
import { serverPid } from '../dev/lab/servers/serverPid';
import { NodeProcess } from '../dev/lab/servers/nodeProcess';
import { startNeo4j } from '../src/local/neo4j';
import { freePort } from '../src/local/ports';
import { startTemporal } from '../src/local/temporal';
import { writeCredentials } from '../src/orgs/credentialStore';
import { Secret } from '../src/orgs/secret';
import { startSimulator } from '../src/simulator';
import type { Target } from './attack';
import { listenAtLongerPort } from '../dev/lab/org/hostileCursors';

const DIST = join(__dirname, '../dist');

/** Variables of ours that hold secrets, and that nobody sets here. */
const CANARIES = [
  'OKTA_PRIVATE_KEY_PASSPHRASE',
  'NEO4J_PASSWORD_BEFORE',
  'CONSOLE_SECRET',
  'TEMPORAL_SECRET',
];

export interface Installation extends Target {
  stop(): Promise<void>;
}

/**
 * Starts an installation to attack: the worker and the console of the build as processes, a Temporal dev server with
 * its UI, Neo4j and a simulated org, all on this machine, with secrets of its own.
 *
 * @throws Error when the project was not built.
 */
export async function install(): Promise<Installation> {
  const stops: (() => Promise<unknown>)[] = [];
  // Servers that took over our environment would have this one.
  const canary = `canary-${randomUUID()}`;
  for (const name of CANARIES) process.env[name] = canary;
  stops.push(async () => {
    for (const name of CANARIES) Reflect.deleteProperty(process.env, name);
  });
  const stop = async (): Promise<void> => {
    for (const each of stops.reverse()) await each();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'okta-graph-attack-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const neighbor = await listenAtLongerPort();
    stops.push(() => neighbor.stop());
    const token = `00${randomBytes(20).toString('hex')}`;
    const org = await startSimulator({ users: 40, groups: 6, token, port: neighbor.orgPort });
    stops.push(() => org.close());
    const [temporal, neo4j] = await Promise.all([
      startTemporal({ dataDir: join(folder, 'temporal'), persistent: false, uiPort: await freePort() }),
      startNeo4j({ dataDir: join(folder, 'neo4j') }),
    ]);
    stops.push(() => Promise.all([temporal.stop(), neo4j.stop()]));

    const password = randomBytes(15).toString('base64url');
    const consolePort = await freePort();
    const consoleOrigin = `http://127.0.0.1:${consolePort}`;
    const credentials = join(folder, 'credentials');
    await writeCredentials(credentials, org.domain, { kind: 'token', token: new Secret(token) });
    const environment = {
      OKTA_CREDENTIALS_DIR: credentials,
      ...temporalVariables(temporal),
      ...neo4jVariables(neo4j),
    };
    const worker = await NodeProcess.start([join(DIST, 'worker.js')], environment, (line) =>
      line.includes('"state":"RUNNING"'),
    );
    stops.push(() => worker.process.stop());
    const console = await NodeProcess.start(
      [join(DIST, 'client.js'), 'console'],
      {
        ...environment,
        CONSOLE_ADDRESS: '0.0.0.0',
        CONSOLE_ORIGIN: consoleOrigin,
        CONSOLE_PORT: String(consolePort),
        CONSOLE_PASSWORD: password,
      },
      (line) => line.includes('console_ready'),
    );
    stops.push(() => console.process.stop());

    return {
      org: { domain: org.domain, origin: org.origin, token },
      orgCalls: () => Promise.resolve(org.stats.snapshot().byRoute),
      console: { origin: consoleOrigin, password },
      temporal: { address: temporal.address, taskQueue: environment.TEMPORAL_TASK_QUEUE },
      secrets: new Map([
        ['the Okta token', token],
        ["Neo4j's password", neo4j.password],
        ["the console's password", password],
        ['a variable of ours', canary],
      ]),
      processes: new Map([
        ['worker', worker.process.pid],
        ['console', console.process.pid],
        ['Temporal', await serverPid(join(folder, 'temporal'), 'temporal')],
        ['Neo4j', await serverPid(join(folder, 'neo4j'), 'neo4j')],
      ]),
      folder,
      logs: () => worker.process.output + console.process.output,
      neighbor,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
