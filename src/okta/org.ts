import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Headers, Recovery } from './auth/scheme';
import type { OrgConfig } from '../orgs/org';
import { CODES, type OktaErrorCode } from '../codes';
import type { Config } from '../config';
import { answered, waited } from '../telemetry/events';
import { unlessAborted } from '../text/unlessAborted';
import { Access, type Authorization } from './auth/access';
import { REPETITIONS, type Repeat } from './answers';
import type { CallContext, Usage } from './callContext';
import { NEXT_DATE_MS, OktaClock } from './limits/clock';
import type { OktaCredentials } from '../orgs/credentials';
import { accessKindOf, OktaError, fromAnswer, provesAbsence, unreadable } from './errors';
import { Gate, type Outcome } from './limits/gate';
import { OktaHttp, type Answer } from './http';
import { RawItem, splitItems } from './items';
import { isObject } from '../text/json';
import type { NodeLabel } from '../contract';
import { lighterPage, limitOf, nextCursor, withLimit } from './link';
import { backOffMs, pause } from './limits/pause';
import { bucketOf } from './limits/rateLimit';
import { readRateLimitHeaders, type RateLimitHeaders } from './limits/rateLimitHeaders';
import { assertCursorOf, orgUrl } from './url';

/** Maximum number of events on a page of the System Log. */
const LOG_PAGE = 1_000;

/** One page of a list. */
export interface Page {
  items: readonly RawItem[];
  /** Path and query of the next page; absent on the last one. */
  next?: string;
  /** Okta's clock at its response, milliseconds since the epoch. */
  dateMs: number;
}

/** A page of the System Log, which always has a next one. */
export interface LogPage extends Page {
  /** True if there were no more events. */
  isEnd: boolean;
}

/** Read access to one Okta org. Every method throws {@link OktaError}, or the reason of the context's signal. */
export interface OktaOrg {
  readonly domain: string;
  /** Maximum number of parallel requests. */
  readonly parallelism: number;
  /** The org's own id, the same on all its domains. */
  organizationId(context: CallContext): Promise<string>;
  /**
   * Returns a page of all users, including DEPROVISIONED ones; with `changedSince` (milliseconds since the epoch), only
   * those updated at or after it.
   */
  users(cursor: string | undefined, context: CallContext, changedSince?: number): Promise<Page>;
  /**
   * Returns a page of all groups; with `changedSince` (milliseconds since the epoch), only those whose profile or members
   * changed after it, and all built-in groups, whose timestamps are unreliable.
   */
  groups(cursor: string | undefined, context: CallContext, changedSince?: number): Promise<Page>;
  members(groupId: string, cursor: string | undefined, context: CallContext): Promise<Page>;
  /** Returns the user's object; undefined if Okta confirms that it does not exist (404 E0000007). */
  user(id: string, context: CallContext): Promise<RawItem | undefined>;
  /** Returns the group's object with stats; undefined if Okta confirms that it does not exist. */
  group(id: string, context: CallContext): Promise<RawItem | undefined>;
  /**
   * Returns the ids of the groups that a user is in; undefined if Okta confirms that the user does not exist, or
   * returns only part of the groups.
   */
  groupIdsOf(userId: string, context: CallContext): Promise<ReadonlySet<string> | undefined>;
  /** Returns a page of all group rules. */
  rules(cursor: string | undefined, context: CallContext): Promise<Page>;
  rule(id: string, context: CallContext): Promise<RawItem | undefined>;
  /** Returns a page of all apps, inactive ones too. */
  apps(cursor: string | undefined, context: CallContext): Promise<Page>;
  app(id: string, context: CallContext): Promise<RawItem | undefined>;
  /** Returns a page of an app's users, those who have it through a group too. */
  appUsers(appId: string, cursor: string | undefined, context: CallContext): Promise<Page>;
  /** Returns a page of the apps that a group is assigned to. */
  groupApps(groupId: string, cursor: string | undefined, context: CallContext): Promise<Page>;
  /** Returns a page of the users who have an admin role, directly or through a group. */
  admins(cursor: string | undefined, context: CallContext): Promise<Page>;
  /** Returns the admin roles of a group, or of a user, those through groups too. Okta does not page them. */
  rolesOf(owner: { label: NodeLabel; id: string }, context: CallContext): Promise<Page>;
  /**
   * Returns a page of the System Log in the order in which events were stored: at the cursor, or from a time,
   * milliseconds since the epoch. `next` leads on even if the page is empty, and can then be the cursor itself.
   */
  log(cursor: string | undefined, sinceMs: number, context: CallContext): Promise<LogPage>;
}

