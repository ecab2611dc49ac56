import { OutOfTransactionMemoryError } from './database';

/**
 * Repeats a transaction that handles up to a given number of things, until one finds fewer than that. The number is
 * halved each time Neo4j has no memory for the transaction.
 *
 * @param work returns how many it handled.
 * @throws OutOfTransactionMemoryError when there is no memory for a single one.
 */
export async function inPortions(size: number, work: (atMost: number) => Promise<number>): Promise<void> {
  for (let atMost = size; ;) {
    try {
      if ((await work(atMost)) < atMost) return;
    } catch (error) {
      if (!(error instanceof OutOfTransactionMemoryError) || atMost === 1) throw error;
      atMost = Math.ceil(atMost / 2);
    }
  }
}
