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
 * Lays out many nodes so that every name is legible. Users or groups, whichever are fewer, are in the middle; the
 * others are in rows on both sides, close to the nodes they are linked to. A force-directed layout would take much more
 * space.
 *
 * @param width width of a column, in points.
 */
export function inRows({ nodes, links }: Drawing, width: number): Map<string, Position> {
  const users = nodes.filter(({ kind }) => kind === 'user');
  const groups = nodes.filter(({ kind }) => kind !== 'user');
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
