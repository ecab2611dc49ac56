import type { AccessKind } from '../contract';
import type { GraphDatabase } from '../graph/database';
import type { OrgSize } from '../graph/read/orgSize';
import { findingNumber, statusNumber, type OrgMeasure } from '../graph/write/measures';
import { EACH_USER } from './cypher';
import { FINDINGS, type Finding } from './findings';
import { cypherParameters } from './parameters';
import { proofOf } from './proof';
import { EACH_ROLE, HAS_ACCESS, ways } from './reach';

/** Time limit of one statement on the server. */
const STATEMENT_LIMIT_MS = 5_000;

/** Time limit of all statements; what has not been counted by then is not known. */
const LIMIT_MS = 15_000;

const DAY_MS = 86_400_000;

/** Okta's statuses of a user, as they are counted. */
export const STATUSES = [
  'ACTIVE',
  'STAGED',
  'PROVISIONED',
  'RECOVERY',
  'PASSWORD_EXPIRED',
  'LOCKED_OUT',
  'SUSPENDED',
  'DEPROVISIONED',
] as const;

const BY_STATUS = `${EACH_USER}
RETURN ${STATUSES.map((status) => `count(CASE WHEN u.status = '${status}' THEN 1 END) AS ${statusNumber(status)}`).join(', ')}`;

const ADMINS = `${EACH_ROLE}
${ways({ from: 'r', to: 'u' })}
WITH u WHERE ${HAS_ACCESS}
RETURN count(DISTINCT u) AS admins`;

/** Numbers of an org that are known once a kind in `SYNC_ACCESS` has been read. */
const OF_KIND: Readonly<Record<AccessKind, readonly (keyof OrgSize)[]>> = {
  rules: ['rules'],
  apps: ['apps', 'assignments'],
  roles: ['roles'],
};

/** Returns true if a kind in `SYNC_ACCESS` had been read when these numbers were counted. */
export const hasRead = (numbers: OrgMeasure['numbers'], kind: AccessKind): boolean =>
  OF_KIND[kind].every((each) => each in numbers);

export interface RunToMeasure {
  domain: string;
  runId: string;
  /** How long history is kept, milliseconds. */
  historyRetentionMs: number;
  signal: AbortSignal;
}

/**
 * Counts what the graph has of an org at the end of a run, and the findings. A number that is not known is absent: if
 * `SYNC_ACCESS` lacks its kind, history is too short, or counting it takes too long.
 *
 * @returns the measure, and the names of the numbers whose statements failed or took too long.
 * @throws the signal's reason when it aborts, between two statements.
 */
export async function measureOrg(
  db: GraphDatabase,
  run: RunToMeasure,
): Promise<{ measure: OrgMeasure; failed: string[] }> {
  const { domain, signal } = run;
  const { number, atMs, size } = await ended(db, run);
  const known = Object.entries(size).filter((entry): entry is [string, number] => entry[1] !== null);
  const numbers: Record<string, number> = Object.fromEntries(known);
  const failed: string[] = [];
  const startedAt = performance.now();

  const count = async (name: string, cypher: string, parameters: Record<string, unknown> = {}) => {
    signal.throwIfAborted();
    const leftMs = Math.floor(startedAt + LIMIT_MS - performance.now());
    try {
      if (leftMs <= 0) throw new Error('Counting takes too long.');
      const limitMs = Math.min(STATEMENT_LIMIT_MS, leftMs);
      const rows = db.stream<Record<string, number>>(cypher, { domain, ...parameters }, limitMs);
      for await (const row of rows) return row;
    } catch {
      failed.push(name);
    }
    return {};
  };

  const isRead = (kind: AccessKind) => hasRead(numbers, kind);
  Object.assign(numbers, await count('users by status', BY_STATUS));
  if (isRead('roles')) Object.assign(numbers, await count('admins', ADMINS));
  for (const finding of FINDINGS) {
    const { name, question, given } = finding;
    if (!question.access.every(isRead) || !(await reachesBack(db, finding, run, atMs))) continue;
    const { count: found } = await count(
      name,
      finding.count,
      cypherParameters(question, given, new Date(atMs)),
    );
    if (found !== undefined) numbers[findingNumber(name)] = found;
  }
  return { measure: { run: number, atMs, numbers }, failed };
}

/** Returns a run that has ended and what the graph has had then; null for what is not synced. */
async function ended(
  db: GraphDatabase,
  { domain, runId }: RunToMeasure,
): Promise<{ number: number; atMs: number; size: OrgSize }> {
  const [row] = await db.read<{ number: number; atMs: number; size: OrgSize }>(
    `MATCH (o:OktaOrg {domain: $domain})
     MATCH (r:SyncRun {okta_domain: $domain, id: $runId})
     RETURN r.number AS number, coalesce(r.groups_as_of, r.finished_at).epochMillis AS atMs,
            o {.users, .groups, .memberships, .apps, .assignments, .roles, .rules} AS size`,
    { domain, runId },
  );
  if (!row) throw new Error(`Run ${runId} is no longer in the graph.`);
  return row;
}

/** Returns true if the graph has all of the history that a finding needs. */
async function reachesBack(
  db: GraphDatabase,
  { historyDays, question }: Finding,
  { domain, historyRetentionMs }: RunToMeasure,
  atMs: number,
): Promise<boolean> {
  if (historyDays === 0) return true;
  const { historySince, access } = await proofOf(db, domain, new Date(atMs), historyRetentionMs);
  const starts = [historySince, ...question.access.map((kind) => access[kind]?.since)];
  const neededMs = atMs - historyDays * DAY_MS;
  return starts.every((start) => start !== undefined && Date.parse(start) <= neededMs);
}
