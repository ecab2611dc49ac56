import type { Usage } from '../okta/callContext';
import { removalLimit, type BreakerOptions } from './breaker';
import type { GraphDatabase, Transaction } from './database';
import { removeNodes, endMemberships } from './former';
import { MOST_EDGES } from './memberships';
import { builtInWasRead } from './workList';
import { writeNodes, type NodeLabel, type NodeRow } from './nodes';
import { keepsHistory, scopeOf, writeForRun, type Run } from './run';
import { noteStaleLines } from './staleLines';
import { integer } from './values';

/**
 * Ids of nodes that may be gone, after the id given, in order: what a whole list did not show, and users that
 * are, or have come to be, in no BUILT_IN group. Everyone has every user, so those were most likely deleted. An
 * empty list suspects nobody.
 */
export async function sweepCandidates(
  db: GraphDatabase,
  run: Run,
  label: NodeLabel,
  after: string,
  atMost: number,
): Promise<string[]> {
  const rows = await db.read<{ id: string }>(
    `${candidates(run, label)} RETURN n.id AS id ORDER BY id LIMIT $atMost`,
    { ...scopeOf(run), id: run.id, after, atMost: integer(atMost) },
  );
  return rows.map(({ id }) => id);
}

/** Binds `n` to each candidate after `$after`. */
function candidates(run: Run, label: NodeLabel): string {
  if (label === 'Group') return unlisted('Group', 'groups');
  const branches = [
    LEFT_EVERYONE,
    NEVER_IN_EVERYONE,
    ...(run.mode === 'full' ? [unlisted('User', 'users')] : []),
  ];
  return `CALL () { ${branches.map((branch) => `${branch} RETURN n`).join(' UNION ')} } WITH n`;
}

/** Not in a list that was read whole. */
const unlisted = (label: NodeLabel, list: 'users' | 'groups') => `
  MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.${list}_listed AND r.${list}_seen > 0
  MATCH (n:${label} {okta_domain: $domain}) WHERE n.id > $after AND n.last_seen_run < $run`;

/** Its edge to a BUILT_IN group was removed, by this run or by one that could not ask any more. */
const LEFT_EVERYONE = `
  MATCH (o:OktaOrg {domain: $domain})
  UNWIND o.suspects AS suspect
  MATCH (n:User {okta_domain: $domain, id: suspect}) WHERE n.id > $after`;

/** Users asked for since no BUILT_IN group has them: a token that does not see Everyone must not ask for each user. */
const MOST_OUTSIDERS = 1000;

/** Listed since BUILT_IN groups were last looked at, and in none of them now: created, listed and deleted before its members were read. */
const NEVER_IN_EVERYONE = `
  MATCH (o:OktaOrg {domain: $domain})
  WHERE ${builtInWasRead('$domain', '$run')}
  MATCH (n:User {okta_domain: $domain})
  WHERE n.id > $after AND n.last_seen_run > coalesce(o.built_in_checked_run, 0)
    AND NOT EXISTS { (n)-[:MEMBER_OF]->(:Group {type: 'BUILT_IN'}) }
  WITH n ORDER BY n.id LIMIT ${MOST_OUTSIDERS}`;

/** Counts the candidates after the id given as withheld: once the breaker is reached, asking for them is in vain. */
export async function withholdRest(
  db: GraphDatabase,
  run: Run,
  usage: Usage,
  label: NodeLabel,
  after: string,
): Promise<void> {
  await writeForRun(db, run, usage, async (tx) => {
    const [rest] = await tx.run<{ count: number }>(`${candidates(run, label)} RETURN count(n) AS count`, {
      ...scopeOf(run),
      id: run.id,
      after,
    });
    return {
      counts: { [label === 'User' ? 'users_withheld' : 'groups_withheld']: rest?.count ?? 0 },
      warnings: [],
    };
  });
}

/** What Okta said of candidates when asked for each by id. */
export interface Verdicts {
  /** Proven not to exist. */
  gone: readonly string[];
  /** There after all, though not listed. */
  alive: readonly NodeRow[];
  /** No proof either way. */
  unproven: readonly string[];
  /** Okta's clock when it had said all this, milliseconds since the epoch. */
  asOfMs: number;
}

/**
 * Removes what is gone, with its edges, as far as the breaker allows; the rest is withheld and counted.
 *
 * @returns how many were withheld.
 */
export async function settleCandidates(
  db: GraphDatabase,
  run: Run,
  usage: Usage,
  label: NodeLabel,
  verdicts: Verdicts,
  breaker: BreakerOptions,
): Promise<number> {
  const kind = label === 'User' ? 'users' : 'groups';
  if (verdicts.gone.length > 0 && keepsHistory(run))
    await endManyMemberships(db, run, usage, label, verdicts, breaker);
  const { withheld } = await writeForRun(db, run, usage, async (tx) => {
    const { left } = await removalLimit(tx, run, kind, breaker);
    const removable = verdicts.gone.slice(0, left);
    const removed = await removeNodes(tx, run, label, removable, verdicts.asOfMs);
    if (label === 'User' && removed.nodes > 0) await noteStaleLines(tx, run);
    const kept = verdicts.gone.length - removable.length;
    const found = await writeNodes(tx, run, label, verdicts.alive);
    if (label === 'User') await acquit(tx, run, [...removable, ...verdicts.alive.map(({ id }) => id)]);
    return {
      counts: {
        [`${kind}_deleted`]: removed.nodes,
        [`${kind}_withheld`]: kept,
        [`${kind}_updated`]: found.updated,
        memberships_removed: removed.edges,
        nodes_unproven: verdicts.unproven.length,
      },
      warnings: [],
      withheld: kept,
    };
  });
  return withheld;
}

/** What goes with a large group, or with a user of many groups, does not fit into one transaction. */
async function endManyMemberships(
  db: GraphDatabase,
  run: Run,
  usage: Usage,
  label: NodeLabel,
  { gone, asOfMs }: Verdicts,
  breaker: BreakerOptions,
): Promise<void> {
  const large = await db.read<{ id: string }>(
    `UNWIND $ids AS id
     MATCH (n:${label} {okta_domain: $domain, id: id})
     WHERE COUNT { (n)-[:MEMBER_OF]-() } > ${MOST_EDGES}
     RETURN id`,
    { domain: run.domain, ids: gone },
  );
  for (const { id } of large) {
    for (let ended = MOST_EDGES; ended === MOST_EDGES;) {
      ({ ended } = await writeForRun(db, run, usage, async (tx) => {
        const { left } = await removalLimit(tx, run, label === 'User' ? 'users' : 'groups', breaker);
        const isRemovable = gone.indexOf(id) < left;
        const count = isRemovable ? await endMemberships(tx, run, label, id, asOfMs, MOST_EDGES) : 0;
        return { counts: { memberships_removed: count }, warnings: [], ended: count };
      }));
    }
  }
}

/** Takes users off the list of suspects: they are gone, or Okta has them. */
async function acquit(tx: Transaction, run: Run, ids: readonly string[]): Promise<void> {
  await tx.run(
    'MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = [id IN o.suspects WHERE NOT id IN $ids]',
    { domain: run.domain, ids },
  );
}
