import neo4j, { Neo4jError, type Driver, type ManagedTransaction } from 'neo4j-driver';
import type { Config } from '../config';

/**
 * After this a transaction is ended by Neo4j: a worker that froze in the middle of one would hold its org's lock for as
 * long as its connection lasts. Far above what the largest write takes on a server under load.
 */
const TRANSACTION_TIMEOUT_MS = 120_000;

export type Parameters = Record<string, unknown>;

/** One Neo4j database. Opening it makes no connection; the first query does. */
export class GraphDatabase {
  private constructor(
    private readonly driver: Driver,
    private readonly database: string | undefined,
    private readonly transactionTimeoutMs: number,
  ) {}

  static open(config: Config['neo4j'], transactionTimeoutMs = TRANSACTION_TIMEOUT_MS): GraphDatabase {
    const auth = neo4j.auth.basic(config.username, config.password.reveal());
    const driver = neo4j.driver(config.uri, auth, {
      disableLosslessIntegers: true,
      // Short of an activity's heartbeat time-out, so that what failed is told; Temporal repeats the activity.
      connectionAcquisitionTimeout: 8_000,
      connectionTimeout: 5_000,
      maxTransactionRetryTime: 3_000,
      userAgent: 'okta-graph',
    });
    return new GraphDatabase(driver, config.database, transactionTimeoutMs);
  }

  /** Rows of one reading query, as plain objects; retried by the driver while the error is transient. */
  async read<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.session('READ', (session) =>
      session.executeRead(async (tx) => rowsOf<Row>(await tx.run(cypher, parameters))),
    );
  }

  /**
   * Runs `work` in one writing transaction of at most two minutes; `work` is repeated while the error is transient.
   *
   * @throws OutOfTransactionMemoryError
   */
  async write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.session('WRITE', (session) =>
      session
        .executeWrite((tx) => work(new Transaction(tx)), { timeout: this.transactionTimeoutMs })
        .catch(throwExplained),
    );
  }

  /** One statement outside an explicit transaction, as schema commands and `IN TRANSACTIONS` need. */
  async run<Row extends object>(cypher: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.session('WRITE', async (session) => rowsOf<Row>(await session.run(cypher, parameters)));
  }

  /** Runs one statement and takes it back: it throws what the statement would, and leaves nothing. */
  async rehearse(cypher: string): Promise<void> {
    await this.session('WRITE', async (session) => {
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

  private async session<T>(
    mode: 'READ' | 'WRITE',
    work: (session: ReturnType<Driver['session']>) => Promise<T>,
  ): Promise<T> {
    const session = this.driver.session({
      defaultAccessMode: neo4j.session[mode],
      ...(this.database === undefined ? {} : { database: this.database }),
    });
    try {
      return await work(session);
    } finally {
      await session.close().catch(() => undefined);
    }
  }
}

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
