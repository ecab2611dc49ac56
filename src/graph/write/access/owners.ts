import type { LogFindings } from '../../../contract';
import type { GraphDatabase, Transaction } from '../../database';
import { dateTime, integer } from '../../values';
import { oktaLabel } from '../oktaLabels';
import { listsAllGroups, scopeOf, type Run } from '../run';
import { writeClaimed, type AccessWriter, type Asked } from './attempt';

/** What the lists of a person's and of a group's roles have in common. */
const ROLES = {
  edge: '(o)-[e:HAS_ROLE]->(t:AdminRole)',
  target: 'AdminRole',
  key: "t.id + ' ' + e.assignment_id",
  readAt: 'roles_as_of',
  readRun: 'roles_read_run',
  verifyRun: 'roles_verify_run',
  notFoundRun: 'roles_not_found_run',
  counts: 'roles',
  onRead: 'SET o.roles_due = null',
} as const;

/**
 * A list of edges that Okta serves for one node, its owner, and that is read whole before anything of it ends: the table
 * of all there are.
 */
export const EDGE_LISTS = {
  groupApps: {
    owner: 'Group',
    edge: '(o)-[e:ASSIGNED_TO]->(t:App)',
    target: 'App',
    key: 't.id',
    readAt: 'apps_as_of',
    readRun: 'apps_read_run',
    verifyRun: 'apps_verify_run',
    notFoundRun: 'apps_not_found_run',
    counts: 'assignments',
    /** Cypher: true if group `o` may have apps. */
    mayHave: '(o.apps_count IS NULL OR o.apps_count > 0 OR EXISTS { (o)-[:ASSIGNED_TO]->(:App) })',
    /** Cypher: true if something indicates a change since the last read. */
    isCalledFor:
      'coalesce(o.apps_due, false) OR (o.apps_count IS NOT NULL AND coalesce(o.apps_count <> o.apps_count_read, true))',
    onRead: 'SET o.apps_count_read = o.apps_count, o.apps_due = null',
  },
  appUsers: {
    owner: 'App',
    edge: '(o)<-[e:ASSIGNED_TO]-(t:User)',
    target: 'User',
    key: 't.id',
    readAt: 'users_as_of',
    readRun: 'users_read_run',
    verifyRun: 'users_verify_run',
    notFoundRun: 'users_not_found_run',
    counts: 'assignments',
    mayHave: 'true',
    isCalledFor: 'coalesce(o.users_due, false)',
    onRead: 'SET o.users_due = null',
  },
  userRoles: {
    owner: 'User',
    ...ROLES,
    // Who has a role was on the list of admins once; there is an index of these few.
    mayHave: 'o.admin_listed_run > 0 AND (o.admin_listed_run = $run OR EXISTS { (o)-[:HAS_ROLE]->() })',
    isCalledFor: 'coalesce(o.roles_due, false) OR coalesce(o.admin_listed_run, 0) < $run',
    // When a user is known to have had no role, if the list was not read: one that the graph had, and that the list of
    // admins of the run before lacked.
    lackedAt:
      'CASE WHEN o.admin_since_run = $run THEN head(COLLECT { MATCH (org:OktaOrg {domain: $domain}) RETURN org.admins_before }) END',
  },
  groupRoles: {
    owner: 'Group',
    ...ROLES,
    mayHave: '(o.has_admin_privilege OR EXISTS { (o)-[:HAS_ROLE]->() })',
    isCalledFor: 'coalesce(o.roles_due, false) OR NOT coalesce(o.has_admin_privilege, false)',
  },
} as const;

export type EdgeList = keyof typeof EDGE_LISTS;

/** Cypher: true if owner `o` exists as far as the run knows. */
const exists = (list: EdgeList) => {
  const { owner } = EDGE_LISTS[list];
  if (owner === 'User') return 'true';
  return owner === 'Group' ? '(o.last_seen_run >= $run OR NOT $listsAll)' : 'o.last_seen_run >= $run';
};

/**
 * Returns the owners whose list the run has to read: in a full run all that may have edges, otherwise those that
 * something calls for, those never read, and the share that was tried the longest ago.
 */
