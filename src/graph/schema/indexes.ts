import { Neo4jError } from 'neo4j-driver';
import type { GraphDatabase } from '../database';

/** A constraint or an index, and the statement that creates it where there is none of that name. */
export interface SchemaRule {
  name: string;
  cypher: string;
}

export const index = (name: string, on: string): SchemaRule => ({
  name,
  cypher: `CREATE INDEX ${name} IF NOT EXISTS FOR ${on}`,
});

/**
 * Creates a constraint or an index. Where another process creates the same at that moment, `IF NOT EXISTS` looks before that
 * one has committed, and Neo4j refuses the second: that is as good.
 *
 * @throws Neo4jError `IndexWithNameAlreadyExists`, `IndexAlreadyExists` and alike where name or definition is another.
 */
export async function create(db: GraphDatabase, { cypher }: SchemaRule): Promise<void> {
  await db
    .write((tx) => tx.run(cypher))
    .catch((error: unknown) => {
      if (!(error instanceof Neo4jError && error.code === SAME_NAME_AND_DEFINITION)) throw error;
    });
}

/** Drops an index if it is there. Two processes that do so at once can deadlock; then one of them tries again. */
export async function drop(db: GraphDatabase, name: string): Promise<void> {
  await db.write((tx) => tx.run(`DROP INDEX ${name} IF EXISTS`));
}

const SAME_NAME_AND_DEFINITION = 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists';

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
  for (const { name } of failed) await drop(db, name);
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
