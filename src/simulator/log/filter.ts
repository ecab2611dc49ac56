import { OktaError } from '../errors';

/** Returns the values of an event at a path such as `target.id`, as text. */
export type ValuesAt = (path: string) => readonly string[];

export type EventPredicate = (valuesAt: ValuesAt) => boolean;

/** Fields of an event that a filter can start with. Okta does not accept `published`. */
const FIELDS = new Set([
  'uuid',
  'eventType',
  'version',
  'severity',
  'legacyEventType',
  'displayMessage',
  'actor',
  'client',
  'outcome',
  'target',
  'transaction',
  'debugContext',
  'authenticationContext',
  'securityContext',
  'request',
]);

const OPERATORS: Record<string, (value: string, wanted: string) => boolean> = {
  eq: (value, wanted) => value === wanted,
  co: (value, wanted) => value.includes(wanted),
  sw: (value, wanted) => value.startsWith(wanted),
  ew: (value, wanted) => value.endsWith(wanted),
  gt: (value, wanted) => value > wanted,
  ge: (value, wanted) => value >= wanted,
  lt: (value, wanted) => value < wanted,
  le: (value, wanted) => value <= wanted,
};

const TOKEN = /\s*([()]|"(?:[^"\\]|\\.)*"|[^\s()"]+)/y;

/**
 * Parses a filter such as `eventType sw "user." and (target.id eq "…" or not (outcome.result eq "SUCCESS"))`.
 *
 * @throws OktaError, 400 E0000053, for an invalid filter.
 */
export function parseEventFilter(filter: string): EventPredicate {
  const parser = new Parser(filter);
  const predicate = parser.either();
  parser.end();
  return predicate;
}

class Parser {
  private readonly tokens: string[] = [];

  constructor(private readonly filter: string) {
    TOKEN.lastIndex = 0;
    const text = filter.trimEnd();
    while (TOKEN.lastIndex < text.length) {
      const [, token] = TOKEN.exec(text) ?? [];
      if (token === undefined) throw this.invalid('unexpected character');
      this.tokens.push(token);
    }
  }

  either(): EventPredicate {
    const parts = [this.both()];
    while (this.takes('or')) parts.push(this.both());
    return (valuesAt) => parts.some((holds) => holds(valuesAt));
  }

  end(): void {
    const [token] = this.tokens;
    if (token !== undefined) throw this.invalid(`unexpected '${token}'`);
  }

  private both(): EventPredicate {
    const parts = [this.one()];
    while (this.takes('and')) parts.push(this.one());
    return (valuesAt) => parts.every((holds) => holds(valuesAt));
  }

  private one(): EventPredicate {
    if (this.takes('not')) {
      const holds = this.one();
      return (valuesAt) => !holds(valuesAt);
    }
    if (!this.takes('(')) return this.comparison();
    const holds = this.either();
    if (!this.takes(')')) throw this.invalid("missing ')'");
    return holds;
  }

  private comparison(): EventPredicate {
    const [path = '', operator = ''] = this.tokens.splice(0, 2);
    if (!FIELDS.has(path.split('.')[0] ?? ''))
      throw new OktaError(400, 'E0000053', `field is not valid: ${path}`);
    if (operator === 'pr') return (valuesAt) => valuesAt(path).length > 0;
    const wanted = valueOf(this.tokens.shift() ?? '');
    if (operator === 'ne') return (valuesAt) => !valuesAt(path).includes(wanted);
    const compare = OPERATORS[operator];
    if (!compare) throw this.invalid(`Unrecognized attribute operator '${operator}'`);
    return (valuesAt) => valuesAt(path).some((value) => compare(value, wanted));
  }

  private takes(token: string): boolean {
    const isNext = this.tokens[0]?.toLowerCase() === token;
    if (isNext) this.tokens.shift();
    return isNext;
  }

  private invalid(cause: string): OktaError {
    return new OktaError(400, 'E0000053', `Invalid filter '${this.filter}': ${cause}`);
  }
}

function valueOf(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token;
}
