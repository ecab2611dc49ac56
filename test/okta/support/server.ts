import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ScriptedAnswer {
  status?: number;
  headers?: OutgoingHttpHeaders;
  /** A string or bytes as they are, else JSON; `[]` when absent. */
  body?: unknown;
}

export interface ScriptedServer {
  domain: string;
  origin: string;
  /** What it was asked, in order. */
  calls: Call[];
}

/** Runs a test with a server that answers as given; the number of the call starts at 1. */
export async function withServer(
  answer: (call: Call, nth: number, origin: string) => ScriptedAnswer,
  test: (server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const calls: Call[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const call = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    calls.push(call);
    const { status = 200, headers = {}, body = [] } = answer(call, calls.length, origin);
    response.writeHead(status, headers);
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const domain = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${domain}`;
  try {
    await test({ domain, origin, calls });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Headers of a rate limit whose window ends a number of seconds after the answer. */
export function limitHeaders(limit: number, remaining: number, resetInS: number): OutgoingHttpHeaders {
  const nowS = Math.floor(Date.now() / 1000);
  return {
    Date: new Date(nowS * 1000).toUTCString(),
    'X-Rate-Limit-Limit': limit,
    'X-Rate-Limit-Remaining': remaining,
    'X-Rate-Limit-Reset': nowS + resetInS,
  };
}
