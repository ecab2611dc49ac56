import neo4j, { Neo4jError, type BookmarkManager, type Driver, type ManagedTransaction } from 'neo4j-driver';
import type { Config } from '../config';
import { SignIn } from './signIn';

/**
 * Neo4j ends a transaction after this time: otherwise a worker that froze inside one would hold its org's lock for as
 * long as its connection lasts. Far longer than the largest write on a busy server.
 */
const TRANSACTION_TIMEOUT_MS = 120_000;

/** Neo4j ends a read after this time, which would otherwise keep using memory and CPU. */
export const READ_TIMEOUT_MS = 120_000;

/**
 * A pooled connection older than this is not reused: a proxy that silently drops idle connections leaves a socket that
 * accepts requests but never answers. Shorter than the idle timeout of common proxies and load balancers.
 */
const MAX_CONNECTION_AGE_MS = 20_000;

/** A pooled connection that was idle for longer is tested before use, which costs one round trip. */
const IDLE_BEFORE_CHECK_MS = 5_000;

export type Parameters = Record<string, unknown>;

export interface DatabaseOptions {
  /** Time limit of one write transaction on the server. */
  transactionTimeoutMs?: number;
  /** Time limit of one read on the server. */
  readTimeoutMs?: number;
  maxConnectionAgeMs?: number;
  idleBeforeCheckMs?: number;
  /**
   * Which cluster member answers reads. `leader`: the member that accepts writes, so that a read sees what every other
   * process has written; a sync's decisions need this. `any`, the default: any member, once it has the writes of this
   * process.
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
    /** Bookmarks of this process's writes, which its reads wait for; undefined if reads are sent to the leader. */
    private readonly bookmarks: BookmarkManager | undefined,
  ) {}

  static open(config: Config['neo4j'], options: DatabaseOptions = {}): GraphDatabase {
    const signIn = new SignIn(config);
    const driver = neo4j.driver(config.uri, signIn.tokens, {
      disableLosslessIntegers: true,
      // Shorter than an activity's heartbeat timeout, so that the cause is reported; Temporal retries the activity.
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
   * Returns the rows of one read query as plain objects; the driver retries transient errors.
   *
   * @throws Neo4jError `TransactionTimedOut…` at the time limit for reads.
   */
  async read<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.signedIn(async () =>
      // It sends the statement with the beginning of its transaction: one round trip less than a session's transaction.
      rowsOf<Row>(
        await this.driver.executeQuery(cypher, parameters, {
          // The driver routes write transactions to the leader.
          routing: neo4j.routing[this.bookmarks ? 'READ' : 'WRITE'],
          bookmarkManager: this.bookmarks ?? null,
          transactionConfig: { timeout: this.readTimeoutMs },
          ...this.named,
        }),
      ),
    );
  }

  /**
   * Streams the rows of one read query; only some are in memory at a time. Not retried. Ending the iteration early ends
   * the query.
   *
   * @param timeoutMs time limit on the server, for the query including the time its consumer needs.
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
   * Runs `work` in one write transaction of at most two minutes; `work` is retried on transient errors.
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

  /** Runs one statement outside an explicit transaction, as `IN TRANSACTIONS` requires. */
  async run<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.session(async (session) => rowsOf<Row>(await session.run(cypher, parameters)));
  }

  /**
   * Lets `work` read and write in one transaction, which is then rolled back: it throws what its statements would throw,
   * and changes nothing.
   */
  async rehearse(work: (db: GraphDatabase) => Promise<unknown>): Promise<void> {
    await this.session(async (session) => {
      const tx = await session.beginTransaction({ timeout: this.transactionTimeoutMs });
      const transaction = new Transaction(tx);
      const run: GraphDatabase['run'] = (cypher, parameters) => transaction.run(cypher, parameters);
      const write: GraphDatabase['write'] = (part) => part(transaction);
      const within = Object.create(this, {
        read: { value: run },
        run: { value: run },
        write: { value: write },
      }) as GraphDatabase;
      try {
        await work(within);
      } finally {
        await tx.rollback().catch(() => undefined);
      }
    });
  }

  async close(): Promise<void> {
    await this.driver.close();
  }

  private async session<T>(work: Work<T>): Promise<T> {
    return this.signedIn(async () => {
      const session = this.openSession();
      try {
        return await work(session);
      } finally {
        await session.close().catch(() => undefined);
      }
    });
  }

  /** Repeats `work` once if the password has changed meanwhile. */
  private async signedIn<T>(work: () => Promise<T>): Promise<T> {
    const { password } = this.signIn;
    try {
      return await this.withinBookmarks(work);
    } catch (error) {
      if (!this.signIn.hasOther(error, password)) throw error;
      return this.withinBookmarks(work);
    }
  }

  private async withinBookmarks<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // After a restore from a backup, no member will ever reach these bookmarks.
      if (error instanceof Neo4jError && BOOKMARK_TIMEOUT.test(error.code)) await this.forgetBookmarks();
      throw error;
    }
  }

  private get named(): { database?: string } {
    return this.database === undefined ? {} : { database: this.database };
  }

  /** @param mode which member of a cluster runs a statement that is outside a managed transaction. */
  private openSession(mode: 'READ' | 'WRITE' = 'WRITE'): ReturnType<Driver['session']> {
    return this.driver.session({
      defaultAccessMode: neo4j.session[mode],
      ...this.named,
      ...(this.bookmarks && { bookmarkManager: this.bookmarks }),
    });
  }

  private async forgetBookmarks(): Promise<void> {
    await this.bookmarks?.updateBookmarks(await this.bookmarks.getBookmarks(), []);
  }
}

type Work<T> = (session: ReturnType<Driver['session']>) => Promise<T>;

const BOOKMARK_TIMEOUT = /BookmarkTimeout/;

/** A transaction that returns rows as plain objects. */
export class Transaction {
  constructor(private readonly tx: Pick<ManagedTransaction, 'run'>) {}

  /**
   * @throws OutOfTransactionMemoryError, which the driver does not retry: the same rows would not fit a second time.
   */
  async run<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return Promise.resolve(this.tx.run(cypher, parameters)).then(rowsOf<Row>, throwExplained);
  }
}

/** Explains out-of-memory errors, which can occur in a statement and on commit. */
function throwExplained(error: unknown): never {
  throw error instanceof Neo4jError && OUT_OF_MEMORY.test(error.code)
    ? new OutOfTransactionMemoryError()
    : error;
}

const OUT_OF_MEMORY =
  /MemoryPoolOutOfMemory|TransactionMemoryLimit|TransactionOutOfMemory|MemoryLimitExceeded/;

/** A transaction exceeded Neo4j's memory limit for transactions; none of it was written. */
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
