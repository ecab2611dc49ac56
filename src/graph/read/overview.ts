import type { GraphDatabase } from '../database';
import { MEASURE, toMeasure, type MeasureRow, type OrgMeasure } from '../write/measures';
import { dateTime } from '../values';

export const DAY_MS = 86_400_000;

/** Maximum number of measures in a series. */
const MAX_POINTS = 45;
const SERIES_DAYS = 90;

/** A month ago is this long before the latest measure, or up to {@link NEAR_MS} more or less. */
const MONTH_MS = 30 * DAY_MS;
const NEAR_MS = 4 * DAY_MS;

/** An org's numbers over time. */
export interface Trends {
  /** Absent if no run has been measured. */
  latest?: OrgMeasure;
  /** The measure that is nearest to 30 days before the latest. Absent if there is none within a few days of that. */
  monthAgo?: OrgMeasure;
  /** Measures of the last 90 days, at most 45, in order of time; the last is the latest. */
  series: readonly OrgMeasure[];
}

/** Returns an org's numbers at its latest measure, about 30 days before, and over the last 90 days. */
export async function trends(db: GraphDatabase, domain: string): Promise<Trends> {
  const rows = await db.read<MeasureRow>(
    `MATCH (l:OrgMeasure {okta_domain: $domain}) WHERE l.run IS NOT NULL
     WITH l.at AS latest ORDER BY l.run DESC LIMIT 1
     MATCH (m:OrgMeasure {okta_domain: $domain})
     WHERE m.at >= latest - duration({days: ${SERIES_DAYS}}) AND m.at <= latest
     WITH m.at.epochMillis / ${DAY_MS} AS day, m ORDER BY m.at DESC, m.run DESC
     WITH day, head(collect(m)) AS m
     RETURN ${MEASURE} ORDER BY day`,
    { domain },
  );
  const ofDays = rows.map(toMeasure);
  const latest = ofDays.at(-1);
  if (!latest) return { series: [] };
  const distance = ({ atMs }: OrgMeasure) => Math.abs(latest.atMs - MONTH_MS - atMs);
  const [monthAgo] = ofDays
    .filter((measure) => distance(measure) <= NEAR_MS)
    .sort((a, b) => distance(a) - distance(b));
  const step = Math.ceil(ofDays.length / MAX_POINTS);
  const series = ofDays.filter((_, i) => (ofDays.length - 1 - i) % step === 0);
  return { latest, ...(monthAgo && { monthAgo }), series };
}

/** What runs changed on one day. */
export interface DayChanges {
  /** Start of the day in UTC, milliseconds since the epoch. */
  dayMs: number;
  /** Users and groups together. */
  created: number;
  updated: number;
  deleted: number;
  /** Memberships. */
  joined: number;
  left: number;
}

/**
 * Returns the changes of each day by Okta's clock since a time. A day on which no run has read what it could, or changed
 * something, is absent. What was read into an empty graph is no change.
 */
export async function changesByDay(
  db: GraphDatabase,
  domain: string,
  sinceMs: number,
): Promise<DayChanges[]> {
  return db.read<DayChanges>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.started_at >= $since AND r.finished_at IS NOT NULL
     WITH r, coalesce(r.groups_as_of, r.started_at) AS at WHERE at >= $since
     WITH at.epochMillis / ${DAY_MS} AS day, r.outcome IN ['succeeded', 'partial'] AS hasRead,
          r.users_at_start = 0 OR r.memberships_at_start = 0 AS isFirst, r
     WITH day, max(CASE WHEN hasRead THEN 1 ELSE 0 END) AS wasRead,
          ${sum('created', 'r.users_created + r.groups_created')},
          ${sum('updated', 'r.users_updated + r.groups_updated')},
          ${sum('deleted', 'r.users_deleted + r.groups_deleted')},
          ${sum('joined', 'r.memberships_added')},
          ${sum('left', 'r.memberships_removed')}
     WHERE wasRead = 1 OR created + updated + deleted + joined + left > 0
     RETURN day * ${DAY_MS} AS dayMs, created, updated, deleted, joined, left ORDER BY dayMs`,
    { domain, since: dateTime(sinceMs) },
  );
}

const sum = (name: string, count: string) => `sum(CASE WHEN isFirst THEN 0 ELSE ${count} END) AS ${name}`;
