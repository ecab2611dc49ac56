import type { GraphDatabase } from '../database';
import { dateTime, integer } from '../values';

const DAY_MS = 86_400_000;

/** Measures of this time are all kept; of a day before, the last one. */
const ALL_KEPT_MS = 7 * DAY_MS;

/** Numbers of an org at the end of a run. */
export interface OrgMeasure {
  /** Number of the run. */
  run: number;
  /** Okta's clock at the run's list of groups, milliseconds since the epoch. */
  atMs: number;
  /** A number that was not known is absent. */
  numbers: Readonly<Record<string, number>>;
}

/** Properties of an `OrgMeasure` that are not numbers of the org. */
const KEY = ['okta_domain', 'run', 'at'];

/** Cypher: measure `m`, for {@link toMeasure}. */
export const MEASURE = 'm.run AS run, m.at.epochMillis AS atMs, properties(m) AS properties';

export interface MeasureRow {
  run: number;
  atMs: number;
  properties: Record<string, unknown>;
}

export function toMeasure({ run, atMs, properties }: MeasureRow): OrgMeasure {
  const numbers = Object.entries(properties).filter(([name]) => !KEY.includes(name));
  return { run, atMs, numbers: Object.fromEntries(numbers) as OrgMeasure['numbers'] };
}

/** Returns the name of the number of users with a status. */
export const statusNumber = (status: string): string => `users_${status.toLowerCase()}`;

const FINDING = 'finding_';

/** Returns the name of a finding's number. */
export const findingNumber = (name: string): string => `${FINDING}${name}`;

/** Returns the numbers of a measure's findings by their names. */
export function findingsIn({ numbers }: Pick<OrgMeasure, 'numbers'>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).flatMap(([name, value]) =>
      name.startsWith(FINDING) ? [[name.slice(FINDING.length), value]] : [],
    ),
  );
}

/** Returns true if an org has a measure of this time or later, in milliseconds since the epoch. */
export async function isMeasuredSince(db: GraphDatabase, domain: string, sinceMs: number): Promise<boolean> {
  const found = await db.read(
    'MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.at >= $since RETURN 1 LIMIT 1',
    { domain, since: dateTime(sinceMs) },
  );
  return found.length > 0;
}

/**
 * Keeps the measure of a run, unless the org is being renamed or was removed. Deletes those that are older than
 * `retentionMs`, and those of days before the last week but the last of each day. Idempotent.
 */
export async function keepMeasure(
  db: GraphDatabase,
  domain: string,
  { run, atMs, numbers }: OrgMeasure,
  retentionMs: number,
): Promise<void> {
  const key = { domain, run: integer(run) };
  const properties = Object.entries(numbers).map(([name, value]) => [name, integer(value)] as const);
  await db.write(async (tx) => {
    await tx.run(
      `MATCH (o:OktaOrg {domain: $domain}) SET o.lock = randomUUID()
       WITH o WHERE o.renaming_to IS NULL
       MERGE (m:OrgMeasure {okta_domain: $domain, run: $run})
       SET m = $numbers, m.okta_domain = $domain, m.run = $run, m.at = $at`,
      { ...key, at: dateTime(atMs), numbers: Object.fromEntries(properties) },
    );
    await tx.run(
      `MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.at < $before AND m.run <> $run DELETE m`,
      { ...key, before: dateTime(atMs - retentionMs) },
    );
    await tx.run(
      `MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.at < $before
       WITH m.at.epochMillis / ${DAY_MS} AS day, m ORDER BY m.at DESC, m.run DESC
       WITH day, collect(m)[1..] AS earlier
       UNWIND earlier AS m DELETE m`,
      { domain, before: dateTime(atMs - ALL_KEPT_MS) },
    );
  });
}
