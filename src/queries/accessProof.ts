import { capitalized } from '../text/capitalized';
import { ACCESS_KINDS, type AccessKind } from '../contract';
import type { GraphDatabase } from '../graph/database';
import { hasRead, type AccessObject } from '../graph/write/access/kinds';
import { EDGE_LISTS } from '../graph/write/access/owners';
import { formatTime } from '../text/times';
import type { Question } from './question';

/** The runs that have read a kind of `SYNC_ACCESS`. Times are ISO 8601 in UTC. */
export interface AccessRead {
  /** The latest run that has read the kind. */
  runNumber: number;
  finishedAt: string;
  /**
   * Okta's clock at the list of groups of the first run known to have read the kind, as in a proof's `historySince`: what
   * ended before is unknown. The start of that run by the database's clock if it listed no groups.
   */
  since: string;
  /** Okta's clock at the oldest of the complete reads of its lists. Absent if there are none, or one was not read. */
  listsAsOf?: string;
}

export type AccessReads = Partial<Record<AccessKind, AccessRead>>;

/** The part of a proof that is about the kinds of `SYNC_ACCESS`. */
interface AccessProof {
  access: AccessReads;
  run?: { runNumber: number };
}

/** What a run reads last of each kind. */
const LAST: Readonly<Record<AccessKind, AccessObject>> = {
  rules: 'rules',
  apps: 'assignments',
  roles: 'roles',
};

/**
 * Returns, for each kind of `SYNC_ACCESS` that has ever been read, the runs that have.
 *
 * @param needed kinds whose lists are looked at, to tell how old they are.
 */
export async function accessReads(
  db: GraphDatabase,
  domain: string,
  needed: readonly AccessKind[],
): Promise<AccessReads> {
  const rows = await db.read<{ kind: AccessKind; runNumber: number; finishedMs: number; sinceMs: number }>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.id IS NOT NULL AND r.finished_at IS NOT NULL
     UNWIND [${ACCESS_KINDS.map((kind) => `CASE WHEN ${hasRead(LAST[kind])} THEN '${kind}' END`).join(', ')}] AS kind
     WITH r, kind WHERE kind IS NOT NULL
     RETURN kind, max(r.number) AS runNumber, max(r.finished_at.epochMillis) AS finishedMs,
            coalesce(min(r.groups_as_of), min(r.started_at)).epochMillis AS sinceMs`,
    { domain },
  );
  const [oldest] =
    needed.length === 0
      ? []
      : await db.read<Partial<Record<AccessKind, number | null>>>(OLDEST_LISTS, { domain });
  const iso = (ms: number) => new Date(ms).toISOString();
  return Object.fromEntries(
    rows.map(({ kind, runNumber, finishedMs, sinceMs }) => {
      const listsMs = (needed.includes(kind) && oldest?.[kind]) || null;
      const read = { runNumber, finishedAt: iso(finishedMs), since: iso(sinceMs) };
      return [kind, listsMs === null ? read : { ...read, listsAsOf: iso(listsMs) }];
    }),
  );
}

/**
 * Cypher: when the oldest list of each kind was read completely, in ms since the epoch; null if there is none, or if one
 * was not read.
 */
const OLDEST_LISTS = `
  CALL () {
    MATCH (o:App {okta_domain: $domain}) RETURN o.users_as_of AS readAt
    UNION ALL
    MATCH (o:Group {okta_domain: $domain}) WHERE ${EDGE_LISTS.groupApps.mayHave} RETURN o.apps_as_of AS readAt
  }
  WITH CASE WHEN count(*) = count(readAt) THEN min(readAt).epochMillis END AS apps
  CALL () {
    MATCH (org:OktaOrg {domain: $domain})
    MATCH (o:User {okta_domain: $domain}) WHERE o.admin_listed_run = org.admins_run RETURN o
    UNION
    MATCH (:AdminRole {okta_domain: $domain})<-[:HAS_ROLE]-(o) RETURN o
  }
  RETURN apps, CASE WHEN count(o) = count(o.roles_as_of) THEN min(o.roles_as_of).epochMillis END AS roles`;

const NAMES: Readonly<Record<AccessKind, string>> = {
  rules: 'group rules',
  apps: 'apps',
  roles: 'admin roles',
};

/** What to do about kinds that no run has read. */
export const howToRead = (...kinds: readonly AccessKind[]) =>
  `If no run is in progress, add ${kinds.join(',')} to SYNC_ACCESS, or see the latest report for what Okta did not allow.`;

/** Says that the latest measure lacks some kinds, and what to do. */
export const notCounted = (kinds: readonly AccessKind[]) =>
  `The latest count has no ${kinds.map((kind) => NAMES[kind]).join(', ')}. ${howToRead(...kinds)}`;

/** What Okta lists for one owner at a time. Rules have no such lists. */
const LISTS: Readonly<Record<AccessKind, string>> = {
  rules: 'rules',
  apps: 'assignments of every app',
  roles: 'roles of every admin',
};

/** Returns the kinds that a question needs and no run has read: an answer without rows is unknown, not empty. */
export function unreadKinds(
  { access }: Pick<Question, 'access'>,
  { access: reads }: AccessProof,
): AccessKind[] {
  return access.filter((kind) => !reads[kind]);
}

/** Returns the names of {@link unreadKinds}. */
export function unread(question: Pick<Question, 'access'>, proof: AccessProof): string[] {
  return unreadKinds(question, proof).map((kind) => NAMES[kind]);
}

/**
 * Returns a sentence for each kind of `SYNC_ACCESS` that a question needs and that is not as up to date as the rest.
 *
 * @param asked times in the question, ISO 8601.
 */
export function accessTexts(
  { access, needs }: Question,
  { access: reads, run }: AccessProof,
  asked: readonly string[],
): string[] {
  const time = (iso: string) => formatTime(new Date(iso));
  return access.flatMap((kind) => {
    const name = capitalized(NAMES[kind]);
    const read = reads[kind];
    if (!read) return [`No run has read ${NAMES[kind]} yet, so this answer lacks them. ${howToRead(kind)}`];
    return [
      ...(read.listsAsOf === undefined
        ? []
        : [`The ${LISTS[kind]} were read completely at ${time(read.listsAsOf)} or later.`]),
      ...(run && read.runNumber < run.runNumber
        ? [
            `${name} were last read by run #${read.runNumber}, ended ${time(read.finishedAt)}; what has changed since is missing.`,
          ]
        : []),
      ...(needs === 'history' && asked.some((at) => at < read.since)
        ? [`${name} have been read since ${time(read.since)}, so the requested time is not fully covered.`]
        : []),
    ];
  });
}
