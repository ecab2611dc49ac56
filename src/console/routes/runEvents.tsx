import { Hono } from 'hono';
import { streamSSE, type SSEMessage } from 'hono/streaming';
import { closeOf } from '../connection';
import type { ConsoleEnv, Services } from '../env';
import { Live } from '../pages/live';
import { readRun } from '../read/run';
import { SharedReaders } from '../read/sharedReaders';
import type { Clock } from '../safety/clock';
import { Places } from '../safety/places';

const POLL_INTERVAL_MS = 1_000;
/** Deadline of one read; the deadline of the request has passed by then. */
const READ_DEADLINE_MS = 10_000;
/** Maximum duration of a stream. The browser then reconnects, so that a sign-in proxy checks access again. */
export const MAX_STREAM_MS = 10 * 60_000;
/** Delay before the console's script reloads a page that got no stream. */
const RETRY_AFTER_S = 5;

/** Streams a run's events. A stream ends when the run ends, or when the session that opened it ends. */
export function runEventRoutes(services: Services, clock: Clock): Hono<ConsoleEnv> {
  const places = new Places();
  const readers = new SharedReaders<SSEMessage[]>(POLL_INTERVAL_MS, clock);
  const app = new Hono<ConsoleEnv>();

  app.get('/integrations/:domain/runs/:runId/events', (c) => {
    const { domain, runId } = c.req.param();
    const session = c.get('session');
    const network = c.get('network');
    const leave = places.take({ session: session.id, network });
    if (!leave) {
      c.header('Retry-After', String(RETRY_AFTER_S));
      return c.text('Too many open pages follow a run. Close some of them.\n', 429);
    }
    return streamSSE(c, async (stream) => {
      const end = firstOf([closeOf(c), session.ended], MAX_STREAM_MS, clock);
      // Frees the slot even if the client stops reading and a write never completes.
      end.addEventListener('abort', leave);
      end.addEventListener('abort', () => stream.abort());
      const read = () => eventsOf(services, domain, runId);
      try {
        for await (const events of readers.follow(`${domain}/${runId}`, read, end)) {
          for (const event of events) await stream.writeSSE(event);
          if (events.some(({ event }) => event === 'ended')) return;
        }
      } finally {
        leave();
      }
    });
  });
  return app;
}

/** Reads a run's events once for all followers. */
async function eventsOf(services: Services, domain: string, runId: string): Promise<SSEMessage[]> {
  const deadline = Date.now() + READ_DEADLINE_MS;
  try {
    const view = await services.client.withDeadline(deadline, () => readRun(services, domain, runId));
    if (view?.kind !== 'live') return [{ event: 'ended', data: '' }];
    return [
      { event: 'stage', data: view.live.progress?.phase ?? 'waiting for a worker' },
      { event: 'progress', data: String(<Live live={view.live} now={new Date()} />) },
    ];
  } catch {
    return [{ event: 'stage', data: 'Temporal or Neo4j does not respond; retrying' }];
  }
}

/** Returns a signal that aborts with the first of `signals`, or after `maxMs`. */
function firstOf(signals: (AbortSignal | undefined)[], maxMs: number, clock: Clock): AbortSignal {
  const end = new AbortController();
  const abort = () => end.abort();
  end.signal.addEventListener('abort', clock.after(maxMs, abort));
  for (const signal of signals) {
    if (signal?.aborted) abort();
    // Otherwise the listener would stay on the session's signal until the session ends.
    signal?.addEventListener('abort', abort, { once: true, signal: end.signal });
  }
  return end.signal;
}
