/** Fields for `search` and `filter`. Times are in epoch milliseconds. */
export type Fields = Readonly<Record<string, string | number>>;

export type Predicate = (fields: Fields) => boolean;

const COMPARISON = /\s*([A-Za-z.]+)\s+(eq|gt|ge|lt|le)\s+"((?:[^"\\]|\\.)*)"\s*(?:\b(and|or)\b)?/y;

/** An expression in one pair of parentheses, as some clients send it. */
const IN_PARENTHESES = /^\s*\(([^()]*)\)\s*$/;

const OPERATORS: Record<string, (a: string | number, b: string | number) => boolean> = {
  eq: (a, b) => a === b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

/**
 * Parses an expression such as `lastUpdated gt "…" and status eq "…" or id eq "…"`. `and` binds tighter than `or`.
 *
 * @param times names of time fields, which support all operators.
 * @param texts names of text fields, which support `eq`.
 * @returns undefined for an unsupported expression, for which Okta returns 400.
 */
export function parseExpression(
  expression: string,
  times: readonly string[],
  texts: readonly string[],
): Predicate | undefined {
  const text = IN_PARENTHESES.exec(expression)?.[1] ?? expression;
  const alternatives: Predicate[][] = [[]];
  let joint: string | undefined = 'and';
  COMPARISON.lastIndex = 0;
  while (joint !== undefined) {
    const match = COMPARISON.exec(text);
    if (!match) return undefined;
    const [, field = '', operator = '', literal = ''] = match;
    const compare = OPERATORS[operator];
    const value = times.includes(field) ? Date.parse(literal) : literal;
    const known = times.includes(field) ? !Number.isNaN(value) : texts.includes(field) && operator === 'eq';
    if (!compare || !known) return undefined;
    alternatives.at(-1)?.push((fields) => compare(fields[field] as string | number, value));
    joint = match[4];
    if (joint === 'or') alternatives.push([]);
    if (joint === undefined && COMPARISON.lastIndex !== text.length) return undefined;
  }
  return (fields) => alternatives.some((all) => all.every((holds) => holds(fields)));
}
