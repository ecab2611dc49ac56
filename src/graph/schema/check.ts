import type { GraphDatabase } from '../database';
import { EXPLORE_RULES } from './exploreIndexes';
import { failedOf } from './indexes';
import { conflicts, missingRules, readSchema, RULES } from './schema';

/** The oldest version that has the Cypher that is used here: `CALL () { … }` came with it. */
const OLDEST_VERSION = [5, 23] as const;

/** The server's version, such as `5.26.30`, and its edition. */
export async function serverOf(db: GraphDatabase): Promise<{ version: string; edition: string }> {
  const [server] = await db.read<{ version: string; edition: string }>(
    `CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel'
     RETURN versions[0] AS version, edition`,
  );
  return server ?? { version: 'unknown', edition: 'unknown' };
}

/** Versions after 5 begin with the year. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.', 2).map((part) => Number.parseInt(part, 10));
  return major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1]);
}

/** Tries to write and to create a constraint, and takes both back. @throws what Neo4j refuses it with. */
export async function tryRights(db: GraphDatabase): Promise<void> {
  await db.rehearse("CREATE (:OktaOrg {domain: 'a rehearsal'})");
  const onOurRuns = RULES.find(({ name }) => name === 'okta_syncrun_key');
  if (onOurRuns !== undefined) await db.rehearse(onOurRuns.cypher);
}

/** What is there of our constraints and indexes, and what of other tools is in their way. */
export async function schemaState(
  db: GraphDatabase,
): Promise<{ present: number; missing: number; conflicts: string[] }> {
  const schema = await readSchema(db);
  const { length: missing } = missingRules(schema);
  return { present: RULES.length - missing, missing, conflicts: conflicts(schema) };
}

/** Names of our indexes, the console's included, that Neo4j could not build; neither stops a sync. */
export async function failedIndexes(db: GraphDatabase): Promise<string[]> {
  return (await failedOf(db, [...RULES, ...EXPLORE_RULES])).map(({ name }) => name);
}
