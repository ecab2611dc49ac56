import { decideDeferred } from '../../../src/graph/write/deferred';
import { diffMemberships, writeMemberships } from '../../../src/graph/write/memberships';
import type { Run } from '../../../src/graph/write/run';
import { claimGroups, type ClaimedGroup } from '../../../src/graph/write/workList';
import type { OktaUser } from '../../../src/okta/user';
import type { GraphUnderTest } from '../../../dev/lab/graph/graphUnderTest';

export const AS_OF = Date.UTC(2026, 0, 2, 12);

/** Groups, users and edges of the test's own org, and how a run reads and writes them. */
export class Members {
  constructor(private readonly graph: GraphUnderTest) {}

  /** A group that a run has listed; `properties` are Cypher, such as `users_count: 3`. */
  async group(id: string, lastSeenRun: number, properties = ''): Promise<void> {
    await this.graph.set(
      `CREATE (g:Group {okta_domain: $domain, id: $id, type: 'OKTA_GROUP', last_seen_run: ${lastSeenRun}})
       SET g += {${properties}}`,
      { id },
    );
  }

  async users(...ids: string[]): Promise<void> {
    await this.graph.set(
      'UNWIND $ids AS id CREATE (:User {okta_domain: $domain, id: id, last_seen_run: 1})',
      { ids },
    );
  }

  async edges(group: string, ...ids: string[]): Promise<void> {
    await this.graph.set(
      `MATCH (g:Group {okta_domain: $domain, id: $group}) UNWIND $ids AS id
       MATCH (u:User {okta_domain: $domain, id: id}) CREATE (u)-[:MEMBER_OF]->(g)`,
      { group, ids },
    );
  }

  /** Members in the graph, in order; a duplicate edge is listed twice. */
  of(group: string): Promise<string[]> {
    return this.graph.value<string[]>(
      `MATCH (g:Group {okta_domain: $domain, id: $group})
       RETURN COLLECT { MATCH (u:User)-[:MEMBER_OF]->(g) RETURN u.id ORDER BY u.id } AS value`,
      { group },
    );
  }

  claim(run: Run, attempt = 'test', atMost = 100): Promise<ClaimedGroup[]> {
    return claimGroups(this.graph.writer(run), { attempt, atMost });
  }

  /** The groups that a run has deferred to a second read; none if the breaker withholds their removals. */
  async secondLook(
    run: Run,
    maxDeletePercent = 100,
  ): Promise<{ groups: ClaimedGroup[]; isApproved: boolean }> {
    const { db, usage } = this.graph;
    const { groups, isApproved } = await decideDeferred({ db, run, usage }, { maxDeletePercent });
    const attempt = `second look ${Math.random()}`;
    const claimed =
      groups === 0 ? [] : await claimGroups({ db, run, usage }, { attempt, atMost: groups, deferred: true });
    return { groups: claimed, isApproved };
  }

  /** Writes the members of claimed groups, by group id; removals are unconfirmed unless the options say otherwise. */
  async write(
    run: Run,
    groups: readonly ClaimedGroup[],
    listed: Readonly<Record<string, readonly string[]>>,
    {
      proven = [],
      contradicted = [],
      newUsers = [],
      isApproved = false,
      beat = () => undefined,
    }: WriteOptions = {},
  ): Promise<number> {
    const { db, usage } = this.graph;
    const read = groups.map((group) => ({
      group,
      ids: new Set(listed[group.id]),
      newUsers,
      warnings: [],
      asOfMs: AS_OF,
    }));
    const changes = await diffMemberships(db, run, read);
    const resultOf = (id: string) =>
      proven.includes(id) ? 'confirmed' : contradicted.includes(id) ? 'contradicted' : 'unconfirmed';
    const confirmed = changes.map(
      (change) => ({ ...change, result: resultOf(change.group.id), surplus: 0 }) as const,
    );
    return writeMemberships({ db, run, usage }, confirmed, { isApproved, beat });
  }
}

interface WriteOptions {
  proven?: readonly string[];
  contradicted?: readonly string[];
  newUsers?: readonly OktaUser[];
  isApproved?: boolean;
  beat?: () => void;
}
