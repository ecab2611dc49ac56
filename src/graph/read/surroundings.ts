import type { GraphDatabase } from '../database';
import { everNode } from './asOf';

/** The manager of a user, and how many report to the user. */
export interface ReportingLine {
  manager: { id: string; name: string | null } | null;
  reports: number;
}

export async function reportingLine(
  db: GraphDatabase,
  domain: string,
  id: string,
): Promise<ReportingLine | undefined> {
  const [line] = await db.read<ReportingLine>(
    `MATCH (u:User {okta_domain: $domain, id: $id})
     OPTIONAL MATCH (u)-[:REPORTS_TO]->(m:User)
     RETURN m {.id, name: m.display_name} AS manager, COUNT { (u)<-[:REPORTS_TO]-() } AS reports`,
    { domain, id },
  );
  return line;
}

/** The number of members of a group after the changes of a day. */
export interface SizeOfDay {
  /** The beginning of the day in UTC, in milliseconds since the epoch; 0 for the size before the first known change. */
  dayMs: number;
  members: number;
}

/** Larger groups, with the members that have left, have no history of their size: it would take too long. */
const MAX_MEMBERSHIPS = 20_000;

const DAY_MS = 86_400_000;

/**
 * Returns the size of a group before the first known change and after each day with changes, oldest first; undefined if
 * too many memberships would have to be read. A membership that the first read showed began before all days.
 */
export async function sizeOverTime(
  db: GraphDatabase,
  domain: string,
  id: string,
): Promise<SizeOfDay[] | undefined> {
  const [count] = await db.read<{ all: number; now: number }>(
    `${everNode('Group', 'g', '$id')} WITH g LIMIT 1
     RETURN COUNT { (g)<-[:MEMBER_OF|WAS_MEMBER_OF]-() } AS all, COUNT { (g)<-[:MEMBER_OF]-() } AS now`,
    { domain, id },
  );
  if (!count || count.all > MAX_MEMBERSHIPS) return undefined;
  const changes = await db.read<{ day: number; change: number }>(
    `${everNode('Group', 'g', '$id')} WITH g LIMIT 1
     MATCH (g)<-[m:MEMBER_OF|WAS_MEMBER_OF]-()
     UNWIND [[CASE WHEN m.not_before IS NULL THEN null ELSE m.valid_from END, 1], [m.valid_to, -1]] AS change
     WITH change[0].epochMillis / ${DAY_MS} AS day, change[1] AS step WHERE day IS NOT NULL
     RETURN day, sum(step) AS change ORDER BY day DESC`,
    { domain, id },
  );
  let members = count.now;
  const sizes = changes.map(({ day, change }): SizeOfDay => {
    const size = { dayMs: day * DAY_MS, members };
    members -= change;
    return size;
  });
  return [...sizes, { dayMs: 0, members }].reverse();
}

/** A group that shares members with another. */
export interface SimilarGroup {
  id: string;
  name: string | null;
  members: number;
  /** Shared members divided by all members of both. */
  likeness: number;
}

/** As the defaults of the question `similar-groups`. */
const LIKE = { share: 0.9, smallest: 3, largest: 500, shown: 5 } as const;

/** Returns the groups with nearly the same members as a group, most alike first; none for a very small or large group. */
export async function similarGroups(db: GraphDatabase, domain: string, id: string): Promise<SimilarGroup[]> {
  return db.read<SimilarGroup>(
    `MATCH (g:Group {okta_domain: $domain, id: $id})
     WITH g, COUNT { (g)<-[:MEMBER_OF]-() } AS size WHERE size >= ${LIKE.smallest} AND size <= ${LIKE.largest}
     MATCH (g)<-[:MEMBER_OF]-()-[:MEMBER_OF]->(h) WHERE h <> g AND coalesce(h.type, '') <> 'BUILT_IN'
     WITH h, size, count(*) AS common WHERE common >= ${LIKE.share} * size
     WITH h, size, common, COUNT { (h)<-[:MEMBER_OF]-() } AS members
     WITH h, members, toFloat(common) / (size + members - common) AS likeness WHERE likeness >= ${LIKE.share}
     RETURN h.id AS id, h.name AS name, members, likeness ORDER BY likeness DESC, id LIMIT ${LIKE.shown}`,
    { domain, id },
  );
}
