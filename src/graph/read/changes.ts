import type { SyncOutcome, NodeLabel } from '../../contract';
import { PAST_ACCESS } from '../schema/accessSchema';
import { hasRead } from '../write/access/kinds';
import type { GraphDatabase } from '../database';
import { ISO } from './reports';
import { dateTime, integer } from '../values';

/** One change made by a run. Times are ISO 8601 in UTC. */
export interface GraphChange {
  runNumber: number;
  what: ChangedObject;
  change: ChangeKind;
  userId?: string;
  userName?: string;
  userEmail?: string;
  groupId?: string;
  groupName?: string;
  appId?: string;
  appName?: string;
  roleId?: string;
  roleName?: string;
  ruleId?: string;
  ruleName?: string;
  /** For `changed`: the names of the properties. */
  fields?: string[];
  /** Values of the properties whose history is kept, as `PROPERTY_before` and `PROPERTY_after`. */
  values?: Record<string, string>;
  /** For a relationship: the last read that did not yet show the change. Absent if unknown. */
  after?: string;
  /** The first read that showed the change. */
  by?: string;
}

/** What a run changes, by the counts of a {@link ChangingRun}. A role is the assignment of an admin role. */
export const CHANGED_OBJECTS = {
  user: 'users',
  group: 'groups',
  membership: 'memberships',
  app: 'apps',
  assignment: 'assignments',
  role: 'roles',
  rule: 'rules',
} as const;

export type ChangedObject = keyof typeof CHANGED_OBJECTS;

type ChangeKind = 'added' | 'changed' | 'removed';

type EdgeChanges = Record<'added' | 'removed', number>;

/** A run and its own counts of what it changed. */
export interface ChangingRun {
  runId: string;
  runNumber: number;
  outcome: SyncOutcome | 'running';
  startedAt: string;
  users: Record<ChangeKind, number>;
  groups: Record<ChangeKind, number>;
  memberships: EdgeChanges;
  /** Null for what the run has not read. */
  apps: EdgeChanges | null;
  assignments: EdgeChanges | null;
  roles: EdgeChanges | null;
  rules: EdgeChanges | null;
}

