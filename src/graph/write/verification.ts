import type { Transaction } from '../database';
import { dateTime, integer } from '../values';
import { untilNextRunMs, type ReadingOptions, type Spread } from './reading';
import { hasLists, listsAllGroups, scopeOf, type Run } from './run';

/** Calls of reads that must be made in this run (1) or one of the runs up to the `within`th from now. */
interface Due {
  within: number;
  calls: number;
}

/** Cypher: number of calls that reading the members of group `g` takes: pages of 1,000. */
const CALLS = 'CASE WHEN g.users_count > 1000 THEN toInteger(ceil(g.users_count / 1000.0)) ELSE 1 END';

/** Cypher: true if group `g` is known to have no members, which costs no call to confirm when it is listed. */
const IS_EMPTY = 'coalesce(g.users_count = 0, false) AND NOT EXISTS { (g)<-[:MEMBER_OF]-() }';

/**
 * Cypher: binds `g` to the groups with members whose last read was complete. The others are read by every run until one
 * succeeds.
 */
const READ_GROUPS = `
  MATCH (g:Group {okta_domain: $domain})
  WHERE g.memberships_as_of IS NOT NULL AND NOT (${IS_EMPTY})`;

/**
 * Puts groups on the work list of a run that begins, although they show no sign of change: those whose last complete
 * read was longest ago. They are marked, so that retries and other workers see the same list.
 */
export async function markGroupsToVerify(
  tx: Transaction,
  run: Run,
  { fullEveryMs, spread }: ReadingOptions,
): Promise<void> {
  if (run.mode === 'full' || !spread) return;
  const nowMs = Date.now();
  const periodMs = Math.max(spread.intervalMs, await observedPeriodMs(tx, run, nowMs));
  const calls = shareOfRun(await dueCalls(tx, run, { nowMs, fullEveryMs, spread: { intervalMs: periodMs } }));
  const oldest = await tx.run<{ id: string; calls: number }>(
    `${READ_GROUPS}
     RETURN g.id AS id, ${CALLS} AS calls ORDER BY g.memberships_read_at, id LIMIT $calls`,
    { domain: run.domain, calls: integer(calls) },
  );
  let sum = 0;
  const ids = oldest.flatMap((group) => {
    if (sum >= calls) return [];
    sum += group.calls;
    return group.id;
  });
  await tx.run(
    `UNWIND $ids AS id
     MATCH (g:Group {okta_domain: $domain, id: id}) SET g.memberships_verify_run = $run`,
    { ...scopeOf(run), ids },
  );
  if (!listsAllGroups(run)) return;
  await tx.run(
    `MATCH (g:Group {okta_domain: $domain})
     WHERE g.memberships_read_at <= $before AND ${IS_EMPTY}
     SET g.memberships_verify_run = $run`,
    { ...scopeOf(run), before: dateTime(nowMs - fullEveryMs / 2) },
  );
}

/** Returns the calls of the groups by when they must be read, so that none gets older than `fullEveryMs`. */
function dueCalls(
  tx: Transaction,
  run: Run,
  { nowMs, fullEveryMs, spread }: { nowMs: number; fullEveryMs: number; spread: Spread },
): Promise<Due[]> {
  return tx.run<Due>(
    `${READ_GROUPS}
     WITH g, coalesce(g.memberships_read_at.epochMillis, 0) + $fullEveryMs - $latestMs AS lateMs
     RETURN CASE WHEN lateMs < 0 THEN 1 ELSE 2 + lateMs / $intervalMs END AS within, sum(${CALLS}) AS calls
     ORDER BY within`,
    {
      domain: run.domain,
      fullEveryMs: integer(fullEveryMs),
      latestMs: integer(Math.round(nowMs + untilNextRunMs(spread))),
      intervalMs: integer(Math.round(spread.intervalMs)),
    },
  );
}

/**
 * Returns the number of calls for this run, so that no later run needs more: the largest average that any number of
 * runs from now on has to make.
 */
function shareOfRun(due: readonly Due[]): number {
  let sum = 0;
  return Math.max(0, ...due.map(({ within, calls }) => Math.ceil((sum += calls) / within)));
}

/**
 * Returns the time between runs as the last two show it, milliseconds; 0 if unknown. It is longer than the schedule's
 * interval if runs take longer. One long gap, such as an outage, does not count.
 */
async function observedPeriodMs(tx: Transaction, run: Run, nowMs: number): Promise<number> {
  const [last, secondLast] = await tx.run<{ startedMs: number }>(
    `MATCH (r:SyncRun {okta_domain: $domain}) WHERE r.number < $run AND ${hasLists('r')}
     RETURN r.started_at.epochMillis AS startedMs ORDER BY r.number DESC LIMIT 2`,
    scopeOf(run),
  );
  if (!last || !secondLast) return 0;
  return Math.min(nowMs - last.startedMs, last.startedMs - secondLast.startedMs);
}