export async function ownersToRead(writer: AccessWriter, list: EdgeList): Promise<string[]> {
  const { db, run } = writer;
  const { owner, mayHave, isCalledFor, readAt, readRun, verifyRun } = EDGE_LISTS[list];
  const inDoubt = new Set(await ownersInDoubt(db, run, list));
  const rows = await db.read<OwnerState>(
    `MATCH (o:${owner} {okta_domain: $domain}) WHERE ${exists(list)} AND ${mayHave}
     WITH o ORDER BY coalesce(o.${readRun}, 0), o.${readAt}, o.id
     RETURN o.id AS id, coalesce(o.${readRun}, 0) < $run AS isUnread, o.${readAt} IS NOT NULL AS wasRead,
       coalesce(o.${verifyRun} = $run, false) AS isChosen, $full OR o.${readAt} IS NULL OR ${isCalledFor} AS isCalledFor`,
    { ...scopeOf(run), full: run.mode === 'full', listsAll: listsAllGroups(run) },
  );
  const toVerify = run.mode === 'full' ? new Set() : await ownersToVerify(writer, list, rows);
  return rows
    .filter(
      ({ id, isUnread, isCalledFor }) => isUnread && (isCalledFor || inDoubt.has(id) || toVerify.has(id)),
    )
    .map(({ id }) => id);
}

/** Has the lists read that the System Log has named, whatever else Okta shows of their owners. */
export async function callForLists(
  tx: Transaction,
  domain: string,
  { apps = [], owners: { users, groups } = { users: [], groups: [] } }: Pick<LogFindings, 'apps' | 'owners'>,
): Promise<void> {
  for (const [label, ids, due] of [
    ['App', apps, 'n.users_due = true'],
    ['User', users, 'n.roles_due = true'],
    ['Group', groups, 'n.roles_due = true, n.apps_due = true'],
  ] as const)
    if (ids.length > 0)
      await tx.run(`UNWIND $ids AS id MATCH (n:${label} {okta_domain: $domain, id: id}) SET ${due}`, {
        domain,
        ids,
      });
}

/** An owner of lists, with what is known of its list. */
interface OwnerState {
  id: string;
  /** True if the run has not tried its list. */
  isUnread: boolean;
  /** True if its list was read completely before. */
  wasRead: boolean;
  /** True if the run has chosen it for verification. */
  isChosen: boolean;
  isCalledFor: boolean;
}

/** Returns the owners that the run reads only to verify them. They are marked, so that each chunk finds the same. */
async function ownersToVerify(
  writer: AccessWriter,
  list: EdgeList,
  rows: readonly OwnerState[],
): Promise<Set<string>> {
  const { accessVerifyShare: share = 0 } = writer.run;
  const chosen = rows.filter(({ isChosen }) => isChosen);
  if (chosen.length > 0) return new Set(chosen.map(({ id }) => id));
  const read = rows.filter(({ wasRead }) => wasRead);
  const ids = read.slice(0, Math.ceil(read.length * share)).map(({ id }) => id);
  const { owner, verifyRun } = EDGE_LISTS[list];
  if (ids.length > 0)
    await writeClaimed(writer, async (tx) => {
      await tx.run(
        `UNWIND $ids AS id MATCH (o:${owner} {okta_domain: $domain, id: id}) SET o.${verifyRun} = $run`,
        { ...scopeOf(writer.run), ids },
      );
      return { counts: {}, warnings: [] };
    });
  return new Set(ids);
}

/** One edge of an owner's list. */
export interface ListedEdge {
  /** Id of the node at its other end. */
  id: string;
  /** Only of a role: its type and label, and the properties of the edge. */
  role?: {
    type: string | null;
    label: string | null;
    assignmentId: string;
    status: string | null;
    resourceSet: string | null;
  };
}

/** An owner's list, read to its end. */
export interface OwnerRead {
  id: string;
  edges: readonly ListedEdge[];
  /** Okta's clock at the first page, milliseconds since the epoch. */
  asOfMs: number;
  /** Number of items that could not be read: any of them may be an edge that the list seems to lack. */
  malformed: number;
}

/** An edge as a list has it: the properties of the edge, and the type and label of a role. */
interface ListedRow {
  owner: string;
  id: string;
  type: string | null;
  label: string | null;
  properties: Readonly<Record<string, string | null>>;
}

/** A row that a statement adds. */
interface AddedRow extends ListedRow {
  asOf: unknown;
}

/** A row of an edge that the graph has already. */
interface ShownRow extends ListedRow {
  key: string;
}