/** Cypher: the counts of run `r`, null for what it has not read. */
const ACCESS_COUNTS = (
  [
    ['apps', 'created', 'deleted'],
    ['assignments', 'added', 'removed'],
    ['roles', 'added', 'removed'],
    ['rules', 'created', 'deleted'],
  ] as const
)
  .map(
    ([kind, added, removed]) =>
      `CASE WHEN ${hasRead(kind)} THEN {added: r.${kind}_${added}, removed: r.${kind}_${removed}} END AS ${kind}`,
  )
  .join(', ');

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
            {added: r.memberships_added, removed: r.memberships_removed} AS memberships,
            ${ACCESS_COUNTS}
     ORDER BY runNumber`,
    'sinceMs' in which ? { domain, since: dateTime(which.sinceMs) } : { domain, runId: which.runId },
  );
}

/**
 * Returns how many changes the runs have counted that are not in the graph; never negative, since a run in progress has
 * not counted all yet.
 *
 * @param found number of changes that were read, by object and kind, such as `user added`.
 */
export function missingOf(runs: readonly ChangingRun[], found: ReadonlyMap<string, number>): number {
  let missing = 0;
  for (const what of Object.keys(CHANGED_OBJECTS) as ChangedObject[]) {
    for (const change of ['added', 'changed', 'removed'] as const) {
      const countIn = (run: ChangingRun) => {
        const counts: Partial<Record<typeof change, number>> | null = run[CHANGED_OBJECTS[what]];
        return counts?.[change] ?? 0;
      };
      const counted = runs.reduce((sum, run) => sum + countIn(run), 0);
      missing += Math.max(0, counted - (found.get(`${what} ${change}`) ?? 0));
    }
  }
  return missing;
}

/** Number of nodes whose relationships are read in one query. */
const TOGETHER = 100;

/**
 * Returns all changes of these runs that are still kept: users, groups, apps and group rules, then memberships by group,
 * assignments by app and admin roles. Read in batches, since a first run has changed everything in the graph.
 *
 * @param limits how many to read at most in each batch, and which kinds; default all.
 */
export async function* changesOf(
  db: GraphDatabase,
  domain: string,
  from: number,
  to: number,
  { atMost, kinds }: { atMost?: number; kinds?: ReadonlySet<ChangedObject> } = {},
): AsyncGenerator<GraphChange> {
  const range = { domain, from: integer(from), to: integer(to) };
  const limit = atMost === undefined ? '' : ` LIMIT ${atMost}`;
  const isWanted = (kind: ChangedObject) => !kinds || kinds.has(kind);
  for (const label of ['User', 'Group'] as const) {
    if (!isWanted(label === 'User' ? 'user' : 'group')) continue;
    for (const statement of [ADDED(label), CHANGED(label)]) {
      for (const row of await db.read<Row>(statement + limit, range)) yield toChange(label, row);
    }
  }
  for (const what of (['app', 'rule'] as const).filter(isWanted))
    for (const row of await db.read<ChangeRow>(ADDED_OR_REMOVED(what) + limit, range))
      yield toGraphChange(what, row);
  for (const what of (['membership', 'assignment', 'role'] as const).filter(isWanted)) {
    const targets = await db.read<{ id: string }>(TARGETS(what), range);
    for (let at = 0; at < targets.length; at += TOGETHER) {
      const ids = targets.slice(at, at + TOGETHER).map(({ id }) => id);
      for (const row of await db.read<ChangeRow>(EDGES(what) + limit, { ...range, ids }))
        yield toGraphChange(what, row);
    }
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

/** Apps and rules have no changes of their own: what they were last added and removed by is on them. */
const ADDED_OR_REMOVED = (what: 'app' | 'rule') => {
  const label = what === 'app' ? 'App' : 'GroupRule';
  const columns = `n.id AS ${what}Id, n.${what === 'app' ? 'label' : 'name'} AS ${what}Name`;
  return `
  CALL () {
    MATCH (n:${label} {okta_domain: $domain}) WHERE n.id IS NOT NULL RETURN n
    UNION ALL
    MATCH (n:Former${label} {okta_domain: $domain}) WHERE n.id IS NOT NULL RETURN n
  }
  UNWIND [{run: n.added_run, change: 'added'}, {run: n.removed_run, change: 'removed', by: n.removed_at}] AS side
  WITH * WHERE ${IN_RANGE('side.run')}
  RETURN side.run AS run, side.change AS change, ${columns}, ${ISO('side.by')} AS by
  ORDER BY run, change, n.id`;
};

/** Relationships to a target: their types, the target's labels and columns, and Cypher for targets that may have changed. */
const EDGE_OBJECTS = {
  membership: {
    types: 'MEMBER_OF|WAS_MEMBER_OF',
    labels: ['Group', 'FormerGroup'],
    columns: 't.id AS groupId, t.name AS groupName',
    isChanged: 't.memberships_changed_run >= $from',
  },
  assignment: {
    types: `ASSIGNED_TO|${PAST_ACCESS.ASSIGNED_TO}`,
    labels: ['App', 'FormerApp'],
    columns: `t.id AS appId, t.label AS appName, ${assignee('Group')}`,
    isChanged: 't.assignments_changed_run >= $from',
  },
  role: {
    types: `HAS_ROLE|${PAST_ACCESS.HAS_ROLE}`,
    labels: ['AdminRole'],
    columns: `t.id AS roleId, t.label AS roleName, ${assignee('Group')}`,
    isChanged: 't.assignments_changed_run >= $from',
  },
} as const;

type EdgeObject = keyof typeof EDGE_OBJECTS;

const TARGETS = (what: EdgeObject) =>
  EDGE_OBJECTS[what].labels
    .map(
      (label) =>
        `MATCH (t:${label} {okta_domain: $domain}) WHERE ${EDGE_OBJECTS[what].isChanged} RETURN elementId(t) AS id`,
    )
    .join(' UNION ALL ');

const EDGES = (what: EdgeObject) => `
  MATCH (t) WHERE elementId(t) IN $ids
  MATCH (t)<-[m:${EDGE_OBJECTS[what].types}]-(s)
  WHERE (${IN_RANGE('m.opened_by')}) OR (${IN_RANGE('m.closed_by')})
  UNWIND [{run: m.opened_by, change: 'added', after: m.not_before, by: m.valid_from},
          {run: m.closed_by, change: 'removed', after: m.ended_after, by: m.valid_to}] AS side
  WITH * WHERE ${IN_RANGE('side.run')}
  RETURN side.run AS run, side.change AS change, ${assignee('User')}, ${EDGE_OBJECTS[what].columns},
         ${ISO('side.after')} AS after, ${ISO('side.by')} AS by
  ORDER BY t.id, run, change, s.id`;

/** Cypher: the columns of the user or the group `s`, null if it is the other one. */
function assignee(label: NodeLabel): string {
  const [prefix, properties] =
    label === 'User'
      ? (['user', { Id: 'id', Name: 'display_name', Email: 'email' }] as const)
      : (['group', { Id: 'id', Name: 'name' }] as const);
  return Object.entries(properties)
    .map(
      ([name, property]) => `CASE WHEN s:${label}|Former${label} THEN s.${property} END AS ${prefix}${name}`,
    )
    .join(', ');
}

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

/** A row with the properties of a change; null for those that it does not have. */
interface ChangeRow extends Record<string, unknown> {
  run: number;
}

function toGraphChange(what: ChangedObject, { run, ...row }: ChangeRow): GraphChange {
  return withoutNulls({ runNumber: run, what, ...row }) as unknown as GraphChange;
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
