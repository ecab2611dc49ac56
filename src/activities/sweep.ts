import { settleCandidates, sweepCandidates, withholdRest, type Verdicts } from '../graph/sweep';
import { groupRow, userRow, type NodeLabel, type NodeRow } from '../graph/nodes';
import type { Run } from '../graph/run';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import { drawReportingLines } from '../graph/reportingLines';
import { pruneHistory } from '../graph/retention';
import { SWEEP_CURSOR } from '../inputs';
import { Attempt } from './context';
import { readItem } from './readItem';
import { tellingUsage } from './usage';
import type { Ports } from './ports';

/** Where the sweep goes on: after a node of a kind. */
export interface SweepCursor {
  label: NodeLabel;
  after: string;
}

/** Candidates asked for before what was learnt is written. */
const CANDIDATES = 50;

/** Sorts behind every Okta id. */
const PAST_EVERY_ID = '~';

/** Failures that would meet every further candidate too. */
const ENDS_THE_SWEEP: ReadonlySet<string> = new Set([
  'OKTA_UNAUTHORIZED',
  'OKTA_UNREACHABLE',
  'OKTA_UNTRUSTED',
  'OKTA_RATE_LIMITED',
]);

/**
 * Removes what the lists no longer show, each on Okta's own word. Then draws the reporting lines of those who are left,
 * and drops history that is too old. Returns where to go on; undefined when done.
 */
export async function sweep(
  { okta, graph, sync, chunkMs }: Ports,
  run: Run,
  from?: SweepCursor,
): Promise<SweepCursor | undefined> {
  const attempt = new Attempt<SweepCursor>(chunkMs, SWEEP_CURSOR);
  const org = okta.org(run.domain);
  let cursor: SweepCursor = attempt.lastDetails ?? from ?? { label: 'User', after: '' };
  return tellingUsage(graph, run, attempt.usage, async () => {
    for (;;) {
      const ids = await sweepCandidates(graph, run, cursor.label, cursor.after, CANDIDATES);
      const last = ids.at(-1);
      if (last === undefined) {
        if (cursor.label === 'Group') {
          await drawReportingLines(graph, run, attempt.usage, attempt.beat);
          await pruneHistory(graph, run, attempt.usage, sync.historyRetentionMs, attempt.beat);
          return undefined;
        }
        cursor = { label: 'Group', after: '' };
      } else {
        const verdicts = await judge(org, cursor.label, ids, attempt);
        const withheld = await settleCandidates(graph, run, attempt.usage, cursor.label, verdicts, sync);
        cursor = { ...cursor, after: last };
        if (withheld > 0) {
          await withholdRest(graph, run, attempt.usage, cursor.label, cursor.after);
          cursor = { ...cursor, after: PAST_EVERY_ID };
        }
      }
      attempt.reached(cursor);
      if (attempt.isOver()) return cursor;
    }
  });
}

async function judge(
  org: OktaOrg,
  label: NodeLabel,
  ids: readonly string[],
  attempt: Attempt<unknown>,
): Promise<Verdicts> {
  const gone: string[] = [];
  const alive: NodeRow[] = [];
  const unproven: string[] = [];
  await Promise.all(
    ids.map(async (id) => {
      try {
        const found = label === 'User' ? await org.user(id, attempt) : await org.group(id, attempt);
        if (found === undefined) return gone.push(id);
        const read = readItem(label, found);
        if ('malformed' in read) return unproven.push(id);
        return alive.push('email' in read ? userRow(read) : groupRow(read));
      } catch (error) {
        attempt.signal.throwIfAborted();
        if (!(error instanceof OktaError) || ENDS_THE_SWEEP.has(error.code)) throw error;
        return unproven.push(id);
      }
    }),
  );
  return { gone, alive, unproven, asOfMs: attempt.oktaNowMs };
}
