import type { Context } from 'hono';
import { explainNeo4j } from '../connections/explain';
import { Explained } from '../faults/explained';
import type { ConsoleEnv, Services } from './env';
import { operated } from '../telemetry/events';

/** Maximum number of concurrent downloads. Each holds a Neo4j connection with an open read. */
const MAX_DOWNLOADS = 3;

/** Time limit of a download, in ms, including Neo4j's query and the transfer to the browser. */
export const DOWNLOAD_TIMEOUT_MS = 120_000;

const RETRY_AFTER_S = 10;

/** Streams text downloads, up to a few at a time of all pages together. */
export class Downloads {
  private running = 0;

  constructor(
    private readonly services: Services,
    private readonly timeoutMs = DOWNLOAD_TIMEOUT_MS,
  ) {}

  /**
   * Streams the pieces of a text, or responds with 503 if too many downloads are in progress.
   *
   * @param open starts the read. Errors before the first piece are thrown by `send`.
   */
  async send(
    c: Context<ConsoleEnv>,
    open: () => Promise<{ pieces: AsyncGenerator<string, void, undefined>; headers: Record<string, string> }>,
  ): Promise<Response> {
    if (this.running >= MAX_DOWNLOADS) {
      c.header('Retry-After', String(RETRY_AFTER_S));
      const text = `${MAX_DOWNLOADS} downloads are in progress, which is the limit. Try again in ${RETRY_AFTER_S} s.\n`;
      return c.text(text, 503);
    }
    this.running += 1;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.running -= 1;
    };
    // Frees the slot even if Neo4j never responds.
    const timer = setTimeout(() => {
      c.env.outgoing.destroy();
      end();
    }, this.timeoutMs);
    try {
      const { pieces, headers } = await open();
      const first = await pieces.next();
      if (c.req.method === 'HEAD') {
        await pieces.return();
        end();
        return c.body(null, 200, headers);
      }
      return c.body(this.body(c, first, pieces, end), 200, headers);
    } catch (error) {
      end();
      throw error;
    }
  }

  private body(
    c: Context<ConsoleEnv>,
    first: IteratorResult<string, void>,
    pieces: AsyncGenerator<string, void, undefined>,
    end: () => void,
  ): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let isCancelled = false;
    let next: Promise<IteratorResult<string, void>> = Promise.resolve(first);
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await next;
          if (isCancelled) return;
          if (!done) {
            next = pieces.next();
            // The next pull handles the failure.
            next.catch(() => undefined);
            return controller.enqueue(encoder.encode(value));
          }
        } catch (error) {
          if (isCancelled) return;
          this.report(error);
          // Without this, a truncated file would look complete.
          c.env.outgoing.destroy();
        }
        end();
        controller.close();
      },
      cancel: async () => {
        isCancelled = true;
        await pieces.return().catch(() => undefined);
        end();
      },
    });
  }

  private report(error: unknown): void {
    const known = explainNeo4j(error, this.services.config.neo4j);
    const why = known instanceof Explained ? known.message : String((error as Error).name);
    operated.emit({ event: 'console_error', message: `A download was aborted: ${why}` });
  }
}
