import type { SyncWarning } from '../contract';
import type { Usage } from '../okta/callContext';
import { removalLimit, type BreakerOptions } from './breaker';
import type { GraphDatabase, Transaction } from './database';
import { explainNeo4jError } from './errors';
import { relationshipCount, removeNodes, removeSomeRelationships } from './former';
import { MOST_EDGES } from './memberships';
import { MOST_ROWS, type NodeLabel } from './nodes';
import { inPortions } from './portions';
import { scopeOf, writeForRun, type Counts, type Run } from './run';
import { noteStaleLines } from './staleLines';
import { clearSuspects, countsOf, deniedBy, kindOf, withholdWithin } from './sweep';
import { integer } from './values';

/** A node that is about to go. */
interface Doomed {
  id: string;
  /** Relationships that go with it. */
  relationships: number;
}

/** What every removal of one kind by one run takes. */
export interface Removing {
  db: GraphDatabase;
  run: Run;
  usage: Usage;
  label: NodeLabel;
  breaker: BreakerOptions;
  /** Called between transactions. */
  beat: () => void;
}

/**
 * Removes the next nodes that Okta has denied twice, in transactions of at most {@link MOST_EDGES} relationships, smaller
 * ones where Neo4j has no memory for those. A node that cannot be removed is reported, and does not hold up the others. If
 * more are proven than the breaker lets pass, none is removed, and all are counted as withheld.
 *
 * @param after goes on after this id.
 * @returns the last id; undefined when there are no more.
 */
export async function removeProven(removing: Removing, after: string): Promise<string | undefined> {
  const { db, run, label } = removing;
  const nodes = await db.read<Doomed>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $runId}) WHERE r.${kindOf(label)}_withheld = 0
     ${deniedBy(label)} AND n.denied_twice AND n.id > $after
     WITH n ORDER BY n.id LIMIT $atMost
     RETURN n.id AS id, ${relationshipCount(run)} AS relationships`,
    { ...scopeOf(run), runId: run.id, after, atMost: integer(MOST_ROWS) },
  );
  for (const portion of portionsOf(nodes)) {
    await removePortion(removing, portion);
    removing.beat();
  }
  return nodes.at(-1)?.id;
}

/** Cuts nodes into transactions. A node with more relationships than one takes is alone. */
function portionsOf(nodes: readonly Doomed[]): Doomed[][] {
  const portions: Doomed[][] = [];
  let room = 0;
  for (const node of nodes) {
    room -= node.relationships;
    const current = portions.at(-1);
    if (current && room >= 0) current.push(node);
    else {
      portions.push([node]);
      room = MOST_EDGES - node.relationships;
    }
  }
  return portions;
}

async function removePortion(removing: Removing, nodes: readonly Doomed[]): Promise<void> {
  try {
    const [only] = nodes;
    if (nodes.length === 1 && only && only.relationships > MOST_EDGES) await strip(removing, only);
    await remove(removing, nodes);
  } catch (error) {
    const code = explainNeo4jError(error)?.code ?? '';
    if (!OF_THE_NODES.has(code)) throw error;
    const [only] = nodes;
    if (nodes.length > 1) {
      const half = Math.ceil(nodes.length / 2);
      await removePortion(removing, nodes.slice(0, half));
      await removePortion(removing, nodes.slice(half));
    } else if (only) {
      await removeAlone(removing, only, code);
    }
  }
}

/** Failures that other nodes need not meet. */
const OF_THE_NODES: ReadonlySet<string> = new Set(['GRAPH_OUT_OF_MEMORY', 'GRAPH_CONFLICT']);

/** Removes a node that failed as a whole, relationships first; what still fails is reported. */
async function removeAlone(removing: Removing, node: Doomed, code: string): Promise<void> {
  try {
    if (code !== 'GRAPH_OUT_OF_MEMORY') throw new NotRemovable(code);
    await strip(removing, node);
    await remove(removing, [node]);
  } catch (error) {
    const reason = error instanceof NotRemovable ? error.code : (explainNeo4jError(error)?.code ?? '');
    if (!OF_THE_NODES.has(reason)) throw error;
    await writeForRun(removing.db, removing.run, removing.usage, async (tx) => {
      const isNew = await markNotRemoved(tx, removing, node);
      return { counts: { nodes_not_removed: isNew ? 1 : 0 }, warnings: [notRemoved(removing, node, reason)] };
    });
  }
}

class NotRemovable extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** Marks a node as not removed by the run. @returns false if it was: a repeated activity meets it again. */
async function markNotRemoved(tx: Transaction, { run, label }: Removing, { id }: Doomed): Promise<boolean> {
  const marked = await tx.run(
    `MATCH (n:${label} {okta_domain: $domain, id: $id}) WHERE coalesce(n.not_removed_run, 0) <> $run
     SET n.not_removed_run = $run RETURN n.id AS id`,
    { ...scopeOf(run), id },
  );
  return marked.length > 0;
}

function notRemoved({ label }: Removing, { id }: Doomed, code: string): SyncWarning {
  const what = label.toLowerCase();
  const message = `A ${what} that Okta has deleted could not be removed from the graph (${code}); the next run tries again.`;
  return { code: 'NOT_REMOVED', message, ...(label === 'User' ? { userId: id } : { groupId: id }) };
}

/** Removes the relationships of a node, as many at a time as Neo4j has memory for. */
async function strip(removing: Removing, { id, relationships }: Doomed): Promise<void> {
  const { db, run, usage, label, beat } = removing;
  const size = Math.max(1, Math.min(MOST_EDGES, Math.ceil(relationships / 2)));
  await inPortions(size, async (atMost) => {
    const { count } = await writeForRun(db, run, usage, async (tx) => {
      const { count, edges } = (await isPermitted(tx, removing))
        ? await removeSomeRelationships(tx, run, { label, id }, atMost)
        : { count: 0, edges: 0 };
      return { counts: { memberships_removed: edges }, warnings: [], count };
    });
    beat();
    return count;
  });
}

async function remove(removing: Removing, nodes: readonly Doomed[]): Promise<void> {
  const { db, run, usage, label } = removing;
  await writeForRun(db, run, usage, async (tx) => {
    if (!(await isPermitted(tx, removing))) {
      return {
        counts: { [`${kindOf(label)}_withheld`]: await withholdWithin(tx, run, label) },
        warnings: [],
      };
    }
    const ids = nodes.map(({ id }) => id);
    const removed = await removeNodes(tx, run, label, ids);
    if (label === 'User' && removed.nodes > 0) await noteStaleLines(tx, run);
    if (label === 'User') await clearSuspects(tx, run, ids);
    const counts: Counts = {
      [`${kindOf(label)}_deleted`]: removed.nodes,
      memberships_removed: removed.edges,
    };
    return { counts, warnings: [] };
  });
}

/** True if all that is proven may go; the org's lock is held, so no other writer adds to it meanwhile. */
async function isPermitted(tx: Transaction, { run, label, breaker }: Removing): Promise<boolean> {
  const { limit, removed, isWithheld } = await removalLimit(tx, run, kindOf(label), breaker);
  const { twice } = await countsOf(tx, run, label);
  return !isWithheld && removed + twice <= limit;
}