/** A row of an edge that a list lacks. */
interface MissedRow {
  owner: string;
  id: string;
  key: string;
  asOf: unknown;
}

/** Maximum number of edges that one transaction writes. */
export const MAX_EDGES = 5_000;

const keyOf = ({ id, role }: ListedEdge): string => (role ? `${id} ${role.assignmentId}` : id);

/**
 * Adds the edges that owners' lists have and the graph lacks, and notes those that a list lacks: one that two reads, far
 * enough apart, lack is confirmed to have ended. Owners with an edge whose other end is not in the graph are counted
 * as left, and the next run reads them again.
 */
export async function writeOwners(
  writer: AccessWriter,
  list: EdgeList,
  reads: readonly OwnerRead[],
  asked: Asked,
): Promise<void> {
  const { db, run } = writer;
  const { owner, edge, key } = EDGE_LISTS[list];
  const present = await db.read<{ owner: string; key: string; id: string; isMissed: boolean }>(
    `UNWIND $ids AS id MATCH (o:${owner} {okta_domain: $domain, id: id})
     MATCH ${edge} RETURN o.id AS owner, ${key} AS key, t.id AS id, e.missing_run IS NOT NULL AS isMissed`,
    { domain: run.domain, ids: reads.map(({ id }) => id) },
  );
  const inGraph = byOwner(present);
  const add: AddedRow[] = [];
  const shown: ShownRow[] = [];
  const missed: MissedRow[] = [];
  for (const { id: ownerId, edges, asOfMs, malformed } of reads) {
    const asOf = dateTime(asOfMs);
    const listed = new Map(edges.map((each) => [keyOf(each), each]));
    for (const row of inGraph.get(ownerId) ?? []) {
      const still = listed.get(row.key);
      listed.delete(row.key);
      if (!still) {
        if (malformed === 0) missed.push({ owner: ownerId, id: row.id, key: row.key, asOf });
      } else if (row.isMissed || still.role)
        shown.push({ owner: ownerId, id: row.id, key: row.key, ...rowOf(still) });
    }
    for (const each of listed.values()) add.push({ owner: ownerId, id: each.id, asOf, ...rowOf(each) });
  }
  const lacking = new Set<string>();
  for (const rows of portionsOf(add)) for (const id of await addEdges(writer, list, rows)) lacking.add(id);
  const write = async (work: (tx: Transaction) => Promise<void>, left = 0) =>
    writeClaimed(writer, async (tx) => {
      await work(tx);
      return { counts: { access_left: left }, warnings: [] };
    });
  for (const rows of portionsOf(shown)) await write((tx) => noteShown(tx, run, list, rows));
  for (const rows of portionsOf(missed))
    await write((tx) => noteMissed(tx, run, list, { missed: rows, asked }));
  const unclear = reads.filter(({ id, malformed }) => malformed > 0 && !lacking.has(id));
  await write((tx) => markRead(tx, run, list, { reads, lacking }), lacking.size + unclear.length);
}

function* portionsOf<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += MAX_EDGES) yield rows.slice(from, from + MAX_EDGES);
}

function byOwner<Row extends { owner: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.owner);
    if (group) group.push(row);
    else groups.set(row.owner, [row]);
  }
  return groups;
}

function rowOf({ role }: ListedEdge): Pick<ListedRow, 'type' | 'label' | 'properties'> {
  const { type = null, label = null } = role ?? {};
  const properties = role
    ? { assignment_id: role.assignmentId, status: role.status, resource_set: role.resourceSet }
    : {};
  return { type, label, properties };
}