/** A page of a list: at the cursor, or the first one. */
interface PageRequest {
  /** The path of the list. */
  list: string;
  /** The query of its first page. */
  first: string;
  cursor: string | undefined;
}

/** The base of the pauses between attempts and after a 429, milliseconds; `REPETITIONS` and `backOffMs` define multiples of it. */
const RETRY_PAUSE_MS = 500;
/** Attempts at a page that Okta cannot serve before a smaller one is requested. */
const ATTEMPTS_BEFORE_LIGHTER = 2;
const BEAT_MS = 5_000;
/** A document that Okta serves without credentials. */
const ORGANIZATION = '/.well-known/okta-organization';
/** Maximum time that a response waits for the one that settles the clock. */
const SECOND_DATE_TIMEOUT_MS = 10_000;

export class OktaApi implements OktaOrg {
  readonly domain: string;
  readonly parallelism: number;
  private readonly http: OktaHttp;
  private readonly access: Access;
  private readonly gate: Gate;
  private readonly clock = new OktaClock();
  /** The request that settles the clock; undefined as long as none was needed. */
  private secondDate: Promise<void> | undefined;
  private readonly retryPauseMs: number;

  /**
   * @param readAgain returns the org's credentials currently in the files, for when Okta rejects the present ones.
   * @param lookup resolves the org's name, and may reject it; the system's resolver by default.
   */
  constructor(
    private readonly org: OrgConfig,
    limits: Pick<
      Config['okta'],
      'maxApiCapacityPercent' | 'maxConcurrency' | 'requestTimeoutMs' | 'retryPauseMs' | 'access' | 'readsLog'
    >,
    readAgain: () => OktaCredentials | undefined,
    lookup?: LookupFunction,
  ) {
    this.domain = org.domain;
    this.parallelism = limits.maxConcurrency;
    this.http = new OktaHttp(org.origin, limits.maxConcurrency, limits.requestTimeoutMs, lookup);
    this.retryPauseMs = limits.retryPauseMs ?? RETRY_PAUSE_MS;
    this.access = new Access(org.credentials, readAgain, this.http, {
      basePauseMs: this.retryPauseMs,
      access: limits.access ?? [],
      readsLog: limits.readsLog ?? false,
    });
    this.gate = new Gate({
      basePauseMs: this.retryPauseMs,
      capacityPercent: limits.maxApiCapacityPercent,
      maxConcurrency: limits.maxConcurrency,
      waited: (bucket, durationMs) => waited.emit({ domain: this.domain, bucket, durationMs }),
    });
  }

  async organizationId(context: CallContext): Promise<string> {
    try {
      const { value } = await this.request(ORGANIZATION, context, parse, { anonymous: true });
      if (isObject(value) && typeof value['id'] === 'string') return value['id'];
    } catch (error) {
      if (!(error instanceof OktaError) || !NOT_AN_ORG.has(error.code)) throw error;
    }
    throw new OktaError('OKTA_NOT_AN_ORG', `${this.org.domain} does not respond like an Okta org.`);
  }

  users(cursor: string | undefined, context: CallContext, changedSince?: number): Promise<Page> {
    const since = new Date(changedSince ?? 0).toISOString();
    const search = `lastUpdated ${changedSince === undefined ? 'gt' : 'ge'} "${since}"`;
    const first = `limit=200&search=${encodeURIComponent(search)}`;
    return this.page({ list: '/api/v1/users', first, cursor }, context);
  }

