import type { OktaWait, Bucket } from '../contract';

/** What calls to Okta cost, to be added up by the caller. */
export interface Usage {
  requests: Record<Bucket, number>;
  rateLimited: number;
  waitedMs: number;
  retries: number;
}

export function noUsage(): Usage {
  return {
    requests: { users: 0, user: 0, groups: 0, group: 0, other: 0 },
    rateLimited: 0,
    waitedMs: 0,
    retries: 0,
  };
}

/** What a caller hands to each call. */
export interface CallContext {
  /** Ends the call; its reason is thrown. */
  signal: AbortSignal;
  /** Called every few seconds while a call waits or is under way, never longer than the call's own time-outs allow. */
  beat: () => void;
  usage: Usage;
  /** Called when a call begins to wait for a rate limit. */
  waits?: (wait: OktaWait) => void;
  /** Okta's clock at its latest answer, milliseconds since the epoch; set by the calls. */
  oktaNowMs?: number;
}
