/** A part of a query that is replaced; offsets into the query's text. */
export interface Cut {
  start: number;
  end: number;
  with: string;
  rule: string;
}

const CLAUSE =
  /(?<!\w|STARTS |ENDS )(?:MATCH|OPTIONAL|MERGE|CREATE|WITH|RETURN|SET|REMOVE|DETACH|DELETE|UNWIND|CALL|ORDER|SKIP|LIMIT|UNION|FOREACH|WHERE|ON|IN TRANSACTIONS)\b/y;
const TERM_END = /(?<!\w)(?:AND|OR|XOR|THEN)\b/y;
const COMMA = /,/y;

/** A text that is Cypher or a part of it. */
export const isCypher = (text: string) =>
  /\b(?:MATCH \(|MERGE \(|UNWIND |WHERE |RETURN |IS (?:NOT )?NULL|EXISTS \{|CASE WHEN|coalesce\()|\bAND \S+ [<>=]|^\s*SET /.test(
    text,
  );

const SWAPS: readonly [pattern: RegExp, text: string, rule: string][] = [
  [/\bAND\b/g, 'OR', 'AND to OR'],
  [/\bOR\b/g, 'AND', 'OR to AND'],
  [/(?<!IF |IS )\bNOT /g, '', 'NOT dropped'],
  [/\bIS NULL\b/g, 'IS NOT NULL', 'IS NULL negated'],
  [/\bIS NOT NULL\b/g, 'IS NULL', 'IS NOT NULL negated'],
  [/ <= /g, ' < ', 'boundary'],
  [/ >= /g, ' > ', 'boundary'],
  [/ < /g, ' <= ', 'boundary'],
  [/ > /g, ' >= ', 'boundary'],
  [/ <> /g, ' = ', '<> to ='],
  [/ \+ /g, ' - ', '+ to -'],
  [/ - (?=[\w$])/g, ' + ', '- to +'],
  [/ DESC\b/g, '', 'DESC dropped'],
  [/\bOPTIONAL MATCH\b/g, 'MATCH', 'OPTIONAL dropped'],
  [/\bLIMIT (?:\$\w+|\d+|\$\{[^}]*\})/g, '', 'LIMIT dropped'],
  [/\btrue\b/g, 'false', 'true to false'],
  [/\bfalse\b/g, 'true', 'false to true'],
];

/** All changes of one query; `text` is the source of a string or template with its `${...}`. */
export function cypherCuts(text: string): Cut[] {
  const cuts: Cut[] = [];
  const find = (pattern: RegExp, cut: (at: number, end: number) => Omit<Cut, 'rule'>, rule: string) => {
    for (const { index, 0: found } of text.matchAll(pattern))
      cuts.push({ ...cut(index, index + found.length), rule });
  };
  for (const [pattern, change, rule] of SWAPS)
    find(pattern, (start, end) => ({ start, end, with: change }), rule);
  find(/\bWHERE\b/g, (start, at) => ({ start, end: endOf(text, at, CLAUSE), with: '' }), 'WHERE dropped');
  find(
    /\bAND\b/g,
    (start, at) => ({ start, end: endOf(text, at, CLAUSE, TERM_END), with: '' }),
    'term dropped',
  );
  find(
    /\bON (?:CREATE|MATCH) SET\b/g,
    (start, at) => ({ start, end: endOf(text, at, CLAUSE), with: '' }),
    'ON CREATE/MATCH dropped',
  );
  find(/\bCASE WHEN\b/g, (_, at) => ({ start: at, end: at, with: ' NOT ' }), 'CASE negated');
  find(/\bcoalesce\(/g, (start, at) => firstArgument(text, start, at), 'coalesce dropped');
  for (const { index, 0: found } of text.matchAll(/\bSET /g)) cuts.push(...assignments(text, index, found));
  return cuts;
}

/** Where what begins at `at` ends: at one of the ends outside of brackets, or at a bracket that closes. */
function endOf(text: string, at: number, ...ends: readonly RegExp[]): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const c = text.charAt(i);
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c) && --depth < 0) return i;
    if (depth === 0 && ends.some((end) => isAt(end, text, i))) return i;
  }
  return text.length;
}

function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function firstArgument(text: string, start: number, at: number): Omit<Cut, 'rule'> {
  const comma = endOf(text, at, COMMA);
  return { start, end: endOf(text, comma) + 1, with: text.slice(at, comma) };
}

/** Drops each assignment of a SET clause, the clause with its only one. */
function assignments(text: string, start: number, found: string): Cut[] {
  const end = endOf(text, start + found.length, CLAUSE);
  // The space before the next clause stays.
  const lastEnd = text.slice(0, end).trimEnd().length;
  const commas: number[] = [];
  for (let at = start + found.length; (at = endOf(text, at, COMMA)) < end; at++) commas.push(at);
  const rule = 'assignment dropped';
  if (commas.length === 0) return [{ start, end, with: '', rule }];
  return [start + found.length - 1, ...commas].map((from, n) => ({
    start: n === 0 ? from + 1 : from,
    end: n === 0 ? (commas[0] ?? end) + 1 : (commas[n] ?? lastEnd),
    with: '',
    rule,
  }));
}
