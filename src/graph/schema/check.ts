import { REHEARSAL } from '../../contract';
import type { GraphDatabase } from '../database';
import { EXPLORE_RULES, exploreRules } from './exploreIndexes';
import { failedOf, missingOf } from './indexes';
import { conflicts, missingRules, readSchema, RULES } from './schema';

/** The oldest Neo4j version with the Cypher used here: it introduced `CALL () { … }`. */
const OLDEST_VERSION = [5, 23] as const;

/** Returns the server's version, such as `5.26.30`, and its edition. */
export async function serverOf(db: GraphDatabase): Promise<{ version: string; edition: string }> {
  const [server] = await db.read<{ version: string; edition: string }>(
    `CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel'
     RETURN versions[0] AS version, edition`,
  );
  return server ?? { version: 'unknown', edition: 'unknown' };
}

/** Returns true if the version is supported. Versions after 5 begin with the year. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.', 2).map((part) => Number.parseInt(part, 10));
  return major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1]);
}

/**
 * Tests the privileges to write and to create a constraint; both are rolled back. @throws Neo4jError if Neo4j denies
 * either.
 */
export async function tryPrivileges(db: GraphDatabase): Promise<void> {
  await db.rehearse((within) => within.run('CREATE (:OktaOrg {domain: $domain})', { domain: REHEARSAL }));
  const onOurRuns = RULES.find(({ name }) => name === 'okta_syncrun_key');
  if (onOurRuns !== undefined) await db.rehearse((within) => within.run(onOurRuns.cypher));
}

/**
 * Returns the state of the sync's constraints and indexes, and other tools' constraints and indexes that conflict with
 * them.
 */
export async function schemaState(
  db: GraphDatabase,
): Promise<{ present: number; missing: number; conflicts: string[] }> {
  const schema = await readSchema(db);
  const { length: missing } = missingRules(schema);
  return { present: RULES.length - missing, missing, conflicts: conflicts(schema) };
}

/** Returns names of the sync's and the console's indexes that Neo4j failed to build; neither kind stops a sync. */
export async function failedIndexes(db: GraphDatabase): Promise<string[]> {
  return (await failedOf(db, [...RULES, ...EXPLORE_RULES])).map(({ name }) => name);
}

/** Returns names of the console's indexes that do not exist. A console that is not read-only creates them. */
export async function missingExploreIndexes(db: GraphDatabase): Promise<string[]> {
  return (await missingOf(db, await exploreRules(db))).map(({ name }) => name);
}
