import { OktaError } from '../okta/errors';

/**
 * Pages in a row without anything new after which a list is not going to end. Okta may put some empty pages in the middle
 * of a list; its search was never seen to put this many.
 */
export const MAX_IDLE_PAGES = 50;

/** Pages in a row with nothing but malformed items, none of them seen before, after which those are nothing new any more. */
export const MAX_MALFORMED_PAGES = 1_000;

/** @param what the list, and what becomes of it. */
export function endlessList(what: string): OktaError {
  const message = `${MAX_IDLE_PAGES} of Okta's pages in a row brought nothing new, and each led to another; ${what}`;
  return new OktaError('OKTA_ENDLESS_LIST', message);
}

/** The next links that a list has led to. One that comes again leads in a circle. */
export class Trail {
  private readonly passed = new Set<string>();

  /** @param circle what to say of a circle. */
  constructor(private readonly circle: string) {}

  /** @throws OktaError `OKTA_REPEATED_LINK`. */
  follow(next: string | undefined): void {
    if (next === undefined) return;
    if (this.passed.has(next)) throw new OktaError('OKTA_REPEATED_LINK', this.circle);
    this.passed.add(next);
  }

  /** The list begins again. */
  clear(): void {
    this.passed.clear();
  }
}
