/** Asked for something that the command line or the configuration cannot mean. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
