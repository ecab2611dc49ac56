/** Something on this machine is missing or in the way; the message says what, and what to do by hand. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
