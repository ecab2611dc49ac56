import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, errorAnswer } from './answer';
import { Api } from './api';
import { Buckets, type BucketState, rateLimitHeaders } from './buckets';
import { control, type Controlled } from './control';
import { invalidToken, OktaError, rateLimited } from './errors';
import { faultAnswer } from './faultAnswers';
import { actionOf, type FaultAction } from './faults';
import { randomId } from './ids';
import { pageLimit } from './pages';
import { Random } from './random';
import { type Route, routeOf } from './routes';
import { send } from './send';

const REQUEST_STREAM = 91;

/** Response to a request for another host. */
const MISDIRECTED = errorAnswer(
  new OktaError(421, 'E0000022', 'This simulated org does not accept requests for that host'),
);

/**
 * Above the concurrency limit, Okta reports a limit and remaining count of 0, and a reset time that is only a guess.
 */
const CONCURRENCY_STATE: BucketState = { limit: 0, remaining: 0, resetInMs: 60_000 };

/** Handles a call: authorization, limits, latency, faults, response. */
export class Handler {
  private readonly api: Api;
  private readonly buckets: Buckets;
  private readonly random: Random;

  constructor(private readonly parts: Controlled) {
    this.api = new Api(parts.org, parts.settings);
    this.buckets = new Buckets(parts.settings);
    this.random = new Random(parts.org.options.seed, REQUEST_STREAM);
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.urlOf(request);
    if (!url) {
      send(response, MISDIRECTED);
      return;
    }
    if (url.pathname.startsWith('/simulator/')) {
      if (this.parts.credentials.hasApiToken(request))
        await control(this.parts, request, response, url.pathname);
      else send(response, errorAnswer(invalidToken()));
      return;
    }
    const route = routeOf(url.pathname);
    response.once('close', this.parts.stats.begin(route));
    const refusal = await this.refusal(request, url, route);
    if (refusal) this.finish(response, refusal);
    else await this.serve(request, response, url, route);
  }

  /** Returns the response to a rejected call, with status 401, 403, 429 or 405, or undefined. */
  private async refusal(request: IncomingMessage, url: URL, route: Route): Promise<Answer | undefined> {
    const { stats, settings, credentials } = this.parts;
    const { bucket } = route;
    if (!bucket) return undefined;
    const refused = await credentials.refusal(request, url, route);
    if (refused) {
      const limits = this.limitHeaders(this.buckets.state(bucket));
      return { ...refused, headers: { ...limits, ...refused.headers } };
    }
    if (settings.maxConcurrent !== null && stats.concurrent > settings.maxConcurrent) {
      stats.rateLimited('concurrency');
      return errorAnswer(rateLimited(), this.limitHeaders(CONCURRENCY_STATE));
    }
    if (!this.buckets.take(bucket)) {
      stats.rateLimited('limit');
      return errorAnswer(rateLimited(), this.limitHeaders(this.buckets.state(bucket)));
    }
    stats.counted(bucket);
    if (request.method === 'GET') return undefined;
    const wrongMethod = new OktaError(
      405,
      'E0000022',
      'The endpoint does not support the provided HTTP method',
    );
    return errorAnswer(wrongMethod, this.limitHeaders(this.buckets.state(bucket)));
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    route: Route,
  ): Promise<void> {
    // Taken before the wait, during which other calls may be counted.
    const limits = route.bucket ? this.limitHeaders(this.buckets.state(route.bucket)) : {};
    const actions = this.parts.faults.fire({
      route,
      pathAndQuery: url.pathname + url.search,
      hasExpand: url.searchParams.has('expand'),
      limit: Number(url.searchParams.get('limit') ?? pageLimit(route.kind, url.searchParams)),
    });
    await this.wait(actionOf(actions, 'delay')?.delayMs ?? 0);
    if (actionOf(actions, 'reset')) {
      request.socket.resetAndDestroy();
      return;
    }
    const answer =
      faultAnswer(actions) ??
      (route.kind === 'token'
        ? await this.parts.credentials.issue(request, url)
        : this.answer(url, route, actions));
    this.finish(response, { ...answer, headers: { ...limits, ...answer.headers } }, actions);
  }

  private answer(url: URL, route: Route, actions: readonly FaultAction[]): Answer {
    try {
      return this.api.answer({ route, url, actions });
    } catch (error) {
      return errorAnswer(error instanceof OktaError ? error : new OktaError(500, 'E0000009', String(error)));
    }
  }

  private finish(response: ServerResponse, answer: Answer, actions: readonly FaultAction[] = []): void {
    this.parts.stats.answered(answer.status, answer.body.length);
    const { date, dateOffS } = this.parts.settings.headers;
    const headers = {
      Date:
        actionOf(actions, 'date')?.date ??
        date ??
        new Date(this.parts.org.nowMs() + dateOffS * 1000).toUTCString(),
      'X-Okta-Request-Id': randomId('', this.random),
      ...answer.headers,
    };
    const sendIt = (): void => send(response, { ...answer, headers }, actions);
    const late = actionOf(actions, 'late');
    if (!late) sendIt();
    else if (late.delayMs === undefined) this.parts.faults.hold(sendIt);
    else setTimeout(sendIt, late.delayMs);
  }

  private limitHeaders(state: BucketState): Record<string, string> {
    return rateLimitHeaders(state, this.parts.org.nowMs(), this.parts.settings);
  }

  private async wait(extraMs: number): Promise<void> {
    const { latencyMs, latencyJitterMs } = this.parts.settings;
    const waitMs = latencyMs + this.random.next() * latencyJitterMs + extraMs;
    if (waitMs > 0) await sleep(waitMs);
  }

  /**
   * Returns the URL with the client's host, because clients follow links only to the same host. Returns undefined if
   * the host is not one of this server, to prevent DNS rebinding.
   */
  private urlOf(request: IncomingMessage): URL | undefined {
    const host = request.headers.host?.toLowerCase() ?? '';
    const text = `http://${host}${request.url ?? ''}`;
    return this.parts.hosts.has(host) && URL.canParse(text) ? new URL(text) : undefined;
  }
}
