import { OutOfTransactionMemoryError } from '../database';

/**
 * Repeats a transaction that handles up to a given number of items until one handles fewer. The number is halved each
 * time Neo4j runs out of memory for the transaction.
 *
 * @param work returns how many items it handled.
 * @param beat called after each transaction, including one that ran out of memory, which also takes time.
 * @returns the number of items that fits into a transaction.
 * @throws OutOfTransactionMemoryError if even a single item does not fit.
 */
export async function inPortions(
  size: number,
  work: (atMost: number) => Promise<number>,
  beat: () => void = () => undefined,
): Promise<number> {
  for (let atMost = size; ;) {
    let isDone = false;
    try {
      isDone = (await work(atMost)) < atMost;
    } catch (error) {
      if (!(error instanceof OutOfTransactionMemoryError) || atMost === 1) throw error;
      atMost = Math.ceil(atMost / 2);
    }
    beat();
    if (isDone) return atMost;
  }
}
