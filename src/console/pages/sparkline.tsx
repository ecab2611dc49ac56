/** A value at a time; undefined if it is not known. */
export interface Point {
  atMs: number;
  value: number | undefined;
}

const WIDTH = 100;
const HEIGHT = 28;

/**
 * A small line of values over time, with gaps where they are not known; nothing if fewer than two are known.
 *
 * @param label what it shows, for those who do not see it; absent if the text next to it says so.
 */
export function Sparkline({ points, label }: { points: readonly Point[]; label?: string }) {
  const values = points.flatMap(({ value }) => value ?? []);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || values.length < 2) return null;
  const min = Math.min(...values);
  const range = Math.max(...values) - min;
  const rangeMs = Math.max(1, last.atMs - first.atMs);
  const x = (atMs: number) => Math.round(((atMs - first.atMs) / rangeMs) * WIDTH);
  const y = (value: number) =>
    range === 0 ? HEIGHT / 2 : Math.round(HEIGHT - 2 - ((value - min) / range) * (HEIGHT - 4));
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      {...(label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label })}
    >
      {knownParts(points).map((part) => (
        <polyline
          points={part.map(({ atMs, value }) => `${x(atMs)},${y(value)}`).join(' ')}
          vector-effect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}

type Known = Point & { value: number };

/** Returns the points whose values are known, in parts that a gap divides. */
function knownParts(points: readonly Point[]): Known[][] {
  const parts: Known[][] = [[]];
  for (const { atMs, value } of points) {
    if (value === undefined) parts.push([]);
    else parts.at(-1)?.push({ atMs, value });
  }
  return parts.filter((part) => part.length > 0);
}
