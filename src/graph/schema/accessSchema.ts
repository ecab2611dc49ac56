import type { AccessKind } from '../../contract';
import type { GraphDatabase } from '../database';
import { awaitOnline, create, dropFailed, index, uniqueKey, type SchemaRule } from './indexes';

/** Past relationships by the present one. */
export const PAST_ACCESS = { ASSIGNED_TO: 'WAS_ASSIGNED_TO', HAS_ROLE: 'HAD_ROLE' } as const;

const key = (label: string) => uniqueKey(label, ['okta_domain', 'id']);

/** For finding what Okta has denied; usually there is nothing. */
const denied = (label: string) =>
  index(`okta_${label.toLowerCase()}_denied`, `(n:${label}) ON (n.okta_domain, n.denied_run)`);

/** For finding what a run has missed, and what has expired. */
const ending = (type: keyof typeof PAST_ACCESS) => {
  const past = PAST_ACCESS[type];
  return [
    index(`okta_${type.toLowerCase()}_missing`, `()-[e:${type}]-() ON (e.missing_run)`),
    index(`okta_${past.toLowerCase()}_valid_to`, `()-[e:${past}]-() ON (e.valid_to)`),
  ];
};

/** For finding whose list Okta did not find; usually there is none. */
const notFound = (label: string, list: string) =>
  index(
    `okta_${label.toLowerCase()}_${list}_not_found`,
    `(n:${label}) ON (n.okta_domain, n.${list}_not_found_run)`,
  );

/** What each kind in `SYNC_ACCESS` needs. */
export const ACCESS_RULES: Readonly<Record<AccessKind, readonly SchemaRule[]>> = {
  rules: [
    key('GroupRule'),
    key('FormerGroupRule'),
    index('okta_former_group_rule_removed_at', '(n:FormerGroupRule) ON (n.removed_at)'),
    denied('GroupRule'),
  ],
  apps: [
    key('App'),
    key('FormerApp'),
    index('okta_app_label', '(n:App) ON (n.label)'),
    index('okta_former_app_removed_at', '(n:FormerApp) ON (n.removed_at)'),
    index('okta_former_app_label', '(n:FormerApp) ON (n.label)'),
    denied('App'),
    notFound('Group', 'apps'),
    ...ending('ASSIGNED_TO'),
  ],
  roles: [
    key('AdminRole'),
    // Few users were ever on the list of admins.
    index('okta_user_admin', '(n:User) ON (n.okta_domain, n.admin_listed_run)'),
    notFound('User', 'roles'),
    notFound('Group', 'roles'),
    ...ending('HAS_ROLE'),
  ],
};

/** Creates the missing constraints and indexes of some kinds. Idempotent. */
export async function ensureAccessSchema(db: GraphDatabase, kinds: readonly AccessKind[]): Promise<void> {
  const rules = kinds.flatMap((kind) => ACCESS_RULES[kind]);
  if (rules.length === 0) return;
  const names = rules.map(({ name }) => name);
  const online = await db.run<{ name: string }>(
    "SHOW INDEXES YIELD name, state WHERE name IN $names AND state = 'ONLINE' RETURN name",
    { names },
  );
  if (online.length === names.length) return;
  await dropFailed(db, rules);
  for (const rule of rules) await create(db, rule);
  await awaitOnline(db, rules);
}
