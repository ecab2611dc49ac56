import type { Counter } from '../../../telemetry/runCounts';
import type { SyncWarning } from '../../../contract';
import { countOf, formatCount } from '../../../text/counts';
import type { GraphDatabase, Transaction } from '../../database';
import { integer } from '../../values';
import { allowedRemovals, type BreakerOptions } from '../breaker';
import { keepsHistory, scopeOf, type Run } from '../run';
import { noteStep, writeClaimed, type AccessWriter } from './attempt';
import { endEdges } from './edges';
import { forgetFormerAdmins } from './owners';
import { COUNTED_AS, deniedTwice, removeAccessNodes, type AccessLabel } from './nodes';

const TYPES = { ASSIGNED_TO: 'assignments', HAS_ROLE: 'roles' } as const;

type Type = keyof typeof TYPES;

const ONE = {
  apps: 'app',
  rules: 'group rule',
  assignments: 'assignment to an app',
  roles: 'assignment of an admin role',
} as const;
const MANY = {
  apps: 'apps',
  rules: 'group rules',
  assignments: 'assignments to apps',
  roles: 'assignments of admin roles',
} as const;

/** Returns the milliseconds until the last of what Okta has denied or left out once can be asked for again. */
export async function msUntilSettled(db: GraphDatabase, run: Run, gapMs: number): Promise<number> {
  const once = [
    ...['App', 'GroupRule'].map(
      (label) =>
        `MATCH (n:${label} {okta_domain: $domain}) WHERE n.denied_run = $run AND n.denied_twice IS NULL RETURN max(n.denied_since.epochMillis) AS since`,
    ),
    ...Object.keys(TYPES).map(
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

/** Maximum number of edges that end in one transaction. */
const MAX_EDGES = 5_000;

/**
 * Ends what Okta has denied or left out twice, unless that is more of a kind than the breaker allows: then all of that
 * kind stays, with a warning. Afterwards nothing is left to settle in the run.
 */
export async function settle(writer: AccessWriter, breaker: BreakerOptions, beat: () => void): Promise<void> {
  // The assignments of a deleted app end with it, and count as nobody's doubt.
  for (const label of ['App', 'GroupRule'] as const) await settleNodes(writer, label, breaker);
  for (const type of Object.keys(TYPES) as Type[]) await settleEdges(writer, type, breaker, beat);
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
  type: Type,
  breaker: BreakerOptions,
  beat: () => void,
): Promise<void> {
  const { run, db } = writer;
  const kind = TYPES[type];
  const missed = `MATCH (s)-[e:${type}]->(t) WHERE e.missing_run = $run AND e.missing_twice AND t.okta_domain = $domain`;
  const [before] = await db.read<{ all: number; missed: number }>(
    `RETURN COUNT { MATCH ()-[:${type}]->(t {okta_domain: $domain}) WHERE t:App OR t:AdminRole } AS all,
       COUNT { ${missed} } AS missed`,
    scopeOf(run),
  );
  if (!before || before.missed === 0) return;
  if (await isWithheld(writer, kind, { all: before.all, gone: before.missed }, breaker)) {
    // The next run reads their lists again.
    await writeClaimed(writer, async (tx) => {
      await tx.run(`${missed} SET e.missing_twice = null`, scopeOf(run));
      return { counts: {}, warnings: [] };
    });
    return;
  }
  for (let ended = MAX_EDGES; ended === MAX_EDGES; beat()) {
    ({ ended } = await writeClaimed(writer, async (tx) => {
      const [row] = await tx.run<{ ended: number }>(
        `${missed} WITH s, e, t LIMIT $atMost
         ${keepsHistory(run) ? endEdges(type, { at: 'e.missing_at', after: 'e.missing_after', from: 's', to: 't' }) : 'DELETE e'}
         RETURN count(*) AS ended`,
        { ...scopeOf(run), atMost: integer(MAX_EDGES) },
      );
      const { ended = 0 } = row ?? {};
      return { counts: { [`${kind}_removed`]: ended }, warnings: [], ended };
    }));
  }
}

async function settleNodes(writer: AccessWriter, label: AccessLabel, breaker: BreakerOptions): Promise<void> {
  const { run, db } = writer;
  const kind = COUNTED_AS[label];
  const { all, ids } = await deniedTwice(db, run, label);
  if (ids.length === 0 || (await isWithheld(writer, kind, { all, gone: ids.length }, breaker))) return;
  for (const id of ids)
    await writeClaimed(writer, async (tx: Transaction) => {
      const ended = await removeAccessNodes(tx, run, label, [id]);
      const deleted: Counter = `${kind}_deleted`;
      return { counts: { [deleted]: 1, assignments_removed: ended }, warnings: [] };
    });
}

/** Returns true, after a warning, if the breaker does not allow the removals. */
async function isWithheld(
  writer: AccessWriter,
  kind: keyof typeof ONE,
  { all, gone }: { all: number; gone: number },
  { maxDeletePercent }: BreakerOptions,
): Promise<boolean> {
  if (gone <= allowedRemovals(all, maxDeletePercent) || writer.run.allowDeletes) return false;
  const message = `Withheld the removal of ${formatCount(gone)} of ${countOf(all, ONE[kind], MANY[kind])}: more than SYNC_MAX_DELETE_PERCENT allows. The next run checks them again.`;
  const warning: SyncWarning = { code: 'REMOVALS_WITHHELD', message, count: gone };
  await writeClaimed(writer, () => Promise.resolve({ counts: {}, warnings: [warning] }));
  return true;
}
