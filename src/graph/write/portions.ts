import { OutOfTransactionMemoryError } from '../database';

/**
 * Repeats a transaction that handles up to a given number of things, until one finds fewer than that. The number is
 * halved each time Neo4j has no memory for the transaction.
 *
 * @param work returns how many it handled.
 * @param beat called after each transaction, also after one that Neo4j had no memory for: that takes its time too.
 * @returns the number that Neo4j had memory for.
 * @throws OutOfTransactionMemoryError when there is no memory for a single one.
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
