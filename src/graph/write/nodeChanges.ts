import type { NodeLabel } from '../../contract';

/**
 * Properties whose values before and after a change are kept in the history, each with the profile attribute that it is
 * made from; null if it is not part of the profile. For others, history only keeps that they changed.
 */
export const VALUES_KEPT: Readonly<Record<NodeLabel, Readonly<Record<string, string | null>>>> = {
  User: {
    status: null,
    department: 'department',
    title: 'title',
    manager: 'manager',
    manager_id: 'managerId',
    email: 'email',
  },
  Group: { name: 'name' },
};

/**
 * Cypher: records that the properties named in `fields` of node `n` change in run `$run`. It MUST run before they are
 * set.
 *
 * @param values the new values by property, in Cypher.
 */
export function keepChange(label: NodeLabel, values: ReadonlyMap<string, string>): string {
  const kept = Object.keys(VALUES_KEPT[label]).flatMap((name) => [
    `${name}_before: CASE WHEN '${name}' IN fields THEN n.${name} END`,
    `${name}_after: CASE WHEN '${name}' IN fields THEN ${values.get(name)} END`,
  ]);
  return `
  FOREACH (_ IN CASE WHEN $keepsHistory AND size(fields) > 0 THEN [1] ELSE [] END |
    CREATE (n)-[:CHANGED]->(:${label}Change {okta_domain: $domain, run: $run, at: datetime.realtime('UTC'), kind: 'changed',
      fields: fields, ${kept.join(', ')}}))`;
}
