import type { NodeLabel } from '../../contract';
import type { OktaGroup } from '../../okta/group';
import { EXCLUDED } from '../../okta/profile';
import type { OktaUser } from '../../okta/user';
import type { Transaction } from '../database';
import { clearDenials } from './denials';
import { reviveNodes } from './former';
import { keepChange } from './nodeChanges';
import { oktaLabel } from './oktaLabels';
import { MANAGER_PROPERTIES, NOTE_STALE_LINES, noteStaleLines } from './staleLines';
import { keepsHistory, scopeOf, type Run } from './run';
import { contentHash, integer } from '../values';

/** How a property is sent to Neo4j: a time as milliseconds since the epoch, a count as a number, the others unchanged. */
type Kind = 'text' | 'time' | 'count' | 'flag';

interface Property<Source> {
  name: string;
  from: keyof Source;
  kind: Kind;
  /**
   * True if it changes without an update of the object in Okta: the node is rewritten, but this does not count as an
   * update.
   */
  isMoving?: true;
}

const USER_PROPERTIES: readonly Property<OktaUser>[] = [
  { name: 'email', from: 'email', kind: 'text' },
  { name: 'display_name', from: 'displayName', kind: 'text' },
  { name: 'first_name', from: 'firstName', kind: 'text' },
  { name: 'last_name', from: 'lastName', kind: 'text' },
  { name: 'login', from: 'login', kind: 'text' },
  { name: 'status', from: 'status', kind: 'text' },
  { name: 'title', from: 'title', kind: 'text' },
  { name: 'department', from: 'department', kind: 'text' },
  { name: 'division', from: 'division', kind: 'text' },
  { name: 'organization', from: 'organization', kind: 'text' },
  { name: 'employee_number', from: 'employeeNumber', kind: 'text' },
  { name: 'user_type', from: 'userType', kind: 'text' },
  { name: 'manager', from: 'manager', kind: 'text' },
  { name: 'manager_id', from: 'managerId', kind: 'text' },
  { name: 'created', from: 'created', kind: 'time' },
  { name: 'activated', from: 'activated', kind: 'time' },
  { name: 'status_changed', from: 'statusChanged', kind: 'time' },
  { name: 'password_changed', from: 'passwordChanged', kind: 'time' },
  { name: 'last_updated', from: 'lastUpdated', kind: 'time' },
  { name: 'last_login', from: 'lastLogin', kind: 'time', isMoving: true },
  { name: 'okta_raw_user_object', from: 'raw', kind: 'text', isMoving: true },
];

const GROUP_PROPERTIES: readonly Property<OktaGroup>[] = [
  { name: 'name', from: 'name', kind: 'text' },
  { name: 'description', from: 'description', kind: 'text' },
  { name: 'type', from: 'type', kind: 'text' },
  { name: 'created', from: 'created', kind: 'time' },
  { name: 'last_updated', from: 'lastUpdated', kind: 'time' },
  { name: 'last_membership_updated', from: 'lastMembershipUpdated', kind: 'time', isMoving: true },
  { name: 'users_count', from: 'usersCount', kind: 'count', isMoving: true },
  { name: 'apps_count', from: 'appsCount', kind: 'count', isMoving: true },
  { name: 'has_admin_privilege', from: 'hasAdminPrivilege', kind: 'flag', isMoving: true },
  { name: 'okta_raw_group_object', from: 'raw', kind: 'text', isMoving: true },
];

/**
 * Increase this when the mapping of an existing property changes. It is part of each row's hash, together with the
 * properties' names, so the next complete list writes every node again.
 */
const MAPPING_VERSION = 2;

const USER_MAPPING = mappingOf(USER_PROPERTIES);
const GROUP_MAPPING = mappingOf(GROUP_PROPERTIES);

function mappingOf(properties: readonly Property<never>[]): string {
  return `${MAPPING_VERSION} ${properties.map(({ name, from, kind }) => `${name}:${String(from)}:${kind}`).join()}`;
}

/** One node to write. `values` are in the order of the label's properties: rows without names are half the size. */
export interface NodeRow {
  id: string;
  hash: string;
  lastUpdated: number | undefined;
  values: readonly (string | number | boolean | null)[];
  /** Properties that the installation has named, null for those without a value. */
  promoted: Readonly<Record<string, unknown>>;
  /** Approximate memory that the row uses in a transaction, in bytes. */
  bytes: number;
}

export function userRow(user: OktaUser): NodeRow {
  return rowOf(user, USER_PROPERTIES, contentHash(USER_MAPPING + ruledBy(user), user.raw));
}

export function groupRow(group: OktaGroup): NodeRow {
  return rowOf(
    group,
    GROUP_PROPERTIES,
    contentHash(
      GROUP_MAPPING + ruledBy(group),
      group.raw,
      [group.usersCount, group.appsCount, group.hasAdminPrivilege].join(),
    ),
  );
}

/** The rules of the installation are part of a row's hash, so that a change writes every node again. */
function ruledBy({ promoted }: OktaUser | OktaGroup): string {
  return promoted ? ` ${promoted.key}` : '';
}

