/**
 * Like `Promise.all`, but rejects only after all workers have stopped, so that none of them writes after the failure.
 */
export async function allSettled(workers: readonly Promise<void>[], stop: () => void): Promise<void> {
  for (const worker of workers) worker.catch(stop);
  const failure = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
