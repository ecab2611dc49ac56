/** Thrown when something on this machine is missing or conflicts. The message explains what to do. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
