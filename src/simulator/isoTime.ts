/** Formats a time as Okta does: ISO 8601, UTC, with milliseconds. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
