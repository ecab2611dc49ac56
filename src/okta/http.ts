import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import axios, { type AxiosInstance } from 'axios';
import { OktaError, fromTransportError } from './errors';
import { orgUrl } from './url';

/** A complete response with any status. */
export interface Answer {
  status: number;
  /** By lowercase name. */
  headers: Readonly<Record<string, unknown>>;
  body: Buffer;
}

/**
 * Time limit from sending a request to the last byte of its response. Okta itself gives up on a page after about 30 s.
 */
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Enough for a page of 200 users with profiles of several 100 KB; a larger page is requested again in smaller pages.
 */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

type Headers = Readonly<Record<string, string>>;

/** HTTP client for one org, and no other host. */
export class OktaHttp {
  private readonly axios: AxiosInstance;
  private readonly agent: HttpAgent;
  private requests = 0;
  private isRetired = false;

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
   * Sends a GET for a path of this org.
   *
   * @throws OktaError if no complete response came, or if the path leaves the org; the signal's reason if it was
   * aborted.
   */
  get(path: string, headers: Headers, signal: AbortSignal): Promise<Answer> {
    return this.send('GET', path, { headers }, signal);
  }

  /** Sends a form with POST. @throws OktaError if no complete response came. */
  post(path: string, form: URLSearchParams, headers: Headers): Promise<Answer> {
    return this.send('POST', path, { headers, data: form }, new AbortController().signal);
  }

  /** Closes the connections after the requests that use them have ended. */
  retire(): void {
    this.isRetired = true;
    if (this.requests === 0) this.close();
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
    const url = orgUrl(path, this.origin);
    const call = `${method} ${path.split('?', 1)[0]}`;
    const request = new AbortController();
    const abort = () => request.abort();
    const timer = setTimeout(abort, this.timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    this.requests += 1;
    try {
      const response = await this.axios.request<Buffer>({
        ...content,
        method,
        url,
        signal: request.signal,
      });
      if (url.startsWith('https:') && !cameOverTls(response.request)) throw notFromOkta(call);
      return { status: response.status, headers: response.headers, body: response.data };
    } catch (error) {
      signal.throwIfAborted();
      if (request.signal.aborted) {
        const message = `Okta did not respond to ${call} within ${this.timeoutMs / 1000} s.`;
        throw new OktaError('OKTA_TIMEOUT', message);
      }
      throw error instanceof OktaError ? error : fromTransportError(error, call, this.origin);
    } finally {
      clearTimeout(timer);
      this.requests -= 1;
      if (this.isRetired && this.requests === 0) this.close();
      signal.removeEventListener('abort', abort);
    }
  }
}

/**
 * Returns true if a response came through a TLS connection. A proxy that rejects a tunnel answers unencrypted, and the
 * agent that axios uses passes this on as if it were the host's response: anybody in between could forge one. Checks
 * the request's socket, because the response's socket is detached as soon as a keep-alive connection is free again.
 */
export function cameOverTls(request: unknown): boolean {
  return (request as { socket?: { encrypted?: boolean } } | undefined)?.socket?.encrypted === true;
}

function notFromOkta(call: string): OktaError {
  const advice = 'Check HTTPS_PROXY, and that the proxy allows this host.';
  return new OktaError('OKTA_UNREACHABLE', `A proxy responded to ${call} instead of Okta.`, { advice });
}
