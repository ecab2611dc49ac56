import neo4j, { Neo4jError, type BookmarkManager, type Driver, type ManagedTransaction } from 'neo4j-driver';
import type { Config } from '../config';
import { SignIn } from './signIn';

/**
 * After this a transaction is ended by Neo4j: a worker that froze in the middle of one would hold its org's lock for as
 * long as its connection lasts. Far above what the largest write takes on a server under load.
 */
const TRANSACTION_TIMEOUT_MS = 120_000;

/** After this Neo4j ends a read, which would otherwise use its memory and processors for as long as it takes. */
export const READ_TIMEOUT_MS = 120_000;

/**
 * A pooled connection older than this is not used again: a proxy that drops an idle connection without a word leaves one
 * that takes everything and answers nothing. Shorter than the idle time-out of any common proxy or load balancer.
 */
const MAX_CONNECTION_AGE_MS = 20_000;

/** A pooled connection that was idle for longer is tried before it is used, which costs one round trip. */
const IDLE_BEFORE_CHECK_MS = 5_000;

export type Parameters = Record<string, unknown>;

export interface DatabaseOptions {
  /** Time limit of one writing transaction on the server. */
  transactionTimeoutMs?: number;
  /** Time limit of one read on the server. */
  readTimeoutMs?: number;
  maxConnectionAgeMs?: number;
  idleBeforeCheckMs?: number;
  /**
   * Where a cluster answers reads. `leader`: by the member that takes the writes, so that a read sees what every other
   * process has written, as decisions of a sync need. `any`, the default: by any member, once it has what this process
   * has written.
   */
  reads?: 'leader' | 'any';
}

/** One Neo4j database. Opening it makes no connection; the first query does. */
export class GraphDatabase {
  private constructor(
    private readonly driver: Driver,
    private readonly signIn: SignIn,
    private readonly database: string | undefined,
    private readonly transactionTimeoutMs: number,
    private readonly readTimeoutMs: number,
    /** Of the writes of this process, which its reads wait for; undefined where the leader answers them. */
    private readonly bookmarks: BookmarkManager | undefined,
  ) {}

  static open(config: Config['neo4j'], options: DatabaseOptions = {}): GraphDatabase {
    const signIn = new SignIn(config);
    const driver = neo4j.driver(config.uri, signIn.tokens, {
      disableLosslessIntegers: true,
      // Short of an activity's heartbeat time-out, so that what failed is told; Temporal repeats the activity.
      connectionAcquisitionTimeout: 8_000,
      connectionTimeout: 5_000,
      maxConnectionLifetime: options.maxConnectionAgeMs ?? MAX_CONNECTION_AGE_MS,
      connectionLivenessCheckTimeout: options.idleBeforeCheckMs ?? IDLE_BEFORE_CHECK_MS,
      maxTransactionRetryTime: 3_000,
      userAgent: 'okta-graph',
    });
    const {
      transactionTimeoutMs = TRANSACTION_TIMEOUT_MS,
      readTimeoutMs = READ_TIMEOUT_MS,
      reads = 'any',
    } = options;
    const bookmarks = reads === 'any' ? neo4j.bookmarkManager() : undefined;
    return new GraphDatabase(driver, signIn, config.database, transactionTimeoutMs, readTimeoutMs, bookmarks);
  }

