import { CodedError } from '../fault';
import type { GraphDatabase } from './database';
import { awaitOnline, create, dropFailed, index, type SchemaRule } from './indexes';
import { migrate } from './migrations';

/** Every label and the properties that are unique together on it. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  User: ['okta_domain', 'id'],
  Group: ['okta_domain', 'id'],
  FormerUser: ['okta_domain', 'id'],
  FormerGroup: ['okta_domain', 'id'],
  OktaOrg: ['domain'],
  SyncRun: ['okta_domain', 'id'],
  OktaGraphSchema: ['name'],
};

const key = (label: string, properties: readonly string[]): SchemaRule => {
  const name = `okta_${label.toLowerCase()}_key`;
  const together = properties.map((property) => `n.${property}`).join(', ');
  return {
    name,
    cypher: `CREATE CONSTRAINT ${name} IF NOT EXISTS FOR (n:${label}) REQUIRE (${together}) IS UNIQUE`,
  };
};

export const RULES: readonly SchemaRule[] = [
  ...Object.entries(KEYS).map(([label, properties]) => key(label, properties)),
  index('okta_user_email', '(n:User) ON (n.email)'),
  index('okta_group_name', '(n:Group) ON (n.name)'),
  index('okta_former_user_email', '(n:FormerUser) ON (n.email)'),
  index('okta_former_group_name', '(n:FormerGroup) ON (n.name)'),
  // To find what a run has changed, and what is old enough to go. One on MEMBER_OF would make each new edge dearer.
  ...['opened_by', 'closed_by', 'valid_to'].map((name) =>
    index(`okta_was_member_of_${name}`, `()-[m:WAS_MEMBER_OF]-() ON (m.${name})`),
  ),
  ...['User', 'Group'].flatMap((label) => [
    index(`okta_${label.toLowerCase()}_change_run`, `(n:${label}Change) ON (n.okta_domain, n.run)`),
    index(`okta_${label.toLowerCase()}_change_at`, `(n:${label}Change) ON (n.at)`),
    // To find what Okta has denied: nothing in it, as a rule.
    index(`okta_${label.toLowerCase()}_denied`, `(n:${label}) ON (n.okta_domain, n.denied_run)`),
    index(`okta_former_${label.toLowerCase()}_removed_at`, `(n:Former${label}) ON (n.removed_at)`),
  ]),
];

/** Rules that the database has nothing of that name for. */
export async function missingRules(db: GraphDatabase): Promise<readonly SchemaRule[]> {
  // A unique constraint has an index of its own name.
  const rows = await db.run<{ name: string }>('SHOW INDEXES YIELD name RETURN name');
  const names = new Set(rows.map(({ name }) => name));
  return RULES.filter(({ name }) => !names.has(name));
}

/**
 * Creates what is missing of the sync's own constraints and indexes, waits until they are online, and brings what the
 * graph holds to the form that this version expects. Idempotent. Indexes of the console and of other tools are not
 * waited for. An own index that has failed is made again; when it fails again the sync goes on without it, only slower.
 *
 * @throws CodedError `GRAPH_SCHEMA` when constraints or indexes of other tools on the same labels are in the way.
 */
export async function ensureSchema(db: GraphDatabase): Promise<void> {
  const foreign = await conflicts(db);
  if (foreign.length > 0) {
    throw new CodedError(
      'GRAPH_SCHEMA',
      `The database has rules of another tool that the Okta graph would break: ${foreign.join('; ')}.`,
    );
  }
  await dropFailed(db, RULES);
  for (const rule of await missingRules(db)) await create(db, rule);
  await awaitOnline(db, RULES);
  const missing = await missingKeys(db);
  if (missing.length > 0) {
    throw new CodedError(
      'GRAPH_SCHEMA',
      `The unique key of ${missing.join(', ')} could not be created: another constraint has its name.`,
      { advice: 'Drop okta_*_key constraints on other labels.' },
    );
  }
  await migrate(db);
}

interface SchemaRow {
  name: string;
  type: string;
  label: string;
  properties: string[];
}

/** A constraint of the same name on another label makes `IF NOT EXISTS` pass over ours. */
async function missingKeys(db: GraphDatabase): Promise<string[]> {
  const rows = await db.run<Pick<SchemaRow, 'label' | 'properties'>>(
    `SHOW CONSTRAINTS YIELD type, entityType, labelsOrTypes, properties
     WHERE entityType = 'NODE' AND type CONTAINS 'UNIQUENESS'
     RETURN labelsOrTypes[0] AS label, properties`,
  );
  const unique = new Set(rows.map(({ label, properties }) => `${label}(${properties.join()})`));
  return Object.entries(KEYS).flatMap(([label, keys]) =>
    unique.has(`${label}(${keys.join()})`) ? [] : [`:${label}`],
  );
}

/** Constraints of other tools that demand or forbid what our nodes carry, and a plain index where our key goes. */
export async function conflicts(db: GraphDatabase): Promise<string[]> {
  const constraints = await db.run<SchemaRow>(
    `SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties
     WHERE entityType = 'NODE' AND labelsOrTypes[0] IN $labels
     RETURN name, type, labelsOrTypes[0] AS label, properties`,
    { labels: Object.keys(KEYS) },
  );
  const indexes = await db.run<SchemaRow>(
    `SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint
     WHERE entityType = 'NODE' AND owningConstraint IS NULL AND type = 'RANGE' AND labelsOrTypes[0] IN $labels
     RETURN name, type, labelsOrTypes[0] AS label, properties`,
    { labels: Object.keys(KEYS) },
  );
  const isOurKey = (row: SchemaRow) => KEYS[row.label]?.join() === row.properties.join();
  const describe = (what: string, row: SchemaRow) =>
    `${what} ${row.name} on :${row.label}(${row.properties.join(', ')})`;
  return [
    ...constraints.filter((row) => !isOurKey(row)).map((row) => describe(`constraint (${row.type})`, row)),
    ...indexes.filter(isOurKey).map((row) => describe('index', row)),
  ];
}
