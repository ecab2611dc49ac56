import type { ServerResponse } from 'node:http';
import type { Answer } from './answer';
import { actionOf, type FaultAction } from './faults';

/** Sends a response, complete or broken according to its faults. */
export function send(response: ServerResponse, answer: Answer, actions: readonly FaultAction[] = []): void {
  const half = answer.body.subarray(0, answer.body.length >> 1);
  const body = actionOf(actions, 'invalidJson') ? half : answer.body;
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': body.length });
  if (actionOf(actions, 'truncate')) response.write(half, () => response.destroy());
  else if (actionOf(actions, 'stall')) response.write(half);
  else response.end(body);
}
