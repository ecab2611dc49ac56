import { KEEP_ALL } from '../../config/dataRules';
import { REHEARSAL } from '../../contract';
import { absentNodes } from '../read/absentNodes';
import { noUsage } from '../../okta/callContext';
import type { GraphDatabase } from '../database';
import { diffMemberships, writeMemberships, type GroupMembers } from './memberships';
import { endExcludedMemberships } from './excludedGroups';
import { writeListPages } from './lists';
import { groupRow, userRow, type NodeRow } from './nodes';
import { removeConfirmed } from './removals';
import { drawReportingLines } from './reportingLines';
import { pruneHistory } from './retention';
import { assertOpen, beginPhase, RUN_PHASES, type RunWriter } from './run';
import { removeOldRuns } from './runRetention';
import { beginRun, endRun, openRuns, type RunToBegin } from './runs';
import { deniedBuiltInGroup, groupsThatCountTheDenied } from './scope';
import { rewriteProfiles } from './storedProfiles';
import { deniedOnce, msUntilRipe, sweepCandidates } from './sweep';
import { canBeClaimed, claimGroups, groupsByState } from './workList';

/** Made-up people of a rehearsal: enough that Neo4j's JVM compiles what a run does most. */
const USERS = 1_000;
const GROUPS = 60;
const MEMBERS = 100;
/** As in a run: rows of a transaction, and groups that are read at the same time. */
const PAGE = 200;
const BATCH = 10;

/** A rehearsal that is not faster than the one before by this factor is the last. */
const WORTHWHILE = 0.85;

/** As a retention: nothing is older than 1970. */
const forever = () => Date.now();

/** What runs do by configuration: some of their statements differ with it. */
type RunSettings = Pick<RunToBegin, 'keepsHistory' | 'hasOktaLabels'>;

/**
 * Prepares Neo4j for runs: rehearses a first run of made-up people, which is rolled back, until that is no longer faster
 * each time. Neo4j then has the plans of a run's statements, and its JVM has compiled what they do: on a server that has
 * just started, planning and compiling take longer than writing thousands of people.
 *
 * @param settings of the runs that follow.
 * @param budgetMs no rehearsal begins after this time.
 * @param stop ends a rehearsal between two statements.
 * @returns the duration of each rehearsal, milliseconds.
 */
export async function rehearseRuns(
  db: GraphDatabase,
  settings: RunSettings,
  budgetMs: number,
  stop: AbortSignal,
): Promise<number[]> {
  const durations: number[] = [];
  const startedAt = performance.now();
  for (;;) {
    const before = performance.now();
    await db.rehearse((within) => firstRun(within, settings, stop));
    const durationMs = performance.now() - before;
    const last = durations.at(-1) ?? Infinity;
    durations.push(durationMs);
    if (durationMs > last * WORTHWHILE || performance.now() - startedAt > budgetMs) return durations;
  }
}

/** The statements of a first run, in their order. */
async function firstRun(db: GraphDatabase, settings: RunSettings, stop: AbortSignal): Promise<void> {
  const run = await beginRun(db, {
    domain: REHEARSAL,
    organizationId: REHEARSAL,
    id: REHEARSAL,
    workflowId: REHEARSAL,
    mode: 'full',
    allowDeletes: false,
    ...settings,
    fullEveryMs: 0,
  });
  await openRuns(db, run);
  await removeOldRuns(db, REHEARSAL, forever());
  await assertOpen(db, run);
  for (const phase of RUN_PHASES) await beginPhase(db, run, phase);
  const writer: RunWriter = { db, run, usage: noUsage() };
  const beat = () => stop.throwIfAborted();
  for (const label of ['Group', 'User'] as const) await rewriteProfiles(writer, label, KEEP_ALL, beat);
  await writeList(writer, 'Group', groups(), beat);
  await writeList(writer, 'User', users(), beat);
  await absentNodes(db, REHEARSAL, 'User', [userId(0)]);
  await endExcludedMemberships(writer, beat);
  await addMembers(writer, beat);
  await db.write((tx) => groupsByState(tx, run));
  for (const deferred of [false, true])
    await db.write((tx) => canBeClaimed(tx, run, { attempt: REHEARSAL, deferred }));
  await sweepNothing(writer, beat);
  await drawReportingLines(writer, beat);
  await pruneHistory(writer, forever(), beat);
  await endRun(db, run);
}

async function writeList(
  writer: RunWriter,
  label: 'User' | 'Group',
  rows: readonly NodeRow[],
  beat: () => void,
): Promise<void> {
  for (let from = 0; from < rows.length; from += PAGE) {
    await writeListPages(writer, label, {
      rows: rows.slice(from, from + PAGE),
      warnings: [],
      asOfMs: Date.now(),
      newestMs: Date.now(),
      isEnd: from + PAGE >= rows.length,
    });
    beat();
  }
}

async function addMembers(writer: RunWriter, beat: () => void): Promise<void> {
  const { db, run } = writer;
  const claimed = await claimGroups(writer, { attempt: REHEARSAL, atMost: GROUPS });
  for (let from = 0; from < claimed.length; from += BATCH) {
    const read = claimed.slice(from, from + BATCH).map((group, nth): GroupMembers => ({
      group,
      ids: new Set(Array.from({ length: MEMBERS }, (_, n) => userId(((from + nth) * 37 + n * 7) % USERS))),
      newUsers: [],
      warnings: [],
      asOfMs: Date.now(),
    }));
    const changes = await diffMemberships(db, run, read);
    await writeMemberships(
      writer,
      changes.map((change) => ({ ...change, result: 'confirmed', surplus: 0 })),
    );
    beat();
  }
}

async function sweepNothing(writer: RunWriter, beat: () => void): Promise<void> {
  const { db, run } = writer;
  const window = { after: '', atMost: 1, gapMs: 0 };
  await groupsThatCountTheDenied(db, run, 'denied twice');
  await deniedBuiltInGroup(db, run);
  for (const label of ['User', 'Group'] as const) {
    await sweepCandidates(db, run, label, window);
    await msUntilRipe(db, run, window.gapMs);
    await deniedOnce(db, run, label, window);
    await removeConfirmed({ ...writer, label, breaker: { maxDeletePercent: 0 }, beat }, '');
    beat();
  }
}

const userId = (n: number) => `00u${String(n).padStart(17, '0')}`;

function users(): NodeRow[] {
  const now = Date.now();
  const text = REHEARSAL;
  return Array.from({ length: USERS }, (_, n) => {
    const id = userId(n);
    const times = { created: now, activated: now, statusChanged: now, passwordChanged: now };
    const names = { displayName: id, firstName: text, lastName: text, login: id, email: id };
    const work = { title: text, department: text, division: text, organization: text, userType: text };
    const manager = { manager: undefined, managerId: n === 0 ? undefined : userId(n >> 3) };
    const raw = JSON.stringify({ id, names, work, times });
    return userRow({
      id,
      status: 'ACTIVE',
      ...{ ...times, ...names, ...work, ...manager },
      employeeNumber: id,
      lastLogin: now,
      lastUpdated: now,
      raw,
    });
  });
}

function groups(): NodeRow[] {
  const now = Date.now();
  return Array.from({ length: GROUPS }, (_, n) => {
    const id = `00g${String(n).padStart(17, '0')}`;
    return groupRow({
      id,
      name: id,
      description: REHEARSAL,
      type: 'OKTA_GROUP',
      created: now,
      lastUpdated: now,
      lastMembershipUpdated: now,
      usersCount: MEMBERS,
      appsCount: undefined,
      hasAdminPrivilege: undefined,
      raw: JSON.stringify({ id }),
    });
  });
}