/** Returns the properties that the installation has named, as they are sent to Neo4j. */
function promotedValues({ promoted }: OktaUser | OktaGroup): Record<string, unknown> {
  const values = Object.entries(promoted?.values ?? {});
  return Object.fromEntries(
    values.map(([name, value]) => [name, Number.isSafeInteger(value) ? integer(value as number) : value]),
  );
}

/**
 * Returns the properties of a node that its profile decides, from the object that the graph holds; null removes one. It
 * has no counts and times, which are not part of that object.
 */
export function profileProperties(source: OktaUser | OktaGroup): Record<string, unknown> {
  const properties: readonly { name: string; from: string; kind: Kind }[] =
    'email' in source ? USER_PROPERTIES : GROUP_PROPERTIES;
  const values = new Map<string, unknown>(Object.entries(source));
  const texts = properties
    .filter(({ kind }) => kind === 'text')
    .map(({ name, from }) => [name, values.get(from) ?? null] as const);
  return { ...Object.fromEntries(texts), ...promotedValues(source) };
}

function rowOf<Source extends OktaUser | OktaGroup>(
  source: Source,
  properties: readonly Property<Source>[],
  hash: string,
): NodeRow {
  const values = properties.map(
    ({ from }) => (source[from] as string | number | boolean | undefined) ?? null,
  );
  return {
    id: source.id,
    hash,
    lastUpdated: source.lastUpdated,
    values,
    promoted: promotedValues(source),
    bytes: source.raw.length * 2 + 1000,
  };
}

/** A row is `[id, hash, ...values, promoted]`. */
const ID = 'row[0]';
const HASH = 'row[1]';
const FIRST_VALUE = 2;

const promotedIn = (properties: readonly Property<never>[]) => `row[${properties.length + FIRST_VALUE}]`;

const TIME = (value: string) =>
  `CASE WHEN ${value} IS NULL THEN null ELSE datetime({epochMillis: toInteger(${value})}) END`;

function valueOf({ kind }: { kind: Kind }, index: number): string {
  const value = `row[${index + FIRST_VALUE}]`;
  return kind === 'time' ? TIME(value) : kind === 'count' ? `toInteger(${value})` : value;
}

/**
 * A plausible `lastUpdated` is not later than this by the database's clock; a wrong later one would block all changes
 * after it.
 */
const LATEST_HONEST_TIME = "datetime.realtime('UTC') + duration('P1D')";

/**
 * Cypher: marks nodes as seen by the run, clears their denials, and returns which rows bring nothing new: same content,
 * older content, or already seen by a newer run.
 */
const touch = (label: NodeLabel) => `
  UNWIND $rows AS row
  MATCH (n:${label} {okta_domain: $domain, id: ${ID}})
  WITH n, row, n.last_seen_run AS seenBy,
       n.last_updated > ${TIME('row[2]')} AND n.last_updated < ${LATEST_HONEST_TIME} AS isNewer
  SET n.last_seen_run = CASE WHEN seenBy < $run THEN $run ELSE seenBy END
  ${clearDenials('n')}
  RETURN ${ID} AS id, seenBy < $run AS first,
         seenBy > $run OR coalesce(isNewer, false) OR n.okta_raw_hash = ${HASH} AS settled`;

/** Cypher: creates nodes; returns the ids of rows with a former node, which is restored instead. */
const createStatement = (label: NodeLabel, properties: readonly Property<never>[]) => (oktaLabel: string) =>
  `
  UNWIND $rows AS row
  OPTIONAL MATCH (former:Former${label} {okta_domain: $domain, id: ${ID}})
  FOREACH (_ IN CASE WHEN former IS NULL THEN [1] ELSE [] END |
    CREATE (n:${label}${oktaLabel} {okta_domain: $domain, id: ${ID}, okta_raw_hash: ${HASH}, last_seen_run: $run, added_run: $run,
      ${properties.map((property, index) => `${property.name}: ${valueOf(property, index)}`).join(', ')}})
    SET n += ${promotedIn(properties)})
  WITH collect(former.id) AS former
  ${label === 'User' ? NOTE_STALE_LINES : ''}
  RETURN former`;

/**
 * Returns Cypher for a property's new value. The time of the last membership change only increases: a page that arrives
 * late must not hide a newer change.
 */
function newValueOf(property: Property<never>, index: number): string {
  const value = valueOf(property, index);
  const own = `n.${property.name}`;
  return property.name === 'last_membership_updated'
    ? `CASE WHEN ${value} IS NULL OR ${own} > ${value} THEN ${own} ELSE ${value} END`
    : value;
}

/**
 * Cypher: adds the promoted properties that change to `fields`, if the object has changed in Okta: after a change of
 * `USER_PROPERTIES` alone, nothing has.
 */
const withPromotedFields = (promoted: string) => `
  WITH n, row, CASE WHEN 'last_updated' IN fields
    THEN fields + [name IN keys(${promoted}) WHERE name <> '${EXCLUDED}' AND coalesce(n[name] <> ${promoted}[name], (n[name] IS NULL) <> (${promoted}[name] IS NULL))]
    ELSE fields END AS fields`;

