import { Hono } from 'hono';
import { streamSSE, type SSEMessage } from 'hono/streaming';
import { closeOf } from '../connection';
import type { ConsoleEnv, Services } from '../env';
import { Live } from '../pages/live';
import { readRun } from '../read/run';
import { SharedReaders } from '../read/sharedReaders';
import { clientAddress, networkOf } from '../safety/addresses';
import type { Clock } from '../safety/clock';
import { Places } from '../safety/places';

const POLL_INTERVAL_MS = 1_000;
/** The deadline of the page that opened the stream does not hold for what comes later. */
const READ_DEADLINE_MS = 10_000;
/** A browser opens its stream again after this, so a sign-in proxy is asked again too. */
export const MAX_STREAM_MS = 10 * 60_000;
/** How long the console's script waits before it loads a page without a stream again. */
const RETRY_AFTER_S = 5;

/** The events of a run while it goes on. A stream ends with the run, and with the session that opened it. */
export function runEventRoutes(services: Services, clock: Clock): Hono<ConsoleEnv> {
  const places = new Places();
  const readers = new SharedReaders<SSEMessage[]>(POLL_INTERVAL_MS, clock);
  const app = new Hono<ConsoleEnv>();

  app.get('/integrations/:domain/runs/:runId/events', (c) => {
    const { domain, runId } = c.req.param();
    const session = c.get('session');
    const network = networkOf(clientAddress(c, services.settings.proxies));
    const leave = places.take({ session: session.id, network });
    if (!leave) {
      c.header('Retry-After', String(RETRY_AFTER_S));
      return c.text('Too many pages follow a run at the same time. Close some of them.\n', 429);
    }
    return streamSSE(c, async (stream) => {
      const end = firstOf([closeOf(c), session.ended], MAX_STREAM_MS, clock);
      // Frees the place also when the client does not read and a write never returns.
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

/** Reads a run once, for all who follow it. */
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
    return [{ event: 'stage', data: 'Temporal or Neo4j does not answer; still trying' }];
  }
}

/** Aborts with the first of `signals`, or after `maxMs`. */
function firstOf(signals: (AbortSignal | undefined)[], maxMs: number, clock: Clock): AbortSignal {
  const end = new AbortController();
  const abort = () => end.abort();
  end.signal.addEventListener('abort', clock.after(maxMs, abort));
  for (const signal of signals) {
    if (signal?.aborted) abort();
    // Without this the listener would stay at its session for as long as that lasts.
    signal?.addEventListener('abort', abort, { once: true, signal: end.signal });
  }
  return end.signal;
}
