import type { SyncWarning } from '../../contract';
import { EXCLUDED } from '../../okta/profile';
import { countOf } from '../../text/counts';
import { integer } from '../values';
import { MAX_EDGES } from './memberships';
import { inPortions } from './portions';
import { keepsHistory, writeForRun, type Run, type RunWriter } from './run';
import { lastCompleteRead } from './workList';

/** Cypher: true if the graph has members of group `g`. */
const HAS_MEMBERS = 'EXISTS { (g)<-[:MEMBER_OF]-() }';

/** Cypher: true if a run has read the members of group `g`. */
const WAS_READ = '(g.memberships_read_at IS NOT NULL OR g.memberships_as_of IS NOT NULL)';

const EXCLUDED_GROUPS = `MATCH (g:Group {okta_domain: $domain}) WHERE g.${EXCLUDED}`;

/**
 * Cypher: turns a membership into a past one that ends at the last read that saw it. Okta may still have it, so no run
 * has closed it.
 */
const END = (run: Run) =>
  keepsHistory(run)
    ? `
  CREATE (u)-[:WAS_MEMBER_OF {
    valid_from: m.valid_from, not_before: m.not_before, opened_by: m.opened_by,
    valid_to: CASE WHEN m.valid_from > at THEN m.valid_from ELSE at END, ended_after: at, ended_because: 'SYNC_MEMBERS_OF'}]->(g)
  DELETE m`
    : 'DELETE m';

/** Forgets the reads of groups without members in the graph: if they are selected again, they are read from the start. */
const RESET = `
  ${EXCLUDED_GROUPS} AND ${WAS_READ} AND NOT ${HAS_MEMBERS}
  WITH g LIMIT $atMost
  SET g.memberships_as_of = null, g.memberships_whole_as_of = null, g.memberships_read_at = null, g.memberships_claim = null,
      g.memberships_users_count = null, g.memberships_surplus = null, g.memberships_deferred = null, g.memberships_deferred_run = null
  RETURN count(*) AS count`;

/**
 * Ends the memberships of groups that `SYNC_MEMBERS_OF` no longer selects: the graph MUST NOT show as current what no run
 * keeps up to date.
 */
export async function endExcludedMemberships(writer: RunWriter, beat: () => void): Promise<void> {
  const { db, run } = writer;
  const [found] = await db.read<{ groups: number; stale: number }>(
    `${EXCLUDED_GROUPS} RETURN count(CASE WHEN ${HAS_MEMBERS} THEN 1 END) AS groups, count(CASE WHEN ${WAS_READ} OR ${HAS_MEMBERS} THEN 1 END) AS stale`,
    { domain: run.domain },
  );
  const { groups = 0, stale = 0 } = found ?? {};
  if (stale === 0) return;
  const endSome = `
    ${EXCLUDED_GROUPS} AND ${HAS_MEMBERS}
    MATCH (u)-[m:MEMBER_OF]->(g)
    WITH u, m, g, coalesce(${lastCompleteRead('g')}, m.valid_from, datetime.realtime('UTC')) AS at LIMIT $atMost
    ${END(run)}
    RETURN count(*) AS count`;
  const repeat = async (statement: string): Promise<number> => {
    let total = 0;
    await inPortions(
      MAX_EDGES,
      async (atMost) => {
        const { count } = await writeForRun(writer, async (tx) => {
          const [row] = await tx.run<{ count: number }>(statement, {
            domain: run.domain,
            atMost: integer(atMost),
          });
          return { counts: {}, warnings: [], count: row?.count ?? 0 };
        });
        total += count;
        return count;
      },
      beat,
    );
    return total;
  };
  const ended = await repeat(endSome);
  await repeat(RESET);
  if (ended === 0) return;
  await writeForRun(writer, () =>
    Promise.resolve({ counts: {}, warnings: [membersExcluded(ended, groups)] }),
  );
}

function membersExcluded(ended: number, groups: number): SyncWarning {
  const message = `SYNC_MEMBERS_OF no longer selects ${countOf(groups, 'group')}: ${countOf(ended, 'membership')} ended in the graph at the last read of each group, though Okta may still have them.`;
  return { code: 'MEMBERS_EXCLUDED', message, count: ended };
}
