import { waitText, type OktaWait, type Bucket } from '../../contract';
import type { CallContext } from '../callContext';
import { Concurrency } from './concurrency';
import { OktaError } from '../errors';
import { BucketWindow } from './rateLimit';
import type { RateLimitHeaders } from './rateLimitHeaders';

/** Longer waits are not slept in an activity: Temporal holds them as a retry delay. */
export const LONGEST_WAIT_MS = 120_000;

/** How a request ended: `refused` with a 429, `tooManyAtOnce` with one of the concurrency limit. */
export type Outcome = 'ok' | 'failed' | 'refused' | 'tooManyAtOnce';

/** Lets requests to one org through while its rate limits and its concurrency limit allow. */
export class Gate {
  private readonly windows = new Map<Bucket, BucketWindow>();
  private readonly concurrency: Concurrency;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly options: { capacityPercent: number; maxConcurrency: number; basePauseMs?: number },
  ) {
    this.concurrency = new Concurrency(options.maxConcurrency);
  }

  /**
   * Resolves when a request of this bucket may go; `leave` MUST follow.
   *
   * @returns when that is, on the clock of `performance.now()`.
   * @throws OktaError `OKTA_RATE_LIMITED` with `retryAfterMs` when that is more than two minutes away.
   */
  async enter(bucket: Bucket, context: CallContext): Promise<number> {
    const window = this.window(bucket);
    for (;;) {
      context.signal.throwIfAborted();
      const now = performance.now();
      const delayMs = window.delayMs(now);
      if (delayMs === 0 && this.concurrency.hasRoom()) break;
      const limited = delayMs !== 0 && delayMs !== Infinity;
      if (limited) {
        const wait: OktaWait = {
          bucket,
          until: new Date(Date.now() + delayMs).toISOString(),
          reason: window.isPaused(now) ? 'refused' : 'limit',
        };
        context.waits?.(wait);
        if (delayMs > LONGEST_WAIT_MS) {
          const message = `The run is ${waitText(wait)}, ${Math.ceil(delayMs / 1000)} s from now.`;
          throw new OktaError('OKTA_RATE_LIMITED', message, { retryAfterMs: delayMs });
        }
      }
      await this.change(limited ? delayMs : LONGEST_WAIT_MS, context.signal);
      if (limited) context.usage.waitedMs += performance.now() - now;
    }
    window.sent();
    this.concurrency.started();
    return performance.now();
  }

  /**
   * Takes in what the answer said; `headers` is absent when there was no answer, `none` when it states no limit.
   *
   * @param enteredAt what `enter` returned.
   * @returns how many 429s in a row the bucket has met that no header foresaw.
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
      window.letThrough(enteredAt);
      this.concurrency.succeeded();
    }
    const unforeseen = outcome === 'refused' ? window.refused(now, enteredAt) : 0;
    if (outcome === 'tooManyAtOnce' || unforeseen > 0) this.concurrency.refused();
    for (const wake of [...this.waiting]) wake();
    return unforeseen;
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

  /** Resolves at the next answer or the signal's abort, at the latest after the time given. */
  private change(atMostMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, atMostMs);
      signal.addEventListener('abort', wake, { once: true });
      this.waiting.add(wake);
    });
  }
}