/** @returns ids of the owners of edges whose other end is not in the graph. */
async function addEdges(
  writer: AccessWriter,
  list: EdgeList,
  rows: readonly AddedRow[],
): Promise<Set<string>> {
  const { run } = writer;
  const of = EDGE_LISTS[list];
  const { owner, edge, target, readAt, counts } = of;
  const lackedAt = 'lackedAt' in of ? of.lackedAt : 'null';
  const { lacking } = await writeClaimed(writer, async (tx) => {
    const parameters = { ...scopeOf(run), rows };
    if (target === 'AdminRole')
      await tx.run(
        `UNWIND $rows AS row MERGE (t:AdminRole {okta_domain: $domain, id: row.id})
         SET t:AdminRole${oktaLabel(run, target)}, t.type = row.type, t.label = row.label`,
        parameters,
      );
    const added = await tx.run<{ owner: string; count: number }>(
      `UNWIND $rows AS row
       MATCH (o:${owner} {okta_domain: $domain, id: row.owner})
       MATCH (t:${target} {okta_domain: $domain, id: row.id})
       WITH o, t, row, coalesce(o.${readAt}, ${lackedAt}) AS before
       CREATE ${edge.replace(`:${target}`, '')}
       SET e = row.properties, e.valid_from = row.asOf, e.not_before = before, e.opened_by = $run,
           ${target === 'User' ? 'o' : 't'}.assignments_changed_run = $run
       RETURN o.id AS owner, count(*) AS count`,
      parameters,
    );
    const madeOf = new Map(added.map((row) => [row.owner, row.count]));
    const wanted = byOwner(rows);
    const made = added.reduce((sum, { count }) => sum + count, 0);
    return {
      counts: { [`${counts}_added`]: made },
      warnings: [],
      lacking: [...wanted].filter(([id, of]) => (madeOf.get(id) ?? 0) < of.length).map(([id]) => id),
    };
  });
  return new Set(lacking);
}

async function noteShown(
  tx: Transaction,
  run: Run,
  list: EdgeList,
  shown: readonly ShownRow[],
): Promise<void> {
  await tx.run(
    `UNWIND $rows AS row ${find(list)}
     SET e += row.properties, e.missing_run = null, e.missing_at = null, e.missing_since = null,
         e.missing_after = null, e.missing_twice = null
     ${EDGE_LISTS[list].counts === 'roles' ? 'SET t.type = row.type, t.label = row.label' : ''}`,
    { ...scopeOf(run), rows: shown },
  );
}

async function noteMissed(
  tx: Transaction,
  run: Run,
  list: EdgeList,
  { missed, asked }: { missed: readonly MissedRow[]; asked: Asked },
): Promise<void> {
  await tx.run(
    `UNWIND $rows AS row ${find(list)}
     SET e.missing_twice = CASE WHEN e.missing_since + duration({milliseconds: $gapMs}) <= $askedAt THEN true END,
         e.missing_run = $run, e.missing_at = coalesce(e.missing_at, row.asOf),
         e.missing_after = coalesce(e.missing_after, o.${EDGE_LISTS[list].readAt}),
         e.missing_since = coalesce(e.missing_since, datetime.realtime('UTC'))`,
    { ...scopeOf(run), rows: missed, askedAt: asked.at, gapMs: integer(asked.gapMs) },
  );
}

/** Cypher: binds the edge `e` of each `row`. With the key of `t`, it does not take all edges of an app for each. */
function find(list: EdgeList): string {
  const { owner, edge, key } = EDGE_LISTS[list];
  return `MATCH (o:${owner} {okta_domain: $domain, id: row.owner}) MATCH ${edge} WHERE t.okta_domain = $domain AND t.id = row.id AND ${key} = row.key`;
}

async function markRead(
  tx: Transaction,
  run: Run,
  list: EdgeList,
  { reads, lacking }: { reads: readonly OwnerRead[]; lacking: ReadonlySet<string> },
): Promise<void> {
  const { owner, readAt, readRun, notFoundRun, onRead } = EDGE_LISTS[list];
  await tx.run(
    `UNWIND $rows AS row
     MATCH (o:${owner} {okta_domain: $domain, id: row.id})
     SET o.${readRun} = $run, o.${readAt} = CASE WHEN row.isWhole THEN row.asOf ELSE o.${readAt} END,
         o.${notFoundRun} = null
     ${onRead}`,
    {
      ...scopeOf(run),
      // An edge that this read may have overlooked is dated by the last complete read before.
      rows: reads.map(({ id, asOfMs, malformed }) => ({
        id,
        asOf: lacking.has(id) ? null : dateTime(asOfMs),
        isWhole: malformed === 0 || lacking.has(id),
      })),
    },
  );
}

/**
 * Marks owners whose list could not be read, so that this run does not try them again; the next one does. One that Okta
 * does not find is in doubt, and is left if Okta, which lists it in this run, does not find it a second time: it is
 * usually deleted, but a 404 can also pass.
 */
