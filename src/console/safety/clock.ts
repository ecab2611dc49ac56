/** The time, and a callback later. Tests pass one that they advance themselves. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some time in the past; never goes back, also when the time of day is set. */
  monotonic(): number;
  /** Calls back once, in `delayMs`. @returns a function that cancels the callback. */
  after(delayMs: number, callback: () => void): () => void;
}

/** This machine's clock. Its timers do not keep the process alive. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
