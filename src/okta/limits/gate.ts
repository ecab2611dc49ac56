import { waitText, type OktaWait, type Bucket } from '../../contract';
import type { CallContext } from '../callContext';
import { Concurrency } from './concurrency';
import { OktaError } from '../errors';
import { BucketWindow } from './rateLimit';
import type { RateLimitHeaders } from './rateLimitHeaders';

/** Longer waits do not sleep in an activity: Temporal holds them as a retry delay. */
export const LONGEST_WAIT_MS = 120_000;

/** The result of a request: `rejected` is a 429, `tooManyAtOnce` a 429 of the concurrency limit. */
export type Outcome = 'ok' | 'failed' | 'rejected' | 'tooManyAtOnce';

/** Holds requests to one org until its rate limits and its concurrency limit allow them. */
export class Gate {
  private readonly windows = new Map<Bucket, BucketWindow>();
  private readonly concurrency: Concurrency;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly options: {
      capacityPercent: number;
      maxConcurrency: number;
      basePauseMs: number;
      /** Called when a request has waited for a rate limit. */
      waited?: (bucket: Bucket, durationMs: number) => void;
    },
  ) {
    this.concurrency = new Concurrency(options.maxConcurrency);
  }

  /**
   * Resolves when a request of this bucket may be sent; MUST be followed by `leave`.
   *
   * @returns the time of that, on the clock of `performance.now()`.
   * @throws OktaError `OKTA_RATE_LIMITED` with `retryAfterMs` if that is more than two minutes away.
   */
  async enter(bucket: Bucket, context: CallContext): Promise<number> {
    const window = this.window(bucket);
    let waitedMs = 0;
    try {
      for (;;) {
        context.signal.throwIfAborted();
        const now = performance.now();
        const delayMs = window.delayMs(now);
        if (delayMs === 0 && this.concurrency.hasRoom()) break;
        const limited = delayMs !== 0 && delayMs !== Infinity;
        if (limited) this.announce(bucket, delayMs, context);
        await this.change(limited ? delayMs : LONGEST_WAIT_MS, context.signal);
        if (limited) waitedMs += performance.now() - now;
      }
    } finally {
      context.usage.waitedMs += waitedMs;
      if (waitedMs > 0) this.options.waited?.(bucket, waitedMs);
    }
    window.sent();
    this.concurrency.started();
    return performance.now();
  }

  /**
   * Processes a response's limits; `headers` is undefined without a response, `none` if the response states no limit.
   *
   * @param enteredAt the result of `enter`.
   * @returns the number of consecutive 429s of the bucket that the headers did not announce.
   */
  leave(
    bucket: Bucket,
    headers: RateLimitHeaders | 'none' | undefined,
    outcome: Outcome,
    enteredAt = performance.now(),
  ): number {
    const now = performance.now();
    const window = this.window(bucket);
    window.answered(headers, now);
    this.concurrency.ended();
    if (outcome === 'ok') {
      window.accepted(enteredAt);
      this.concurrency.succeeded();
    }
    const unexpected = outcome === 'rejected' ? window.rejected(now, enteredAt) : 0;
    if (outcome === 'tooManyAtOnce' || unexpected > 0) this.concurrency.rejected();
    for (const wake of [...this.waiting]) wake();
    return unexpected;
  }

  private window(bucket: Bucket): BucketWindow {
    let window = this.windows.get(bucket);
    if (!window)
      this.windows.set(
        bucket,
        (window = new BucketWindow(this.options.capacityPercent, this.options.basePauseMs)),
      );
    return window;
  }

  /** Reports a wait. @throws OktaError if it is too long for an activity. */
  private announce(bucket: Bucket, delayMs: number, context: CallContext): void {
    const wait: OktaWait = {
      bucket,
      until: new Date(Date.now() + delayMs).toISOString(),
      reason: this.window(bucket).isPaused(performance.now()) ? 'refused' : 'limit',
    };
    context.waits?.(wait);
    if (delayMs <= LONGEST_WAIT_MS) return;
    const message = `The run is ${waitText(wait)}, ${Math.ceil(delayMs / 1000)} s from now.`;
    throw new OktaError('OKTA_RATE_LIMITED', message, { retryAfterMs: delayMs });
  }

  /** Resolves at the next response, when the signal aborts, or after `maxMs` at the latest. */
  private change(maxMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, maxMs);
      signal.addEventListener('abort', wake, { once: true });
      this.waiting.add(wake);
    });
  }
}
