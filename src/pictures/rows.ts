import type { Drawing } from './drawing';

export interface Position {
  x: number;
  y: number;
}

/** Room for one name, in points. */
const HEIGHT = 26;
/** A picture is about so many times as wide as it is high. */
const ASPECT = 1.6;

/**
 * Places many nodes so that each name can be read: the fewer, users or groups, in the middle, the others in rows on both
 * sides of them, near to what they are linked with. A force-directed layout would need many times the space.
 *
 * @param width of a column, in points.
 */
export function inRows({ nodes, links }: Drawing, width: number): Map<string, Position> {
  const groups = nodes.filter(({ kind }) => kind === 'group');
  const users = nodes.filter(({ kind }) => kind === 'user');
  const [few, many] = groups.length <= users.length ? [groups, users] : [users, groups];

  const rows = Math.max(1, Math.ceil(Math.sqrt((nodes.length * width) / HEIGHT / ASPECT)));
  const middleColumns = Math.max(1, Math.ceil(few.length / rows));
  const places = new Map<string, Position>();
  const perColumn = Math.ceil(few.length / middleColumns);
  for (const [i, { key }] of few.entries()) {
    const column = Math.floor(i / perColumn);
    const inColumn = Math.min(perColumn, few.length - column * perColumn);
    const y = (((i % perColumn) + 0.5) / inColumn) * rows * HEIGHT;
    places.set(key, { x: (column - (middleColumns - 1) / 2) * width, y });
  }

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
  const ordered = many.toSorted((a, b) => (near.get(a.key) ?? 0) - (near.get(b.key) ?? 0));
  const columns = Math.max(1, Math.ceil(many.length / rows));
  for (const [i, { key }] of ordered.entries()) {
    const column = i % columns;
    const isLeft = column % 2 === 0;
    const steps = (middleColumns + 1) / 2 + 0.3 + Math.floor(column / 2);
    places.set(key, { x: (isLeft ? -steps : steps) * width, y: (Math.floor(i / columns) + 0.5) * HEIGHT });
  }
  return places;
}
