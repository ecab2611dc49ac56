import { OktaError } from '../okta/errors';

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
