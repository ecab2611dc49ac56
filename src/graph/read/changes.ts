import type { NodeLabel } from '../../contract';
import { PAST_ACCESS } from '../schema/accessSchema';
import type { GraphDatabase } from '../database';
import { everNode } from './asOf';
import type { ChangedObject, ChangeKind } from './changingRuns';
import { ISO } from './reports';
import { integer } from '../values';

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

/** The user or group that changes are limited to. */
export interface About {
  label: NodeLabel;
  id: string;
}

/** Which changes to read; all if both are absent. */
export interface Wanted {
  kinds?: ReadonlySet<ChangedObject> | undefined;
  about?: About | undefined;
}

function isWanted(what: ChangedObject, { kinds, about }: Wanted): boolean {
  if (kinds && !kinds.has(what)) return false;
  if (!about || what in EDGE_OBJECTS) return true;
  return what === about.label.toLowerCase();
}

const rangeOf = (domain: string, from: number, to: number, { about }: Wanted) => ({
  domain,
  from: integer(from),
  to: integer(to),
  about: about?.id ?? null,
});

/** Number of nodes whose relationships are read in one query. */
const TOGETHER = 100;

/**
 * Returns all changes of these runs that are still kept: users, groups, apps and group rules, then memberships by group,
 * assignments by app and admin roles, each oldest first. Read in batches, since a first run has changed everything in the
 * graph.
 *
 * @param limits how many to read at most in each batch, and which; default all.
 */
export async function* changesOf(
  db: GraphDatabase,
  domain: string,
  from: number,
  to: number,
  { atMost, ...wanted }: { atMost?: number } & Wanted = {},
): AsyncGenerator<GraphChange> {
  const range = rangeOf(domain, from, to, wanted);
  const limit = atMost === undefined ? '' : ` LIMIT ${atMost}`;
  for (const [what, statement] of nodeStatements(wanted, 'ASC'))
    for (const row of await db.read<Row>(statement + limit, range)) yield toChange(what, row);
  for (const what of EDGE_KINDS.filter((each) => isWanted(each, wanted))) {
    if (wanted.about) {
      for (const row of await db.read<Row>(FOUND_EDGES(what, wanted.about, 'ASC') + limit, range))
        yield toChange(what, row);
      continue;
    }
    const targets = await db.read<{ id: string }>(TARGETS(what), range);
    for (let at = 0; at < targets.length; at += TOGETHER) {
      const ids = targets.slice(at, at + TOGETHER).map(({ id }) => id);
      for (const row of await db.read<Row>(EDGES(what) + limit, { ...range, ids })) yield toChange(what, row);
    }
  }
}

/**
 * Returns the latest changes of these runs that are still kept, newest run first, and those of a run in the order of
 * {@link changesOf}. Relationships are found by the console's indexes, which are slower than batches if a run has
 * changed everything.
 */
export async function latestChanges(
  db: GraphDatabase,
  domain: string,
  from: number,
  to: number,
  { atMost, ...wanted }: { atMost: number } & Wanted,
): Promise<GraphChange[]> {
  const range = rangeOf(domain, from, to, wanted);
  const statements = [
    ...nodeStatements(wanted, 'DESC'),
    ...EDGE_KINDS.filter((what) => isWanted(what, wanted)).map(
      (what) => [what, FOUND_EDGES(what, wanted.about, 'DESC')] as const,
    ),
  ];
  const found: GraphChange[] = [];
  for (const [what, statement] of statements) {
    // Of one run, the changes of the first kinds come first.
    if (from === to && found.length >= atMost) break;
    const rows = await db.read<Row>(`${statement} LIMIT ${atMost}`, range);
    found.push(...rows.map((row) => toChange(what, row)));
  }
  return found.sort((a, b) => b.runNumber - a.runNumber).slice(0, atMost);
}

type Order = 'ASC' | 'DESC';

/** Statements that find changes of users, groups, apps and rules, each in order of runs. */
function nodeStatements(wanted: Wanted, order: Order): (readonly [ChangedObject, string])[] {
  const nodes = (['User', 'Group'] as const).flatMap((label) => {
    const what = label === 'User' ? 'user' : 'group';
    if (!isWanted(what, wanted)) return [];
    return [ADDED(label, wanted, order), CHANGED(label, wanted, order)].map((each) => [what, each] as const);
  });
  const access = (['app', 'rule'] as const)
    .filter((what) => isWanted(what, wanted))
    .map((what) => [what, ADDED_OR_REMOVED(what, order)] as const);
  return [...nodes, ...access];
}

const IN_RANGE = (number: string) => `${number} >= $from AND ${number} <= $to`;

/**
 * Cypher: binds `n` and `c` to nodes and their changes; of the user or group `$about`, if there is one, without a label of
 * the change, so that the planner does not begin at the runs.
 */
const KEPT = (label: NodeLabel, { about }: Wanted) =>
  about
    ? `${everNode(label, 'n', '$about')} MATCH (n)-[:CHANGED]->(c)`
    : `MATCH (n)-[:CHANGED]->(c:${label}Change {okta_domain: $domain})`;

/**
 * A node that was added, removed and added back in one run appears once: its former node records the first time. Only
 * changes of the kind `removed` have `added_run`.
 */
