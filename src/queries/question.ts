/** What a parameter takes, and what the Cypher gets for it. */
export type ParameterType =
  /** A user's email, in any case, or Okta id; all users of an email are meant. */
  | 'person'
  /** A group's exact name or Okta id; all groups of a name are meant. */
  | 'group'
  /** How long ago, such as `90d`, or a date or time in ISO 8601; a DateTime. */
  | 'moment'
  | 'text'
  /** A regular expression of Java, which Neo4j takes. */
  | 'pattern'
  /** Texts, separated by commas or given one by one. */
  | 'list'
  /** A whole number. */
  | 'count'
  /** A number between 0 and 1. */
  | 'share';

export interface Parameter {
  type: ParameterType;
  meaning: string;
  /** As one would type it; a parameter without a default has to be given. */
  default?: string;
  /** The only values that it may have. */
  choices?: readonly string[];
}

/**
 * A question that the graph answers. Its Cypher takes `$domain` and its parameters, returns its columns, has no `LIMIT` at
 * its end, and reads by an index: of a key, or of the one org.
 */
export interface Question {
  /** What it is called for: `client query ID`. */
  id: string;
  /** In the words of those who ask it. */
  question: string;
  why: string;
  /** `lookup` begins at a key that is given; `org` goes through the org. */
  scope: 'lookup' | 'org';
  /** `history` needs past memberships or changes, which are kept for `HISTORY_RETENTION`. */
  needs: 'graph' | 'history';
  parameters: Readonly<Record<string, Parameter>>;
  cypher: string;
  columns: readonly string[];
  /**
   * Returns nodes and relationships, at most `$most` rows, as Neo4j Browser draws them. Absent where the answer is
   * numbers and no part of the graph.
   */
  draw?: string;
  /** Controls that an answer is evidence for. */
  controls: readonly string[];
}
