import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { inspect } from 'node:util';
import type { OktaErrorCode } from '../../../src/codes';
import type { AccessKind } from '../../../src/contract';
import { noUsage, type CallContext } from '../../../src/okta/callContext';
import { parseOktaDomain } from '../../../src/orgs/domain';
import { OktaError } from '../../../src/okta/errors';
import { OktaApi, type Page } from '../../../src/okta/org';
import { Secret } from '../../../src/orgs/secret';
import { CLIENT_ID } from '../../../dev/lab/org/serviceApp';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator';

export const TOKEN = '00TokenOfTheTests';

export function newContext(signal = new AbortController().signal): CallContext & { beats: number } {
  setMaxListeners(0, signal);
  const context = { signal, beats: 0, usage: noUsage(), beat: () => void (context.beats += 1) };
  return context;
}

export function apiFor(
  domain: string,
  { token = TOKEN, maxApiCapacityPercent = 100, maxConcurrency = 10, retryPauseMs = 500 } = {},
): OktaApi {
  const credentials = { kind: 'token', token: new Secret(token) } as const;
  const org = { ...parseOktaDomain(domain), credentials };
  return new OktaApi(org, { maxApiCapacityPercent, maxConcurrency, retryPauseMs }, () => credentials);
}

/** The same for a service app. */
export function appApi(
  domain: string,
  privateKey: string,
  retryPauseMs = 500,
  access: readonly AccessKind[] = [],
  readsLog = false,
): OktaApi {
  const credentials = { kind: 'app', clientId: CLIENT_ID, privateKey: new Secret(privateKey) } as const;
  const org = { ...parseOktaDomain(domain), credentials };
  return new OktaApi(
    org,
    { maxApiCapacityPercent: 100, maxConcurrency: 10, retryPauseMs, access, readsLog },
    () => credentials,
  );
}

/** Runs a test against a simulated org of its own. */
export async function withOrg(
  options: SimulatorOptions,
  test: (api: OktaApi, simulator: Simulator) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({ awkward: false, ...options, token: TOKEN });
  const api = apiFor(simulator.domain);
  try {
    await test(api, simulator);
  } finally {
    api.close();
    await simulator.close();
  }
}

/** Every page of a list. */
export async function pagesOf(read: (cursor: string | undefined) => Promise<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    pages.push(page);
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}

export function idsOf(pages: readonly Page[]): string[] {
  return pages.flatMap(({ items }) => items.map(({ id = '' }) => id));
}

export async function assertFails(promise: Promise<unknown>, code: OktaErrorCode): Promise<OktaError> {
  let failure: unknown;
  await promise.catch((error: unknown) => (failure = error));
  assert.ok(failure instanceof OktaError, `${String(failure)} is not an OktaError`);
  assert.equal(failure.code, code, failure.message);
  // A cause, or any other property, is printed in the worker's log.
  assert.ok(
    !inspect(failure, { depth: null, showHidden: true }).includes(TOKEN),
    'the token is on the error',
  );
  return failure;
}