  async groups(cursor: string | undefined, context: CallContext, changedSince?: number): Promise<Page> {
    const list = '/api/v1/groups';
    const first = 'limit=200&expand=stats';
    if (cursor !== undefined || changedSince === undefined)
      return this.page({ list, first, cursor: keepStats(cursor) }, context);
    try {
      const changed = `${first}&filter=${encodeURIComponent(changedGroups(changedSince))}`;
      return await this.page({ list, first: changed, cursor }, context);
    } catch (error) {
      // An org that does not accept the filter lists all groups: that is slower, and never wrong.
      if (!(error instanceof OktaError) || error.code !== 'OKTA_BAD_REQUEST') throw error;
      return this.page({ list, first, cursor }, context);
    }
  }

  members(groupId: string, cursor: string | undefined, context: CallContext): Promise<Page> {
    const list = `/api/v1/groups/${encodeURIComponent(groupId)}/users`;
    return this.page({ list, first: 'limit=1000', cursor }, context);
  }

  user(id: string, context: CallContext): Promise<RawItem | undefined> {
    return this.one(`/api/v1/users/${encodeURIComponent(id)}`, context);
  }

  group(id: string, context: CallContext): Promise<RawItem | undefined> {
    return this.one(`/api/v1/groups/${encodeURIComponent(id)}?expand=stats`, context);
  }

  async groupIdsOf(userId: string, context: CallContext): Promise<ReadonlySet<string> | undefined> {
    const path = `/api/v1/users/${encodeURIComponent(userId)}/groups`;
    const { value, answer } = await this.request(path, context, splitItems, { absentIsUndefined: true });
    const isWhole = nextCursor(answer.headers['link'], this.org.origin) === undefined;
    return value && isWhole ? new Set(value.flatMap(({ id }) => id ?? [])) : undefined;
  }

  rules(cursor: string | undefined, context: CallContext): Promise<Page> {
    return this.page({ list: '/api/v1/groups/rules', first: 'limit=200', cursor }, context);
  }

  rule(id: string, context: CallContext): Promise<RawItem | undefined> {
    return this.one(`/api/v1/groups/rules/${encodeURIComponent(id)}`, context);
  }

  apps(cursor: string | undefined, context: CallContext): Promise<Page> {
    return this.page({ list: '/api/v1/apps', first: 'limit=200', cursor }, context);
  }

  app(id: string, context: CallContext): Promise<RawItem | undefined> {
    return this.one(`/api/v1/apps/${encodeURIComponent(id)}`, context);
  }

  appUsers(appId: string, cursor: string | undefined, context: CallContext): Promise<Page> {
    const list = `/api/v1/apps/${encodeURIComponent(appId)}/users`;
    return this.page({ list, first: 'limit=500', cursor }, context);
  }

  groupApps(groupId: string, cursor: string | undefined, context: CallContext): Promise<Page> {
    const list = `/api/v1/groups/${encodeURIComponent(groupId)}/apps`;
    return this.page({ list, first: 'limit=200', cursor }, context);
  }

  /** This list has its items and its next link in the body; the link can name the org's `-admin` host. */
  async admins(cursor: string | undefined, context: CallContext): Promise<Page> {
    const list = '/api/v1/iam/assignees/users';
    const path = cursor ?? `${list}?limit=100`;
    assertCursorOf(list, path);
    const { value, answer } = await this.request(path, context, assignees);
    const { items = [], next } = value ?? {};
    if (next !== undefined) assertCursorOf(list, next);
    return { items, dateMs: answer.dateMs, ...(next === undefined ? {} : { next }) };
  }

  async rolesOf({ label, id }: { label: NodeLabel; id: string }, context: CallContext): Promise<Page> {
    const path = `/api/v1/${label === 'User' ? 'users' : 'groups'}/${encodeURIComponent(id)}/roles`;
    const { value: items = [], answer } = await this.request(path, context, splitItems);
    return { items, dateMs: answer.dateMs };
  }

