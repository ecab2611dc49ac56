import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChurnPlan, startSimulator } from '../simulator';
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
  /** When its people and groups have changed, epoch milliseconds. The changes are made again at each start. */
  changedMs?: readonly number[];
}

export interface RunningOrg extends SimulatedOrg {
  domain: string;
  token: string;
  /** True at its first start: it is then as it was on the first day of its past. */
  isNew: boolean;
  /** Makes the changes of a workday, at a time in its past, where its clock then stays, or now. */
  change(atMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Length of the past that a new org gets, days. */
export const PAST_DAYS = 28;
export const DAY_MS = 86_400_000;

/** What changes on a workday: joiners, movers and leavers, who are deactivated and not deleted. */
const WORKDAY: ChurnPlan = {
  addUsers: 2,
  renameUsers: 2,
  deactivateUsers: 1,
  recordLogins: '5%',
  renameGroups: 1,
  groupsTouched: 6,
  addMemberships: 9,
  removeMemberships: 4,
};

const FIRST_PORT = 8_989;

/** Returns `127.0.0.1:PORT`, for `OKTA_DOMAIN`. */
export function domainOf({ port }: SimulatedOrg): string {
  return `127.0.0.1:${port}`;
}

/**
 * Starts a simulated org. An earlier org of the same size is started again, so that the graph still matches it. If
 * there is none, a new org is created, whose clock is {@link PAST_DAYS} days back unless it is `still`.
 *
 * @throws SetupError if the port of the earlier org, and thus its domain, is in use.
 */
export async function startSimulatedOrg(
  { still = false, ...size }: { users: number; groups: number; still?: boolean },
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
  const createdMs = Date.now() - (still ? 0 : PAST_DAYS * DAY_MS);
  const org = earlier ?? { port: await newPort(known), ...size, createdMs };
  let now = () => org.createdMs;
  const simulator = await startSimulator({ ...size, port: org.port, seed: org.port, now: () => now() });
  const changedMs = [...(org.changedMs ?? [])];
  const changeAt = (ms: number, seed: number) => {
    now = () => ms;
    simulator.org.churn({ ...WORKDAY, seed });
  };
  changedMs.forEach(changeAt);
  if (earlier || still) now = Date.now;
  const others = known.filter((each) => each !== earlier);
  const save = () => saveOrgs([...others, { ...org, changedMs }], dataDir);
  await save();
  return {
    ...org,
    domain: simulator.domain,
    token: simulator.token,
    isNew: !earlier,
    close: () => simulator.close(),
    async change(atMs) {
      const ms = atMs ?? Date.now();
      changeAt(ms, changedMs.length);
      changedMs.push(ms);
      if (atMs === undefined) now = Date.now;
      await save();
    },
  };
}

/** Returns all simulated orgs that were started on this machine. */
export async function knownOrgs(dataDir = LOCAL_DIR): Promise<SimulatedOrg[]> {
  const text = await readFile(recordFile(dataDir), 'utf8').catch(() => '[]');
  return JSON.parse(text) as SimulatedOrg[];
}

async function newPort(known: readonly SimulatedOrg[]): Promise<number> {
  let port = FIRST_PORT;
  while (known.some((org) => org.port === port) || !(await isPortFree(port))) port++;
  return port;
}

async function saveOrgs(orgs: readonly SimulatedOrg[], dataDir: string): Promise<void> {
  await privateFolder(dataDir);
  await writePrivateFile(recordFile(dataDir), JSON.stringify(orgs, null, 2));
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'simulated-orgs.json');
}
