import { EventEmitter, once } from 'node:events';
import type { Clock } from '../safety/clock';

/** Reads something again and again for everybody who follows it: one reader for each key, while it has followers. */
export class SharedReaders<T> {
  private readonly readers = new Map<string, Reader<T>>();

  constructor(
    private readonly intervalMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * The latest value, then each further one until `signal` aborts. Who is slow misses values, and nobody waits for them.
   *
   * @param read must not reject; called with the first follower of a key, at most once at a time for each key.
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

  /** Reads until it has no followers, and calls `ended` in the same turn, so that nobody joins a reader that has ended. */
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