  async log(cursor: string | undefined, sinceMs: number, context: CallContext): Promise<LogPage> {
    const list = '/api/v1/logs';
    // Without `until`, the log is followed: there is always a next link.
    const since = encodeURIComponent(new Date(sinceMs).toISOString());
    const path = cursor ?? `${list}?limit=${LOG_PAGE}&sortOrder=ASCENDING&since=${since}`;
    assertCursorOf(list, path);
    return withSmallerPages(path, async (lighter) => {
      const { value: items = [], answer } = await this.request(lighter, context, splitItems);
      const next = nextCursor(answer.headers['link'], this.org.origin) ?? lighter;
      assertCursorOf(list, next);
      const isEnd = items.length < (limitOf(lighter) ?? LOG_PAGE) || next === lighter;
      // The log has no end, so one page that had to be small must not make all later ones small.
      return { items, dateMs: answer.dateMs, next: withLimit(next, LOG_PAGE), isEnd };
    });
  }

  /** Replaces the credentials for subsequent requests if they differ. */
  use(credentials: OktaCredentials): void {
    this.access.use(credentials);
  }

  /** Closes its connections after the requests that use them have ended. */
  retire(): void {
    this.http.retire();
  }

  close(): void {
    this.http.close();
  }

  private async one(path: string, context: CallContext): Promise<RawItem | undefined> {
    const { value } = await withSmallerPages(path, (lighter) =>
      this.request(lighter, context, object, { absentIsUndefined: true }),
    );
    return value;
  }

  private async page({ list, first, cursor }: PageRequest, context: CallContext): Promise<Page> {
    const path = cursor ?? `${list}?${first}`;
    assertCursorOf(list, path);
    return withSmallerPages(path, async (lighter) => {
      const { value: items = [], answer } = await this.request(lighter, context, splitItems);
      const next = nextCursor(answer.headers['link'], this.org.origin);
      if (next !== undefined) assertCursorOf(list, next);
      if (next === lighter) {
        throw new OktaError(
          'OKTA_REPEATED_LINK',
          `The next-page link of a page of ${nameOf(path)} leads to the same page; reading the list was stopped.`,
        );
      }
      return {
        items,
        dateMs: answer.dateMs,
        ...(next === undefined ? {} : { next }),
      };
    });
  }

  /** Sends a request, with retries, until it succeeds. `read` parses the body; undefined if it is invalid. */
  private async request<T>(
    path: string,
    context: CallContext,
    read: (body: Buffer) => T | undefined,
    { anonymous = false, absentIsUndefined = false } = {},
  ): Promise<{ value: T | undefined; answer: DatedAnswer }> {
    const beat = setInterval(context.beat, BEAT_MS);
    const failed: Record<Repeat, number> = { never: 0, briefly: 0, often: 0, withNewCredentials: 0 };
    const done = new Set<Recovery>();
    try {
      for (;;) {
        try {
          const answer = await this.exchange(path, context, anonymous ? undefined : done);
          if (absentIsUndefined && provesAbsence(answer.status, answer.body.toString()))
            return { value: undefined, answer };
          if (answer.status !== 200) throw this.failureOf(answer, path);
          const value = read(answer.body);
          if (value === undefined) throw unreadable(nameOf(path));
          return { value, answer };
        } catch (error) {
          context.signal.throwIfAborted();
          if (!(error instanceof OktaError) || error.retryAfterMs !== undefined) throw error;
          const { attempts, pauses, renewsCredentials } = REPETITIONS[error.repeat];
          const nth = (failed[error.repeat] += 1);
          const lighterExists = CODES[error.code].concerns === 'page' && lighterPage(path) !== undefined;
          const pauseOf = pauses[nth - 1];
          if (nth >= (lighterExists ? ATTEMPTS_BEFORE_LIGHTER : attempts) || pauseOf === undefined)
            throw error;
          context.usage.retries += 1;
          await pause(pauseOf * this.retryPauseMs, context.signal);
          if (renewsCredentials) this.access.refresh();
        }
      }
    } finally {
      clearInterval(beat);
    }
  }

  private failureOf({ status, headers, body }: Answer, path: string): OktaError {
    return fromAnswer(status, body.toString(), nameOf(path), {
      hasCursor: path.includes('after='),
      credentials: this.access.kind,
      challenge: headers['www-authenticate'],
      kind: accessKindOf(path),
      isOfId: /^\/api\/v1\/\w+\//.test(path),
    });
  }

