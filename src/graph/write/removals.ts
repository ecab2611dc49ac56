import type { Counts } from '../../telemetry/runCounts';
import { CODES, type Code } from '../../codes';
import type { SyncWarning, NodeLabel } from '../../contract';
import { wereListed } from './approvals';
import type { BreakerOptions } from './breaker';
import type { Transaction } from '../database';
import { explainNeo4jError } from '../errors';
import { relationshipCount, removeNodes, removeSomeRelationships, type Removed } from './former';
import { MIN_EDGES, MAX_EDGES } from './memberships';
import { MAX_ROWS } from './nodes';
import { inPortions } from './portions';
import { scopeOf, writeForRun, type RunWriter } from './run';
import { noteStaleLines } from './staleLines';
import { changeSuspects, deniedBy, doubtsOf, kindOf, withholdWithin } from './sweep';
import { integer } from '../values';

/** A node to be removed. */
interface NodeToRemove {
  id: string;
  /** Number of relationships that are removed with it. */
  relationships: number;
}

/** Options for removing nodes of one kind in one run. */
export interface Removing extends RunWriter {
  label: NodeLabel;
  breaker: BreakerOptions;
  /** Called after each transaction, including failed ones. */
  beat: () => void;
  /** Maximum number of nodes and relationships in one transaction, lowered when Neo4j runs out of memory. */
  room?: { max: number };
}

type Removal = Required<Removing>;

/**
 * Removes the next nodes that Okta has denied twice, in transactions of at most {@link MAX_EDGES} nodes and
 * relationships, smaller ones if Neo4j runs out of memory. A node that cannot be removed is reported and does not block
 * the others. If there are more than the breaker allows, none is removed and all are counted as withheld.
 *
 * @param after the id to continue after.
 * @returns the last id; undefined if there are no more.
 */
