/** The reason that a worker cannot start, in words for a terminal. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}
