import { errorBody, type OktaError } from './errors';
import type { JsonValue } from './json';

/** An HTTP response before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export function jsonAnswer(value: JsonValue | Buffer, status = 200, headers: Answer['headers'] = {}): Answer {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

export function errorAnswer(error: OktaError, headers: Answer['headers'] = {}): Answer {
  return jsonAnswer(errorBody(error), error.status, headers);
}
