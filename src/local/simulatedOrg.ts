import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChurnPlan, startSimulator } from '../simulator';
import { countOf } from '../text/counts';
import { succeeds } from './command';
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
  /** True until its past is complete: its clock stays at the last change. */
  isPastDue?: boolean;
}

export interface RunningOrg extends SimulatedOrg {
  domain: string;
  token: string;
  /** True at its first start, and at later ones until its past is complete. */
  isPastDue: boolean;
  /** The time that its past has reached, epoch milliseconds. */
  reachedMs: number;
  /** Makes the changes of a workday, at a time in its past, where its clock then stays, or now, which completes its past. */
  change(atMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Length of the past that a new org gets, days. */
export const PAST_DAYS = 28;
export const DAY_MS = 86_400_000;

/**
 * What changes on a workday: joiners, movers and leavers, who are deactivated and not deleted, and a few apps, rules and
 * roles. The latter draw from random numbers of their own, so that users, groups and memberships do not depend on them.
 */
const WORKDAY: ChurnPlan = {
  addUsers: 2,
  renameUsers: 2,
  deactivateUsers: 1,
  recordLogins: '5%',
  renameGroups: 1,
  groupsTouched: 6,
  addMemberships: 9,
  removeMemberships: 4,
  renameApps: 1,
  assignAppUsers: 3,
  assignAppGroups: 1,
  changeRules: 1,
  grantRoles: 1,
};

/**
 * What one workday in four takes away in addition. A run that sees the end of an assignment waits for a second read,
 * which would slow down each run of the past.
 */
const WITHDRAWN: ChurnPlan = { unassignAppUsers: 8, unassignAppGroups: 3, revokeRoles: 3 };

/** Returns what changes on a workday, by its number from 0. */
export function changesOf(workday: number): ChurnPlan {
  return { ...WORKDAY, ...(workday % 4 === 3 && WITHDRAWN), seed: workday };
}

const FIRST_PORT = 8_989;
const NEW_ORG = { users: 2_000, groups: 200 };

/** Returns `127.0.0.1:PORT`, for `OKTA_DOMAIN`. */
export function domainOf({ port }: SimulatedOrg): string {
  return `127.0.0.1:${port}`;
}

export interface SimulatedOrgOptions {
  /** Default: that of the latest org that the other options fit; for a new one {@link NEW_ORG}. */
  users?: number | undefined;
  groups?: number | undefined;
  /** Default: that of the latest org of this size; for a new one the first from 8989 without an org. */
  port?: number | undefined;
  /** Leave its people and groups as they are. A new org gets no past, and one that is not complete ends here. */
  still?: boolean;
}

/**
 * Starts a simulated org. The latest one that the options fit is started again, so that the graph still matches it. If
 * there is none, a new org is created, whose clock is {@link PAST_DAYS} days back unless it is `still`.
 *
 * @throws SetupError if the org's port, and thus its domain, is in use or belongs to an earlier org of another size.
 */
export async function startSimulatedOrg(
  { still = false, port: wanted, ...wantedSize }: SimulatedOrgOptions,
  dataDir = LOCAL_DIR,
): Promise<RunningOrg> {
  const known = await knownOrgs(dataDir);
  const earlier = known.findLast(
    ({ users, groups, port }) =>
      users === (wantedSize.users ?? users) &&
      groups === (wantedSize.groups ?? groups) &&
      port === (wanted ?? port),
  );
  const { users = NEW_ORG.users, groups = NEW_ORG.groups } = earlier ?? wantedSize;
  const size = { users, groups };
  const port = earlier?.port ?? newPort(known, wanted);
  if (!(await isPortFree(port))) throw portInUse(port);
  const createdMs = Date.now() - (still ? 0 : PAST_DAYS * DAY_MS);
  const { isPastDue: wasPastDue = !earlier, ...org } = earlier ?? { port, ...size, createdMs };
  let isPastDue = wasPastDue && !still;
  let now = () => org.createdMs;
  const simulator = await startSimulator({ ...size, port, seed: port, now: () => now() });
  const changedMs = [...(org.changedMs ?? [])];
  const changeAt = (ms: number, workday: number) => {
    now = () => ms;
    simulator.org.churn(changesOf(workday));
  };
  changedMs.forEach(changeAt);
  if (!isPastDue) now = Date.now;
  const save = async () => {
    const others = (await knownOrgs(dataDir)).filter((each) => each.port !== port);
    await saveOrgs([...others, { ...org, changedMs, ...(isPastDue && { isPastDue }) }], dataDir);
  };
  await save();
  return {
    ...org,
    domain: simulator.domain,
    token: simulator.token,
    isPastDue,
    reachedMs: changedMs.at(-1) ?? org.createdMs,
    close: () => simulator.close(),
    async change(atMs) {
      const ms = atMs ?? Date.now();
      changeAt(ms, changedMs.length);
      changedMs.push(ms);
      if (atMs === undefined) {
        now = Date.now;
        isPastDue = false;
      }
      await save();
    },
  };
}

/**
 * Returns all simulated orgs that were started on this machine.
 *
 * @throws SetupError if the file that records them is damaged.
 */
export async function knownOrgs(dataDir = LOCAL_DIR): Promise<SimulatedOrg[]> {
  const file = recordFile(dataDir);
  if (!(await succeeds(stat(file)))) return [];
  try {
    const orgs: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(orgs)) throw new Error('it has no list of orgs');
    return orgs as SimulatedOrg[];
  } catch (error) {
    throw new SetupError(
      `${file}, which records the simulated orgs, cannot be read: ${(error as Error).message}. ` +
        'Delete it to start with a new simulated org.',
    );
  }
}

/** @throws SetupError if the port belongs to an earlier org, which has another size. */
function newPort(known: readonly SimulatedOrg[], wanted: number | undefined): number {
  const owner = known.find(({ port }) => port === wanted);
  if (owner) {
    throw new SetupError(
      `Port ${owner.port} belongs to the simulated org of ${countOf(owner.users, 'user')} and ${countOf(owner.groups, 'group')}. ` +
        'Choose that size with --users and --groups, or another port with --org-port.',
    );
  }
  if (wanted !== undefined) return wanted;
  let port = FIRST_PORT;
  while (known.some((org) => org.port === port)) port++;
  return port;
}

function portInUse(port: number): SetupError {
  return new SetupError(
    `Port ${port}, which is part of the simulated org's domain, is in use, perhaps by another \`okta-graph start\`. ` +
      'Stop the process that uses it, or start another org on another port with --org-port.',
  );
}

async function saveOrgs(orgs: readonly SimulatedOrg[], dataDir: string): Promise<void> {
  await privateFolder(dataDir);
  await writePrivateFile(recordFile(dataDir), JSON.stringify(orgs, null, 2));
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'simulated-orgs.json');
}
