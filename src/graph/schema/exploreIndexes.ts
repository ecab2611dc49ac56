import type { GraphDatabase } from '../database';
import { PAST_ACCESS } from './accessSchema';
import { create, drop, dropFailed, index, missingOf, type SchemaRule } from './indexes';

/**
 * Full-text indexes for searching users and groups, including those that were deleted in Okta. They are updated shortly
 * after a write, so a sync does not wait for them.
 */
export const SEARCH_INDEX = { User: 'okta_user_ever_search', Group: 'okta_group_ever_search' } as const;

/** Splits words by Unicode's rules and removes accents: `siobhan` finds `Siobhán`. */
const OPTIONS =
  "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding', `fulltext.eventually_consistent`: true}}";

/** Indexes of versions up to 0.2.0, which did not cover deleted users and groups. */
const FORMER_INDEXES = ['okta_user_search', 'okta_group_search'];

const fulltext = (name: string, on: string): SchemaRule => ({
  name,
  cypher: `CREATE FULLTEXT INDEX ${name} IF NOT EXISTS FOR ${on} ${OPTIONS}`,
});

const byRun = (type: string, property: 'opened_by' | 'closed_by'): SchemaRule =>
  index(`okta_${type.toLowerCase()}_${property}`, `()-[m:${type}]-() ON (m.${property})`);

/** Would slow down the first run, which writes all memberships. */
const AFTER_FIRST_RUN = byRun('MEMBER_OF', 'opened_by');

/** Indexes that only the console needs, for searching and for lists by name. */
export const EXPLORE_RULES: readonly SchemaRule[] = [
  fulltext(SEARCH_INDEX.User, '(n:User|FormerUser) ON EACH [n.display_name, n.email, n.login]'),
  fulltext(SEARCH_INDEX.Group, '(n:Group|FormerGroup) ON EACH [n.name, n.description]'),
  index('okta_user_display_name', '(n:User) ON (n.okta_domain, n.display_name)'),
  index('okta_user_status', '(n:User) ON (n.okta_domain, n.status, n.display_name)'),
  index('okta_sync_run_number', '(n:SyncRun) ON (n.okta_domain, n.number)'),
  index('okta_sync_run_started', '(n:SyncRun) ON (n.okta_domain, n.started_at)'),
  index('okta_settings_change_at', '(n:SettingsChange) ON (n.at)'),
  index('okta_console_event_at', '(n:ConsoleEvent) ON (n.at)'),
  index('okta_group_display_name', '(n:Group) ON (n.okta_domain, n.name)'),
  // For finding what runs have changed, newest first.
  ...['User', 'Group'].map((label) =>
    index(`okta_${label.toLowerCase()}_added_run`, `(n:${label}) ON (n.okta_domain, n.added_run)`),
  ),
  ...['UserChange', 'GroupChange'].map((label) =>
    index(`okta_${label.toLowerCase()}_added_run`, `(c:${label}) ON (c.okta_domain, c.added_run)`),
  ),
  AFTER_FIRST_RUN,
  ...Object.keys(PAST_ACCESS).map((type) => byRun(type, 'opened_by')),
  ...Object.values(PAST_ACCESS).flatMap((type) => [byRun(type, 'opened_by'), byRun(type, 'closed_by')]),
];

/** Returns the indexes that a console needs now. */
export async function exploreRules(db: GraphDatabase): Promise<readonly SchemaRule[]> {
  const [row] = await db.read<{ isFilled: boolean }>(
    'RETURN EXISTS { MATCH (:Group)<-[m:MEMBER_OF]-() WHERE m.opened_by IS NOT NULL } AS isFilled',
  );
  return row?.isFilled ? EXPLORE_RULES : EXPLORE_RULES.filter((rule) => rule !== AFTER_FIRST_RUN);
}

/**
 * Creates the console's indexes and recreates those that have failed; idempotent, does not wait until they are online.
 */
export async function ensureExploreIndexes(db: GraphDatabase): Promise<void> {
  for (const name of FORMER_INDEXES) await drop(db, name);
  await dropFailed(db, EXPLORE_RULES);
  for (const rule of await exploreRules(db)) await create(db, rule);
}

/**
 * Recreates those of the console's indexes that have failed, and creates those that a console needs only now; without a
 * console there are none. Does not wait until they are online.
 */
export async function completeExploreIndexes(db: GraphDatabase): Promise<void> {
  await dropFailed(db, EXPLORE_RULES);
  const rules = await exploreRules(db);
  const missing = await missingOf(db, rules);
  if (missing.length === rules.length) return;
  for (const rule of missing) await create(db, rule);
}
