import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSimulator } from '../simulator';
import { isPortFree } from './ports';
import { privateFolder, writePrivateFile } from './privateFiles';
import { LOCAL_DIR } from './tools';

/** A simulated org that was started here before, or is now. */
export interface SimulatedOrg {
  /** Makes its domain, which the graph knows it by; also its seed, so that two ports are never one org. */
  port: number;
  users: number;
  groups: number;
  /** Epoch milliseconds. Stamps of the seed are counted back from here: the org is the same on another day. */
  createdMs: number;
}

export interface RunningOrg extends SimulatedOrg {
  domain: string;
  token: string;
  close(): Promise<void>;
}

const FIRST_PORT = 8_989;

/** `127.0.0.1:PORT`, good for `OKTA_DOMAIN`. */
export function domainOf({ port }: SimulatedOrg): string {
  return `127.0.0.1:${port}`;
}

/**
 * Starts the simulated org of this size that was started before, so that the graph goes on with it; else a new one.
 * An org whose port is taken cannot come back under its domain: then it is a new one too.
 */
export async function startSimulatedOrg(
  size: { users: number; groups: number },
  dataDir = LOCAL_DIR,
): Promise<RunningOrg> {
  const known = await knownOrgs(dataDir);
  const org = (await findAgain(known, size)) ?? (await newOrg(known, size));
  let now = () => org.createdMs;
  const simulator = await startSimulator({ ...size, port: org.port, seed: org.port, now: () => now() });
  now = Date.now;
  if (!known.includes(org)) await remember([...known, org], dataDir);
  return { ...org, domain: simulator.domain, token: simulator.token, close: () => simulator.close() };
}

/** Every simulated org that was started here. */
export async function knownOrgs(dataDir = LOCAL_DIR): Promise<SimulatedOrg[]> {
  const text = await readFile(recordFile(dataDir), 'utf8').catch(() => '[]');
  return JSON.parse(text) as SimulatedOrg[];
}

async function findAgain(
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

async function remember(orgs: readonly SimulatedOrg[], dataDir: string): Promise<void> {
  await privateFolder(dataDir);
  await writePrivateFile(recordFile(dataDir), JSON.stringify(orgs, null, 2));
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'simulated-orgs.json');
}