  /** Sends a request until it is not rate limited: a 429 is waited out here and is not a failure of the request. */
  private async exchange(path: string, context: CallContext, done?: Set<Recovery>): Promise<DatedAnswer> {
    for (let rejected = 1; ; rejected += 1) {
      const { answer, unexpected } = done
        ? await this.sendAuthorized(path, context, done)
        : await this.send(path, context);
      const dateMs = await this.dateOf(answer, context);
      context.oktaNowMs = dateMs;
      if (answer.status !== 429) return { ...answer, dateMs };
      context.usage.rateLimited += 1;
      if (Math.max(rejected, unexpected) >= MAX_REFUSALS) {
        const message = `Okta keeps rejecting ${nameOf(path)} with 429, even after increasingly long pauses.`;
        throw new OktaError('OKTA_RATE_LIMITED', message, { repeat: 'never' });
      }
      // All requests of the bucket wait out other 429s at the gate.
      if (isTooManyAtOnce(answer)) {
        const startedAt = performance.now();
        await pause(backOffMs(rejected, this.retryPauseMs), context.signal);
        const durationMs = performance.now() - startedAt;
        context.usage.waitedMs += durationMs;
        waited.emit({ domain: this.domain, bucket: bucketOf(path), durationMs });
      }
    }
  }

  /**
   * Returns Okta's clock at a response that has just arrived; if it leaves the clock unsettled, waits for a second
   * response.
   */
  private async dateOf({ headers }: Answer, { signal, usage }: CallContext): Promise<number> {
    const nowMs = Date.now();
    const dateMs = this.clock.dateOf(headers, nowMs);
    if (!this.clock.isUnsettled) return dateMs;
    this.secondDate ??= this.askForSecondDate(usage);
    await unlessAborted(signal, this.secondDate);
    return this.clock.dateOf(headers, nowMs);
  }

  /**
   * Requests a document that any org serves, once, for its `Date`. Continues after the caller that started it is
   * aborted: others wait for it too. If it fails, the clock stays as it is.
   */
  private async askForSecondDate(usage: Usage): Promise<void> {
    await sleep(NEXT_DATE_MS, undefined, { ref: false });
    const signal = AbortSignal.timeout(SECOND_DATE_TIMEOUT_MS);
    try {
      const { answer } = await this.send(ORGANIZATION, { signal, usage, beat: () => undefined });
      this.clock.dateOf(answer.headers);
    } catch (error) {
      if (!(error instanceof OktaError) && error !== signal.reason) throw error;
    }
  }

  /**
   * Sends a request with the org's credentials, and repeats it immediately after a 401 as long as there is something
   * new to try.
   */
  private async sendAuthorized(path: string, context: CallContext, done: Set<Recovery>): Promise<Sent> {
    for (;;) {
      let authorization: Authorization | undefined;
      const sent = await this.send(path, context, async (url) => {
        authorization = await this.access.authorize(url, context);
        return authorization.headers;
      });
      const { answer } = sent;
      if (!authorization) return sent;
      this.access.noteAnswer(answer, authorization);
      if (!this.isAboutCredentials(answer, path)) return sent;
      const recovery = this.access.renew(answer, authorization);
      if (answer.status !== 401 || !recovery || done.has(recovery)) return sent;
      done.add(recovery);
      context.usage.retries += 1;
    }
  }

  /** Sends one request within the limits. `authorize` is called last: a proof of possession must be fresh. */
  private async send(
    path: string,
    context: CallContext,
    authorize: (url: string) => Promise<Headers> = () => Promise.resolve({}),
  ): Promise<Sent> {
    const url = orgUrl(path, this.org.origin);
    const bucket = bucketOf(path);
    const enteredAt = await this.gate.enter(bucket, context);
    let answer: Answer | undefined;
    let unexpected = 0;
    try {
      const headers = await authorize(url);
      context.usage.requests[bucket] += 1;
      const sentAt = performance.now();
      try {
        answer = await this.http.get(path, headers, context.signal);
      } finally {
        const durationMs = performance.now() - sentAt;
        const limit = answer && readRateLimitHeaders(answer.headers);
        answered.emit({ domain: this.domain, bucket, status: answer?.status, durationMs, limit });
      }
    } finally {
      unexpected = this.gate.leave(bucket, answer && statedLimit(answer), outcomeOf(answer), enteredAt);
    }
    return { answer, unexpected };
  }

