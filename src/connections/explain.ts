import { isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { Neo4jError } from 'neo4j-driver';
import type { Config } from '../config';
import { AdvisedError } from '../faults/fault';
import { explainNeo4jError } from '../graph/errors';
import { printable } from '../text/printable';

/** A failure told in one line for the person at the terminal, with what to do; a stack would add nothing. */
export class Explained extends AdvisedError {
  override readonly name = 'Explained';
}

/** A read that Neo4j ended at its time limit. */
export class ReadTimeoutError extends Explained {
  constructor() {
    super(
      'Neo4j did not finish within the time limit and stopped.',
      'Ask for less, such as a shorter time or one group. CONSOLE_READ_TIMEOUT is the limit of the pages of the console; query takes --timeout.',
    );
  }
}

/** What to do when Neo4j accepts a connection and then says nothing, as a frozen server does. */
export function neo4jUnresponsive({ uri }: Config['neo4j'], afterMs: number): Explained {
  return new Explained(
    `Neo4j at ${uri} accepted the connection and did not answer within ${afterMs / 1000} s.`,
    'Is it overloaded or frozen, or is NEO4J_URI another service?',
  );
}

/** What to do when Temporal cannot be reached at all, of which the SDK only says that a deadline has passed. */
export function temporalUnreachable({ address, connectionOptions }: Config['temporal']): Explained {
  const { tls } = connectionOptions();
  return new Explained(
    `Temporal does not answer at ${address} ${tls ? 'over TLS' : '(without TLS)'}.`,
    'Start it (`npm start`, or `temporal server start-dev`), or set TEMPORAL_ADDRESS and TEMPORAL_TLS.',
  );
}

/** The error itself unless it is a known fault of the connection to Temporal; codes are those of gRPC. */
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
        `Temporal at ${address} refuses access to namespace ${namespace}.`,
        'Set TEMPORAL_API_KEY or the TEMPORAL_TLS_* client certificate, and TEMPORAL_NAMESPACE.',
      );
    case GRPC.NOT_FOUND:
    case GRPC.ALREADY_EXISTS:
      return error;
    default:
      return new Explained(
        `Temporal at ${address} failed to answer (gRPC code ${code}).`,
        'Is that its gRPC address? Its log may say more.',
      );
  }
}

/** The error itself unless it is Neo4j's; a statement that Neo4j does not understand is a fault of this program. */
export function explainNeo4j(error: unknown, { uri, username, database }: Config['neo4j']): unknown {
  const explained = explainNeo4jError(error);
  if (!(error instanceof Error) || !explained) return error;
  if (error.message.includes('no such fulltext schema index'))
    return new Explained(
      'The search is not ready: its index in Neo4j is not there.',
      'A console creates it when it starts; try again in a minute, or restart the console and read its log.',
    );
  const code = error instanceof Neo4jError ? error.code : '';
  switch (explained.code) {
    case 'GRAPH_TIMED_OUT':
      return new ReadTimeoutError();
    case 'GRAPH_UNREACHABLE':
      return new Explained(
        `Neo4j does not answer at ${uri}: ${firstSentence(error.message)}.`,
        'Start it (`npm start`, or docker compose up), or set NEO4J_URI.',
      );
    case 'GRAPH_DATABASE_UNAVAILABLE':
      return new Explained(
        `${database === undefined ? '' : `Database ${database}: `}${explained.fact} (${uri})`,
        explained.advice,
      );
    case 'GRAPH_NO_DATABASE':
      return new Explained(
        `Neo4j at ${uri} has no database ${database}.`,
        'Set NEO4J_DATABASE, or leave it out.',
      );
    case 'GRAPH_UNAUTHORIZED':
      return refusalOf(code, { uri, username });
    default:
      return code.startsWith('Neo.ClientError.Statement.')
        ? error
        : new Explained(`${explained.fact} (${uri})`, explained.advice);
  }
}

function refusalOf(code: string, { uri, username }: { uri: string; username: string }): Explained {
  const neo4j = `Neo4j at ${uri}`;
  switch (code) {
    case 'Neo.ClientError.Security.AuthenticationRateLimit':
      return new Explained(
        `${neo4j} refuses user ${username} for some seconds after too many wrong passwords.`,
        'Set NEO4J_PASSWORD, then wait and try again.',
      );
    case 'Neo.ClientError.Security.CredentialsExpired':
      return new Explained(
        `${neo4j} wants the first password of user ${username} changed before it answers.`,
        'Change it in the Neo4j Browser and set NEO4J_PASSWORD.',
      );
    default:
      return new Explained(
        `${neo4j} refuses user ${username}: wrong name or password.`,
        'Set NEO4J_USERNAME and NEO4J_PASSWORD.',
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
