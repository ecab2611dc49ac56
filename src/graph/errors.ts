import { Neo4jError } from 'neo4j-driver';
import type { Code } from '../codes';
import { CodedError, type FaultOptions } from '../faults/fault';
import { OutOfTransactionMemoryError } from './database';

/**
 * Maps Neo4j's error codes to this product's codes, with a fact and advice where more is known; the first match wins.
 */
const KNOWN: readonly (readonly [pattern: RegExp, code: Code, fact?: string, options?: FaultOptions])[] = [
  [
    // Neo4j locks a user for a few seconds after several wrong passwords, from this process or another one.
    /Security\.AuthenticationRateLimit/,
    'GRAPH_UNAUTHORIZED',
    'Neo4j locks the user for a few seconds after too many wrong passwords.',
    { advice: 'Check NEO4J_PASSWORD here and in other programs that use it.', retryable: true },
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
    'No member of the Neo4j cluster currently accepts writes for the database.',
    { advice: 'Run SHOW DATABASES to see which are online.' },
  ],
  [/BookmarkTimeout/, 'GRAPH_BEHIND'],
  [/ServiceUnavailable|SessionExpired|ECONNREFUSED/, 'GRAPH_UNREACHABLE'],
  // The driver's code for a response that is not in the Bolt protocol.
  [/^N\/A$/, 'GRAPH_ERROR', 'The server that responded is not Neo4j.', { advice: 'Check NEO4J_URI.' }],
];

/**
 * Returns the coded error for a Neo4j error; undefined for any other error. Neo4j's own message is left out because it
 * can quote a property's value.
 */
export function explainNeo4jError(error: unknown): CodedError | undefined {
  if (error instanceof OutOfTransactionMemoryError) return new CodedError('GRAPH_OUT_OF_MEMORY');
  return error instanceof Neo4jError ? explained(codeOf(error)) : undefined;
}

/** Returns Neo4j's code, or the matching code for a condition that the driver describes only in its message. */
function codeOf({ code, cause, message }: Neo4jError): string {
  // When the driver gives up on a cluster, it throws its own error; its cause says why the last member failed.
  if (code === 'ServiceUnavailable' && cause instanceof Neo4jError) return codeOf(cause);
  if (message.startsWith('Failed to obtain connection towards WRITE')) return 'NoLeader';
  if (message.startsWith('Connection acquisition timed out')) return 'ServiceUnavailable';
  return code;
}

function explained(neo4jCode: string): CodedError {
  const [, code = 'GRAPH_ERROR', fact, options] = KNOWN.find(([pattern]) => pattern.test(neo4jCode)) ?? [];
  return new CodedError(
    code,
    fact ?? (code === 'GRAPH_ERROR' ? `Neo4j returned ${neo4jCode}.` : undefined),
    options,
  );
}
