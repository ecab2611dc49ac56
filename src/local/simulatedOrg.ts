import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSimulator } from '../simulator';
import { isPortFree } from './ports';
import { privateFolder, writePrivateFile } from './privateFiles';
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
 * there is none, or its port and thus its domain is in use, a new org is created.
 */
export async function startSimulatedOrg(
  size: { users: number; groups: number },
  dataDir = LOCAL_DIR,
): Promise<RunningOrg> {
  const known = await knownOrgs(dataDir);
  const org = (await findReusable(known, size)) ?? (await newOrg(known, size));
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

async function findReusable(
  known: readonly SimulatedOrg[],
  { users, groups }: { users: number; groups: number },
): Promise<SimulatedOrg | undefined> {
  for (const org of known) {
    if (org.users === users && org.groups === groups && (await isPortFree(org.port))) return org;
  }
  return undefined;
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
