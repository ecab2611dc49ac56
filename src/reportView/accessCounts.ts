import type { AccessCounts, EdgeCounts, NodeCounts } from '../contract';

/** Returns the counts of the kinds of nodes in `SYNC_ACCESS` that a run has read, with their names. */
export function accessNodes({ apps, rules }: AccessCounts = {}): readonly (readonly [
  name: string,
  counts: NodeCounts,
])[] {
  return [
    ...(apps ? ([['apps', apps]] as const) : []),
    ...(rules ? ([['group rules', rules]] as const) : []),
  ];
}

/** Returns the counts of assignments to apps and of admin roles that a run has read, with their names. */
export function accessEdges({ assignments, roles }: AccessCounts = {}): readonly (readonly [
  name: string,
  counts: EdgeCounts,
])[] {
  return [
    ...(assignments ? ([['assignments', assignments]] as const) : []),
    ...(roles ? ([['admin roles', roles]] as const) : []),
  ];
}
