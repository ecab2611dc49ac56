import { type Answer, jsonAnswer } from './answer';
import type { ApiCall } from './apiCall';
import { decodeCursor, encodeCursor, type Position } from './cursors';
import { applyFaults, type RawPage } from './faultPages';
import { adminHostUrl, linkHeader, urlWithCursor } from './links';
import type { Org } from './org';
import { type Page, pageLimit } from './pages';
import type { Settings } from './settings';

/** A list: its pages, and the JSON of an item with a leading comma. */
export interface List<T> {
  readonly name: string;
  page(from: Position | undefined, limit: number): Page<T>;
  body(item: T): Buffer;
  /** Returns the item at a position, or undefined if it no longer exists. */
  at(position: Position): T | undefined;
}

const OPENING_BRACKET = '['.charCodeAt(0);
const CLOSING_BRACKET = Buffer.from(']');

/** Serves pages of lists, with the faults of the call. */
export class Lists {
  private pagesServed = 0;

  constructor(
    private readonly org: Org,
    private readonly settings: Settings,
  ) {}

  /** Returns a page as an array, with a `Link` header. @throws OktaError, 400, for an invalid limit or cursor. */
  linked<T>(call: ApiCall, list: List<T>): Answer {
    return this.linkedPage(call, this.rawPage(call, list));
  }

  /** Returns a page as {@link linked} does. */
  linkedPage({ url }: ApiCall, { bodies, nextUrl }: RawPage): Answer {
    const link = linkHeader(url.href, nextUrl, this.settings.linkForm, this.pagesServed++);
    return jsonAnswer(arrayOf(bodies), 200, { Link: link });
  }

  /** Returns a page as Okta's IAM lists have it: `value`, and `_links.next` in the body. @throws as {@link linked}. */
  inBody<T>(call: ApiCall, list: List<T>): Answer {
    const { bodies, nextUrl } = this.rawPage(call, list);
    this.pagesServed++;
    const url = (href: string): string => (this.settings.access.adminHostLinks ? adminHostUrl(href) : href);
    const links = {
      self: { href: url(call.url.href) },
      ...(nextUrl !== undefined && { next: { href: url(nextUrl) } }),
    };
    const parts = [
      Buffer.from('{"value":'),
      arrayOf(bodies),
      Buffer.from(`,"_links":${JSON.stringify(links)}}`),
    ];
    return jsonAnswer(Buffer.concat(parts));
  }

  private rawPage<T>({ url, route, actions }: ApiCall, list: List<T>): RawPage {
    const nowMs = this.org.nowMs();
    const after = url.searchParams.get('after');
    const from =
      after === null ? undefined : decodeCursor(after, list.name, nowMs, this.settings.cursorTtlMs);
    const page = list.page(from, pageLimit(route.kind, url.searchParams));
    const cursorUrl = (position: Position): string =>
      urlWithCursor(url, encodeCursor(list.name, position, nowMs));
    const previous = from && list.at(from);
    const raw: RawPage = {
      bodies: page.items.map((item) => list.body(item)),
      ...(page.next && { nextUrl: cursorUrl(page.next) }),
    };
    // A fraction of a millisecond makes each cursor unique, even if the clock does not advance.
    const newUrl = (position: Position): string =>
      urlWithCursor(url, encodeCursor(list.name, position, nowMs + (this.pagesServed % 1000) / 1000));
    return applyFaults(raw, actions, {
      samePageUrl: cursorUrl(from ?? { index: -1 }),
      newSamePageUrl: newUrl(from ?? { index: -1 }),
      endUrl: newUrl({ index: Number.MAX_SAFE_INTEGER }),
      beginningUrl: newUrl({ index: -1 }),
      ...(previous !== undefined && { previousBody: list.body(previous) }),
    });
  }
}

/** Returns the JSON of an item with a leading comma. */
export function itemBody(item: object): Buffer {
  return Buffer.from(`,${JSON.stringify(item)}`);
}

/** Joins bodies with leading commas to a JSON array; the first comma becomes the opening bracket. */
function arrayOf(bodies: readonly Buffer[]): Buffer {
  if (bodies.length === 0) return Buffer.from('[]');
  const array = Buffer.concat([...bodies, CLOSING_BRACKET]);
  array[0] = OPENING_BRACKET;
  return array;
}
