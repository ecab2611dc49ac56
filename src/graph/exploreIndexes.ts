import type { GraphDatabase } from './database';

/** What people and groups are searched by. The index follows writes within a moment, so that a sync does not wait for it. */
export const SEARCH_INDEX = { User: 'okta_user_search', Group: 'okta_group_search' } as const;

const EVENTUALLY = 'OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}}';

const STATEMENTS = [
  `CREATE FULLTEXT INDEX ${SEARCH_INDEX.User} IF NOT EXISTS FOR (n:User) ON EACH [n.display_name, n.email, n.login] ${EVENTUALLY}`,
  `CREATE FULLTEXT INDEX ${SEARCH_INDEX.Group} IF NOT EXISTS FOR (n:Group) ON EACH [n.name, n.description] ${EVENTUALLY}`,
  'CREATE INDEX okta_user_display_name IF NOT EXISTS FOR (n:User) ON (n.okta_domain, n.display_name)',
  'CREATE INDEX okta_sync_run_number IF NOT EXISTS FOR (n:SyncRun) ON (n.okta_domain, n.number)',
  'CREATE INDEX okta_group_display_name IF NOT EXISTS FOR (n:Group) ON (n.okta_domain, n.name)',
];

/** Creates the indexes that only the console needs, for searching and for lists by name; idempotent. */
export async function ensureExploreIndexes(db: GraphDatabase): Promise<void> {
  for (const statement of STATEMENTS) await db.run(statement);
}
