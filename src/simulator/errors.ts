import { randomId } from './ids';
import type { JsonObject } from './json';
import { Random } from './random';

/** An error response with Okta's error body. Codes are from Okta's list of error codes. */
export class OktaError extends Error {
  override readonly name = 'OktaError';

  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly causes: readonly string[] = [],
  ) {
    super(message);
  }
}

export function notFound(
  id: string,
  kind: 'User' | 'UserGroup' | 'AppInstance' | 'GroupRule' | 'Endpoint',
): OktaError {
  return new OktaError(404, 'E0000007', `Not found: Resource not found: ${id} (${kind})`);
}

export function validationFailed(field: string, cause: string): OktaError {
  return new OktaError(400, 'E0000001', `Api validation failed: ${field}`, [cause]);
}

export function invalidToken(): OktaError {
  return new OktaError(401, 'E0000011', 'Invalid token provided');
}

export function forbidden(): OktaError {
  return new OktaError(403, 'E0000006', 'You do not have permission to perform the requested action');
}

export function featureOff(): OktaError {
  return new OktaError(
    400,
    'E0000015',
    'You do not have permission to access the feature you are requesting',
  );
}

export function rateLimited(): OktaError {
  return new OktaError(429, 'E0000047', 'API call exceeded rate limit due to too many requests.');
}

const errorIds = new Random(Date.now());

export function errorBody(error: OktaError): JsonObject {
  return {
    errorCode: error.errorCode,
    errorSummary: error.message,
    errorLink: error.errorCode,
    errorId: randomId('oae', errorIds),
    errorCauses: error.causes.map((errorSummary) => ({ errorSummary })),
  };
}
