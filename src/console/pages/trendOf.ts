import { DAY_MS, type Trends } from '../../graph/read/overview';
import type { Point } from './sparkline';
import type { Earlier } from './tile';

/** Returns the value of a number at the latest measure, about a month before, and over time. */
export function trendOf(
  { latest, monthAgo, series }: Trends,
  name: string,
): { value: number | undefined; earlier: Earlier | undefined; points: Point[] } {
  const before = monthAgo?.numbers[name];
  return {
    value: latest?.numbers[name],
    earlier:
      latest && monthAgo && before !== undefined
        ? { value: before, days: daysTo(latest, monthAgo) }
        : undefined,
    points: series.map(({ atMs, numbers }) => ({ atMs, value: numbers[name] })),
  };
}

function daysTo(latest: { atMs: number }, earlier: { atMs: number }): number {
  return Math.round((latest.atMs - earlier.atMs) / DAY_MS);
}
