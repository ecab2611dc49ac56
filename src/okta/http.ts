import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import axios, { type AxiosInstance } from 'axios';
import { OktaError, fromTransportError } from './errors';

/** A whole answer, whatever its status. */
export interface Answer {
  status: number;
  /** By lower case name. */
  headers: Readonly<Record<string, unknown>>;
  body: Buffer;
}

/** From sending a request to the last byte of its answer. Okta itself gives a page up after about 30 s. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Room for a page of 200 users with profiles of several 100 KB; a larger one is asked for in smaller pages. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

type Headers = Readonly<Record<string, string>>;

/** HTTP to one org, and to no other host. */
export class OktaHttp {
  private readonly axios: AxiosInstance;
  private readonly agent: HttpAgent;

  constructor(
    /** `https://host`, without a trailing slash. */
    readonly origin: string,
    maxConcurrency: number,
    private readonly timeoutMs = REQUEST_TIMEOUT_MS,
    lookup?: LookupFunction,
  ) {
    const options = { keepAlive: true, maxSockets: maxConcurrency + 2, ...(lookup && { lookup }) };
    this.agent = origin.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
    this.axios = axios.create({
      httpAgent: this.agent,
      httpsAgent: this.agent,
      maxRedirects: 0,
      maxContentLength: LARGEST_ANSWER_BYTES,
      responseType: 'arraybuffer',
      validateStatus: () => true,
      headers: { Accept: 'application/json', 'User-Agent': 'okta-graph' },
      ...(origin.startsWith('http:') ? { proxy: false } : {}),
    });
  }

  /**
   * One GET. `path` MUST be a path of this org: it comes from our own code or from a checked next link.
   *
   * @throws OktaError when no whole answer came; the signal's reason when it aborted.
   */
  get(path: string, headers: Headers, signal: AbortSignal): Promise<Answer> {
    return this.send('GET', path, { headers }, signal);
  }

  /** One POST of a form. @throws OktaError when no whole answer came. */
  post(path: string, form: URLSearchParams, headers: Headers): Promise<Answer> {
    return this.send('POST', path, { headers, data: form }, new AbortController().signal);
  }

  close(): void {
    this.agent.destroy();
  }

  private async send(
    method: 'GET' | 'POST',
    path: string,
    content: { headers: Headers; data?: URLSearchParams },
    signal: AbortSignal,
  ): Promise<Answer> {
    const call = `${method} ${path.split('?', 1)[0]}`;
    const request = new AbortController();
    const abort = () => request.abort();
    const timer = setTimeout(abort, this.timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const response = await this.axios.request<Buffer>({
        ...content,
        method,
        url: this.origin + path,
        signal: request.signal,
      });
      return { status: response.status, headers: response.headers, body: response.data };
    } catch (error) {
      signal.throwIfAborted();
      if (request.signal.aborted) {
        const message = `Okta did not answer ${call} within ${this.timeoutMs / 1000} s.`;
        throw new OktaError('OKTA_TIMEOUT', message, { retryable: true });
      }
      throw fromTransportError(error, call, this.origin);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }
}
