import type { CallContext } from '../callContext';
import type { Answer } from '../http';

export type Headers = Readonly<Record<string, string>>;

/**
 * What makes a request that was refused with 401 worth repeating without a pause, each kind once: other credentials
 * than those that were refused, or the nonce that Okta asks for.
 */
export type Remedy = 'credentials' | 'nonce';

/** A way to be let in, with one set of credentials. */
export interface Scheme {
  /** The headers that authorize one GET of a URL of the org; each attempt needs its own. */
  headers(url: string, context: CallContext): Promise<Headers>;
  /** Notes what an answer says for the next requests. */
  noteAnswer(answer: Answer): void;
  /** What these same credentials can still do about an answer that refuses them: the next request does it. */
  remedy(refused: Headers, answer: Answer): Remedy | undefined;
}
