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

const MARKED = `
  MERGE (o:OktaOrg {domain: $domain}) ON CREATE SET o.has_okta_labels = $wanted
  RETURN coalesce(o.has_okta_labels, false) AS has`;

/**
 * Gives the nodes of an org their Okta labels, or takes them away, unless they are as wanted already: in a graph of an
 * earlier version, or after a change of `OKTA_LABELS`. Creates the `OktaOrg` if there is none.
 */
export async function ensureOktaLabels(db: GraphDatabase, domain: string, wanted: boolean): Promise<void> {
  const [org] = await db.run<{ has: boolean }>(MARKED, { domain, wanted });
  if (org?.has === wanted) return;
  for (const label of LABELS)
    await db.run(
      `MATCH (n:${label} {okta_domain: $domain}) WHERE ${wanted ? 'NOT ' : ''}n:Okta${label}
       CALL (n) { ${wanted ? 'SET' : 'REMOVE'} n:Okta${label} } IN TRANSACTIONS OF 10000 ROWS`,
      { domain },
    );
  await db.run('MATCH (o:OktaOrg {domain: $domain}) SET o.has_okta_labels = $wanted', { domain, wanted });
}
