import type { Settings } from './settings';

/**
 * Returns the `Link` header in one of the two forms that occur in practice: several lines, or one merged line.
 *
 * @param nth number of the response, for the alternating form.
 */
export function linkHeader(
  self: string,
  next: string | undefined,
  form: Settings['linkForm'],
  nth: number,
): string | string[] {
  const links = [`<${self}>; rel="self"`, ...(next === undefined ? [] : [`<${next}>; rel="next"`])];
  const merged = form === 'merged' || (form === 'alternating' && nth % 2 === 1);
  return merged ? links.join(', ') : links;
}

/** Returns the request's URL with another cursor. `limit`, `expand`, `search` and `filter` are kept. */
export function urlWithCursor(url: URL, cursor: string): string {
  const next = new URL(url);
  next.searchParams.set('after', cursor);
  return next.href;
}
