import { isDeepStrictEqual } from 'node:util';
import type { GraphDatabase } from '../../../src/graph/database';
import type { OktaApp, OktaAppGroup, OktaAppUser, OktaRole, OktaRule } from '../../../src/simulator';

type Json = Record<string, unknown>;

/** The apps, admin roles and group rules that an org holds: what `AccessTruth` yields. */
export interface AccessLines {
  app: OktaApp[];
  appUser: { appId: string; user: OktaAppUser }[];
  appGroup: { appId: string; group: OktaAppGroup }[];
  role: { assigneeId: string; role: OktaRole }[];
  rule: OktaRule[];
}

/** So many differences are told; one is enough to fail. */
const MOST = 20;

/**
 * Compares the apps, group rules and admin roles of a graph, and who is assigned to them, with a simulated org. The
 * expected values are computed here from what the org serves, apart from the code under test.
 *
 * @param groupIds of the groups that the org has; a rule can name others.
 */
export async function accessDifferences(
  db: GraphDatabase,
  domain: string,
  access: AccessLines,
  groupIds: ReadonlySet<unknown>,
): Promise<string[]> {
  const expected = {
    apps: access.app.map((app) => [
      app.id,
      app.label,
      app.name,
      app.status,
      app.signOnMode,
      Date.parse(app.created),
      Date.parse(app.lastUpdated),
    ]),
    rules: access.rule.map((rule) => {
      const { id, name, status, conditions, actions } = rule as Json & { conditions: Json; actions: Json };
      const people = (conditions['people'] ?? {}) as Record<string, { exclude?: string[] } | undefined>;
      return [
        id,
        name,
        status,
        (conditions['expression'] as Json)['value'],
        [...(people['users']?.exclude ?? [])].sort(),
        [...(people['groups']?.exclude ?? [])].sort(),
        [...((actions['assignUserToGroups'] as Json)['groupIds'] as string[])]
          .filter((group) => groupIds.has(group))
          .sort(),
      ];
    }),
    assignments: [
      ...access.appUser.map(({ appId, user }) => `${user.id} ${appId}`),
      ...new Set(access.appGroup.map(({ appId, group }) => `${group.id} ${appId}`)),
    ],
    roles: access.role.map(({ assigneeId, role }) => [
      assigneeId,
      (role as Json)['role'] ?? role.type,
      role.id,
      role.type,
      role.label,
      role.status,
      (role as Json)['resource-set'] ?? null,
    ]),
  };
  const [graph] = await db.read<typeof expected>(
    `RETURN COLLECT { MATCH (a:App {okta_domain: $domain})
         RETURN [a.id, a.label, a.name, a.status, a.sign_on_mode, a.created.epochMillis, a.last_updated.epochMillis] } AS apps,
       COLLECT { MATCH (r:GroupRule {okta_domain: $domain})
         RETURN [r.id, r.name, r.status, r.expression, r.excluded_users, r.excluded_groups,
           COLLECT { MATCH (r)-[:ADDS_TO]->(g:Group) RETURN g.id ORDER BY g.id }] } AS rules,
       COLLECT { MATCH (s)-[:ASSIGNED_TO]->(a:App {okta_domain: $domain}) RETURN s.id + ' ' + a.id } AS assignments,
       COLLECT { MATCH (s)-[e:HAS_ROLE]->(r:AdminRole {okta_domain: $domain})
         RETURN [s.id, r.id, e.assignment_id, r.type, r.label, e.status, e.resource_set] } AS roles`,
    { domain },
  );
  return Object.entries(expected).flatMap(([kind, items]) =>
    compared(kind, items, graph?.[kind as keyof typeof expected] ?? []),
  );
}

function compared(kind: string, expected: readonly unknown[], actual: readonly unknown[]): string[] {
  const texts = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort();
  const [wanted, found] = [texts(expected), texts(actual)];
  if (isDeepStrictEqual(wanted, found)) return [];
  const lacks = wanted
    .filter((text) => !found.includes(text))
    .map((text) => `${kind}: not in the graph: ${text}`);
  const has = found.filter((text) => !wanted.includes(text)).map((text) => `${kind}: not in Okta: ${text}`);
  return [
    ...lacks,
    ...has,
    ...(lacks.length + has.length === 0 ? [`${kind}: something is there twice`] : []),
  ].slice(0, MOST);
}
