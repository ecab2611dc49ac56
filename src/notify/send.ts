import type { Readable } from 'node:stream';
import axios from 'axios';
import type { NotifySettings } from '../config/notify';
import { CodedError } from '../faults/fault';
import { cameOverTls } from '../okta/http';
import type { Notice } from './notice';
import { signatureHeaders } from './signature';
import { slackMessage } from './slack';

/** Time limit from sending a notification to the status of the response. */
const TIMEOUT_MS = 10_000;

/** Maximum wait that a receiver can ask for. */
const LONGEST_WAIT_MS = 3_600_000;

/** What is read of a response, for people. */
const MAX_TEXT_BYTES = 300;

/** What a receiver has answered. */
export interface Receipt {
  status: number;
  /** The beginning of the body. */
  text: string;
}

/** A notification that did not arrive. The message has the host of `NOTIFY_URL`, and nothing of its path. */
export class NotifyError extends CodedError {
  override readonly name = 'NotifyError';

  constructor(
    code: 'NOTIFY_FAILED' | 'NOTIFY_REFUSED',
    fact: string,
    /** What was answered, if anything was. */
    readonly receipt?: Receipt,
    /** Milliseconds until the receiver wants to be asked again. */
    readonly retryAfterMs?: number,
  ) {
    super(code, fact);
  }
}

/** Returns the body of a notification in the format of the receiver. */
export function bodyOf({ format }: NotifySettings, notice: Notice): string {
  return JSON.stringify(format === 'slack' ? slackMessage(notice) : notice);
}

/**
 * Sends a notification.
 *
 * @param id the same for each attempt, so that a receiver can drop what it already has.
 * @throws NotifyError if it was not accepted with a status from 200 to 299; the signal's reason if it was aborted.
 */
export async function sendNotice(
  settings: NotifySettings,
  notice: Notice,
  id: string,
  signal?: AbortSignal,
): Promise<Receipt> {
  const { url, host, secret } = settings;
  const body = bodyOf(settings, notice);
  const target = new URL(url.reveal());
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await axios.post<Readable>(target.href, Buffer.from(body), {
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'okta-graph',
        ...signatureHeaders({ id, body }, secret),
      },
      maxRedirects: 0,
      validateStatus: () => true,
      responseType: 'stream',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(target.protocol === 'http:' && { proxy: false }),
    });
    // A proxy that rejects a tunnel answers unencrypted.
    if (target.protocol === 'https:' && !cameOverTls(response.request)) {
      response.data.destroy();
      const fact = `A proxy answered ${response.status} instead of the receiver of notifications, ${host}.`;
      throw new NotifyError('NOTIFY_FAILED', fact);
    }
    const receipt = { status: response.status, text: withoutPath(await beginningOf(response.data), target) };
    if (receipt.status >= 200 && receipt.status < 300) return receipt;
    throw refusal(host, receipt, response.headers['retry-after']);
  } catch (error) {
    if (error instanceof NotifyError) throw error;
    signal?.throwIfAborted();
    // Messages of axios can have the whole URL.
    const why = timeout.aborted
      ? `did not respond within ${TIMEOUT_MS / 1_000} s`
      : `could not be reached (${String((error as { code?: unknown } | null)?.code ?? 'unknown')})`;
    throw new NotifyError('NOTIFY_FAILED', `The receiver of notifications, ${host}, ${why}.`);
  }
}

function refusal(host: string, receipt: Receipt, retryAfter: unknown): NotifyError {
  const { status } = receipt;
  const fact = `The receiver of notifications, ${host}, answered ${status}.`;
  if (status >= 500 || status === 408 || status === 429)
    return new NotifyError('NOTIFY_FAILED', fact, receipt, waitMs(retryAfter));
  const isRedirect = status >= 300 && status < 400;
  return new NotifyError(
    'NOTIFY_REFUSED',
    isRedirect ? `${fact} Redirects are not followed.` : fact,
    receipt,
  );
}

/** Returns the wait that a `Retry-After` header asks for, in seconds or as a date; undefined if it has no use. */
function waitMs(header: unknown): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}

/** Some receivers repeat the address that they were asked for, which is a secret. */
function withoutPath(text: string, { pathname, searchParams }: URL): string {
  const parts = [pathname, ...pathname.split('/'), ...searchParams.values()];
  return [...parts, ...parts.map(decoded)]
    .filter(({ length }) => length > 3)
    .reduce((left, part) => left.replaceAll(part, '…'), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads the beginning of a response, and closes the connection if there is more. */
async function beginningOf(stream: Readable): Promise<string> {
  let text = '';
  try {
    stream.setEncoding('utf8');
    for await (const part of stream) {
      text += part as string;
      if (text.length >= MAX_TEXT_BYTES) break;
    }
  } catch {
    // The status has come, which is what counts.
  } finally {
    stream.destroy();
  }
  return text.slice(0, MAX_TEXT_BYTES);
}
