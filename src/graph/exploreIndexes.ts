import type { GraphDatabase } from './database';

/**
 * What people and groups are searched by, those that Okta has deleted too. The index follows writes within a moment, so
 * that a sync does not wait for it.
 */
export const SEARCH_INDEX = { User: 'okta_user_ever_search', Group: 'okta_group_ever_search' } as const;

/** Words by the rules of Unicode, with accents taken off: `siobhan` finds `Siobhán`. */
const OPTIONS =
  "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding', `fulltext.eventually_consistent`: true}}";

const STATEMENTS = [
  // Up to 0.2.0 the search knew nobody that Okta has deleted.
  'DROP INDEX okta_user_search IF EXISTS',
  'DROP INDEX okta_group_search IF EXISTS',
  `CREATE FULLTEXT INDEX ${SEARCH_INDEX.User} IF NOT EXISTS FOR (n:User|FormerUser) ON EACH [n.display_name, n.email, n.login] ${OPTIONS}`,
  `CREATE FULLTEXT INDEX ${SEARCH_INDEX.Group} IF NOT EXISTS FOR (n:Group|FormerGroup) ON EACH [n.name, n.description] ${OPTIONS}`,
  'CREATE INDEX okta_user_display_name IF NOT EXISTS FOR (n:User) ON (n.okta_domain, n.display_name)',
  'CREATE INDEX okta_sync_run_number IF NOT EXISTS FOR (n:SyncRun) ON (n.okta_domain, n.number)',
  'CREATE INDEX okta_group_display_name IF NOT EXISTS FOR (n:Group) ON (n.okta_domain, n.name)',
];

/** Creates the indexes that only the console needs, for searching and for lists by name; idempotent. */
export async function ensureExploreIndexes(db: GraphDatabase): Promise<void> {
  for (const statement of STATEMENTS) await db.run(statement);
}
