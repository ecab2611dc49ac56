import type { Counts } from '../../telemetry/runCounts';
import type { SyncWarning, NodeLabel } from '../../contract';
import { OutOfTransactionMemoryError, type GraphDatabase, type Transaction } from '../database';
import { batches, writeNodes, type NodeRow } from './nodes';
import { LAG } from './reading';
import { scopeOf, writeForRun, type Run, type RunWriter } from './run';
import { dateTime } from '../values';

/** Consecutive pages of the user or group list, ready to be written. */
export interface ListPages {
  rows: readonly NodeRow[];
  warnings: readonly SyncWarning[];
  /** Okta's clock at the list's first page, milliseconds since the epoch; undefined if that page is not among these. */
  asOfMs: number | undefined;
  /** The latest time of a change on the pages, by Okta's timestamps, milliseconds since the epoch. */
  newestMs: number | undefined;
  /** True if the list ends with these pages. */
  isEnd: boolean;
}

const NOTE_PAGES = (list: 'users' | 'groups') => `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id})
  SET r.${list}_as_of = coalesce($asOf, r.${list}_as_of),
      r.${list}_newest = CASE WHEN r.${list}_newest > $newest THEN r.${list}_newest ELSE coalesce($newest, r.${list}_newest) END,
      r.${list}_listed = $isEnd`;

/** MUST only run after a complete read: changes between an unread page and the watermark would never be read. */
const MOVE_WATERMARK = {
  users: `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id}), (o:OktaOrg {domain: $domain})
  WHERE r.users_newest IS NOT NULL
  SET o.users_watermark = ${reached('users')}`,
  // A list of changes always has the built-in groups, however old their own timestamps are.
  groups: `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id}), (o:OktaOrg {domain: $domain})
  WHERE r.groups_newest IS NOT NULL
    AND (r.groups_changed_since IS NULL OR ${reached('groups')} > r.groups_changed_since)
  SET o.groups_watermark = ${reached('groups')}`,
};

/** Cypher: the time up to which run `r` has read a list: all changes until then are in it. */
function reached(list: 'users' | 'groups'): string {
  return `CASE WHEN r.${list}_newest < r.${list}_as_of THEN r.${list}_newest ELSE r.${list}_as_of END - duration('${LAG}')`;
}

/**
 * Writes pages in as many transactions as they need; the run's notes about the list are written with the last one.
 *
 * @returns how many nodes were new to the run; nodes already seen by a later run are not counted.
 */
export async function writeListPages(writer: RunWriter, label: NodeLabel, pages: ListPages): Promise<number> {
  const { run } = writer;
  const list = label === 'User' ? 'users' : 'groups';
  const parts = batches(pages.rows);
  const last = parts.pop() ?? [];
  let fresh = 0;
  for (const rows of parts) fresh += await writeRows(writer, label, rows);
  const noting = (tx: Transaction) =>
    Promise.all([
      tx.run(NOTE_PAGES(list), {
        domain: run.domain,
        id: run.id,
        isEnd: pages.isEnd,
        asOf: dateTime(pages.asOfMs),
        newest: dateTime(pages.newestMs),
      }),
      pages.isEnd && tx.run(MOVE_WATERMARK[list], { domain: run.domain, id: run.id }),
    ]);
  fresh += await writeRows(writer, label, last, { noting, warnings: pages.warnings });
  return fresh;
}

/**
 * Returns an upper bound of the nodes of a label that a run has seen in its list: those that it is known to have seen,
 * plus those that a later run has seen, which hides whether this run had.
 */
export async function nodesMet(db: GraphDatabase, run: Run, label: NodeLabel): Promise<number> {
  const [row] = await db.read<{ met: number }>(
    `MATCH (o:OktaOrg {domain: $domain}), (r:SyncRun {okta_domain: $domain, id: $id})
     RETURN coalesce(r.${label === 'User' ? 'users' : 'groups'}_seen, 0) + CASE WHEN o.last_run > $run
       THEN COUNT { MATCH (n:${label} {okta_domain: $domain}) WHERE n.last_seen_run > $run } ELSE 0 END AS met`,
    { ...scopeOf(run), id: run.id },
  );
  return row?.met ?? 0;
}

/** What the transaction with the last of the rows also writes. */
interface Note {
  noting: (tx: Transaction) => Promise<unknown>;
  warnings: readonly SyncWarning[];
}

/** Writes rows, and a note with the last of them; rows that exceed a transaction's memory are split in half. */
async function writeRows(
  writer: RunWriter,
  label: NodeLabel,
  rows: readonly NodeRow[],
  note?: Note,
): Promise<number> {
  const { run } = writer;
  const { noting, warnings = [] } = note ?? {};
  try {
    const { fresh } = await writeForRun(writer, async (tx) => {
      const { counts, fresh } = await write(tx, run, label, rows);
      return { counts, fresh, warnings: [...warnings], sent: noting?.(tx) };
    });
    return fresh;
  } catch (error) {
    if (!(error instanceof OutOfTransactionMemoryError) || rows.length === 0) throw error;
    const [first] = rows;
    if (rows.length === 1 && first) {
      await writeForRun(writer, async (tx) => ({
        counts: {},
        warnings: [tooLarge(label, first), ...warnings],
        sent: noting?.(tx),
      }));
      return 0;
    }
    const half = Math.floor(rows.length / 2);
    const fresh = await writeRows(writer, label, rows.slice(0, half));
    return fresh + (await writeRows(writer, label, rows.slice(half), note));
  }
}

function tooLarge(label: NodeLabel, { id }: NodeRow): SyncWarning {
  const message = `A ${label.toLowerCase()} does not fit into a transaction of Neo4j and was left out.`;
  return { code: 'ROW_TOO_LARGE', message, ...(label === 'User' ? { userId: id } : { groupId: id }) };
}

async function write(
  tx: Transaction,
  run: Run,
  label: NodeLabel,
  rows: readonly NodeRow[],
): Promise<{ counts: Counts; fresh: number }> {
  const { seen, created, updated } = await writeNodes(tx, run, label, rows);
  const counts =
    label === 'User'
      ? { users_seen: seen, users_created: created, users_updated: updated }
      : { groups_seen: seen, groups_created: created, groups_updated: updated };
  return { counts, fresh: seen };
}
