const GROUPED = new Intl.NumberFormat('en-US');

/** A count with thousands apart, such as `12,345`. */
export function formatCount(count: number): string {
  return GROUPED.format(count);
}

/** A count and its noun, such as `1 group` or `1,203 groups`; `plural` where an s is not enough. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
