import type { Context } from 'hono';
import type { ConsoleEnv } from './env';

/** Returns a signal that aborts when the response has been sent or the client has disconnected. */
export function closeOf(c: Context<ConsoleEnv>): AbortSignal {
  const closed = new AbortController();
  const { outgoing } = c.env;
  if (outgoing.closed || outgoing.destroyed) closed.abort();
  else outgoing.once('close', () => closed.abort());
  return closed.signal;
}
