import type { GraphDatabase } from '../database';
import { listsAllGroups, scopeOf, type Run } from './run';
import { deniedBy } from './sweep';
import { surplusOf } from './workList';

/** A group whose count still includes users that Okta reports as not found. */
export interface CountedGroup {
  id: string;
  /** Members in the graph that Okta does not report as not found. */
  remaining: number;
  /** By how much Okta's count exceeded the members listed before. */
  surplus: number;
  /** As last listed; null if unknown. */
  usersCount: number | null;
  /** True if the group certainly exists: this run's list has shown it, or it cannot be deleted. */
  isCertain: boolean;
}

/** Maximum number of groups checked: the built-in ones, and those that would lose the largest number of members. */
const MAX_GROUPS = 20;

/**
 * Cypher: true if run `$run` has completely read the largest BUILT_IN group, which is Everyone. One without a count
 * comes first.
 */
const EVERYONE_WAS_READ = `
  coalesce(COLLECT {
    MATCH (e:Group {okta_domain: $domain, type: 'BUILT_IN'})
    RETURN e.users_count IS NOT NULL AND e.memberships_whole_run = $run
    ORDER BY e.users_count DESC LIMIT 1
  }[0], false)`;

/**
 * Cypher: true if a group `g` may have grown since its count was listed: its members could not be read, or run `$run`
 * lists only changes and has neither listed nor read it.
 */
const MAY_HAVE_GROWN = `(g.memberships_as_of IS NULL OR (NOT $listsAll AND g.last_seen_run < $run))
  AND NOT coalesce(g.memberships_contradicted, false) AND coalesce(g.memberships_whole_run, 0) < $run`;

/**
 * Returns groups with members that Okta reports to this run as not found, where Okta's count, as last listed, still
 * includes them or is unknown. Credentials that see less than before get a 404 for users they no longer see, while
 * the counts stay.
 * A group that may have grown since is ignored if Everyone was read. Empty if a person has approved the removals.
 */
export async function groupsThatCountTheDenied(
  db: GraphDatabase,
  run: Run,
  which: 'denied' | 'denied twice',
): Promise<CountedGroup[]> {
  const denied = `${deniedBy('User')}${which === 'denied' ? '' : ' AND n.denied_twice'}`;
  return db.read<CountedGroup>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.users_withheld = 0
     WITH r, COUNT { ${denied} } AS total
     WHERE NOT ($allowDeletes AND coalesce(r.approved_users >= total, true))
     WITH ${EVERYONE_WAS_READ} AS everyoneWasRead
     ${denied}
     MATCH (n)-[:MEMBER_OF]->(g:Group) WHERE NOT (everyoneWasRead AND ${MAY_HAVE_GROWN})
     WITH g, count(n) AS denied
     WITH g, denied, COUNT { (g)<-[:MEMBER_OF]-() } AS edges
     WITH g, denied, edges - denied AS remaining, ${surplusOf({ group: 'g', edges: 'edges' })} AS surplus
     WHERE g.users_count IS NULL OR g.users_count > remaining + surplus
     RETURN g.id AS id, remaining, surplus, g.users_count AS usersCount,
            g.last_seen_run >= $run OR coalesce(g.type = 'BUILT_IN', false) AS isCertain
     ORDER BY g.type <> 'BUILT_IN', g.users_count IS NULL, denied DESC, id LIMIT ${MAX_GROUPS}`,
    { ...scopeOf(run), runId: run.id, allowDeletes: run.allowDeletes, listsAll: listsAllGroups(run) },
  );
}

/** Returns true if a count is higher than the remaining members can explain. */
export function countsMore({ remaining, surplus }: CountedGroup, usersCount: number): boolean {
  return usersCount > remaining + surplus;
}

/**
 * Returns the id of a BUILT_IN group that Okta reports to this run as not found; undefined if there is none, or if a person
 * approved the removals.
 */
export async function deniedBuiltInGroup(db: GraphDatabase, run: Run): Promise<string | undefined> {
  const denied = deniedBy('Group');
  const [row] = await db.read<{ id: string }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.groups_withheld = 0
     WITH r, COUNT { ${denied} } AS total
     WHERE NOT ($allowDeletes AND coalesce(r.approved_groups >= total, true))
     ${denied} AND n.type = 'BUILT_IN'
     RETURN n.id AS id ORDER BY id LIMIT 1`,
    { ...scopeOf(run), runId: run.id, allowDeletes: run.allowDeletes },
  );
  return row?.id;
}
