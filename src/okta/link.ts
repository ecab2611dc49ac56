import { OktaError } from './errors';

/**
 * The `next` link of a list's answer as a path with query, the form in which a cursor is kept.
 * `Link` comes as several lines or merged into one; a URL may hold a comma, so nothing is split on one.
 *
 * @returns undefined on the last page.
 * @throws OktaError `OKTA_FOREIGN_LINK` when the link leaves the org's own origin: the token MUST NOT follow it.
 */
export function nextCursor(link: unknown, origin: string): string | undefined {
  const header = Array.isArray(link) ? link.join(', ') : String(link ?? '');
  for (const [, target = '', parameters = ''] of header.matchAll(/<([^>]*)>([^<]*)/g)) {
    if (!/;\s*rel\s*=\s*"?next"?/i.test(parameters)) continue;
    const url = URL.canParse(target, origin) ? new URL(target, origin) : undefined;
    if (url?.origin === origin && url.pathname.startsWith('/api/v1/')) return url.pathname + url.search;
    const fact = `Okta's next page is not on ${origin}, so it was not asked for.`;
    throw new OktaError('OKTA_FOREIGN_LINK', fact);
  }
  return undefined;
}

/** The same page at half its size, or without `expand` once it is small; undefined when nothing is left to try. */
export function lighterPage(path: string): string | undefined {
  const url = new URL(path, 'http://placeholder.invalid');
  const limit = Number(url.searchParams.get('limit'));
  if (limit > SMALLEST_PAGE)
    url.searchParams.set('limit', String(Math.max(SMALLEST_PAGE, Math.floor(limit / 2))));
  else if (url.searchParams.has('expand')) url.searchParams.delete('expand');
  else return undefined;
  return url.pathname + url.search;
}

const SMALLEST_PAGE = 25;
