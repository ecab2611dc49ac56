import { Neo4jError } from 'neo4j-driver';
import type { GraphDatabase } from './database';

/** A constraint or an index, and the statement that creates it where there is none of that name. */
export interface SchemaRule {
  name: string;
  cypher: string;
}

export const index = (name: string, on: string): SchemaRule => ({
  name,
  cypher: `CREATE INDEX ${name} IF NOT EXISTS FOR ${on}`,
});

const EXISTS = 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists';

/**
 * Creates the constraints and indexes given where there are none of their names.
 *
 * @throws Neo4jError when one of another name already does the same.
 */
export async function create(db: GraphDatabase, rules: readonly SchemaRule[]): Promise<void> {
  for (const { cypher } of rules) {
    await db.run(cypher).catch(async (error: unknown) => {
      if (!(error instanceof Neo4jError && error.code === EXISTS)) throw error;
      // Another process has just created it: Neo4j looks for the name before it waits for that one's lock.
      await db.run(cypher);
    });
  }
}

/**
 * Those of the indexes given that Neo4j could not build, as of a text too long for one. Such an index answers nothing and
 * refuses no write. Why it failed is left out: Neo4j's text quotes the value.
 */
export async function failedOf(
  db: GraphDatabase,
  rules: readonly SchemaRule[],
): Promise<readonly SchemaRule[]> {
  const states = await statesOf(db, rules);
  return rules.filter(({ name }) => states.get(name) === 'FAILED');
}

/** Drops those of the indexes given that have failed, and returns their rules. */
export async function dropFailed(
  db: GraphDatabase,
  rules: readonly SchemaRule[],
): Promise<readonly SchemaRule[]> {
  const failed = await failedOf(db, rules);
  for (const { name } of failed) await db.run(`DROP INDEX ${name} IF EXISTS`);
  return failed;
}

const ONLINE_WITHIN_SECONDS = 20;

/** Waits until each index given is online or has failed. @throws Neo4jError when one is still being built after 20 s. */
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

/** State by name, of indexes that no constraint owns. */
async function statesOf(db: GraphDatabase, rules: readonly SchemaRule[]): Promise<Map<string, string>> {
  const rows = await db.run<{ name: string; state: string }>(
    `SHOW INDEXES YIELD name, state, owningConstraint
     WHERE name IN $names AND owningConstraint IS NULL RETURN name, state`,
    { names: rules.map(({ name }) => name) },
  );
  return new Map(rows.map(({ name, state }) => [name, state]));
}
