import type { GraphDatabase } from '../../src/graph/database';

const EVERY_MS = 100;

/** Looks again and again at how much memory the transactions of a Neo4j have in use. */
export class MemoryWatch {
  peakMb = 0;
  private watching: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly db: GraphDatabase) {}

  start(): void {
    this.watching ??= this.watch();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.isStopped) {
      // A look that finds no memory for itself says nothing.
      const pools = await this.db.run<{ mb: number }>(POOLS).catch(() => []);
      this.peakMb = Math.max(this.peakMb, ...pools.map(({ mb }) => mb));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}

const POOLS = `
  SHOW TRANSACTIONS YIELD estimatedUsedHeapMemory
  RETURN sum(coalesce(estimatedUsedHeapMemory, 0)) / 1048576.0 AS mb`;
