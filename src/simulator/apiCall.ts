import type { FaultAction } from './faults';
import type { Route } from './routes';

/** An authorized call within the rate limits. */
export interface ApiCall {
  readonly route: Route;
  readonly url: URL;
  /** Faults to apply. */
  readonly actions: readonly FaultAction[];
}
