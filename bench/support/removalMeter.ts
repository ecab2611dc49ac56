import { OutOfTransactionMemoryError, type GraphDatabase } from '../../src/graph/database';

/** Counts and times transactions. */
export class RemovalMeter {
  /** Time in activities, milliseconds. */
  ms = 0;
  transactions = 0;
  /** Transactions that Neo4j had no memory for. */
  tooLarge = 0;
  longestTransactionMs = 0;
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

  async watch<T>(work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.ms += performance.now() - from;
    }
  }
}
