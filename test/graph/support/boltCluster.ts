import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const HELLO = Buffer.from([0xb1, 0x01]);
const SUCCESS = Buffer.from([0xb1, 0x70]);
const FAILURE = Buffer.from([0xb1, 0x7f]);

/** One address that stands before the real Neo4j, and keeps what drivers send to it. */
export class Member {
  /** What came over each connection, in the order of the connections. */
  readonly received: Buffer[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private target = { host: '', port: 0 };
  /** Connections up to this one are dead. */
  private dead = 0;

  constructor(private readonly answer: (message: Buffer) => Buffer = (message) => message) {
    this.server = createServer((client) => this.pipe(client));
  }

  async start(boltUri: string): Promise<this> {
    const { hostname, port } = new URL(boltUri.replace('bolt:', 'http:'));
    this.target = { host: hostname, port: Number(port) };
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get all(): Buffer {
    return Buffer.concat(this.received);
  }

  /** Lets all present connections take everything and answer nothing, as a proxy does that has dropped them. */
  dropSilently(): void {
    this.dead = this.received.length;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private pipe(client: Socket): void {
    const index = this.received.push(Buffer.alloc(0)) - 1;
    const server = connect(this.target);
    const isDead = () => index < this.dead;
    const messages = new Messages();
    let isGreeted = false;
    client.on('data', (data) => {
      this.received[index] = Buffer.concat([this.received[index] ?? Buffer.alloc(0), data]);
      isGreeted ||= data.includes(HELLO);
      if (!isDead()) server.write(data);
    });
    server.on('data', (data) => {
      if (isDead()) return;
      if (isGreeted) for (const message of messages.take(data)) client.write(this.answer(message));
      else client.write(data);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        if (!isDead()) other.destroy();
      });
    }
  }
}

/** Takes a stream apart into messages of Bolt, each with its chunk headers and its end. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  *take(data: Buffer): Generator<Buffer> {
    this.rest = Buffer.concat([this.rest, data]);
    for (let at = 0; at + 2 <= this.rest.length;) {
      const size = this.rest.readUInt16BE(at);
      at += 2 + size;
      if (size > 0 || at > this.rest.length) continue;
      yield this.rest.subarray(0, at);
      this.rest = this.rest.subarray(at);
      at = 0;
    }
  }
}

/** A cluster of one leader and one follower, as its routing table describes it to a driver; both lead to the real Neo4j. */
export class Cluster {
  readonly leader = new Member();
  readonly follower = new Member();
  /** What the members refuse to give a routing table with. */
  failure?: string;
  private readonly router = new Member((message) => this.rerouted(message));

  static async start(boltUri: string): Promise<Cluster> {
    const cluster = new Cluster();
    await Promise.all([cluster.leader, cluster.follower, cluster.router].map((each) => each.start(boltUri)));
    return cluster;
  }

  get uri(): string {
    return `neo4j://${this.router.address}`;
  }

  stop(): void {
    for (const each of [this.leader, this.follower, this.router]) each.stop();
  }

  private rerouted(message: Buffer): Buffer {
    if (!message.includes(SUCCESS) || !message.includes('servers')) return message;
    if (this.failure !== undefined) {
      const fields = { code: this.failure, neo4j_code: this.failure, message: 'none', gql_status: '08N09' };
      return framed(FAILURE, packed({ ...fields, description: 'none' }));
    }
    const member = (role: string, { address }: Member) => ({ addresses: [address], role });
    const servers = [
      member('WRITE', this.leader),
      member('READ', this.follower),
      member('ROUTE', this.router),
    ];
    return framed(SUCCESS, packed({ rt: { ttl: 300, db: 'neo4j', servers } }));
  }
}

/** One message in one chunk. */
function framed(kind: Buffer, fields: Buffer): Buffer {
  const header = Buffer.alloc(2);
  header.writeUInt16BE(kind.length + fields.length);
  return Buffer.concat([header, kind, fields, Buffer.alloc(2)]);
}

type Packable = string | number | readonly Packable[] | { readonly [key: string]: Packable };

/** PackStream of what a routing table holds. */
function packed(value: Packable): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.from([0xc9, 0, 0]);
    bytes.writeInt16BE(value, 1);
    return bytes;
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([Buffer.from([0xd0, text.length]), text]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([
      Buffer.from([0x90 + value.length]),
      ...value.map((each: Packable) => packed(each)),
    ]);
  }
  const entries = Object.entries(value as { readonly [key: string]: Packable });
  return Buffer.concat([
    Buffer.from([0xa0 + entries.length]),
    ...entries.flatMap(([key, each]) => [packed(key), packed(each)]),
  ]);
}