export async function markUnread(
  writer: AccessWriter,
  list: EdgeList,
  { failed, notFound }: { failed: readonly string[]; notFound: readonly string[] },
): Promise<void> {
  const { owner, readAt, readRun, notFoundRun } = EDGE_LISTS[list];
  const isListed = `o.last_seen_run >= $run${owner === 'User' ? ' OR o.admin_listed_run = $run' : ''}`;
  await writeClaimed(writer, async (tx) => {
    const [row] = await tx.run<{ left: number }>(
      `UNWIND $failed + $notFound AS id MATCH (o:${owner} {okta_domain: $domain, id: id})
       WITH o, id IN $failed AS isFailed, id IN $notFound AS isNotFound, o.${notFoundRun} = $run AND (${isListed}) AS isLeft
       SET o.${readRun} = $run, o.${readAt} = CASE WHEN isFailed THEN null ELSE o.${readAt} END,
           o.${notFoundRun} = CASE WHEN isNotFound THEN $run ELSE o.${notFoundRun} END
       RETURN count(CASE WHEN isNotFound AND isLeft THEN 1 END) AS left`,
      { ...scopeOf(writer.run), failed, notFound },
    );
    return { counts: { access_left: failed.length + (row?.left ?? 0) }, warnings: [] };
  });
}

/**
 * Notes the users who have an admin role, directly or through a group: their roles are to be read.
 *
 * @param asOfMs Okta's clock at the list; undefined if it may lack somebody.
 */
export async function noteAdmins(
  writer: AccessWriter,
  ids: readonly string[],
  asOfMs: number | undefined,
): Promise<void> {
  await writeClaimed(writer, async (tx) => {
    await tx.run(
      `MATCH (o:OktaOrg {domain: $domain})
       FOREACH (_ IN CASE WHEN coalesce(o.admins_run, 0) < $run THEN [1] ELSE [] END |
         SET o.admins_before = o.admins_as_of, o.admins_before_run = o.admins_run, o.admins_run = $run)
       SET o.admins_as_of = $asOf
       WITH o UNWIND $ids AS id
       MATCH (u:User {okta_domain: $domain, id: id})
       SET u.admin_since_run = CASE WHEN u.admin_listed_run = $run THEN u.admin_since_run
             WHEN coalesce(u.admin_listed_run, 0) < o.admins_before_run AND u.added_run <= o.admins_before_run THEN $run END,
           u.admin_listed_run = $run`,
      { ...scopeOf(writer.run), ids, asOf: dateTime(asOfMs) },
    );
    return { counts: {}, warnings: [] };
  });
}

/** Returns true if a list of a kind was read completely for some owner. */
export async function wasEverRead(db: GraphDatabase, run: Run, list: EdgeList): Promise<boolean> {
  const { owner, readAt } = EDGE_LISTS[list];
  const found = await db.read(
    `MATCH (o:${owner} {okta_domain: $domain}) WHERE o.${readAt} IS NOT NULL RETURN 1 LIMIT 1`,
    scopeOf(run),
  );
  return found.length > 0;
}

/** Lets the roles be read again of whoever has an admin role again: users and groups that have none now. */
export async function forgetFormerAdmins(tx: Transaction, run: Run): Promise<void> {
  for (const [label, isNone] of [
    ['User', 'o.admin_listed_run < $run'],
    ['Group', 'o.has_admin_privilege = false'],
  ] as const)
    await tx.run(
      `MATCH (o:${label} {okta_domain: $domain})
       WHERE o.roles_as_of IS NOT NULL AND ${isNone} AND NOT EXISTS { (o)-[:HAS_ROLE]->() }
       SET o.roles_as_of = null`,
      scopeOf(run),
    );
}

/**
 * Returns the owners that Okta did not find, and those of edges that a list has lacked and that have not ended: in this
 * or an earlier run.
 */
export async function ownersInDoubt(db: GraphDatabase, run: Run, list: EdgeList): Promise<string[]> {
  const { owner, edge, notFoundRun } = EDGE_LISTS[list];
  const rows = await db.read<{ id: string }>(
    `MATCH ${edge} WHERE (e.missing_run < $run OR e.missing_run = $run AND e.missing_twice IS NULL) AND o:${owner} AND o.okta_domain = $domain
     RETURN o.id AS id
     UNION MATCH (o:${owner} {okta_domain: $domain}) WHERE o.${notFoundRun} IS NOT NULL RETURN o.id AS id`,
    scopeOf(run),
  );
  return rows.map(({ id }) => id);
}