  /** Returns true if different or newer credentials may make a rejected request succeed. */
  private isAboutCredentials(answer: Answer, path: string): boolean {
    return (
      answer.status >= 400 && REPETITIONS[this.failureOf(answer, path).repeat].renewsCredentials === true
    );
  }
}

interface DatedAnswer extends Answer {
  /** Okta's clock at its response, milliseconds since the epoch. */
  dateMs: number;
}

/** A response, and the number of consecutive 429s of its bucket that no header announced. */
interface Sent {
  answer: Answer;
  unexpected: number;
}

/**
 * Returns the limit stated in a response. One from Okta itself without headers shows that no limit is stated (`none`);
 * one from a proxy shows nothing.
 */
function statedLimit({ status, headers, body }: Answer): RateLimitHeaders | 'none' | undefined {
  const stated = readRateLimitHeaders(headers);
  const isFromOkta = status === 200 || (status === 404 && provesAbsence(status, body.toString()));
  return isFromOkta && !stated?.limit ? 'none' : stated;
}

function outcomeOf(answer: Answer | undefined): Outcome {
  if (!answer || answer.status >= 500) return 'failed';
  if (answer.status !== 429) return 'ok';
  return isTooManyAtOnce(answer) ? 'tooManyAtOnce' : 'rejected';
}

/** Returns true for a 429 of the concurrency limit, which states a limit of 0. */
function isTooManyAtOnce(answer: Answer): boolean {
  return answer.status === 429 && readRateLimitHeaders(answer.headers)?.limit === 0;
}

/**
 * After this number of consecutive 429s, the activity fails and is retried later: their pauses are longer than any
 * window.
 */
const MAX_REFUSALS = 8;

const NOT_AN_ORG: ReadonlySet<OktaErrorCode> = new Set([
  'OKTA_NOT_FOUND',
  'OKTA_UNREADABLE_ANSWER',
  'OKTA_NOT_AN_ORG',
  'OKTA_BAD_REQUEST',
]);

/** Reads a page of assignees; undefined if it is none. */
function assignees(body: Buffer): { items: RawItem[]; next?: string } | undefined {
  const page = parse(body);
  if (!isObject(page) || !Array.isArray(page['value'])) return undefined;
  const items = splitItems(Buffer.from(JSON.stringify(page['value'])));
  const links = isObject(page['_links']) ? page['_links'] : {};
  const { href } = isObject(links['next']) ? links['next'] : {};
  if (!items || typeof href !== 'string') return items && { items };
  const url = URL.canParse(href, 'https://org.invalid') ? new URL(href, 'https://org.invalid') : undefined;
  return url && { items, next: url.pathname + url.search };
}

/** Requests a path, and a smaller page if Okta keeps failing to serve it. */
async function withSmallerPages<T>(path: string, ask: (path: string) => Promise<T>): Promise<T> {
  try {
    return await ask(path);
  } catch (error) {
    const lighter =
      error instanceof OktaError && CODES[error.code].concerns === 'page' ? lighterPage(path) : undefined;
    if (lighter === undefined) throw error;
    return withSmallerPages(lighter, ask);
  }
}

function changedGroups(since: number): string {
  const time = new Date(since).toISOString();
  return `type eq "BUILT_IN" or lastUpdated gt "${time}" or lastMembershipUpdated gt "${time}"`;
}

/** Adds `expand` to the cursor: on some endpoints, Okta drops it from the next link. */
function keepStats(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /[?&]expand=/.test(cursor)) return cursor;
  return `${cursor}&expand=stats`;
}

function nameOf(path: string): string {
  return `GET ${path.split('?', 1)[0]}`;
}

function object(body: Buffer): RawItem | undefined {
  return isObject(parse(body)) ? RawItem.whole(body) : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