const ADDED = (label: NodeLabel, wanted: Wanted, order: Order) => `
  CALL () {
    ${
      wanted.about
        ? `MATCH (n:${label} {okta_domain: $domain, id: $about}) USING INDEX SEEK n:${label}(okta_domain, id)`
        : `MATCH (n:${label} {okta_domain: $domain})`
    } WHERE ${IN_RANGE('n.added_run')}
    RETURN n, n.added_run AS run
    UNION ALL
    ${KEPT(label, wanted)}
    WHERE c.run >= $from AND ${IN_RANGE('c.added_run')}
    RETURN n, c.added_run AS run
  }
  RETURN run, 'added' AS change, ${nodeColumns(label)}, null AS fields, null AS properties, null AS by
  ORDER BY run ${order}, n.id`;

const CHANGED = (label: NodeLabel, wanted: Wanted, order: Order) => `
  ${KEPT(label, wanted)} WHERE ${IN_RANGE('c.run')}
  RETURN c.run AS run, c.kind AS change, ${nodeColumns(label)}, c.fields AS fields, properties(c) AS properties,
         ${ISO('c.at')} AS by
  ORDER BY run ${order}, change, n.id`;

/** Apps and rules have no changes of their own: what they were last added and removed by is on them. */
const ADDED_OR_REMOVED = (what: 'app' | 'rule', order: Order) => {
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
  ORDER BY run ${order}, change, n.id`;
};

/** Relationships to a target: their types now and past, the target's labels and columns, and its latest run with changes. */
const EDGE_OBJECTS = {
  membership: {
    now: 'MEMBER_OF',
    past: 'WAS_MEMBER_OF',
    labels: ['Group', 'FormerGroup'],
    columns: 't.id AS groupId, t.name AS groupName',
    changedRun: 'memberships_changed_run',
  },
  assignment: {
    now: 'ASSIGNED_TO',
    past: PAST_ACCESS.ASSIGNED_TO,
    labels: ['App', 'FormerApp'],
    columns: `t.id AS appId, t.label AS appName, ${assignee('Group')}`,
    changedRun: 'assignments_changed_run',
  },
  role: {
    now: 'HAS_ROLE',
    past: PAST_ACCESS.HAS_ROLE,
    labels: ['AdminRole'],
    columns: `t.id AS roleId, t.label AS roleName, ${assignee('Group')}`,
    changedRun: 'assignments_changed_run',
  },
} as const;

type EdgeObject = keyof typeof EDGE_OBJECTS;

const EDGE_KINDS = Object.keys(EDGE_OBJECTS) as EdgeObject[];

const TARGETS = (what: EdgeObject) =>
  EDGE_OBJECTS[what].labels
    .map(
      (label) =>
        `MATCH (t:${label} {okta_domain: $domain}) WHERE t.${EDGE_OBJECTS[what].changedRun} >= $from RETURN elementId(t) AS id`,
    )
    .join(' UNION ALL ');

const edgeColumns = (what: EdgeObject) =>
  `side.run AS run, side.change AS change, ${assignee('User')}, ${EDGE_OBJECTS[what].columns},
         ${ISO('side.after')} AS after, ${ISO('side.by')} AS by`;

const OPENED = `{run: m.opened_by, change: 'added', after: m.not_before, by: m.valid_from}`;
const CLOSED = `{run: m.closed_by, change: 'removed', after: m.ended_after, by: m.valid_to}`;

const EDGES = (what: EdgeObject) => `
  MATCH (t) WHERE elementId(t) IN $ids
  MATCH (t)<-[m:${EDGE_OBJECTS[what].now}|${EDGE_OBJECTS[what].past}]-(s)
  WHERE (${IN_RANGE('m.opened_by')}) OR (${IN_RANGE('m.closed_by')})
  UNWIND [${OPENED}, ${CLOSED}] AS side
  WITH * WHERE ${IN_RANGE('side.run')}
  RETURN ${edgeColumns(what)}
  ORDER BY t.id, run, change, s.id`;

/** Relationships that began or ended, found by the runs that did it, or from the user or group that they are about. */
const FOUND_EDGES = (what: EdgeObject, about: About | undefined, order: Order) => {
  const { now, past } = EDGE_OBJECTS[what];
  const end = about?.label === 'Group' && what === 'membership' ? 't' : 's';
  const found = (type: string, run: 'opened_by' | 'closed_by') => {
    // Without a name of its own for the run, the planner may begin at the runs even if a user or group is given.
    const [from, where] = about
      ? [everNode(about.label, end, '$about'), `WITH s, m, t, m.${run} AS number WHERE ${IN_RANGE('number')}`]
      : ['', `USING INDEX m:${type}(${run}) WHERE ${IN_RANGE(`m.${run}`)}`];
    return `${from}
    MATCH (s)-[m:${type}]->(t {okta_domain: $domain}) ${where}
    RETURN s, t, ${run === 'opened_by' ? OPENED : CLOSED} AS side`;
  };
  return `
  CALL () {
    ${[found(now, 'opened_by'), found(past, 'opened_by'), found(past, 'closed_by')].join('\n    UNION ALL\n    ')}
  }
  RETURN ${edgeColumns(what)}
  ORDER BY run ${order}, t.id, change, s.id`;
};

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
    ? 'n.id AS userId, n.display_name AS userName, n.email AS userEmail'
    : 'n.id AS groupId, n.name AS groupName';
}

/** A row with the properties of a change; null for those that it does not have. */
interface Row extends Record<string, unknown> {
  run: number;
  /** Of the node that records a change of properties. */
  properties?: Record<string, unknown> | null;
}

function toChange(what: ChangedObject, { run, properties, by, ...row }: Row): GraphChange {
  const values = Object.entries(properties ?? {}).filter(([key]) => /_(before|after)$/.test(key));
  return withoutNulls({
    runNumber: run,
    what,
    ...row,
    values: values.length === 0 ? null : Object.fromEntries(values),
    by,
  }) as unknown as GraphChange;
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
