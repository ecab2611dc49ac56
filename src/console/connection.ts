import type { Context } from 'hono';
import type { ConsoleEnv } from './env';

/** Aborts when the answer to a request is sent in full, or its client leaves before. */
export function closeOf(c: Context<ConsoleEnv>): AbortSignal {
  const closed = new AbortController();
  const { outgoing } = c.env;
  if (outgoing.closed || outgoing.destroyed) closed.abort();
  else outgoing.once('close', () => closed.abort());
  return closed.signal;
}
