import type { SyncMode, SyncOutcome, SyncReport } from '../../contract';
import { wholeNumber } from '../../text/wholeNumber';
import type { GraphDatabase, Parameters } from '../database';
import { integer } from '../values';
import { hasLists } from '../write/run';

/** A `SyncRun` node. */
export interface RecordedRun {
  runId: string;
  /** Increases by one with each run of a domain. */
  runNumber: number;
  workflowId: string;
  mode: SyncMode;
  /** `running` until the run writes its end, even if its workflow no longer exists. */
  outcome: SyncOutcome | 'running';
  startedAt: Date;
  finishedAt?: Date;
  /** Absent until the run writes its end. */
  report?: SyncReport;
}

export interface Person {
  displayName?: string;
  email?: string;
}

/** Which runs are listed; those of mode `touched` are left out by default, because there can be several a minute. */
export interface RunsListed {
  withTouched?: boolean;
}

const LISTED = `($withTouched OR ${hasLists('r')})`;

/** Returns the latest runs of a domain, newest first; with `outcome`, only those with that outcome. */
export async function lastReports(
  db: GraphDatabase,
  domain: string,
  limit: number,
  outcome?: SyncOutcome,
  { withTouched = false }: RunsListed = {},
): Promise<RecordedRun[]> {
  const where = `${LISTED}${outcome === undefined ? '' : ' AND r.outcome = $outcome'}`;
  return runs(db, where, { domain, limit, withTouched, outcome: outcome ?? null });
}

/** Returns the last run of a domain that looked for what is gone: failed and stopped ones did not. */
export async function lastToLook(db: GraphDatabase, domain: string): Promise<RecordedRun | undefined> {
  const where = `${LISTED} AND r.outcome IN ['succeeded', 'partial']`;
  const [run] = await runs(db, where, { domain, limit: 1, withTouched: false });
  return run;
}

/** Returns runs of a domain whose number is below `before`, newest first; with `outcome`, only those with that outcome. */
export async function runsBefore(
  db: GraphDatabase,
  domain: string,
  {
    before,
    outcome,
    limit,
    withTouched = false,
  }: {
    before: number | undefined;
    outcome?: RecordedRun['outcome'] | undefined;
    limit: number;
  } & RunsListed,
): Promise<RecordedRun[]> {
  const where = `${LISTED} AND ($before IS NULL OR r.number < $before) AND ($outcome IS NULL OR r.outcome = $outcome)`;
  const number = before === undefined ? null : integer(before);
  return runs(db, where, { domain, limit, withTouched, before: number, outcome: outcome ?? null });
}

/** A run, by its id and number. */
export type RunRef = Pick<RecordedRun, 'runId' | 'runNumber'>;

/** Returns the run of a domain that the graph has directly after one. */
export async function runAfter(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
  { withTouched = false }: RunsListed = {},
): Promise<RunRef | undefined> {
  const [run] = await db.read<RunRef>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number > $number AND ${LISTED}
     RETURN r.id AS runId, r.number AS runNumber ORDER BY r.number LIMIT 1`,
    { domain, number: integer(runNumber), withTouched },
  );
  return run;
}

/** Returns one run of a domain by its id or its decimal run number. */
export async function findReport(
  db: GraphDatabase,
  domain: string,
  run: string,
): Promise<RecordedRun | undefined> {
  const where = wholeNumber(run) !== undefined ? 'r.number = toInteger($run)' : 'r.id = $run';
  const [found] = await runs(db, where, { domain, limit: 1, run });
  return found;
}

/** Returns names of the users with these Okta IDs; ids that are not in the graph are omitted. */
export async function describePeople(
  db: GraphDatabase,
  domain: string,
  ids: readonly string[],
): Promise<Map<string, Person>> {
  const rows = await db.read<{ id: string; displayName: string | null; email: string | null }>(
    `MATCH (u:User {okta_domain: $domain}) WHERE u.id IN $ids
     RETURN u.id AS id, u.display_name AS displayName, u.email AS email`,
    { domain, ids },
  );
  return new Map(
    rows.map(({ id, displayName, email }) => [
      id,
      { ...(displayName === null ? {} : { displayName }), ...(email === null ? {} : { email }) },
    ]),
  );
}

/** Returns names of the groups with these Okta IDs; ids that are not in the graph are omitted. */
export async function describeGroups(
  db: GraphDatabase,
  domain: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.read<{ id: string; name: string }>(
    `MATCH (g:Group {okta_domain: $domain}) WHERE g.id IN $ids AND g.name IS NOT NULL
     RETURN g.id AS id, g.name AS name`,
    { domain, ids },
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Cypher: a time as ISO 8601 with `Z`. JavaScript cannot parse Neo4j's form with a zone name, `Z[UTC]`. */
export const ISO = (time: string) =>
  `CASE WHEN ${time} IS NULL THEN null ELSE toString(datetime({epochMillis: ${time}.epochMillis})) END`;

interface RunRow {
  runId: string;
  runNumber: number;
  workflowId: string;
  mode: SyncMode;
  outcome: RecordedRun['outcome'];
  startedAt: string;
  finishedAt: string | null;
  report: string | null;
}

async function runs(db: GraphDatabase, where: string, parameters: Parameters): Promise<RecordedRun[]> {
  const rows = await db.read<RunRow>(
    // The console's index on numbers has the runs in order, so that only the last ones are read.
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number >= 0 AND ${where}
     RETURN r.id AS runId, r.number AS runNumber, r.workflow_id AS workflowId, r.mode AS mode, r.outcome AS outcome,
            ${ISO('r.started_at')} AS startedAt, ${ISO('r.finished_at')} AS finishedAt, r.report AS report
     ORDER BY r.okta_domain DESC, r.number DESC LIMIT toInteger($limit)`,
    parameters,
  );
  return rows.map(({ startedAt, finishedAt, report, ...run }) => ({
    ...run,
    startedAt: new Date(startedAt),
    ...(finishedAt === null ? {} : { finishedAt: new Date(finishedAt) }),
    ...(report === null ? {} : { report: JSON.parse(report) as SyncReport }),
  }));
}
