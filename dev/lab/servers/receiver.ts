import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** What a receiver does with a request; by default it accepts it. */
export type Behavior =
  | 'accept'
  /** Never answers. */
  | 'hang'
  | { status: number; headers?: Record<string, string>; body?: string };

/** A request that a receiver got. */
export interface Received<Body = unknown> {
  id: string;
  body: Body;
  headers: IncomingMessage['headers'];
  path: string;
  /** True if the signature and its time are valid. */
  isSigned: boolean;
}

/** A receiver of notifications that checks signatures as any user of the specification does, with its own library. */
export class Receiver<Body = unknown> {
  readonly received: Received<Body>[] = [];
  /** What it does with the next requests, in turn; then it accepts. */
  readonly behaviors: Behavior[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly key: string,
  ) {}

  static async start<Body = unknown>(key: string): Promise<Receiver<Body>> {
    const server = createServer();
    const receiver = new Receiver<Body>(server, key);
    server.on('request', (request, response) => {
      void receiver.receive(request).then((behavior) => {
        if (behavior === 'hang') return;
        const answer = behavior === 'accept' ? { status: 204 } : behavior;
        const { status, headers = {}, body = `status ${status}` } = answer;
        response.writeHead(status, headers).end(status === 204 ? undefined : body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  /** Its path is a secret, as that of a Slack webhook is. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${SECRET_PATH}`;
  }

  /** Resolves when it has got this number of requests. */
  async got(count: number): Promise<Received<Body>[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.received;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async receive(request: IncomingMessage): Promise<Behavior> {
    const sent = await text(request);
    const { headers, url = '' } = request;
    this.received.push({
      id: String(headers['webhook-id']),
      body: JSON.parse(sent) as Body,
      headers,
      path: url,
      isSigned: this.isSigned(sent, headers),
    });
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
    return this.behaviors.shift() ?? 'accept';
  }

  private isSigned(sent: string, headers: IncomingMessage['headers']): boolean {
    try {
      new Webhook(this.key).verify(sent, headers as Record<string, string>);
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  }
}

/** The path of each receiver, which nothing may print. */
export const SECRET_PATH = 'services/T0/B0/secretPathOfTheReceiver';

/** A key that receivers of tests share with who signs. */
export const RECEIVER_KEY = `whsec_${Buffer.from('a key of the tests, 32 bytes big').toString('base64')}`;
