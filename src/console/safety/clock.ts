/** Clock and timers. Tests use one that they advance manually. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since an arbitrary time; never decreases, even if the system time is changed. */
  monotonic(): number;
  /** Calls back once after `delayMs`. @returns a function that cancels the callback. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The system clock. Its timers do not keep the process alive. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