const updateStatement = (label: NodeLabel, properties: readonly Property<never>[]) => `
  UNWIND $rows AS row
  MATCH (n:${label} {okta_domain: $domain, id: ${ID}})
  WITH n, row, [field IN [${properties
    .flatMap((property, index) => {
      const [own, value] = [`n.${property.name}`, valueOf(property, index)];
      return property.isMoving
        ? []
        : [
            `CASE WHEN coalesce(${own} <> ${value}, (${own} IS NULL) <> (${value} IS NULL)) THEN '${property.name}' END`,
          ];
    })
    .join(', ')}] WHERE field IS NOT NULL] AS fields
  ${withPromotedFields(promotedIn(properties))}
  ${keepChange(label, new Map(properties.map((property, index) => [property.name, valueOf(property, index)])))}
  SET n.okta_raw_hash = ${HASH}, ${properties
    .map((property, index) => `n.${property.name} = ${newValueOf(property, index)}`)
    .join(', ')}, n += ${promotedIn(properties)}
  RETURN count(CASE WHEN size(fields) > 0 THEN 1 END) AS updated,
         count(CASE WHEN any(field IN fields WHERE field IN ${JSON.stringify(MANAGER_PROPERTIES)}) THEN 1 END) > 0 AS movesLines`;

const statements = (label: NodeLabel, properties: readonly Property<never>[]) => ({
  touch: touch(label),
  create: createStatement(label, properties),
  update: updateStatement(label, properties),
});

const STATEMENTS = {
  User: statements('User', USER_PROPERTIES as readonly Property<never>[]),
  Group: statements('Group', GROUP_PROPERTIES as readonly Property<never>[]),
} as const;

export interface NodesWritten {
  /** Nodes that this run had not seen before. */
  seen: number;
  created: number;
  /** Nodes with a changed property, other than those with `isMoving`. */
  updated: number;
}

interface Touched {
  id: string;
  first: boolean;
  settled: boolean;
}

/**
 * Writes rows of one list within a transaction that holds the org's lock. A row that is not newer than its node changes
 * only `last_seen_run`, which only increases.
 */
export async function writeNodes(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  rows: readonly NodeRow[],
): Promise<NodesWritten> {
  if (rows.length === 0) return { seen: 0, created: 0, updated: 0 };
  const unique = new Map(rows.map((row) => [row.id, row]));
  const known = await tx.run<Touched>(STATEMENTS[label].touch, {
    ...scopeOf(run),
    rows: [...unique.values()].map(({ id, hash, lastUpdated }) => [id, hash, lastUpdated ?? null]),
  });
  const changed: NodeRow[] = [];
  for (const { id, settled } of known) {
    const row = unique.get(id);
    if (row && !settled) changed.push(row);
    unique.delete(id);
  }
  const created = [...unique.values()];
  await create(tx, run, label, created);
  const { updated, movesLines } = await update(tx, run, label, { rows: changed });
  if (movesLines) await noteStaleLines(tx, run);
  return {
    seen: known.filter(({ first }) => first).length + created.length,
    created: created.length,
    updated,
  };
}

const wire = ({ id, hash, promoted, values }: NodeRow) => [id, hash, ...values, promoted];

/** Creates nodes; for ids that come back, restores their former nodes and updates them. */
async function create(tx: Transaction, run: Run, label: NodeLabel, rows: readonly NodeRow[]): Promise<void> {
  if (rows.length === 0) return;
  const parameters = { ...scopeOf(run), rows: rows.map(wire) };
  const [found] = await tx.run<{ former: string[] }>(
    STATEMENTS[label].create(oktaLabel(run, label)),
    parameters,
  );
  const former = new Set(found?.former);
  if (former.size === 0) return;
  await reviveNodes(tx, run, label, [...former]);
  const returned = rows.filter(({ id }) => former.has(id));
  await update(tx, run, label, { rows: returned, notesChanges: false });
}

async function update(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  { rows, notesChanges = keepsHistory(run) }: { rows: readonly NodeRow[]; notesChanges?: boolean },
): Promise<{ updated: number; movesLines: boolean }> {
  const none = { updated: 0, movesLines: false };
  if (rows.length === 0) return none;
  const parameters = { ...scopeOf(run), keepsHistory: notesChanges, rows: rows.map(wire) };
  const [done] = await tx.run<typeof none>(STATEMENTS[label].update, parameters);
  return done ?? none;
}

/** Maximum number of rows in one transaction: more are not faster, and a transaction's memory is limited. */
export const MAX_ROWS = 1000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Splits rows into batches of one transaction each. A row larger than the limit gets a batch of its own. */
export function batches(rows: readonly NodeRow[]): NodeRow[][] {
  const all: NodeRow[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const current = all.at(-1);
    bytes += row.bytes;
    if (current && current.length < MAX_ROWS && bytes <= MAX_BYTES) current.push(row);
    else {
      all.push([row]);
      bytes = row.bytes;
    }
  }
  return all;
}
