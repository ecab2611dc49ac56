import type { SyncOutcome, NodeLabel } from '../../contract';
import type { GraphDatabase } from '../database';
import { ISO } from './reports';
import { dateTime, integer } from '../values';

/** One change made by a run. Times are ISO 8601 in UTC. */
export interface GraphChange {
  runNumber: number;
  what: 'user' | 'group' | 'membership';
  change: ChangeKind;
  userId?: string;
  userName?: string;
  userEmail?: string;
  groupId?: string;
  groupName?: string;
  /** For `changed`: the names of the properties. */
  fields?: string[];
  /** Values of the properties whose history is kept, as `PROPERTY_before` and `PROPERTY_after`. */
  values?: Record<string, string>;
  /** For a membership: the last read that did not yet show the change. Absent if unknown. */
  after?: string;
  /** The first read that showed the change. */
  by?: string;
}

type ChangeKind = 'added' | 'changed' | 'removed';

/** A run and its own counts of what it changed. */
export interface ChangingRun {
  runId: string;
  runNumber: number;
  outcome: SyncOutcome | 'running';
  startedAt: string;
  users: Record<ChangeKind, number>;
  groups: Record<ChangeKind, number>;
  memberships: Record<'added' | 'removed', number>;
}

/** Returns the runs that began at or after a time, or the one with this id; oldest first. */
export async function changingRuns(
  db: GraphDatabase,
  domain: string,
  which: { sinceMs: number } | { runId: string },
): Promise<ChangingRun[]> {
  const where = 'sinceMs' in which ? 'r.started_at >= $since' : 'r.id = $runId';
  return db.read<ChangingRun>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE ${where}
     RETURN r.id AS runId, r.number AS runNumber, r.outcome AS outcome, ${ISO('r.started_at')} AS startedAt,
            {added: r.users_created, changed: r.users_updated, removed: r.users_deleted} AS users,
            {added: r.groups_created, changed: r.groups_updated, removed: r.groups_deleted} AS groups,
            {added: r.memberships_added, removed: r.memberships_removed} AS memberships
     ORDER BY runNumber`,
    'sinceMs' in which ? { domain, since: dateTime(which.sinceMs) } : { domain, runId: which.runId },
  );
}

/** Number of groups whose memberships are read in one query. */
const GROUPS = 100;

/**
 * Returns all changes of these runs that are still kept: users, then groups, then memberships by group. Read in
 * batches, since a first run has changed everything in the graph.
 */
export async function* changesOf(
  db: GraphDatabase,
  domain: string,
  from: number,
  to: number,
): AsyncGenerator<GraphChange> {
  const range = { domain, from: integer(from), to: integer(to) };
  for (const label of ['User', 'Group'] as const) {
    for (const statement of [ADDED(label), CHANGED(label)]) {
      for (const row of await db.read<Row>(statement, range)) yield toChange(label, row);
    }
  }
  const groups = await db.read<{ id: string }>(CHANGED_GROUPS, range);
  for (let at = 0; at < groups.length; at += GROUPS) {
    const ids = groups.slice(at, at + GROUPS).map(({ id }) => id);
    for (const row of await db.read<MembershipRow>(MEMBERSHIPS, { ...range, ids })) yield toMembership(row);
  }
}

const IN_RANGE = (number: string) => `${number} >= $from AND ${number} <= $to`;

/**
 * A node that was added, removed and added back in one run appears once: its former node records the first time. Only
 * changes of the kind `removed` have `added_run`.
 */
const ADDED = (label: NodeLabel) => `
  CALL () {
    MATCH (n:${label} {okta_domain: $domain}) WHERE ${IN_RANGE('n.added_run')}
    RETURN n, n.added_run AS run
    UNION ALL
    MATCH (n)-[:CHANGED]->(c:${label}Change {okta_domain: $domain})
    WHERE c.run >= $from AND ${IN_RANGE('c.added_run')}
    RETURN n, c.added_run AS run
  }
  RETURN run, 'added' AS change, ${nodeColumns(label)}, null AS fields, null AS properties, null AS by
  ORDER BY run, id`;

const CHANGED = (label: NodeLabel) => `
  MATCH (n)-[:CHANGED]->(c:${label}Change {okta_domain: $domain}) WHERE ${IN_RANGE('c.run')}
  RETURN c.run AS run, c.kind AS change, ${nodeColumns(label)}, c.fields AS fields, properties(c) AS properties,
         ${ISO('c.at')} AS by
  ORDER BY run, change, id`;

const CHANGED_GROUPS = ['Group', 'FormerGroup']
  .map(
    (label) =>
      `MATCH (g:${label} {okta_domain: $domain}) WHERE g.memberships_changed_run >= $from RETURN elementId(g) AS id`,
  )
  .join(' UNION ALL ');

const MEMBERSHIPS = `
  MATCH (g) WHERE elementId(g) IN $ids
  MATCH (g)<-[m:MEMBER_OF|WAS_MEMBER_OF]-(u)
  WHERE (${IN_RANGE('m.opened_by')}) OR (${IN_RANGE('m.closed_by')})
  UNWIND [{run: m.opened_by, change: 'added', after: m.not_before, by: m.valid_from},
          {run: m.closed_by, change: 'removed', after: m.ended_after, by: m.valid_to}] AS side
  WITH * WHERE ${IN_RANGE('side.run')}
  RETURN side.run AS run, side.change AS change, u.id AS userId, u.display_name AS userName, u.email AS userEmail,
         g.id AS groupId, g.name AS groupName, ${ISO('side.after')} AS after, ${ISO('side.by')} AS by
  ORDER BY groupId, run, change, userId`;

function nodeColumns(label: NodeLabel): string {
  return label === 'User'
    ? 'n.id AS id, n.display_name AS name, n.email AS email'
    : 'n.id AS id, n.name AS name, null AS email';
}

interface Row {
  run: number;
  change: ChangeKind;
  id: string;
  name: string | null;
  email: string | null;
  fields: string[] | null;
  properties: Record<string, unknown> | null;
  by: string | null;
}

function toChange(
  label: NodeLabel,
  { run, change, id, name, email, fields, properties, by }: Row,
): GraphChange {
  const values = Object.entries(properties ?? {}).filter(([key]) => /_(before|after)$/.test(key));
  return withoutNulls({
    runNumber: run,
    what: label === 'User' ? 'user' : 'group',
    change,
    ...(label === 'User'
      ? { userId: id, userName: name, userEmail: email }
      : { groupId: id, groupName: name }),
    fields,
    values: values.length === 0 ? null : Object.fromEntries(values),
    by,
  }) as unknown as GraphChange;
}

interface MembershipRow {
  run: number;
  change: ChangeKind;
  userId: string;
  userName: string | null;
  userEmail: string | null;
  groupId: string;
  groupName: string | null;
  after: string | null;
  by: string | null;
}

function toMembership({ run, ...row }: MembershipRow): GraphChange {
  return withoutNulls({ runNumber: run, what: 'membership', ...row }) as unknown as GraphChange;
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
