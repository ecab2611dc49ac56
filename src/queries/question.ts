import type { AccessKind } from '../contract';

/** Type of a parameter: the text it accepts and the value passed to the Cypher statement. */
export type ParameterType =
  /** A user's email, in any case, or Okta ID. An email matches every user that has it. */
  | 'person'
  /** A group's exact name or Okta ID. A name matches every group that has it. */
  | 'group'
  /** An app's exact label or Okta ID. A label matches every app that has it. */
  | 'app'
  /** How long ago, such as `90d`, or a date or time in ISO 8601. Passed as a DateTime. */
  | 'moment'
  | 'text'
  /** A Java regular expression, as Neo4j uses. */
  | 'pattern'
  /** Values separated by commas, or given separately. */
  | 'list'
  /** A whole number. */
  | 'count'
  /** A number greater than 0 and at most 1. */
  | 'share';

export interface Parameter {
  type: ParameterType;
  meaning: string;
  /** The default as it would be typed. A parameter without a default is required. */
  default?: string;
  /** The allowed values. */
  choices?: readonly string[];
}

/**
 * A question about access that the graph answers. Its statements take `$domain` and its parameters, and use an index on
 * a key or on the org.
 */
export interface Question {
  /** Argument of `client query`. */
  id: string;
  /** The title, in an auditor's words. */
  question: string;
  /** The reason to ask, as one sentence. */
  why: string;
  /** `lookup` starts at a person, group or app that is given; `org` reads the whole org. */
  scope: 'lookup' | 'org';
  /** `history` questions use past memberships or changes, which are kept for `HISTORY_RETENTION`. */
  needs: 'graph' | 'history';
  /** Kinds that `SYNC_ACCESS` must name for the answer to be complete. */
  access: readonly AccessKind[];
  parameters: Readonly<Record<string, Parameter>>;
  /** Cypher: the clauses that the answer and the drawing share. */
  find: string;
  /** A Cypher statement without a `LIMIT`. */
  cypher: string;
  /** The columns that the statement returns. */
  columns: readonly string[];
  /**
   * A Cypher statement that returns up to `$most` rows of nodes and relationships, which Neo4j Browser can draw. Absent
   * if the answer is only numbers.
   */
  draw?: string;
  /** True if the answer about a deactivated user is empty. */
  leavesOutDeactivated?: true;
  /** Controls that the answer is evidence for. */
  controls: readonly string[];
}

interface Definition extends Omit<Question, 'needs' | 'access' | 'parameters' | 'cypher' | 'columns'> {
  /** Default: `graph`. */
  needs?: Question['needs'];
  /** Default: none. */
  access?: Question['access'];
  /** Default: none. */
  parameters?: Question['parameters'];
  /** Cypher: the other clauses of the answer. The last are `RETURN` and, on a line of its own, `ORDER BY`. */
  list: string;
  /** Cypher: the other clauses of the drawing, without its limit. */
  draw?: string;
}

/** Builds a question from the parts of its statements. */
export function question({ find, list, draw, ...rest }: Definition): Question {
  return {
    needs: 'graph',
    access: [],
    parameters: {},
    ...rest,
    find,
    cypher: `${find}\n${list}`,
    columns: columnsOf(list),
    ...(draw !== undefined && { draw: `${find}\n${draw} LIMIT $most` }),
  };
}

/** Returns the column names of the last `RETURN` clause, the last that begins a line. */
function columnsOf(list: string): string[] {
  const returned = (list.split(/^RETURN /m).at(-1) ?? '').split('\nORDER BY')[0] ?? '';
  const items = [''];
  let depth = 0;
  for (const character of returned) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) items.push('');
    else items[items.length - 1] += character;
  }
  return items.map((item) => /\w+$/.exec(item)?.[0] ?? item);
}
