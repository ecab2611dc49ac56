import type { Neighbor } from '../../graph/read/explore';
import { formatCount } from '../../text/counts';
import { oktaWord } from '../../text/oktaWords';
import { pagePath } from '../pages/links';
import { nameOf } from '../pages/parts';

/** Neighbors that the picture shows as one node until it is opened. */
export interface Cluster {
  label: Neighbor['label'];
  /** What they have in common. */
  trait: string;
  members: readonly Neighbor[];
}

/** So many neighbors are all shown. */
const MAX_SINGLE = 15;

/** Neighbors of each label that are shown next to clusters of the rest. */
const FIRST = 4;

/** Fewer are not worth a cluster. */
const MIN_CLUSTER = 3;

/** Clusters of each label; what would be in smaller ones is in one more. */
const MAX_CLUSTERS = 8;

const OTHERS = 'others';

/**
 * Divides the neighbors of a node into those that a picture shows and clusters of the rest: users by department, or by
 * status if they are not active; groups by the first word of their name; apps by status.
 */
export function clustered(neighbors: readonly Neighbor[]): { singles: Neighbor[]; clusters: Cluster[] } {
  if (neighbors.length <= MAX_SINGLE) return { singles: [...neighbors], clusters: [] };
  const singles: Neighbor[] = [];
  const clusters: Cluster[] = [];
  for (const [label, alike] of groupedBy(neighbors, (each) => each.label)) {
    const rest = alike.slice(FIRST);
    const byTrait = [...groupedBy(rest, traitOf)].sort(([, a], [, b]) => b.length - a.length);
    const large = byTrait
      .filter(([trait, members]) => trait !== OTHERS && members.length >= MIN_CLUSTER)
      .slice(0, MAX_CLUSTERS);
    const clusteredTraits = new Set(large.map(([trait]) => trait));
    const others = rest.filter((each) => !clusteredTraits.has(traitOf(each)));
    const hasOthers = others.length >= MIN_CLUSTER;
    singles.push(...alike.slice(0, FIRST), ...(hasOthers ? [] : others));
    clusters.push(...large.map(([trait, members]) => ({ label, trait, members })));
    if (hasOthers) clusters.push({ label, trait: OTHERS, members: others });
  }
  return { singles, clusters };
}

function traitOf({ label, name, status, department }: Neighbor): string {
  switch (label) {
    case 'User':
      return status === null || status === 'ACTIVE' ? (department ?? 'no department') : oktaWord(status);
    case 'Group':
      return /^[\p{L}\p{N}]+/u.exec(name ?? '')?.[0] ?? OTHERS;
    case 'App':
      return status === null ? 'status unknown' : oktaWord(status);
    case 'AdminRole':
      return OTHERS;
  }
}

function groupedBy<K>(all: readonly Neighbor[], keyOf: (each: Neighbor) => K): Map<K, Neighbor[]> {
  const groups = new Map<K, Neighbor[]>();
  for (const each of all) {
    const key = keyOf(each);
    const own = groups.get(key);
    if (own) own.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

/** Maximum number of members of an opened cluster: more would not be legible. */
const MAX_OPENED = 40;

const PAGES = { User: 'User', Group: 'Group', App: 'apps', AdminRole: 'roles' } as const;

/** A node as the script draws it; `source` has its neighbors. */
interface Drawn {
  key: string;
  label: Neighbor['label'];
  name: string;
  source: string;
  /** Its page; absent of a cluster. */
  path?: string;
}

/**
 * Returns a node and its neighbors as the script draws them, or those in one of its clusters.
 *
 * @param opened the key of that cluster; undefined if it no longer exists.
 */
export function drawnNeighborhood(
  domain: string,
  { node, neighbors, total }: { node: Neighbor; neighbors: readonly Neighbor[]; total: number },
  opened?: string,
): { center: Drawn; neighbors: Drawn[]; note: string } | undefined {
  const nodeOf = ({ label, id, name }: Neighbor): Drawn => {
    const path = pagePath(domain, PAGES[label], id);
    return { key: `${label}/${id}`, label, name: nameOf(name, id), source: `${path}/neighbors`, path };
  };
  const center = nodeOf(node);
  const clusterOf = ({ label, trait, members }: Cluster): Drawn => {
    const key = `${center.key}/${label}/${trait}`;
    const name = `+ ${formatCount(members.length)} more: ${nameOf(trait, '')}`;
    return { key, label, name, source: `${center.source}?cluster=${encodeURIComponent(key)}` };
  };
  const { singles, clusters } = clustered(neighbors);
  if (opened !== undefined) {
    const cluster = clusters.find((each) => clusterOf(each).key === opened);
    if (!cluster) return undefined;
    const shown = cluster.members.slice(0, MAX_OPENED).map(nodeOf);
    const note = `${shown.length} of ${formatCount(cluster.members.length)} shown.`;
    return { center: clusterOf(cluster), neighbors: shown, note };
  }
  const inClusters = neighbors.length - singles.length;
  const all = neighbors.length < total ? `${formatCount(neighbors.length)} of ` : '';
  const note = `${all}${formatCount(total)} neighbors shown${inClusters > 0 ? `, ${formatCount(inClusters)} of them in clusters.` : '.'}`;
  return { center, neighbors: [...singles.map(nodeOf), ...clusters.map(clusterOf)], note };
}
