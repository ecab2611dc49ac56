import { CodedError } from '../../faults/fault';
import type { GraphDatabase } from '../database';
import { awaitOnline, create, dropFailed, index, keyName, uniqueKey, type SchemaRule } from './indexes';
import { migrate } from './migrations';

/** Each label and the properties that form its unique key. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  User: ['okta_domain', 'id'],
  Group: ['okta_domain', 'id'],
  FormerUser: ['okta_domain', 'id'],
  FormerGroup: ['okta_domain', 'id'],
  OktaOrg: ['domain'],
  SyncRun: ['okta_domain', 'id'],
  OrgMeasure: ['okta_domain', 'run'],
  OktaGraphSchema: ['name'],
};

export const RULES: readonly SchemaRule[] = [
  ...Object.entries(KEYS).map(([label, properties]) => uniqueKey(label, properties)),
  index('okta_user_email', '(n:User) ON (n.email)'),
  index('okta_group_name', '(n:Group) ON (n.name)'),
  index('okta_former_user_email', '(n:FormerUser) ON (n.email)'),
  index('okta_former_group_name', '(n:FormerGroup) ON (n.name)'),
  // For finding runs in progress among those of the watch, of which there can be thousands.
  index('okta_sync_run_outcome', '(n:SyncRun) ON (n.okta_domain, n.outcome)'),
  index('okta_org_measure_at', '(n:OrgMeasure) ON (n.okta_domain, n.at)'),
  // For finding what a run has changed and what has expired. The sync itself needs no index on MEMBER_OF.
  ...['opened_by', 'closed_by', 'valid_to'].map((name) =>
    index(`okta_was_member_of_${name}`, `()-[m:WAS_MEMBER_OF]-() ON (m.${name})`),
  ),
  ...['User', 'Group'].flatMap((label) => [
    index(`okta_${label.toLowerCase()}_change_run`, `(n:${label}Change) ON (n.okta_domain, n.run)`),
    index(`okta_${label.toLowerCase()}_change_at`, `(n:${label}Change) ON (n.at)`),
    // For finding nodes that Okta has denied; usually there are none.
    index(`okta_${label.toLowerCase()}_denied`, `(n:${label}) ON (n.okta_domain, n.denied_run)`),
    index(`okta_former_${label.toLowerCase()}_removed_at`, `(n:Former${label}) ON (n.removed_at)`),
  ]),
];

/** A constraint or an index of the database, including those of other tools. */
interface SchemaRow {
  name: string;
  type: string;
  /** Null for relationships. */
  label: string | null;
  properties: string[];
}

/** The database's constraints and indexes. */
export interface Schema {
  constraints: SchemaRow[];
  /** `owner`: the constraint that the index belongs to, which has the same name. */
  indexes: (SchemaRow & { state: string; owner: string | null })[];
}

export async function readSchema(db: GraphDatabase): Promise<Schema> {
  const row = `name, type, properties, CASE entityType WHEN 'NODE' THEN labelsOrTypes[0] END AS label`;
  const [constraints, indexes] = await Promise.all([
    db.run<SchemaRow>(
      `SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties RETURN ${row}`,
    ),
    db.run<Schema['indexes'][number]>(
      `SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint, state
       RETURN ${row}, state, owningConstraint AS owner`,
    ),
  ]);
  return { constraints, indexes };
}

const KEY_NAMES: ReadonlySet<string> = new Set(Object.keys(KEYS).map(keyName));

/** While a constraint is being created, its index exists already, and belongs to none. */
const isOfNewKey = ({ name, owner }: Schema['indexes'][number]) => owner === null && KEY_NAMES.has(name);

/** Returns the rules for which no constraint or index of that name exists. */
export function missingRules({ indexes }: Schema): readonly SchemaRule[] {
  const names = new Set(indexes.filter((row) => !isOfNewKey(row)).map(({ name }) => name));
  return RULES.filter(({ name }) => !names.has(name));
}

/**
 * Creates the sync's missing constraints and indexes, waits until they are online, and migrates the graph's data to the
 * format of this version. Idempotent. Does not wait for indexes of the console or of other tools. A failed index of the
 * sync is recreated; if it fails again, the sync continues without it, only slower.
 *
 * @throws CodedError `GRAPH_SCHEMA` if constraints or indexes of other tools on the same labels are in conflict.
 */
export async function ensureSchema(db: GraphDatabase): Promise<void> {
  let schema = await readSchema(db);
  const foreign = conflicts(schema);
  if (foreign.length > 0) {
    throw new CodedError(
      'GRAPH_SCHEMA',
      `The database has constraints of another tool that okta-graph's data would violate: ${foreign.join('; ')}.`,
    );
  }
  if (!isComplete(schema)) {
    const failed = await dropFailed(db, RULES);
    for (const rule of [...missingRules(schema), ...failed]) await create(db, rule);
    await awaitOnline(db, RULES);
    schema = await readSchema(db);
  }
  const missing = missingKeys(schema);
  if (missing.length > 0) {
    throw new CodedError(
      'GRAPH_SCHEMA',
      `The unique key of ${missing.join(', ')} could not be created: another constraint has its name.`,
      { advice: 'Drop okta_*_key constraints on other labels.' },
    );
  }
  await migrate(db);
}

function isComplete(schema: Schema): boolean {
  const own = new Set(RULES.map(({ name }) => name));
  const isReady = schema.indexes.every(({ name, state }) => state === 'ONLINE' || !own.has(name));
  return isReady && missingRules(schema).length === 0;
}

/**
 * Returns the unique keys that were not created: if a constraint of that name exists on another label, `IF NOT EXISTS`
 * skips ours.
 */
function missingKeys({ constraints }: Schema): string[] {
  const unique = new Set(
    constraints
      .filter(({ type }) => type.includes('UNIQUENESS'))
      .map(({ label, properties }) => `${label}(${properties.join()})`),
  );
  return Object.entries(KEYS).flatMap(([label, keys]) =>
    unique.has(`${label}(${keys.join()})`) ? [] : [`:${label}`],
  );
}

/**
 * Returns constraints of other tools that the sync's nodes would violate, and plain indexes that prevent one of its
 * unique keys.
 */
export function conflicts({ constraints, indexes }: Schema): string[] {
  const isOurKey = ({ label, properties }: SchemaRow) => KEYS[label ?? '']?.join() === properties.join();
  const isOnOurs = ({ label }: SchemaRow) => label !== null && label in KEYS;
  const describe = (what: string, { name, label, properties }: SchemaRow) =>
    `${what} ${name} on :${label}(${properties.join(', ')})`;
  return [
    ...constraints
      .filter((row) => isOnOurs(row) && !isOurKey(row))
      .map((row) => describe(`constraint (${row.type})`, row)),
    ...indexes
      .filter((row) => row.owner === null && row.type === 'RANGE' && isOurKey(row) && !isOfNewKey(row))
      .map((row) => describe('index', row)),
  ];
}
