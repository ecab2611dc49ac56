import { HTTPException } from 'hono/http-exception';
import { z } from '@hono/zod-openapi';
import { UnknownNameError } from '../../queries/answer';
import { UsageError } from '../../text/usageError';
import { explained } from '../explained';
import type { Services } from '../env';

/** Kinds of problems, with status and title. */
const KINDS = {
  'invalid-request': [400, 'Invalid request'],
  'token-needed': [401, 'A valid token is needed'],
  'not-allowed': [403, 'Not allowed'],
  disabled: [403, 'Disabled'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  'too-large': [413, 'Too large'],
  'internal-error': [500, 'Something went wrong'],
  unavailable: [503, 'Not available'],
} as const;

export type ProblemKind = keyof typeof KINDS;

/** An error of the API, answered as problem details (RFC 9457). */
export const ProblemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:okta-graph:problem:not-found' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened and what to do.'),
  })
  .openapi('Problem');

/** Ends a request of the API with problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly kind: ProblemKind,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly title: string = KINDS[kind][1],
  ) {
    super(detail);
  }

  get response(): Response {
    const [status] = KINDS[this.kind];
    const { title, message: detail } = this;
    const body = { type: `urn:okta-graph:problem:${this.kind}`, title, status, detail };
    return new Response(JSON.stringify(body), {
      status,
      headers: { ...this.headers, 'Content-Type': 'application/problem+json' },
    });
  }
}

const FAILURES = { 403: 'disabled', 404: 'not-found', 500: 'internal-error', 503: 'unavailable' } as const;

/** Converts whatever a route of the API throws; an unexpected error is logged. */
export function problemOf(error: Error, services: Services): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof UsageError) return new Problem('invalid-request', `${error.message}.`);
  if (error instanceof UnknownNameError) return new Problem('not-found', error.message);
  if (error instanceof HTTPException)
    return error.status === 413
      ? new Problem('too-large', 'The body is too large.')
      : new Problem('invalid-request', `${error.message}.`);
  const { title, text, status } = explained(error, services);
  return new Problem(FAILURES[status], text, {}, title);
}

const of = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemSchema } },
});

/** The problems that every route with a token may answer with. */
export const PROBLEMS = {
  400: of('A parameter or the body is invalid.'),
  401: of('The token is missing, unknown, revoked or expired.'),
  403: of('The token does not allow this, or the console does not.'),
  404: of('There is no such thing.'),
  500: of('Something went wrong; the log of the console has details.'),
  503: of('Neo4j or Temporal is not reachable, or takes too long.'),
} as const;
