import { Neo4jError } from 'neo4j-driver';
import type { GraphDatabase } from '../database';

/** A constraint or an index, and the statement that creates it if none of that name exists. */
export interface SchemaRule {
  name: string;
  cypher: string;
}

export const index = (name: string, on: string): SchemaRule => ({
  name,
  cypher: `CREATE INDEX ${name} IF NOT EXISTS FOR ${on}`,
});

/** The rule that keeps one node to a label and a key, with the name that such rules have. */
export const uniqueKey = (label: string, properties: readonly string[]): SchemaRule => {
  const name = keyName(label);
  const together = properties.map((property) => `n.${property}`).join(', ');
  return {
    name,
    cypher: `CREATE CONSTRAINT ${name} IF NOT EXISTS FOR (n:${label}) REQUIRE (${together}) IS UNIQUE`,
  };
};

export const keyName = (label: string): string => `okta_${label.toLowerCase()}_key`;

/**
 * Creates a constraint or an index. If another process creates the same one concurrently, `IF NOT EXISTS` does not see
 * it before its commit and Neo4j rejects the second; that error is ignored.
 *
 * @throws Neo4jError `IndexWithNameAlreadyExists`, `IndexAlreadyExists` and similar if an existing one differs in name
 * or definition.
 */
export async function create(db: GraphDatabase, { cypher }: SchemaRule): Promise<void> {
  await db
    .write((tx) => tx.run(cypher))
    .catch((error: unknown) => {
      if (!(error instanceof Neo4jError && error.code === SAME_NAME_AND_DEFINITION)) throw error;
    });
}

/** Drops an index if it exists. Two processes that do so at the same time can deadlock; then one of them retries. */
export async function drop(db: GraphDatabase, name: string): Promise<void> {
  await db.write((tx) => tx.run(`DROP INDEX ${name} IF EXISTS`));
}

const SAME_NAME_AND_DEFINITION = 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists';

/**
 * Returns those of the given indexes that Neo4j failed to build, for example because a text was too long. A failed
 * index answers no query and blocks no write. The cause is left out: Neo4j's text quotes the value.
 */
export async function failedOf(
  db: GraphDatabase,
  rules: readonly SchemaRule[],
): Promise<readonly SchemaRule[]> {
  const states = await statesOf(db, rules);
  return rules.filter(({ name }) => states.get(name) === 'FAILED');
}

/** Returns those of the given indexes that do not exist. */
export async function missingOf(
  db: GraphDatabase,
  rules: readonly SchemaRule[],
): Promise<readonly SchemaRule[]> {
  const states = await statesOf(db, rules);
  return rules.filter(({ name }) => !states.has(name));
}

/** Drops those of the given indexes that have failed, and returns their rules. */
export async function dropFailed(
  db: GraphDatabase,
  rules: readonly SchemaRule[],
): Promise<readonly SchemaRule[]> {
  const failed = await failedOf(db, rules);
  for (const { name } of failed) await drop(db, name);
  return failed;
}

const ONLINE_WITHIN_SECONDS = 20;

/** Waits until each given index is online or has failed. @throws Neo4jError if one is still being built after 20 s. */
export async function awaitOnline(db: GraphDatabase, rules: readonly SchemaRule[]): Promise<void> {
  const states = await statesOf(db, rules);
  for (const { name } of rules) {
    if (states.get(name) !== 'POPULATING') continue;
    const waiting = db.run(`CALL db.awaitIndex('${name}', ${ONLINE_WITHIN_SECONDS})`);
    await waiting.catch(async (error: unknown) => {
      if ((await statesOf(db, rules)).get(name) === 'POPULATING') throw error;
    });
  }
}

/** Returns the state, by name, of indexes that do not belong to a constraint. */
async function statesOf(db: GraphDatabase, rules: readonly SchemaRule[]): Promise<Map<string, string>> {
  const rows = await db.run<{ name: string; state: string }>(
    `SHOW INDEXES YIELD name, state, owningConstraint
     WHERE name IN $names AND owningConstraint IS NULL RETURN name, state`,
    { names: rules.map(({ name }) => name) },
  );
  return new Map(rows.map(({ name, state }) => [name, state]));
}
