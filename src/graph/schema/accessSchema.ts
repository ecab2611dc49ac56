import type { GraphDatabase } from '../database';
import { awaitOnline, create, dropFailed, index, uniqueKey, type SchemaRule } from './indexes';

/** Labels that exist only where apps, admin roles or group rules are synced. */
export const ACCESS_LABELS = ['App', 'FormerApp', 'GroupRule', 'FormerGroupRule', 'AdminRole'] as const;

/** Past relationships by the present one. */
export const PAST_ACCESS = { ASSIGNED_TO: 'WAS_ASSIGNED_TO', HAS_ROLE: 'HAD_ROLE' } as const;

export const ACCESS_RULES: readonly SchemaRule[] = [
  ...ACCESS_LABELS.map((label) => uniqueKey(label, ['okta_domain', 'id'])),
  index('okta_app_label', '(n:App) ON (n.label)'),
  index('okta_former_app_removed_at', '(n:FormerApp) ON (n.removed_at)'),
  index('okta_former_group_rule_removed_at', '(n:FormerGroupRule) ON (n.removed_at)'),
  index('okta_former_app_label', '(n:FormerApp) ON (n.label)'),
  ...['App', 'GroupRule'].map((label) =>
    index(`okta_${label.toLowerCase()}_denied`, `(n:${label}) ON (n.okta_domain, n.denied_run)`),
  ),
  // For finding what a run has missed; usually there is nothing.
  ...Object.entries(PAST_ACCESS).flatMap(([type, past]) => [
    index(`okta_${type.toLowerCase()}_missing`, `()-[e:${type}]-() ON (e.missing_run)`),
    index(`okta_${past.toLowerCase()}_valid_to`, `()-[e:${past}]-() ON (e.valid_to)`),
  ]),
];

/** Creates the constraints and indexes of apps, admin roles and group rules that are missing. Idempotent. */
export async function ensureAccessSchema(db: GraphDatabase): Promise<void> {
  const names = ACCESS_RULES.map(({ name }) => name);
  const online = await db.run<{ name: string }>(
    "SHOW INDEXES YIELD name, state WHERE name IN $names AND state = 'ONLINE' RETURN name",
    { names },
  );
  if (online.length === names.length) return;
  await dropFailed(db, ACCESS_RULES);
  for (const rule of ACCESS_RULES) await create(db, rule);
  await awaitOnline(db, ACCESS_RULES);
}
