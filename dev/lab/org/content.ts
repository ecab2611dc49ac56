import assert from 'node:assert/strict';
import type { SyncReport, SyncRequest, SyncWarning } from '../../../src/contract';
import type { Stack } from './stack';

/** Every id and every edge, in order. */
export interface Content {
  users: string[];
  groups: string[];
  /** `USER GROUP`. */
  edges: string[];
}

/** What the graph holds of the org. */
export async function contentOf({ db, sim }: Stack): Promise<Content> {
  const [content] = await db.read<Content>(
    `RETURN COLLECT { MATCH (u:User {okta_domain: $domain}) RETURN u.id ORDER BY u.id } AS users,
            COLLECT { MATCH (g:Group {okta_domain: $domain}) RETURN g.id ORDER BY g.id } AS groups,
            COLLECT { MATCH (u:User)-[:MEMBER_OF]->(g:Group {okta_domain: $domain})
                      RETURN u.id + ' ' + g.id AS edge ORDER BY edge } AS edges`,
    { domain: sim.domain },
  );
  assert.ok(content);
  return content;
}

/** The memberships that Okta has, as in {@link Content}. */
export function oktaEdges({ sim }: Stack): string[] {
  return [...sim.org.truth().edges()].map(([user, group]) => `${user} ${group}`).sort();
}

/** Ids of the members that Okta has in a group. */
export function membersOf({ sim }: Stack, groupId: string): string[] {
  return [...sim.org.truth().edges()].flatMap(([user, group]) => (group === groupId ? [user] : []));
}

/** Ids of the groups that have members, `Everyone` among them, the largest first. */
export function groupsBySize({ sim }: Stack): string[] {
  return [...sim.org.truth().groups()]
    .filter(({ usersCount }) => usersCount > 0)
    .sort((a, b) => b.usersCount - a.usersCount)
    .map(({ id }) => id);
}

/** Deletes a user as Okta does, which takes two steps. */
export function deleteUser({ sim }: Stack, id: string): void {
  sim.org.deactivateUser(id);
  sim.org.deleteUser(id);
}

export function warningsOf(report: SyncReport, code: string): SyncWarning[] {
  return report.warnings.filter((warning) => warning.code === code);
}

/** Once nothing fails any more, one run makes the graph equal to Okta. */
export async function assertHeals(
  stack: Stack,
  request: SyncRequest = { mode: 'full' },
): Promise<SyncReport> {
  stack.sim.faults.clear();
  const report = await stack.sync(request);
  assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
  assert.deepEqual(await stack.differences(), []);
  return report;
}
