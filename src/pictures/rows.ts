import type { Drawing } from './drawing';

export interface Position {
  x: number;
  y: number;
}

/** Height of a row with one name, in points. */
const HEIGHT = 26;
/** Approximate ratio of a picture's width to its height. */
const ASPECT = 1.6;

/**
 * Lays out many nodes so that every name is legible, without the much larger space of a force-directed layout. With only
 * users and groups, whichever are fewer are in the middle, and the others in rows on both sides. Otherwise users, groups,
 * and what groups give are side by side, in this order. Rows are close to the nodes that they are linked to.
 *
 * @param width width of a column, in points.
 */
export function inRows(drawing: Drawing, width: number): Map<string, Position> {
  const { nodes } = drawing;
  const rows = Math.max(1, Math.ceil(Math.sqrt((nodes.length * width) / HEIGHT / ASPECT)));
  return nodes.some(({ kind }) => kind !== 'user' && kind !== 'group')
    ? sideBySide(drawing, width, rows)
    : aroundTheFewer(drawing, width, rows);
}

function aroundTheFewer({ nodes, links }: Drawing, width: number, rows: number): Map<string, Position> {
  const groups = nodes.filter(({ kind }) => kind === 'group');
  const users = nodes.filter(({ kind }) => kind === 'user');
  const [few, many] = groups.length <= users.length ? [groups, users] : [users, groups];

  const middleColumns = Math.max(1, Math.ceil(few.length / rows));
  const places = new Map<string, Position>();
  spread(few, places, { rows, columns: middleColumns, xOf: (i) => (i - (middleColumns - 1) / 2) * width });

  const ordered = byNeighbors(many, links, places);
  const columns = Math.max(1, Math.ceil(many.length / rows));
  for (const [i, { key }] of ordered.entries()) {
    const column = i % columns;
    const isLeft = column % 2 === 0;
    const steps = (middleColumns + 1) / 2 + 0.3 + Math.floor(column / 2);
    places.set(key, { x: (isLeft ? -steps : steps) * width, y: (Math.floor(i / columns) + 0.5) * HEIGHT });
  }
  return places;
}

function sideBySide({ nodes, links }: Drawing, width: number, rows: number): Map<string, Position> {
  const layers = [
    nodes.filter(({ kind }) => kind === 'user'),
    nodes.filter(({ kind }) => kind === 'group'),
    nodes.filter(({ kind }) => kind !== 'user' && kind !== 'group'),
  ].filter((layer) => layer.length > 0);
  const places = new Map<string, Position>();
  let left = 0;
  for (const layer of layers) {
    const columns = Math.ceil(layer.length / rows);
    const start = left;
    spread(byNeighbors(layer, links, places), places, { rows, columns, xOf: (i) => start + i * width });
    left += (columns + 0.3) * width;
  }
  return places;
}

/** Places nodes in columns, evenly over the height. */
function spread(
  nodes: Drawing['nodes'],
  places: Map<string, Position>,
  { rows, columns, xOf }: { rows: number; columns: number; xOf: (column: number) => number },
): void {
  const perColumn = Math.ceil(nodes.length / columns);
  for (const [i, { key }] of nodes.entries()) {
    const column = Math.floor(i / perColumn);
    const inColumn = Math.min(perColumn, nodes.length - column * perColumn);
    places.set(key, { x: xOf(column), y: (((i % perColumn) + 0.5) / inColumn) * rows * HEIGHT });
  }
}

/** Returns nodes in the order of the first placed node that each is linked to. */
function byNeighbors(
  nodes: Drawing['nodes'],
  links: Drawing['links'],
  places: ReadonlyMap<string, Position>,
): Drawing['nodes'] {
  const near = new Map<string, number>();
  for (const { from, to } of links) {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      const place = places.get(other);
      if (place && !near.has(one)) near.set(one, place.y);
    }
  }
  return nodes.toSorted((a, b) => (near.get(a.key) ?? 0) - (near.get(b.key) ?? 0));
}
