/** Thrown for an invalid command line or an invalid parameter. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
