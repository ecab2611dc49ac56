import { OktaError } from '../okta/errors';

/**
 * Number of consecutive pages with nothing new after which a list is assumed never to end. Okta may return some empty
 * pages in the middle of a list; its search has not been seen to return this many.
 */
export const MAX_IDLE_PAGES = 50;

/**
 * Number of consecutive pages with only malformed items, none of them seen before, after which such pages no longer
 * count as new.
 */
export const MAX_MALFORMED_PAGES = 1_000;

/**
 * Returns the error for a list that does not end.
 *
 * @param what a sentence on what happened to the list.
 */
export function endlessList(what: string): OktaError {
  const message = `Okta returned ${MAX_IDLE_PAGES} consecutive pages without new items, each with a next-page link. ${what}`;
  return new OktaError('OKTA_ENDLESS_LIST', message);
}

/** The next links of a list. A repeated one means that the list is circular. */
export class Trail {
  private readonly passed = new Set<string>();

  /** @param circle the error message for a circular list. */
  constructor(private readonly circle: string) {}

  /** @throws OktaError `OKTA_REPEATED_LINK`. */
  follow(next: string | undefined): void {
    if (next === undefined) return;
    if (this.passed.has(next)) throw new OktaError('OKTA_REPEATED_LINK', this.circle);
    this.passed.add(next);
  }

  /** Clears the links when the list is restarted. */
  clear(): void {
    this.passed.clear();
  }
}
