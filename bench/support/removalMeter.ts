import { OutOfTransactionMemoryError, type GraphDatabase } from '../../src/graph/database';
import type { ActivityAttempt } from '../../dev/lab/org/orgUnderTest';

/** Counts transactions and measures the time between heartbeats of activities. */
export class RemovalMeter {
  /** Time in activities, milliseconds. */
  ms = 0;
  transactions = 0;
  /** Transactions that Neo4j had no memory for. */
  tooLarge = 0;
  longestTransactionMs = 0;
  longestGapMs = 0;
  /** The graph that activities MUST work with to be measured. */
  readonly graph: GraphDatabase;

  constructor(graph: GraphDatabase) {
    this.graph = Object.create(graph) as GraphDatabase;
    this.graph.write = async (work) => {
      const from = performance.now();
      this.transactions += 1;
      try {
        return await graph.write(work);
      } catch (error) {
        if (error instanceof OutOfTransactionMemoryError) this.tooLarge += 1;
        throw error;
      } finally {
        this.longestTransactionMs = Math.max(this.longestTransactionMs, performance.now() - from);
      }
    };
  }

  /** Its beginning and its end count as heartbeats, as they do to Temporal. */
  async watch<T>(attempt: ActivityAttempt, call: (attempt: ActivityAttempt) => Promise<T>): Promise<T> {
    const from = performance.now();
    let last = from;
    const beat = () => {
      this.longestGapMs = Math.max(this.longestGapMs, performance.now() - last);
      last = performance.now();
    };
    attempt.on('heartbeat', beat);
    try {
      return await call(attempt);
    } finally {
      beat();
      this.ms += performance.now() - from;
    }
  }
}
