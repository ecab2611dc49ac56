import { OutOfTransactionMemoryError, type GraphDatabase } from '../../src/graph/database';

const EVERY_MS = 100;

/** Looks again and again at how much memory the transactions of a Neo4j have in use. */
export class MemoryWatch {
  peakMb = 0;
  private watching: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly db: GraphDatabase) {}

  start(): void {
    this.watching ??= this.watch();
    this.watching.catch(() => undefined);
  }

  /** @throws what a sample failed with, which ends the watch. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.isStopped) {
      for (const { mb } of await this.sample()) this.peakMb = Math.max(this.peakMb, mb);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  private async sample(): Promise<{ mb: number }[]> {
    try {
      return await this.db.write((tx) => tx.run<{ mb: number }>(POOLS));
    } catch (error) {
      // If the query itself gets no memory, skip this sample.
      if (error instanceof OutOfTransactionMemoryError) return [];
      throw error;
    }
  }
}

const POOLS = `
  SHOW TRANSACTIONS YIELD estimatedUsedHeapMemory
  RETURN sum(coalesce(estimatedUsedHeapMemory, 0)) / 1048576.0 AS mb`;
