import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSimulator } from '../simulator';
import { isPortFree } from './ports';
import { privateFolder, writePrivateFile } from './privateFiles';
import { SetupError } from './setupError';
import { LOCAL_DIR } from './tools';

/** A simulated org that was started on this machine. */
export interface SimulatedOrg {
  /** Determines its domain, which identifies it in the graph, and its seed, so that each port has a different org. */
  port: number;
  users: number;
  groups: number;
  /** Epoch milliseconds. Timestamps of the seed are based on it, so that the org is the same on another day. */
  createdMs: number;
}

export interface RunningOrg extends SimulatedOrg {
  domain: string;
  token: string;
  close(): Promise<void>;
}

const FIRST_PORT = 8_989;

/** Returns `127.0.0.1:PORT`, for `OKTA_DOMAIN`. */
export function domainOf({ port }: SimulatedOrg): string {
  return `127.0.0.1:${port}`;
}

/**
 * Starts a simulated org. An earlier org of the same size is started again, so that the graph still matches it. If
 * there is none, a new org is created.
 *
 * @throws SetupError if the port of the earlier org, and thus its domain, is in use.
 */
export async function startSimulatedOrg(
  size: { users: number; groups: number },
  dataDir = LOCAL_DIR,
): Promise<RunningOrg> {
  const known = await knownOrgs(dataDir);
  const earlier = known.find(({ users, groups }) => users === size.users && groups === size.groups);
  if (earlier && !(await isPortFree(earlier.port))) {
    throw new SetupError(
      `Port ${earlier.port}, which is part of the simulated org's domain, is in use, perhaps by another \`okta-graph start\`. ` +
        'Stop the process that uses it, or start another org with --users and --groups.',
    );
  }
  const org = earlier ?? (await newOrg(known, size));
  let now = () => org.createdMs;
  const simulator = await startSimulator({ ...size, port: org.port, seed: org.port, now: () => now() });
  now = Date.now;
  if (!known.includes(org)) await saveOrgs([...known, org], dataDir);
  return { ...org, domain: simulator.domain, token: simulator.token, close: () => simulator.close() };
}

/** Returns all simulated orgs that were started on this machine. */
export async function knownOrgs(dataDir = LOCAL_DIR): Promise<SimulatedOrg[]> {
  const text = await readFile(recordFile(dataDir), 'utf8').catch(() => '[]');
  return JSON.parse(text) as SimulatedOrg[];
}

async function newOrg(
  known: readonly SimulatedOrg[],
  size: { users: number; groups: number },
): Promise<SimulatedOrg> {
  let port = FIRST_PORT;
  while (known.some((org) => org.port === port) || !(await isPortFree(port))) port++;
  return { port, ...size, createdMs: Date.now() };
}

async function saveOrgs(orgs: readonly SimulatedOrg[], dataDir: string): Promise<void> {
  await privateFolder(dataDir);
  await writePrivateFile(recordFile(dataDir), JSON.stringify(orgs, null, 2));
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'simulated-orgs.json');
}
