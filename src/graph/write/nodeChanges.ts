import type { NodeLabel } from '../../contract';

/**
 * Properties whose values before and after a change are kept in the history; for others it only keeps that they
 * changed.
 */
export const VALUES_KEPT: Readonly<Record<NodeLabel, readonly string[]>> = {
  User: ['status', 'department', 'title', 'manager', 'manager_id', 'email'],
  Group: ['name'],
};

/**
 * Cypher: records that the properties named in `fields` of node `n` change in run `$run`. It MUST run before they are
 * set.
 *
 * @param values the new values by property, in Cypher.
 */
export function keepChange(label: NodeLabel, values: ReadonlyMap<string, string>): string {
  const kept = VALUES_KEPT[label].flatMap((name) => [
    `${name}_before: CASE WHEN '${name}' IN fields THEN n.${name} END`,
    `${name}_after: CASE WHEN '${name}' IN fields THEN ${values.get(name)} END`,
  ]);
  return `
  FOREACH (_ IN CASE WHEN $keepsHistory AND size(fields) > 0 THEN [1] ELSE [] END |
    CREATE (n)-[:CHANGED]->(:${label}Change {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'changed',
      fields: fields, ${kept.join(', ')}}))`;
}
