import { OktaError } from './errors';

/**
 * Returns the `next` link of a list response as a path with query, the form in which cursors are stored. `Link` comes
 * as several headers or merged into one; a URL may contain a comma, so nothing is split at commas.
 *
 * @returns undefined on the last page.
 * @throws OktaError `OKTA_FOREIGN_LINK` if the link leaves the org's own origin: the token MUST NOT be sent there.
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

/**
 * Returns the same page at half its size, or without `expand` once it is small; undefined if there is nothing left to
 * try.
 */
export function lighterPage(path: string): string | undefined {
  const limit = limitOf(path) ?? 0;
  if (limit > SMALLEST_PAGE) return withLimit(path, Math.max(SMALLEST_PAGE, Math.floor(limit / 2)));
  const url = urlOf(path);
  if (!url.searchParams.has('expand')) return undefined;
  url.searchParams.delete('expand');
  return url.pathname + url.search;
}

const SMALLEST_PAGE = 25;

/** Returns the size of a page; undefined if its path does not say it. */
export function limitOf(path: string): number | undefined {
  return Number(urlOf(path).searchParams.get('limit')) || undefined;
}

/** Returns the path of a page of this size; one of it, or that does not say its size, as it came. */
export function withLimit(path: string, limit: number): string {
  if ([undefined, limit].includes(limitOf(path))) return path;
  const url = urlOf(path);
  url.searchParams.set('limit', String(limit));
  return url.pathname + url.search;
}

const urlOf = (path: string) => new URL(path, 'http://placeholder.invalid');
