import type { CallContext } from '../callContext';
import type { Answer } from '../http';

export type Headers = Readonly<Record<string, string>>;

/**
 * The reason to repeat a request immediately after a 401, each at most once: `credentials` that differ from the
 * rejected ones, or the `nonce` that Okta requires.
 */
export type Recovery = 'credentials' | 'nonce';

/** A way to authorize requests with one set of credentials. */
export interface Scheme {
  /** Returns the headers that authorize one GET of a URL of the org; each attempt needs its own. */
  headers(url: string, context: CallContext): Promise<Headers>;
  /** Processes a response's information for subsequent requests. */
  noteAnswer(answer: Answer): void;
  /**
   * Returns how these credentials can recover from a rejected request with the next attempt; undefined if they cannot.
   */
  recovery(refused: Headers, answer: Answer): Recovery | undefined;
}
