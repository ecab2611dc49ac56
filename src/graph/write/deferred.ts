import type { SyncWarning } from '../../contract';
import { countOf } from '../../text/counts';
import type { Transaction } from '../database';
import { removalLimit, type BreakerOptions } from './breaker';
import { listsAllGroups, scopeOf, writeForRun, type Run, type RunWriter } from './run';
import { noteFirstDenial } from './sweep';
import { markTried, stillClaimed, type ClaimedGroup } from './workList';

/** The outcome for the groups that a run has deferred. */
export interface SecondLook {
  /** Groups to read again. */
  groups: number;
  /** True if a person has approved the removals, including those that Okta's count contradicts. */
  isApproved: boolean;
}

interface DeferredRow {
  id: string;
  removals: number;
  isContradicted: boolean;
  /** Null is unknown. */
  usersCount: number | null;
}

/**
 * Decides, after every group was tried, on membership removals that Okta's counts did not confirm. Withheld removals
 * are counted, and their groups stay on the next run's list. All are withheld if there are more than the breaker
 * allows; those from groups without a count are withheld if another group's count contradicts, since the same members
 * may be hidden from both. The other groups are read again.
 */
export async function decideDeferred(writer: RunWriter, breaker: BreakerOptions): Promise<SecondLook> {
  const { run } = writer;
  return writeForRun(writer, async (tx) => {
    const rows = await tx.run<DeferredRow>(
      `MATCH (g:Group {okta_domain: $domain, memberships_deferred_run: $run})
       RETURN g.id AS id, g.memberships_deferred AS removals, coalesce(g.memberships_contradicted, false) AS isContradicted,
              g.users_count AS usersCount
       ORDER BY removals DESC, id`,
      scopeOf(run),
    );
    const { limit, approved, removed } = await removalLimit(tx, run, 'memberships', breaker);
    const total = removed + rows.reduce((sum, { removals }) => sum + removals, 0);
    const isApproved = approved > 0 && total <= approved;
    const isScopeInDoubt = !isApproved && rows.some(({ isContradicted }) => isContradicted);
    const withheld = rows.filter(
      ({ removals, usersCount }) =>
        removals > 0 && (total > limit || (isScopeInDoubt && usersCount === null)),
    );
    if (withheld.length === 0) return { counts: {}, warnings: [], groups: rows.length, isApproved };
    await markTried(tx, run, { failed: withheld.map(({ id }) => id) });
    const sum = (some: readonly DeferredRow[]) => some.reduce((count, { removals }) => count + removals, 0);
    return {
      counts: {
        memberships_withheld: sum(withheld),
        memberships_contradicted: sum(withheld.filter(({ isContradicted }) => isContradicted)),
      },
      warnings: withheld.map(withheldWarning),
      groups: rows.length - withheld.length,
      isApproved,
    };
  });
}

/** Returns the warning for removals from a group that were not made. */
export function withheldWarning({
  id,
  removals,
  isContradicted,
}: Pick<DeferredRow, 'id' | 'removals' | 'isContradicted'>): SyncWarning {
  return isContradicted
    ? {
        code: 'SCOPE_SHRANK',
        message: `Okta no longer lists ${countOf(removals, 'member')} of this group but still counts them; their memberships were kept.`,
        groupId: id,
        count: removals,
      }
    : {
        code: 'REMOVALS_WITHHELD',
        message: `Withheld ${countOf(removals, 'removal')} from this group; the next run reads this group again.`,
        groupId: id,
        count: removals,
      };
}

/**
 * Records that Okta reports a group, whose members were to be read, as not found. It is read again in this run; if Okta
 * still does not find it, the sweep decides. Its memberships are kept until then. In a run without a sweep of groups, a
 * group that this run's list has shown is left unread, and is reported.
 */
export async function deferDeniedGroup(
  writer: RunWriter,
  group: ClaimedGroup,
  asOfMs: number,
): Promise<void> {
  const { run } = writer;
  await writeForRun(writer, async (tx) => {
    const claimed = await stillClaimed(tx, run, [group]);
    if (claimed.has(group)) {
      await noteFirstDenial(tx, run, 'Group', { id: group.id, asOfMs });
      const isFirstLook = group.deferred === null;
      await markTried(
        tx,
        run,
        isFirstLook
          ? { deferred: [{ id: group.id, removals: 0, isContradicted: false }] }
          : { failed: [group.id] },
      );
      if (!isFirstLook && !listsAllGroups(run) && (await isListed(tx, run, group.id)))
        return { counts: { memberships_groups_failed: 1 }, warnings: [listedButDenied(group.id)] };
    }
    return { counts: {}, warnings: [] };
  });
}

async function isListed(tx: Transaction, run: Run, id: string): Promise<boolean> {
  const found = await tx.run(
    'MATCH (g:Group {okta_domain: $domain, id: $id}) WHERE g.last_seen_run = $run RETURN 1',
    { ...scopeOf(run), id },
  );
  return found.length > 0;
}

function listedButDenied(groupId: string): SyncWarning {
  const message =
    'Okta listed this group as changed, but then reported it as not found. Its memberships were kept; the next run lists all groups and reads it.';
  return { code: 'GROUP_FAILED', message, groupId };
}
