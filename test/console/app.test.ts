import assert from 'node:assert/strict';
import { ScheduleNotFoundError } from '@temporalio/client';
import { Neo4jError } from 'neo4j-driver';
import { createApp } from '../../src/console/app';
import type { Services } from '../../src/console/env';
import { namesOf } from '../../src/console/safety/hosts';
import { loadConsoleSettings } from '../../src/console/settings';
import { IntegrationHiddenError } from '../../src/runs/schedule';
import { ScheduleContendedError } from '../../src/runs/scheduleChanges';
import { configFor } from '../../dev/lab/configFor';
import { useConsoleLog } from './support/consoleLog';

const PORT = 8080;

const neo4jError = (code: string, message = 'Something about ada@acme.com') =>
  new Neo4jError(message, code, '', '', {} as never, undefined);

describe('A page of the console that fails', () => {
  const stderr = useConsoleLog();

  const ROWS: readonly [cause: string, error: Error, status: number, title: string, text: string][] = [
    [
      'the feature flag forbids it',
      new IntegrationHiddenError('the schedule stays paused'),
      403,
      'Disabled',
      'SHOW_OKTA_INTEGRATION is false, so the schedule stays paused.',
    ],
    [
      'other clients keep changing the schedule',
      new ScheduleContendedError('okta-sync/acme.okta.com'),
      503,
      'Not changed',
      'The schedule okta-sync/acme.okta.com was not changed',
    ],
    [
      'the schedule was deleted in the meantime',
      new ScheduleNotFoundError('not found', 'okta-sync/acme.okta.com'),
      404,
      'Schedule not found',
      'Create it again',
    ],
    [
      'Neo4j took too long',
      neo4jError('Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration'),
      503,
      'Timed out',
      'CONSOLE_READ_TIMEOUT',
    ],
    [
      'Neo4j does not respond',
      neo4jError('ServiceUnavailable'),
      503,
      'Not reachable',
      'Neo4j does not respond at bolt://127.0.0.1:1',
    ],
    [
      'the index of the search is missing',
      neo4jError(
        'Neo.ClientError.Procedure.ProcedureCallFailed',
        'There is no such fulltext schema index: okta_user_ever_search',
      ),
      503,
      'Search not available',
      'A console that is not read-only creates it when it starts: `okta-graph console`.',
    ],
  ];
  for (const [cause, error, status, title, text] of ROWS)
    it(`explains that ${cause}, and logs nothing`, async () => {
      const page = await pageThatFails(error);
      assert.equal(page.status, status);
      assert.ok(page.text.includes(`<h1>${title}</h1>`), page.text);
      assert.ok(page.text.includes(text), page.text);
      assert.equal(stderr.text, '');
    });

  it('logs an unexpected error and does not show its details', async () => {
    const page = await pageThatFails(new TypeError('secret is not a function'));
    assert.equal(page.status, 500);
    assert.ok(page.text.includes('<h1>Something went wrong</h1>'));
    assert.ok(!page.text.includes('secret'));
    assert.match(stderr.text, /^Internal error: secret is not a function \(/);
  });

  /** Opens the sources page with a graph that fails. */
  async function pageThatFails(error: Error): Promise<{ status: number; text: string }> {
    const settings = loadConsoleSettings({});
    const config = configFor({});
    const services = {
      config: { ...config, okta: { ...config.okta, readOrgs: () => ({ orgs: [], faults: [] }) } },
      settings,
      client: { withDeadline: (_: number, work: () => Promise<unknown>) => work() },
      db: { run: () => Promise.reject(error) },
    } as unknown as Services;
    const app = createApp(services, () => namesOf(settings, PORT));
    const host = `127.0.0.1:${PORT}`;
    const incoming = { complete: true, socket: { remoteAddress: '127.0.0.1' } };
    const response = await app.request(`http://${host}/sources`, { headers: { host } }, { incoming });
    return { status: response.status, text: await response.text() };
  }
});
