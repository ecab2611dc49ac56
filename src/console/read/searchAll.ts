import { searchAccess, type AccessPageKind, type FoundAccess } from '../../graph/read/access';
import { search, searchCounts, type Found } from '../../graph/read/explore';
import type { GraphDatabase } from '../../graph/database';

/** Counting stops here. */
export const MAX_COUNTED = 1_000;

/** All that a search has found. */
export interface AllFound {
  /** What was typed. */
  text: string;
  nodes: readonly Found[];
  access: readonly FoundAccess[];
  /** How many match of each kind that has matches; more than `MAX_COUNTED` counts as one more. */
  counts: readonly (readonly [kind: Found['label'] | AccessPageKind, count: number])[];
}

/** Searches users, groups, apps, admin roles and group rules, with at most `atMost` results of each. */
export async function searchAll(
  db: GraphDatabase,
  domains: readonly string[],
  text: string,
  atMost: number,
): Promise<AllFound> {
  const [nodes, nodeCounts, access] = await Promise.all([
    search(db, domains, text, atMost),
    searchCounts(db, domains, text, MAX_COUNTED + 1),
    searchAccess(db, domains, text, MAX_COUNTED + 1),
  ]);
  const byKind = new Map<AccessPageKind, FoundAccess[]>();
  for (const each of access) byKind.set(each.kind, [...(byKind.get(each.kind) ?? []), each]);
  const counts = [
    ['User', nodeCounts.User] as const,
    ['Group', nodeCounts.Group] as const,
    ...[...byKind].map(([kind, found]) => [kind, found.length] as const),
  ];
  return {
    text: text.trim(),
    nodes,
    access: [...byKind.values()].flatMap((found) => found.slice(0, atMost)),
    counts: counts.filter(([, count]) => count > 0),
  };
}
