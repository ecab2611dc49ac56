import { BUCKETS, type OktaWait, type Bucket } from '../contract';

/** Usage of Okta's API, added up by the caller. */
export interface Usage {
  requests: Record<Bucket, number>;
  rateLimited: number;
  waitedMs: number;
  retries: number;
}

export function noUsage(): Usage {
  return {
    requests: Object.fromEntries(BUCKETS.map((bucket) => [bucket, 0])) as Record<Bucket, number>,
    rateLimited: 0,
    waitedMs: 0,
    retries: 0,
  };
}

/** The context that a caller passes to each call. */
export interface CallContext {
  /** Aborts the call, which then throws the signal's reason. */
  signal: AbortSignal;
  /** Called every few seconds while a call waits or is in progress, no longer than the call's own timeouts allow. */
  beat: () => void;
  usage: Usage;
  /** Called when a call starts to wait for a rate limit. */
  waits?: (wait: OktaWait) => void;
  /** Okta's clock at its latest response, milliseconds since the epoch; set by the calls. */
  oktaNowMs?: number;
}
