import { type Answer, jsonAnswer } from './answer';
import { decodeCursor, encodeCursor, type Position } from './cursors';
import { notFound } from './errors';
import { applyFaults, type RawPage } from './faultPages';
import { actionOf, type FaultAction } from './faults';
import { type GroupRecord, groupStats } from './groups';
import { linkHeader, urlWithCursor } from './links';
import { listGroups } from './listGroups';
import { listMembers } from './listMembers';
import { listUsers } from './listUsers';
import type { Org } from './org';
import { type Page, pageLimit } from './pages';
import type { Route } from './routes';
import type { Settings } from './settings';
import type { UserRecord } from './userRecord';
import { isHidden } from './visibility';

/** An authorized call within the rate limits. */
export interface ApiCall {
  readonly route: Route;
  readonly url: URL;
  /** Faults to apply. */
  readonly actions: readonly FaultAction[];
}

/** A list: its pages, and the JSON of an item with a leading comma. */
interface List<T> {
  readonly name: string;
  page(from: Position | undefined, limit: number): Page<T>;
  body(item: T): Buffer;
  /** Returns the item at a position, or undefined if it no longer exists. */
  at(position: Position): T | undefined;
}

const CLOSING_BRACKET = Buffer.from(']');

/** The simulated part of Okta's Management API for an {@link Org}. */
export class Api {
  private pagesServed = 0;

  constructor(
    private readonly org: Org,
    private readonly settings: Settings,
  ) {}

  /** @throws OktaError if Okta would respond with an error. */
  answer(call: ApiCall): Answer {
    const { org } = this;
    const { route, url } = call;
    switch (route.kind) {
      case 'users':
        return this.list(call, {
          name: 'users',
          page: (from, limit) => listUsers(org, url.searchParams, { from, limit }, this.outOfScope),
          body: (user) => org.userBody(user),
          at: ({ index }) => org.users[index],
        });
      case 'groups':
        return this.list(call, {
          name: 'groups',
          page: (from, limit) => listGroups(org, url.searchParams, from, limit),
          body: (group) => this.groupBody(group, call),
          at: ({ index }) => org.groups[index],
        });
      case 'members': {
        const group = this.groupOf(route);
        const hiddenShare = Math.max(this.outOfScope, actionOf(call.actions, 'hideMembers')?.share ?? 0);
        return this.list(call, {
          name: `members of ${group.id}`,
          page: (from, limit) => listMembers(org, group, hiddenShare, { from, limit }),
          body: (user) => org.userBody(user),
          at: ({ index }) => org.users[index],
        });
      }
      case 'group':
        return jsonAnswer(this.groupBody(this.groupOf(route), call).subarray(1));
      case 'user':
        return jsonAnswer(org.userBody(this.userOf(route)).subarray(1));
      case 'userGroups': {
        const { index } = this.userOf(route);
        const groups = org.groups.filter((group) => group?.members.has(index));
        return jsonAnswer(groups.flatMap((group) => (group ? [org.groupObject(group)] : [])));
      }
      case 'organization':
        return jsonAnswer({ id: org.id, _links: { organization: { href: url.origin } }, pipeline: 'idx' });
      case 'token':
      case 'unknown':
        throw notFound(url.pathname, 'Endpoint');
    }
  }

  /** Share of the users that are hidden from the token. */
  private get outOfScope(): number {
    return 1 - this.settings.scope.visibleShare;
  }

  private list<T>(call: ApiCall, list: List<T>): Answer {
    const { url, route } = call;
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
    const { bodies, nextUrl } = applyFaults(raw, call.actions, {
      samePageUrl: cursorUrl(from ?? { index: -1 }),
      newSamePageUrl: newUrl(from ?? { index: -1 }),
      endUrl: newUrl({ index: Number.MAX_SAFE_INTEGER }),
      beginningUrl: newUrl({ index: -1 }),
      ...(previous !== undefined && { previousBody: list.body(previous) }),
    });
    const link = linkHeader(url.href, nextUrl, this.settings.linkForm, this.pagesServed++);
    return jsonAnswer(arrayOf(bodies), 200, { Link: link });
  }

  private userOf(route: Route): UserRecord {
    const user = this.org.findUser(route.id);
    if (!user || isHidden(this.org, user, this.outOfScope)) throw notFound(route.id, 'User');
    return user;
  }

  private groupOf(route: Route): GroupRecord {
    const group = this.org.findGroup(route.id);
    if (!group) throw notFound(route.id, 'UserGroup');
    return group;
  }

  private groupBody(group: GroupRecord, { url, actions }: ApiCall): Buffer {
    const object = this.org.groupObject(group);
    if (url.searchParams.get('expand') === 'stats') {
      const stats = groupStats(group, this.org.options.origin);
      if (actionOf(actions, 'noUsersCount')) delete stats.usersCount;
      object._embedded = { stats };
    }
    return Buffer.from(`,${JSON.stringify(object)}`);
  }
}

/** Joins bodies with leading commas to a JSON array; the first comma becomes the opening bracket. */
function arrayOf(bodies: readonly Buffer[]): Buffer {
  if (bodies.length === 0) return Buffer.from('[]');
  const array = Buffer.concat([...bodies, CLOSING_BRACKET]);
  array[0] = '['.charCodeAt(0);
  return array;
}