  /**
   * Rows of one reading query, as plain objects; retried by the driver while the error is transient.
   *
   * @throws Neo4jError `TransactionTimedOut…` at the time limit for reads.
   */
  async read<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    const read = async (tx: ManagedTransaction) => rowsOf<Row>(await tx.run(cypher, parameters));
    const limit = { timeout: this.readTimeoutMs };
    return this.session((session) =>
      // A transaction that may write is what the driver sends to the leader.
      this.bookmarks ? session.executeRead(read, limit) : session.executeWrite(read, limit),
    );
  }

  /**
   * Rows of one reading query as Neo4j finds them; only some are in memory at a time. Not retried. To end the iteration
   * early ends the query.
   *
   * @param timeoutMs time limit on the server, for the query and for whoever takes the rows.
   * @throws Neo4jError `TransactionTimedOut…` at that limit.
   */
  async *stream<Row extends object>(
    cypher: string,
    parameters: Parameters = {},
    timeoutMs = this.readTimeoutMs,
  ): AsyncGenerator<Row, void, undefined> {
    const session = this.openSession(this.bookmarks ? 'READ' : 'WRITE');
    try {
      const result = session.run(cypher, parameters, { timeout: timeoutMs });
      for await (const record of result) yield record.toObject() as Row;
    } finally {
      await session.close().catch(() => undefined);
    }
  }

  /**
   * Runs `work` in one writing transaction of at most two minutes; `work` is repeated while the error is transient.
   *
   * @throws OutOfTransactionMemoryError
   */
  async write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.session((session) =>
      session
        .executeWrite((tx) => work(new Transaction(tx)), { timeout: this.transactionTimeoutMs })
        .catch(throwExplained),
    );
  }

  /** One statement outside an explicit transaction, as `IN TRANSACTIONS` needs. */
  async run<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.session(async (session) => rowsOf<Row>(await session.run(cypher, parameters)));
  }

  /** Runs one statement and takes it back: it throws what the statement would, and leaves nothing. */
  async rehearse(cypher: string): Promise<void> {
    await this.session(async (session) => {
      const tx = await session.beginTransaction();
      try {
        await tx.run(cypher);
      } finally {
        await tx.rollback().catch(() => undefined);
      }
    });
  }

  async close(): Promise<void> {
    await this.driver.close();
  }

  private async session<T>(work: Work<T>): Promise<T> {
    const { password } = this.signIn;
    try {
      return await this.oneSession(work);
    } catch (error) {
      if (!this.signIn.hasOther(error, password)) throw error;
      return this.oneSession(work);
    }
  }

  private async oneSession<T>(work: Work<T>): Promise<T> {
    const session = this.openSession();
    try {
      return await work(session);
    } catch (error) {
      // After a restore from a backup no member will ever have them.
      if (error instanceof Neo4jError && BOOKMARK_TIMEOUT.test(error.code)) await this.forgetBookmarks();
      throw error;
    } finally {
      await session.close().catch(() => undefined);
    }
  }

  /** @param mode where a statement outside a managed transaction goes in a cluster. */
  private openSession(mode: 'READ' | 'WRITE' = 'WRITE'): ReturnType<Driver['session']> {
    return this.driver.session({
      defaultAccessMode: neo4j.session[mode],
      ...(this.database === undefined ? {} : { database: this.database }),
      ...(this.bookmarks && { bookmarkManager: this.bookmarks }),
    });
  }

  private async forgetBookmarks(): Promise<void> {
    await this.bookmarks?.updateBookmarks(await this.bookmarks.getBookmarks(), []);
  }
}

type Work<T> = (session: ReturnType<Driver['session']>) => Promise<T>;

const BOOKMARK_TIMEOUT = /BookmarkTimeout/;

/** A transaction whose rows come as plain objects. */
export class Transaction {
  constructor(private readonly tx: ManagedTransaction) {}

  /** @throws OutOfTransactionMemoryError, which the driver does not repeat: the same rows would not fit again. */
  async run<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.tx.run(cypher, parameters).then(rowsOf<Row>, throwExplained);
  }
}

/** A transaction can run out of memory in a statement and at its commit. */
function throwExplained(error: unknown): never {
  throw error instanceof Neo4jError && OUT_OF_MEMORY.test(error.code)
    ? new OutOfTransactionMemoryError()
    : error;
}

const OUT_OF_MEMORY =
  /MemoryPoolOutOfMemory|TransactionMemoryLimit|TransactionOutOfMemory|MemoryLimitExceeded/;

/** A transaction was too large for the memory that Neo4j gives one; nothing of it was written. */
export class OutOfTransactionMemoryError extends Error {
  override readonly name = 'OutOfTransactionMemoryError';

  constructor() {
    super(
      'Neo4j has too little memory for a transaction. Raise dbms.memory.transaction.total.max or the heap.',
    );
  }
}

function rowsOf<Row extends object>(result: { records: { toObject(): object }[] }): Row[] {
  return result.records.map((record) => record.toObject() as Row);
}
