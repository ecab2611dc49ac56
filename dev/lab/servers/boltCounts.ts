import type { ConnectionObserver } from './delayingProxy';

/** Signatures of requests, from Neo4j's Bolt protocol message specification, versions 4.4 to 6. */
const REQUESTS = new Map([
  [0x01, 'HELLO'],
  [0x02, 'GOODBYE'],
  [0x0f, 'RESET'],
  [0x10, 'RUN'],
  [0x11, 'BEGIN'],
  [0x12, 'COMMIT'],
  [0x13, 'ROLLBACK'],
  [0x2f, 'DISCARD'],
  [0x3f, 'PULL'],
  [0x54, 'TELEMETRY'],
  [0x66, 'ROUTE'],
  [0x6a, 'LOGON'],
  [0x6b, 'LOGOFF'],
] as const);

/** SUCCESS, IGNORED and FAILURE: each ends the answer to one request. A RECORD (0x71) does not. */
const ENDS_OF_ANSWERS: ReadonlySet<number> = new Set([0x70, 0x7e, 0x7f]);
const ENDS_OF_TRANSACTIONS: ReadonlySet<string> = new Set(['COMMIT', 'ROLLBACK', 'RESET']);

/** Magic number and four versions, and the chosen version. */
const CLIENT_HANDSHAKE_BYTES = 20;
const SERVER_HANDSHAKE_BYTES = 4;
/** The server's choice of the handshake that has a list of versions, "Manifest v1". */
const MANIFEST = 0x00_00_01_ff;
const VERSION_BYTES = 4;

export type BoltRequest = typeof REQUESTS extends Map<number, infer Name> ? Name : never;

export interface BoltCounts {
  /** BEGINs, and RUNs outside of a transaction (auto-commit). */
  transactions: number;
  /**
   * Requests that the client sent when it had received the answer to everything that it had sent before on that
   * connection. What it sends together, or sends on without waiting (pipelining), is one round trip; so is everything
   * that sets up a connection or resets it.
   */
  roundTrips: number;
  requests: Partial<Record<BoltRequest, number>>;
}

/** Counts what Neo4j's drivers send, by decoding the chunks of unencrypted Bolt connections. */
export class BoltCounter {
  private counts: BoltCounts = emptyCounts();

  /** For one connection. */
  observe(): ConnectionObserver {
    let usesManifest = false;
    const server = new Messages(SERVER_HANDSHAKE_BYTES, (handshake, rest) => {
      usesManifest = handshake.readUInt32BE() === MANIFEST;
      return usesManifest ? manifestLength(rest) : 0;
    });
    // The client sends the rest of its handshake after it has received the server's.
    const client = new Messages(CLIENT_HANDSHAKE_BYTES, (_, rest) =>
      usesManifest ? varintEnd(rest, VERSION_BYTES) : 0,
    );
    let unanswered = 0;
    let isInTransaction = false;
    return {
      sent: (bytes) => {
        for (const signature of client.read(bytes)) {
          const request = REQUESTS.get(signature as 0x10);
          if (!request) throw new Error(`Not a Bolt request: 0x${signature.toString(16)}`);
          this.counts.requests[request] = (this.counts.requests[request] ?? 0) + 1;
          // The only request without an answer.
          if (request === 'GOODBYE') continue;
          if (unanswered === 0) this.counts.roundTrips += 1;
          unanswered += 1;
          if (request === 'BEGIN' || (request === 'RUN' && !isInTransaction)) this.counts.transactions += 1;
          if (request === 'BEGIN') isInTransaction = true;
          if (ENDS_OF_TRANSACTIONS.has(request)) isInTransaction = false;
        }
      },
      received: (bytes) => {
        for (const signature of server.read(bytes)) if (ENDS_OF_ANSWERS.has(signature)) unanswered -= 1;
      },
    };
  }

  /** What was counted since the last call. */
  take(): BoltCounts {
    const taken = this.counts;
    this.counts = emptyCounts();
    return taken;
  }
}

function emptyCounts(): BoltCounts {
  return { transactions: 0, roundTrips: 0, requests: {} };
}

/**
 * Returns the length of what follows the fixed part of a handshake. What lies beyond the buffer has not been received:
 * a longer length than the buffer's means that more is to come.
 */
type RestOfHandshake = (handshake: Buffer, rest: Buffer) => number;

/** Number of versions, the versions, capabilities; the numbers are varints. */
function manifestLength(rest: Buffer): number {
  const versionsAt = varintEnd(rest, 0);
  let versions = 0;
  for (let i = 0; i < Math.min(versionsAt, rest.length); i += 1)
    versions |= ((rest[i] as number) & 0x7f) << (7 * i);
  return varintEnd(rest, versionsAt + versions * VERSION_BYTES);
}

/** Position after a varint, whose bytes but the last have their highest bit set. */
function varintEnd(bytes: Buffer, start: number): number {
  let last = start;
  while (last < bytes.length && (bytes[last] as number) >= 0x80) last += 1;
  return last + 1;
}

/** One direction of a connection: the signatures of its messages. */
class Messages {
  private buffered: Buffer = Buffer.alloc(0);
  private isShaken = false;
  /** Bytes of the current chunk that have not been received. */
  private chunkLeft = 0;
  /** The first two bytes of the current message: the kind of structure, and its signature. */
  private head: number[] = [];

  constructor(
    private readonly handshakeBytes: number,
    private readonly restOfHandshake: RestOfHandshake,
  ) {}

  read(bytes: Buffer): number[] {
    this.buffered = this.buffered.length === 0 ? bytes : Buffer.concat([this.buffered, bytes]);
    if (!this.isShaken) this.readHandshake();
    return this.isShaken ? this.readMessages() : [];
  }

  private readHandshake(): void {
    const length = this.handshakeBytes;
    // Whether there is a rest is known by the time that more bytes come.
    if (this.buffered.length <= length) return;
    const rest = this.restOfHandshake(this.buffered.subarray(0, length), this.buffered.subarray(length));
    if (this.buffered.length < length + rest) return;
    this.drop(length + rest);
    this.isShaken = true;
  }

  private readMessages(): number[] {
    const signatures: number[] = [];
    for (;;) {
      if (this.chunkLeft > 0) {
        if (this.buffered.length === 0) return signatures;
        const part = this.buffered.subarray(0, this.chunkLeft);
        this.head.push(...part.subarray(0, 2 - this.head.length));
        this.chunkLeft -= part.length;
        this.drop(part.length);
      } else {
        if (this.buffered.length < 2) return signatures;
        this.chunkLeft = this.buffered.readUInt16BE();
        this.drop(2);
        // An empty chunk ends a message; where there is none, it keeps the connection alive.
        if (this.chunkLeft > 0 || this.head.length === 0) continue;
        signatures.push(this.head[1] as number);
        this.head = [];
      }
    }
  }

  private drop(count: number): void {
    this.buffered = this.buffered.subarray(count);
  }
}
