import { Neo4jError } from 'neo4j-driver';
import type { Code } from '../codes';
import { CodedError, type FaultOptions } from '../faults/fault';
import { OutOfTransactionMemoryError } from './database';

/** Neo4j's codes and what they mean here, with what is known beyond the code; the first match counts. */
const KNOWN: readonly (readonly [pattern: RegExp, code: Code, fact?: string, options?: FaultOptions])[] = [
  [
    // Neo4j locks a user out for some seconds after a few wrong passwords, of this process or of another one.
    /Security\.AuthenticationRateLimit/,
    'GRAPH_UNAUTHORIZED',
    'Neo4j refuses the user for some seconds after too many wrong passwords.',
    { advice: 'Check NEO4J_PASSWORD, also of other programs.', retryable: true },
  ],
  [/Security\.(Unauthorized|CredentialsExpired|TokenExpired)/, 'GRAPH_UNAUTHORIZED'],
  [/Security\./, 'GRAPH_FORBIDDEN'],
  [/DatabaseNotFound/, 'GRAPH_NO_DATABASE'],
  [
    /ConstraintValidationFailed|ConstraintCreationFailed|IndexWithNameAlreadyExists|ConstraintAlreadyExists|IndexAlreadyExists/,
    'GRAPH_CONFLICT',
  ],
  [/MemoryPoolOutOfMemory|TransactionMemoryLimit|OutOfMemory|MemoryLimitExceeded/, 'GRAPH_OUT_OF_MEMORY'],
  [/WriteOnReadOnly|ReadOnly|ForbiddenOnReadOnlyDatabase|NotALeader/, 'GRAPH_READ_ONLY'],
  [/Transaction(Start|Commit)Failed/, 'GRAPH_NEEDS_RESTART'],
  [/TransactionTimedOut/, 'GRAPH_TIMED_OUT'],
  [/DatabaseUnavailable|UnableToStartDatabase/, 'GRAPH_DATABASE_UNAVAILABLE'],
  [
    /NoLeader/,
    'GRAPH_DATABASE_UNAVAILABLE',
    'No member of the Neo4j cluster takes writes for the database now.',
    { advice: 'SHOW DATABASES says which are online.' },
  ],
  [/BookmarkTimeout/, 'GRAPH_BEHIND'],
  [/ServiceUnavailable|SessionExpired|ECONNREFUSED/, 'GRAPH_UNREACHABLE'],
  // The driver's code for an answer that is not of the Bolt protocol.
  [/^N\/A$/, 'GRAPH_ERROR', 'What answers is not a Neo4j.', { advice: 'Check NEO4J_URI.' }],
];

/**
 * What a Neo4j error means for the user; undefined for an error that is not Neo4j's. Its own message is left
 * out: it can quote a property's value.
 */
export function explainNeo4jError(error: unknown): CodedError | undefined {
  if (error instanceof OutOfTransactionMemoryError) return new CodedError('GRAPH_OUT_OF_MEMORY');
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

function explained(neo4jCode: string): CodedError {
  const [, code = 'GRAPH_ERROR', fact, options] = KNOWN.find(([pattern]) => pattern.test(neo4jCode)) ?? [];
  return new CodedError(
    code,
    fact ?? (code === 'GRAPH_ERROR' ? `Neo4j answered ${neo4jCode}.` : undefined),
    options,
  );
}
