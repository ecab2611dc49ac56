import { EventEmitter, once } from 'node:events';
import type { Clock } from '../safety/clock';

/** Polls a value for all its followers, with one reader per key for as long as it has followers. */
export class SharedReaders<T> {
  private readonly readers = new Map<string, Reader<T>>();

  constructor(
    private readonly intervalMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Yields the latest value, then each new one until `signal` aborts. A slow follower misses values and never delays
   * the others.
   *
   * @param read must not reject. The `read` of a key's first follower is used, with at most one call at a time.
   */
  async *follow(key: string, read: () => Promise<T>, signal: AbortSignal): AsyncGenerator<T, void, void> {
    let reader = this.readers.get(key);
    if (!reader) {
      reader = new Reader(read, this.intervalMs, this.clock);
      this.readers.set(key, reader);
      void reader.run(() => this.readers.delete(key));
    }
    reader.join();
    try {
      let seen: { value: T } | undefined;
      while (!signal.aborted) {
        if (reader.latest && reader.latest !== seen) {
          seen = reader.latest;
          yield seen.value;
        } else await reader.nextRead(signal);
      }
    } finally {
      reader.leave();
    }
  }
}

class Reader<T> {
  latest?: { value: T };
  private followers = 0;
  private readonly events = new EventEmitter().setMaxListeners(0);
  private endPause = () => {};

  constructor(
    private readonly read: () => Promise<T>,
    private readonly intervalMs: number,
    private readonly clock: Clock,
  ) {}

  join(): void {
    this.followers += 1;
  }

  leave(): void {
    this.followers -= 1;
    if (this.followers === 0) this.endPause();
  }

  /** Reads until there are no followers. Calls `ended` synchronously, so that nobody joins a reader that has ended. */
  async run(ended: () => void): Promise<void> {
    do {
      this.latest = { value: await this.read() };
      this.events.emit('read');
      if (this.followers > 0) await this.pause();
    } while (this.followers > 0);
    ended();
  }

  async nextRead(signal: AbortSignal): Promise<void> {
    await once(this.events, 'read', { signal }).catch(() => undefined);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(this.intervalMs, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
