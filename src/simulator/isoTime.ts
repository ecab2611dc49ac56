/** A time as Okta writes it: ISO 8601, UTC, milliseconds. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
