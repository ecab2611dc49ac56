const GROUPED = new Intl.NumberFormat('en-US');

/** Formats a count with thousands separators, such as `12,345`. */
export function formatCount(count: number): string {
  return GROUPED.format(count);
}

/** Formats a count with its noun, such as `1 group` or `1,203 groups`. Irregular nouns need `plural`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
