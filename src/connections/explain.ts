import { isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { Neo4jError } from 'neo4j-driver';
import type { Config } from '../config';
import { Explained } from '../faults/explained';
import { explainNeo4jError } from '../graph/errors';
import { printable } from '../text/printable';

/** Thrown if Neo4j stopped a read at its time limit. */
export class ReadTimeoutError extends Explained {
  constructor() {
    super(
      'Neo4j did not finish within the time limit and stopped.',
      'Narrow the query, for example to a shorter period or one group, or raise the limit: CONSOLE_READ_TIMEOUT for the console, --timeout for query.',
    );
  }
}

/** Thrown if the console's index for the search does not exist. */
export class SearchIndexError extends Explained {
  constructor() {
    super(
      'The index in Neo4j that the search needs does not exist.',
      'A console that is not read-only creates it when it starts: `okta-graph console`. If one is running, look in its log.',
    );
  }
}

/** Returns the error for a Neo4j that accepts a connection and never responds, as a frozen server does. */
export function neo4jUnresponsive({ uri }: Config['neo4j'], afterMs: number): Explained {
  return new Explained(
    `Neo4j at ${uri} accepted the connection but did not respond within ${afterMs / 1000} s.`,
    'Check that it is not overloaded or frozen, and that NEO4J_URI is the address of Neo4j.',
  );
}

/** Returns the error for a Temporal that cannot be reached, which the SDK reports only as an exceeded deadline. */
export function temporalUnreachable({ address, connectionOptions }: Config['temporal']): Explained {
  const { tls } = connectionOptions();
  return new Explained(
    `Temporal does not respond at ${address} ${tls ? 'over TLS' : '(without TLS)'}.`,
    'Start it (`okta-graph start`, or `temporal server start-dev`), or set TEMPORAL_ADDRESS and TEMPORAL_TLS.',
  );
}

/** Converts an error of the connection to Temporal to {@link Explained}, by its gRPC code; returns any other error unchanged. */
export function explainTemporal(error: unknown, temporal: Config['temporal']): unknown {
  const { address, namespace } = temporal;
  if (error instanceof NamespaceNotFoundError) {
    return new Explained(
      `Temporal at ${address} has no namespace ${namespace}.`,
      `Set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace ${namespace}`,
    );
  }
  const code = grpcCode(error);
  switch (code) {
    case undefined:
      return error;
    case GRPC.UNAVAILABLE:
    case GRPC.DEADLINE_EXCEEDED:
      return temporalUnreachable(temporal);
    case GRPC.PERMISSION_DENIED:
    case GRPC.UNAUTHENTICATED:
      return new Explained(
        `Temporal at ${address} denied access to namespace ${namespace}.`,
        'Set TEMPORAL_API_KEY or the TEMPORAL_TLS_* client certificate, and TEMPORAL_NAMESPACE.',
      );
    case GRPC.NOT_FOUND:
    case GRPC.ALREADY_EXISTS:
      return error;
    default:
      return new Explained(
        `Temporal at ${address} returned an error (gRPC code ${code}).`,
        'Check that this is its gRPC address, and look in its log.',
      );
  }
}

/** Converts an error of Neo4j to {@link Explained}; returns any other error, and one caused by an invalid statement (a bug), unchanged. */
export function explainNeo4j(error: unknown, { uri, username, database }: Config['neo4j']): unknown {
  const explained = explainNeo4jError(error);
  if (!(error instanceof Error) || !explained) return error;
  if (error.message.includes('no such fulltext schema index')) return new SearchIndexError();
  const code = error instanceof Neo4jError ? error.code : '';
  switch (explained.code) {
    case 'GRAPH_TIMED_OUT':
      return new ReadTimeoutError();
    case 'GRAPH_UNREACHABLE':
      return new Explained(
        `Neo4j does not respond at ${uri}: ${firstSentence(error.message)}.`,
        'Start it (`okta-graph start`, or docker compose up), or set NEO4J_URI.',
      );
    case 'GRAPH_DATABASE_UNAVAILABLE':
      return new Explained(
        `${database === undefined ? '' : `Database ${database}: `}${explained.fact} (${uri})`,
        explained.advice,
      );
    case 'GRAPH_NO_DATABASE':
      return new Explained(
        `Neo4j at ${uri} has no database ${database}.`,
        'Set NEO4J_DATABASE to an existing database, or unset it.',
      );
    case 'GRAPH_UNAUTHORIZED':
      return authError(code, { uri, username });
    default:
      return code.startsWith('Neo.ClientError.Statement.')
        ? error
        : new Explained(`${explained.fact} (${uri})`, explained.advice);
  }
}

function authError(code: string, { uri, username }: { uri: string; username: string }): Explained {
  const neo4j = `Neo4j at ${uri}`;
  switch (code) {
    case 'Neo.ClientError.Security.AuthenticationRateLimit':
      return new Explained(
        `${neo4j} temporarily blocked user ${username} after too many failed logins.`,
        'Check NEO4J_PASSWORD, wait a few seconds, and try again.',
      );
    case 'Neo.ClientError.Security.CredentialsExpired':
      return new Explained(
        `${neo4j} requires user ${username} to change the initial password.`,
        'Change it in Neo4j Browser, and set NEO4J_PASSWORD.',
      );
    default:
      return new Explained(
        `${neo4j} rejected user ${username}: wrong user name or password.`,
        'Check NEO4J_USERNAME and NEO4J_PASSWORD.',
      );
  }
}

const GRPC = {
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : undefined;
}

function firstSentence(message: string): string {
  return printable(message.split(/\n|\. /, 1)[0] ?? '').replace(/\.$/, '');
}
