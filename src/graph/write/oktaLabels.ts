import type { GraphDatabase } from '../database';
import type { Run } from './run';

/** Labels of nodes that stand for an object of Okta; each also has an Okta label, such as `OktaUser`. */
const LABELS = [
  'User',
  'Group',
  'App',
  'GroupRule',
  'AdminRole',
  'FormerUser',
  'FormerGroup',
  'FormerApp',
  'FormerGroupRule',
] as const;

type Label = (typeof LABELS)[number];

/** Cypher: the Okta label of a node with `label`, with its colon; empty if the run gives none. */
export const oktaLabel = (run: Run, label: Label): string => (run.hasOktaLabels ? `:Okta${label}` : '');

/** Cypher: gives node `n` other labels. */
export const relabel = (run: Run, from: Label, to: Label): string =>
  `REMOVE n:${from}:Okta${from} SET n:${to}${oktaLabel(run, to)}`;

/**
 * Cypher: true if an org's nodes have Okta labels, false if they have none. Null if that is not known, as after a run of
 * a version up to 0.2.0, which gives none and keeps those of what it removes or restores.
 */
const MARKED = `
  MATCH (o:OktaOrg {domain: $domain})
  RETURN CASE WHEN EXISTS { MATCH (r:SyncRun {okta_domain: $domain, number: o.last_run - 1}) WHERE r.has_okta_labels IS NULL } THEN null
    ELSE o.has_okta_labels END AS has`;

const MARK = 'MATCH (o:OktaOrg {domain: $domain}) SET o.has_okta_labels = $has';

/**
 * Gives the nodes of an org the Okta labels of a run that has just begun, or takes them away, unless they are so
 * already: in a graph of an earlier version, or after a change of `OKTA_LABELS`.
 */
export async function ensureOktaLabels(
  db: GraphDatabase,
  { domain, number, hasOktaLabels }: Run,
): Promise<void> {
  const wanted = hasOktaLabels === true;
  const [org] = await db.run<{ has: boolean | null }>(MARKED, { domain });
  if (org?.has === wanted) return;
  // Before the first run there are no nodes.
  if (number > 1) await labelAll(db, domain, wanted);
  await db.run(MARK, { domain, has: wanted });
}

async function labelAll(db: GraphDatabase, domain: string, wanted: boolean): Promise<void> {
  await db.run(MARK, { domain, has: null });
  for (const label of LABELS) {
    const others = LABELS.filter((each) => each !== label).map((each) => `Okta${each}`);
    await db.run(
      `MATCH (n:${label} {okta_domain: $domain}) WHERE ${wanted ? 'NOT ' : ''}n:Okta${label} OR n:${others.join('|')}
       CALL (n) { REMOVE n:Okta${label}:${others.join(':')} ${wanted ? `SET n:Okta${label}` : ''} } IN TRANSACTIONS OF 10000 ROWS`,
      { domain },
    );
  }
}
