import type { Counter, Counts } from '../../../telemetry/runCounts';
import type { GraphDatabase, Transaction } from '../../database';
import { integer } from '../../values';
import { removalLimit, type BreakerOptions, type RemovableKind } from '../breaker';
import { inPortions } from '../portions';
import { keepsHistory, scopeOf, type Run } from '../run';
import { noteStep, writeClaimed, type AccessWriter } from './attempt';
import { ACCESS_EDGES, EDGE_KINDS, endEdges, type AccessEdge } from './edges';
import { forgetFormerAdmins } from './owners';
import { COUNTED_AS, deniedTwice, endAssignments, removeAccessNode, type AccessLabel } from './nodes';

/** Returns the milliseconds until the last of what Okta has denied or left out once can be asked for again. */
export async function msUntilSettled(db: GraphDatabase, run: Run, gapMs: number): Promise<number> {
  const once = [
    ...['App', 'GroupRule'].map(
      (label) =>
        `MATCH (n:${label} {okta_domain: $domain}) WHERE n.denied_run = $run AND n.denied_twice IS NULL RETURN max(n.denied_since.epochMillis) AS since`,
    ),
    ...ACCESS_EDGES.map(
      (type) =>
        `MATCH ()-[e:${type}]->(t) WHERE e.missing_run = $run AND e.missing_twice IS NULL AND t.okta_domain = $domain RETURN max(e.missing_since.epochMillis) AS since`,
    ),
  ];
  const [row] = await db.read<{ waitMs: number | null }>(
    `CALL () { ${once.join(' UNION ALL ')} }
     RETURN max(since) + $gapMs + 1 - datetime.realtime('UTC').epochMillis AS waitMs`,
    { ...scopeOf(run), gapMs: integer(gapMs) },
  );
  return Math.min(gapMs + 1, Math.max(0, row?.waitMs ?? 0));
}

/** As the sync's; lists of assignments and roles are all read within `fullEveryMs`. */
type AccessBreaker = BreakerOptions & { fullEveryMs: number };

/** Maximum number of edges that end in one transaction. */
const MAX_EDGES = 5_000;

/**
 * Ends what Okta has denied or left out twice, unless that is more of a kind than the breaker allows and a person has
 * approved: then all of that kind stays, and is counted as withheld. Afterwards nothing is left to settle in the run.
 */
export async function settle(writer: AccessWriter, breaker: AccessBreaker, beat: () => void): Promise<void> {
  // The assignments of a deleted app end with it, and do not count for the breaker.
  for (const label of ['App', 'GroupRule'] as const) await settleNodes(writer, label, breaker, beat);
  for (const type of ACCESS_EDGES) await settleEdges(writer, type, breaker, beat);
  await writeClaimed(writer, async (tx) => {
    await tx.run('MATCH (n:AdminRole {okta_domain: $domain}) WHERE NOT EXISTS { (n)--() } DELETE n', {
      domain: writer.run.domain,
    });
    if (writer.run.access?.includes('roles')) await forgetFormerAdmins(tx, writer.run);
    await noteStep(tx, writer.run, 'settled');
    return { counts: {}, warnings: [] };
  });
}

async function settleEdges(
  writer: AccessWriter,
  type: AccessEdge,
  breaker: AccessBreaker,
  beat: () => void,
): Promise<void> {
  const { run, db } = writer;
  const kind = EDGE_KINDS[type];
  // An edge of a node that Okta has denied ends with that node: if its deletion is withheld, the edge stays too.
  const inDoubt = `MATCH (s)-[e:${type}]->(t) WHERE e.missing_run <= $run AND t.okta_domain = $domain
     AND all(each IN [s, t] WHERE coalesce(each.denied_run <> $run, true))`;
  const isMissed = 'e.missing_run = $run AND e.missing_twice';
  const [found] = await db.read<Doubts>(
    `${inDoubt} RETURN count(e) AS inDoubt, count(CASE WHEN ${isMissed} THEN 1 END) AS gone`,
    scopeOf(run),
  );
  if (!(await isPermitted(writer, kind, found ?? NO_DOUBTS, breaker))) return;
  const endSome = async (atMost: number) => {
    const { ended } = await writeClaimed(writer, async (tx) => {
      const [row] = await tx.run<{ ended: number }>(
        `${inDoubt} AND ${isMissed} WITH s, e, t LIMIT $atMost
         ${keepsHistory(run) ? endEdges(type, { at: 'e.missing_at', after: 'e.missing_after', from: 's', to: 't' }) : 'DELETE e'}
         RETURN count(*) AS ended`,
        { ...scopeOf(run), atMost: integer(atMost) },
      );
      const { ended = 0 } = row ?? {};
      const counts: Counts = { [`${kind}_removed`]: ended, [`${kind}_removed_unlisted`]: ended };
      return { counts, warnings: [], ended };
    });
    return ended;
  };
  await inPortions(MAX_EDGES, endSome, beat);
}

