import type { Context } from 'hono';
import { explainNeo4j, Explained } from '../cli/explain';
import type { ConsoleEnv, Services } from './env';

/** Downloads in progress at once; each holds a connection to Neo4j and a read in it. */
const MAX_DOWNLOADS = 3;

/** How long one may take, milliseconds: for Neo4j to find the rows, and for the browser to take them. */
export const DOWNLOAD_TIMEOUT_MS = 120_000;

const RETRY_AFTER_S = 10;

/** Text that is sent while it is still being read, a few downloads at once. */
export class Downloads {
  private running = 0;

  constructor(
    private readonly services: Services,
    private readonly timeoutMs = DOWNLOAD_TIMEOUT_MS,
  ) {}

  /**
   * Answers with the pieces of a text as they come, or with 503 while too many others run.
   *
   * @param open begins to read; what it throws before the first piece is thrown here.
   */
  async send(
    c: Context<ConsoleEnv>,
    open: () => Promise<{ pieces: AsyncGenerator<string, void, undefined>; headers: Record<string, string> }>,
  ): Promise<Response> {
    if (this.running >= MAX_DOWNLOADS) {
      c.header('Retry-After', String(RETRY_AFTER_S));
      const text = `${MAX_DOWNLOADS} downloads are in progress, as many as this console serves at once. Try again in ${RETRY_AFTER_S} s.\n`;
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
    // Frees the place also while Neo4j does not answer at all.
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
            // Its failure is met by the next pull, which may come later.
            next.catch(() => undefined);
            return controller.enqueue(encoder.encode(value));
          }
        } catch (error) {
          if (isCancelled) return;
          this.report(error);
          // Without this, a file that is cut short would look whole.
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
    process.stderr.write(`A download was cut short: ${why}\n`);
  }
}
