import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { OktaGroup, OktaUser, Simulator, SimulatorOptions } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';

/** Path that lists all users, as documented by Okta. */
export const ALL_USERS = `/api/v1/users?search=${encodeURIComponent('lastUpdated gt "1970-01-01T00:00:00.000Z"')}`;

export interface Reply<T = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** `Link` lines as received. */
  readonly linkLines: readonly string[];
  readonly text: string;
  readonly json: T;
}

/** Sends a request with a plain HTTP client. Rejects on connection errors. */
export function call<T = unknown>(
  simulator: Simulator,
  pathOrUrl: string,
  {
    method = 'GET',
    token = simulator.token,
    host,
    body,
  }: { method?: string; token?: string; host?: string; body?: unknown } = {},
): Promise<Reply<T>> {
  return new Promise((resolve, reject) => {
    const url = new URL(pathOrUrl, simulator.origin);
    const headers = { authorization: `SSWS ${token}`, ...(host !== undefined && { host }) };
    const outgoing = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { rawHeaders } = response;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          linkLines: rawHeaders.filter((_, i) => rawHeaders[i - 1]?.toLowerCase() === 'link' && i % 2 === 1),
          text,
          get json() {
            return JSON.parse(text) as T;
          },
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export function nextOf(reply: Reply): string | undefined {
  return /<([^>]*)>; rel="next"/.exec(reply.linkLines.join(', '))?.[1];
}

/** Follows next links to the end, and calls `between` after each page. */
export async function listAll<T>(
  simulator: Simulator,
  path: string,
  between: (page: readonly T[], number: number) => void = () => {},
): Promise<T[]> {
  const items: T[] = [];
  let url: string | undefined = path;
  for (let number = 1; url !== undefined; number++) {
    assert.ok(number < 10_000, 'the list does not end');
    const reply: Reply<T[]> = await call<T[]>(simulator, url);
    assert.equal(reply.status, 200, reply.text.slice(0, 500));
    items.push(...reply.json);
    between(reply.json, number);
    url = nextOf(reply);
  }
  return items;
}

export async function userIds(simulator: Simulator, path: string): Promise<string[]> {
  return (await listAll<OktaUser>(simulator, path)).map(({ id }) => id);
}

export async function groupIds(simulator: Simulator, path: string): Promise<string[]> {
  return (await listAll<OktaGroup>(simulator, path)).map(({ id }) => id);
}

/** Runs a test with its own org. */
export async function withSimulator(
  options: SimulatorOptions,
  test: (simulator: Simulator) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator(options);
  try {
    await test(simulator);
  } finally {
    await simulator.close();
  }
}

export function assertOktaError(reply: Reply, status: number, errorCode: string): void {
  assert.equal(reply.status, status, reply.text);
  const body = reply.json as Record<string, unknown>;
  assert.deepEqual(Object.keys(body), ['errorCode', 'errorSummary', 'errorLink', 'errorId', 'errorCauses']);
  assert.equal(body.errorCode, errorCode);
  assert.equal(body.errorLink, errorCode);
}
