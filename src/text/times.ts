const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Formats milliseconds in the two largest non-zero units, such as `2h`, `3m 12s` or `0s`. */
export function formatDuration(durationMs: number): string {
  let restMs = Math.max(0, durationMs);
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(restMs / unitMs);
    if (parts.length > 0 || count > 0) parts.push(`${count}${unit}`);
    restMs -= count * unitMs;
  }
  return (
    parts
      .slice(0, 2)
      .filter((part, i) => i === 0 || !part.startsWith('0'))
      .join(' ') || '0s'
  );
}

/** Formats the time since `then`, such as `40m ago`. */
export function formatAge(then: Date, now: Date): string {
  return `${formatDuration(now.getTime() - then.getTime())} ago`;
}

/** Formats a time in UTC to the second, such as `2026-11-24 08:00:00Z`. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Formats the day of a time in UTC, in milliseconds since the epoch, such as `2026-11-24`. */
export function formatDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
