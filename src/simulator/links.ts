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

/**
 * Returns a URL on the host of the org's Admin Console: `acme-admin.okta.com` for `acme.okta.com`. For an IP address,
 * which has no such host, it is `localhost-admin`.
 */
export function adminHostUrl(href: string): string {
  const url = new URL(href);
  const isAddress = /^[\d.]+$|^\[/.test(url.hostname);
  const [first = '', ...rest] = (isAddress ? 'localhost' : url.hostname).split('.');
  url.hostname = [`${first}-admin`, ...rest].join('.');
  return url.href;
}

/** Returns the request's URL with another cursor. `limit`, `expand`, `search` and `filter` are kept. */
export function urlWithCursor(url: URL, cursor: string): string {
  const next = new URL(url);
  next.searchParams.set('after', cursor);
  return next.href;
}
