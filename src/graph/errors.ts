import { Neo4jError } from 'neo4j-driver';
import { OutOfTransactionMemoryError } from './database';

export interface ExplainedError {
  code: string;
  message: string;
  /** Whether the same work may succeed later. The driver's own `retryable` is about one transaction. */
  retryable: boolean;
}

/** Neo4j's codes and what they mean here; the first match counts. */
const TABLE: readonly [pattern: RegExp, explained: ExplainedError][] = [
  [
    // Neo4j locks a user out for some seconds after a few wrong passwords, of this process or of another one.
    /Security\.AuthenticationRateLimit/,
    {
      code: 'GRAPH_UNAUTHORIZED',
      message:
        'Neo4j refuses the user for some seconds after too many wrong passwords. Check NEO4J_PASSWORD, also of other programs.',
      retryable: true,
    },
  ],
  [
    /Security\.(Unauthorized|CredentialsExpired|TokenExpired)/,
    {
      code: 'GRAPH_UNAUTHORIZED',
      message: 'Neo4j refused the user name or password. Check NEO4J_USERNAME and NEO4J_PASSWORD.',
      retryable: false,
    },
  ],
  [
    /Security\./,
    {
      code: 'GRAPH_FORBIDDEN',
      message: 'The Neo4j user may not do this. It needs to read, write and create constraints and indexes.',
      retryable: false,
    },
  ],
  [
    /DatabaseNotFound/,
    {
      code: 'GRAPH_NO_DATABASE',
      message: 'Neo4j has no such database. Check NEO4J_DATABASE.',
      retryable: false,
    },
  ],
  [
    /ConstraintValidationFailed|ConstraintCreationFailed|IndexWithNameAlreadyExists|ConstraintAlreadyExists|IndexAlreadyExists/,
    {
      code: 'GRAPH_CONFLICT',
      message: 'A constraint of the database refused the data. Does another tool write the same labels?',
      retryable: false,
    },
  ],
  [
    /MemoryPoolOutOfMemory|TransactionMemoryLimit|OutOfMemory|MemoryLimitExceeded/,
    {
      code: 'GRAPH_OUT_OF_MEMORY',
      message:
        'Neo4j has too little memory for a transaction. Raise dbms.memory.transaction.total.max or the heap.',
      retryable: true,
    },
  ],
  [
    /WriteOnReadOnly|ReadOnly|ForbiddenOnReadOnlyDatabase|NotALeader/,
    {
      code: 'GRAPH_READ_ONLY',
      message: 'Neo4j takes no writes: the database is read-only.',
      retryable: true,
    },
  ],
  [
    /Transaction(Start|Commit)Failed/,
    {
      code: 'GRAPH_NEEDS_RESTART',
      message:
        'Neo4j met an error that it cannot go on from, as on a full disk. Its log says which: mend that, and restart it.',
      retryable: true,
    },
  ],
  [
    /TransactionTimedOut/,
    {
      code: 'GRAPH_TIMED_OUT',
      message:
        'Neo4j took too long over a transaction. Is it overloaded, or does another transaction hold its locks?',
      retryable: true,
    },
  ],
  [
    /DatabaseUnavailable|UnableToStartDatabase/,
    {
      code: 'GRAPH_DATABASE_UNAVAILABLE',
      message:
        "Neo4j answers, but its database is not available: it is stopped, is starting, or could not start. SHOW DATABASES and Neo4j's log say which.",
      retryable: true,
    },
  ],
  [
    /NoLeader/,
    {
      code: 'GRAPH_DATABASE_UNAVAILABLE',
      message:
        'No member of the Neo4j cluster takes writes for the database now. SHOW DATABASES says which are online.',
      retryable: true,
    },
  ],
  [
    /BookmarkTimeout/,
    {
      code: 'GRAPH_BEHIND',
      message:
        'The member of the Neo4j cluster that was asked does not have the latest writes yet. Try again.',
      retryable: true,
    },
  ],
  [
    /ServiceUnavailable|SessionExpired|ECONNREFUSED/,
    {
      code: 'GRAPH_UNREACHABLE',
      message: 'Neo4j cannot be reached. Is it running, and is NEO4J_URI right?',
      retryable: true,
    },
  ],
];

/**
 * What a Neo4j error means for the user; undefined for an error that is not Neo4j's. Its own message is left
 * out: it can quote a property's value.
 */
export function explainNeo4jError(error: unknown): ExplainedError | undefined {
  if (error instanceof OutOfTransactionMemoryError) return explained('TransactionOutOfMemory');
  return error instanceof Neo4jError ? explained(codeOf(error)) : undefined;
}

/** Neo4j's code, or one of the same kind for what the driver says only in its text. */
function codeOf({ code, cause, message }: Neo4jError): string {
  // The driver gives up on a cluster with an error of its own; why the last member was of no use is its cause.
  if (code === 'ServiceUnavailable' && cause instanceof Neo4jError) return codeOf(cause);
  if (message.startsWith('Failed to obtain connection towards WRITE')) return 'NoLeader';
  if (message.startsWith('Connection acquisition timed out')) return 'ServiceUnavailable';
  return code;
}

function explained(code: string): ExplainedError {
  if (code === 'N/A') return NO_NEO4J;
  const known = TABLE.find(([pattern]) => pattern.test(code));
  return known?.[1] ?? { code: 'GRAPH_ERROR', message: `Neo4j answered ${code}.`, retryable: true };
}

/** The driver's code for an answer that is not of the Bolt protocol. */
const NO_NEO4J: ExplainedError = {
  code: 'GRAPH_ERROR',
  message: 'What answers is not a Neo4j. Check NEO4J_URI.',
  retryable: true,
};
