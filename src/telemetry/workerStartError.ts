/** What keeps a worker from starting, in words for a terminal. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}
