import { OktaError } from './errors';

/** A path and query of printable ASCII that starts with exactly one slash. */
const PATH = /^\/(?![/\\])[\x21-\x7e]*$/;

/**
 * Returns the URL of a path on an org's own origin. A path can come from a run's carried-over state, an activity's
 * input or a heartbeat, which anybody who may start workflows can write, so it MUST pass this check before any
 * credentials are requested.
 *
 * @param path path and query, already in the normalized form that `URL` returns.
 * @throws OktaError `OKTA_FOREIGN_LINK` for anything that would reach a different host, port or path than it states.
 */
export function orgUrl(path: string, origin: string): string {
  if (PATH.test(path) && URL.canParse(path, origin)) {
    const url = new URL(path, origin);
    if (url.origin === origin && url.pathname + url.search === path) return url.href;
  }
  const fact = `The requested page is not a path of ${origin}; nothing was sent.`;
  throw new OktaError('OKTA_FOREIGN_LINK', fact, { advice: START_AGAIN });
}

/**
 * Checks that a cursor belongs to the list that it is used for.
 *
 * @param list the path of the list, without a query.
 * @throws OktaError `OKTA_FOREIGN_LINK` for a cursor of another list, another endpoint or another host.
 */
export function assertCursorOf(list: string, cursor: string): void {
  if (cursor.split('?', 1)[0] === list) return;
  const fact = `The cursor of the next page does not belong to ${list}; nothing was sent.`;
  throw new OktaError('OKTA_FOREIGN_LINK', fact, { advice: START_AGAIN });
}

const START_AGAIN =
  'Start the run again. If this repeats, find out who else starts workflows on this task queue.';
