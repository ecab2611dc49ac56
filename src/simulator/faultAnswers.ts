import { type Answer, errorAnswer, jsonAnswer } from './answer';
import { OktaError } from './errors';
import type { FaultAction } from './faults';

const HTML =
  '<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>';

/** Returns the response of the first fault that replaces Okta's response, or undefined. */
export function faultAnswer(actions: readonly FaultAction[]): Answer | undefined {
  for (const action of actions) {
    switch (action.type) {
      case 'error':
        if (action.body !== undefined) return jsonAnswer(action.body, action.status, action.headers);
        return errorAnswer(
          new OktaError(action.status, action.errorCode, action.errorSummary),
          action.headers,
        );
      case 'html':
        return {
          status: action.status,
          headers: { 'Content-Type': 'text/html;charset=utf-8' },
          body: Buffer.from(HTML),
        };
      case 'noBody':
        return { status: action.status, headers: {}, body: Buffer.alloc(0) };
      case 'redirect':
        return { status: 302, headers: { Location: action.location }, body: Buffer.alloc(0) };
    }
  }
  return undefined;
}