export async function removeConfirmed(removing: Removing, after: string): Promise<string | undefined> {
  const { db, run, label } = removing;
  const nodes = await db.read<NodeToRemove>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.${kindOf(label)}_withheld = 0
     ${deniedBy(label)} AND n.denied_twice AND n.id > $after
     WITH n ORDER BY n.id LIMIT $atMost
     RETURN n.id AS id, ${relationshipCount(run)} AS relationships`,
    { ...scopeOf(run), runId: run.id, after, atMost: integer(MAX_ROWS) },
  );
  const removal = { room: { max: MAX_EDGES }, ...removing };
  for (const portion of portionsOf(nodes, removal)) await removePortion(removal, portion);
  return nodes.at(-1)?.id;
}

/**
 * Splits nodes into transactions of at most the current maximum size. A node with more relationships than that gets one
 * of its own.
 */
function* portionsOf(nodes: readonly NodeToRemove[], removal: Removal): Generator<NodeToRemove[]> {
  for (let at = 0; at < nodes.length;) {
    const portion: NodeToRemove[] = [];
    let room = removal.room.max;
    for (const node of nodes.slice(at)) {
      room -= sizeOf(node);
      if (portion.length > 0 && room < 0) break;
      portion.push(node);
    }
    yield portion;
    at += portion.length;
  }
}

async function removePortion(removal: Removal, nodes: readonly NodeToRemove[]): Promise<void> {
  try {
    const [only] = nodes;
    if (nodes.length === 1 && only && only.relationships > removal.room.max) await strip(removal, only);
    await remove(removal, nodes);
    removal.beat();
  } catch (error) {
    const code = explainNeo4jError(error)?.code;
    if (!isOfTheNodes(code)) throw error;
    removal.beat();
    if (code === 'GRAPH_OUT_OF_MEMORY') {
      const size = nodes.reduce((sum, node) => sum + sizeOf(node), 0);
      learn(removal, Math.ceil(size / 2));
    }
    const [only] = nodes;
    if (nodes.length > 1) {
      const half = Math.ceil(nodes.length / 2);
      for (const some of [nodes.slice(0, half), nodes.slice(half)])
        for (const portion of portionsOf(some, removal)) await removePortion(removal, portion);
    } else if (only) {
      await removeAlone(removal, only, code);
    }
  }
}

/** Limits the size of further transactions to what fits into Neo4j's memory, so that they do not fail first. */
function learn({ room }: Removal, fitting: number): void {
  room.max = Math.min(room.max, Math.max(MIN_EDGES, fitting));
}

function sizeOf({ relationships }: NodeToRemove): number {
  return relationships + 1;
}

/** Returns true for failures that are specific to a node, so that other nodes may still succeed. */
function isOfTheNodes(code: Code | undefined): code is Code {
  return code !== undefined && CODES[code].concerns === 'node';
}

/** Removes a node whose removal failed, relationships first; reports it if it still fails. */
async function removeAlone(removal: Removal, node: NodeToRemove, code: Code): Promise<void> {
  try {
    if (code !== 'GRAPH_OUT_OF_MEMORY') throw new NotRemovable(code);
    await strip(removal, node);
    await remove(removal, [node]);
  } catch (error) {
    const reason = error instanceof NotRemovable ? error.code : explainNeo4jError(error)?.code;
    if (!isOfTheNodes(reason)) throw error;
    await writeForRun(removal, async (tx) => {
      const isNew = await markNotRemoved(tx, removal, node);
      return {
        counts: { nodes_not_removed: isNew ? 1 : 0 },
        warnings: isNew ? [notRemoved(removal, node, reason)] : [],
      };
    });
  }
  removal.beat();
}

class NotRemovable extends Error {
  constructor(readonly code: Code) {
    super(code);
  }
}

/**
 * Marks a node as not removed by the run. @returns false if it was already marked, by an earlier attempt of the
 * activity.
 */
async function markNotRemoved(
  tx: Transaction,
  { run, label }: Removing,
  { id }: NodeToRemove,
): Promise<boolean> {
  const marked = await tx.run(
    `MATCH (n:${label} {okta_domain: $domain, id: $id}) WHERE coalesce(n.not_removed_run, 0) <> $run
     SET n.not_removed_run = $run RETURN n.id AS id`,
    { ...scopeOf(run), id },
  );
  return marked.length > 0;
}

function notRemoved({ label }: Removing, { id }: NodeToRemove, code: Code): SyncWarning {
  const what = label.toLowerCase();
  const message = `A ${what} that Okta has deleted could not be removed from the graph (${code}); the next run tries again.`;
  return { code: 'NOT_REMOVED', message, ...(label === 'User' ? { userId: id } : { groupId: id }) };
}

/** Removes the relationships of a node in batches that fit into Neo4j's memory. */
async function strip(removal: Removal, { id, relationships }: NodeToRemove): Promise<void> {
  const { run, label, beat } = removal;
  const size = Math.max(1, Math.min(removal.room.max, Math.ceil(relationships / 2)));
  const removeSome = async (atMost: number): Promise<number> => {
    const { count } = await writeForRun(removal, async (tx) => {
      if (!(await isPermitted(tx, removal, [id]))) return { counts: {}, warnings: [], count: 0 };
      const removed = await removeSomeRelationships(tx, run, { label, id }, atMost);
      return { counts: countsOfEdges(removed), warnings: [], count: removed.count };
    });
    return count;
  };
  const fitting = await inPortions(size, removeSome, beat);
  if (fitting < size) learn(removal, fitting);
}

function countsOfEdges({ edges, assignments, roles }: Omit<Removed, 'nodes'>): Counts {
  return { memberships_removed: edges, assignments_removed: assignments, roles_removed: roles };
}

async function remove(removing: Removing, nodes: readonly NodeToRemove[]): Promise<void> {
  const { run, label } = removing;
  const ids = nodes.map(({ id }) => id);
  await writeForRun(removing, async (tx) => {
    if (!(await isPermitted(tx, removing, ids))) {
      return {
        counts: { [`${kindOf(label)}_withheld`]: await withholdWithin(tx, run, label) },
        warnings: [],
      };
    }
    const removed = await removeNodes(tx, run, label, ids);
    if (label === 'User' && removed.nodes > 0) await noteStaleLines(tx, run);
    if (label === 'User') await changeSuspects(tx, run, { not: ids });
    const counts: Counts = { [`${kindOf(label)}_deleted`]: removed.nodes, ...countsOfEdges(removed) };
    return { counts, warnings: [] };
  });
}

/**
 * Returns true if these confirmed removals may be made; the org's lock is held, so no other writer adds to them
 * meanwhile. More than usual are allowed only to nodes that the approver has seen.
 */
async function isPermitted(
  tx: Transaction,
  { run, label, breaker }: Removing,
  ids: readonly string[],
): Promise<boolean> {
  const { isOver, isOverUsual, isWithheld } = await doubtsOf(tx, run, label, breaker);
  return !isWithheld && !isOver && (!isOverUsual || (await wereListed(tx, run, label, ids)));
}