async function settleNodes(
  writer: AccessWriter,
  label: AccessLabel,
  breaker: AccessBreaker,
  beat: () => void,
): Promise<void> {
  const { run, db } = writer;
  const kind = COUNTED_AS[label];
  const { ids, inDoubt } = await deniedTwice(db, run, label);
  if (!(await isPermitted(writer, kind, { gone: ids.length, inDoubt }, breaker))) return;
  for (const id of ids) {
    if (label === 'App') await endAllAssignments(writer, id, beat);
    await writeClaimed(writer, async (tx) => {
      await removeAccessNode(tx, run, label, id);
      const deleted: Counter = `${kind}_deleted`;
      return { counts: { [deleted]: 1 }, warnings: [] };
    });
    beat();
  }
}

async function endAllAssignments(writer: AccessWriter, appId: string, beat: () => void): Promise<void> {
  const endSome = async (atMost: number) => {
    const { removed } = await writeClaimed(writer, async (tx) => {
      const { removed, ended } = await endAssignments(tx, writer.run, appId, atMost);
      return { counts: { assignments_removed: ended }, warnings: [], removed };
    });
    return removed;
  };
  await inPortions(MAX_EDGES, endSome, beat);
}

/** What Okta has left out or denied of a kind. */
interface Doubts {
  /** Number of those that may end now. */
  gone: number;
  /** All of them, with those that an earlier run has withheld and this one could not ask for again. */
  inDoubt: number;
}

const NO_DOUBTS: Doubts = { gone: 0, inDoubt: 0 };

/**
 * Returns true if there is something to remove, and all that is in doubt could be removed: otherwise several runs, each
 * of which cannot read something else, would remove more than one may. If not, all of the kind is withheld and counted,
 * once: an attempt that takes over withholds it too.
 */
async function isPermitted(
  writer: AccessWriter,
  kind: RemovableKind,
  { gone, inDoubt }: Doubts,
  breaker: AccessBreaker,
): Promise<boolean> {
  if (gone === 0) return false;
  const { permitted } = await writeClaimed(writer, async (tx) => {
    const { limit, removed, isWithheld } = await removalLimit(tx, writer.run, kind, breaker);
    const before = await removedBefore(tx, writer.run, kind, breaker);
    const permitted = !isWithheld && before + removed + inDoubt <= limit;
    const counts: Counts = permitted || isWithheld ? {} : { [`${kind}_withheld`]: inDoubt };
    return { counts, warnings: [], permitted };
  });
  return permitted;
}

/**
 * Returns how many edges of a kind earlier runs have removed in the time in which all lists are read once. If each run
 * reads only a share of them, credentials that see less than before would otherwise stay below the limit in each run.
 */
async function removedBefore(
  tx: Transaction,
  run: Run,
  kind: RemovableKind,
  { maxDeletePercent, fullEveryMs }: AccessBreaker,
): Promise<number> {
  const isLimited = run.accessVerifyShare !== undefined && !run.allowDeletes && maxDeletePercent < 100;
  if (!isLimited || !(kind === 'assignments' || kind === 'roles')) return 0;
  const [row] = await tx.run<{ removed: number }>(
    `MATCH (r:SyncRun {okta_domain: $domain})
     WHERE r.number < $run AND NOT r.allow_deletes AND r.started_at > datetime.realtime('UTC') - duration({milliseconds: $withinMs})
     RETURN sum(r.${kind}_removed_unlisted) AS removed`,
    { ...scopeOf(run), withinMs: integer(fullEveryMs) },
  );
  return row?.removed ?? 0;
}
