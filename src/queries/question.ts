/** Type of a parameter: the text it accepts and the value passed to the Cypher statement. */
export type ParameterType =
  /** A user's email, in any case, or Okta id. An email matches every user that has it. */
  | 'person'
  /** A group's exact name or Okta id. A name matches every group that has it. */
  | 'group'
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
 * A question about access that the graph answers. Its Cypher statement takes `$domain` and its parameters, returns its
 * columns, does not end with a `LIMIT`, and uses an index on a key or on the org.
 */
export interface Question {
  /** Argument of `client query`. */
  id: string;
  /** The title, in an auditor's words. */
  question: string;
  /** The reason to ask, as one sentence. */
  why: string;
  /** `lookup` starts at a person or group that is given; `org` reads the whole org. */
  scope: 'lookup' | 'org';
  /** `history` questions use past memberships or changes, which are kept for `HISTORY_RETENTION`. */
  needs: 'graph' | 'history';
  parameters: Readonly<Record<string, Parameter>>;
  cypher: string;
  columns: readonly string[];
  /**
   * A Cypher statement that returns up to `$most` rows of nodes and relationships, which Neo4j Browser can draw. Absent
   * if the answer is only numbers.
   */
  draw?: string;
  /** Controls that the answer is evidence for. */
  controls: readonly string[];
}
