import type { Settings } from './settings';

export type BucketName = keyof Settings['limits'];

/** The current state of a bucket. */
export interface BucketState {
  readonly limit: number;
  readonly remaining: number;
  /** Time until the window ends. */
  readonly resetInMs: number;
}

interface Window {
  endsAtMs: number;
  used: number;
}

/** Okta's rate limit buckets. They use the system clock, even if the org's clock is simulated. */
export class Buckets {
  private readonly windows = new Map<BucketName, Window>();

  constructor(private readonly settings: Settings) {}

  /** Counts a call. @returns false, without counting it, if it would exceed the limit. */
  take(name: BucketName): boolean {
    const window = this.windowOf(name);
    if (window.used >= this.settings.limits[name]) return false;
    window.used++;
    return true;
  }

  state(name: BucketName): BucketState {
    const window = this.windowOf(name);
    const limit = this.settings.limits[name];
    return { limit, remaining: Math.max(0, limit - window.used), resetInMs: window.endsAtMs - Date.now() };
  }

  private windowOf(name: BucketName): Window {
    const open = this.windows.get(name);
    if (open && Date.now() < open.endsAtMs) return open;
    const window = { endsAtMs: Date.now() + this.settings.windowMs, used: 0 };
    this.windows.set(name, window);
    return window;
  }
}

/** Returns the `X-Rate-Limit-*` headers as Okta or the settings have them; `Reset` is in epoch seconds, rounded up. */
export function rateLimitHeaders(
  state: BucketState,
  oktaNowMs: number,
  { doubledHeaders: doubled, headers: wrong }: Settings,
): Record<string, string> {
  if (wrong.withoutLimits) return {};
  const { limit, remaining } = state;
  const reset = wrong.reset ?? Math.ceil((oktaNowMs + state.resetInMs) / 1000) + wrong.resetOffS;
  const surplus = Math.ceil(limit / 0.9) - limit;
  return {
    'X-Rate-Limit-Limit': doubled ? `${limit + surplus}, ${limit}` : `${limit}`,
    'X-Rate-Limit-Remaining': doubled ? `${remaining + surplus}, ${remaining}` : `${remaining}`,
    'X-Rate-Limit-Reset': doubled ? `${reset}, ${reset}` : `${reset}`,
  };
}
