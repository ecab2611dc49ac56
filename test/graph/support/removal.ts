import type { NodeLabel } from '../../../src/contract';
import { removeConfirmed } from '../../../src/graph/write/removals';
import type { Run } from '../../../src/graph/write/run';
import { settleCandidates } from '../../../src/graph/write/sweep';
import { integer } from '../../../src/graph/values';
import type { GraphUnderTest } from '../../../dev/lab/graph/graphUnderTest';

export interface RemovalOptions {
  /** Okta's clock at the denials. */
  asOfMs: number;
  maxDeletePercent?: number;
  /** Called between transactions. */
  beat?: () => void;
}

/** Has Okta deny nodes once, which no later run has seen. @returns true if that is more than the breaker lets go. */
export async function denyOnce(
  { db, usage, domain }: GraphUnderTest,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
  { asOfMs, maxDeletePercent = 100 }: RemovalOptions,
  isRipe = false,
): Promise<boolean> {
  await db.run(
    `MATCH (n:${label} {okta_domain: $domain}) WHERE n.id IN $ids AND n.last_seen_run > $run SET n.last_seen_run = $run`,
    { domain, ids, run: integer(run.number) },
  );
  const results = { denied: ids.map((id) => ({ id, isRipe })), alive: [], unconfirmed: [], asOfMs };
  return settleCandidates({ db, run, usage }, label, results, { maxDeletePercent });
}

/** Has Okta deny nodes twice, and removes what is proven. */
export async function removeDenied(
  graph: GraphUnderTest,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
  options: RemovalOptions,
): Promise<void> {
  await denyTwice(graph, run, label, ids, options);
  await removeAll(graph, run, label, options);
}

/** Has Okta deny nodes twice, which proves that they are deleted. */
export async function denyTwice(
  graph: GraphUnderTest,
  run: Run,
  label: NodeLabel,
  ids: readonly string[],
  options: RemovalOptions,
): Promise<void> {
  await denyOnce(graph, run, label, ids, options);
  await denyOnce(graph, run, label, ids, options, true);
}

/** Removes what Okta has denied twice. */
export async function removeAll(
  { db, usage }: Pick<GraphUnderTest, 'db' | 'usage'>,
  run: Run,
  label: NodeLabel,
  { maxDeletePercent = 100, beat = () => undefined }: Omit<RemovalOptions, 'asOfMs'> = {},
): Promise<void> {
  const removing = { db, run, usage, label, breaker: { maxDeletePercent }, beat };
  for (let after: string | undefined = ''; after !== undefined;)
    after = await removeConfirmed(removing, after);
}
