import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { recordSettingsChange } from '../../src/graph/write/settingsChanges';
import { recordConsoleEvent } from '../../src/graph/write/consoleEvents';
import type { ConsoleEnv, Services } from '../../src/console/env';
import { integrationPath } from '../../src/console/pages/links';
import { MAX_FAILURES_PER_HOUR, SignInRecords } from '../../src/console/recordSignIn';
import type { RunningConsole } from '../../src/console/server';
import { send, textOf, Visitor } from '../../dev/lab/browser/browser';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { Stack } from '../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';
import { useConsoleLog } from './support/consoleLog';
import { openConsole } from './support/consoleUnderTest';
import { ManualClock } from './support/manualClock';

describe('The audit page', () => {
  const files = credentialsFolder({ isForAll: true });
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let path: string;
  let name: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 2, groups: 1 }, { OKTA_CREDENTIALS_DIR: files.path('') });
    path = integrationPath(stack.domain);
    console = await openConsole(stack.config, {
      CONSOLE_SIGN_IN_HEADER: 'X-User',
      CONSOLE_PROXY_ADDRESSES: '127.0.0.1',
    });
  });
  after(async () => {
    await console.close();
    await stack.stop();
  });
  beforeEach(() => {
    name = `ada ${randomUUID()}`;
    visitor = new Visitor(console.url, from(name));
  });

  const from = (user: string) => ({ 'x-user': user, 'x-forwarded-for': '192.0.2.7' });

  const audit = async (query: Record<string, string>, file = '/audit') =>
    visitor.open(`${file}?${new URLSearchParams(query).toString()}`);

  it('shows changes and runs, newest first, with who, when, what and from where', async () => {
    const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(await visitor.open('/add')) ?? [];
    const headers = {
      ...from(name),
      ...{ cookie: visitor.cookie, origin: console.url },
      'content-type': 'application/x-www-form-urlencoded',
    };
    const post = async (action: string, fields: Record<string, string> = {}) => {
      const body = new URLSearchParams({ form_token: token, ...fields }).toString();
      const { status } = await send(`${console.url}${path}/${action}`, { method: 'POST', headers, body });
      assert.equal(status, 303, action);
    };
    await post('schedule');
    await post('pause', { note: 'maintenance' });
    await post('resume');
    await post('run', { mode: 'full' });
    const text = textOf(await audit({ by: name.toUpperCase() }));
    const who = `${name}, in the console`;
    const row = (what: string) => `${who} ${what} ${stack.domain} 192.0.2.7`;
    const found = [
      'A run was started (full)',
      'The schedule was resumed',
      'The schedule was paused: maintenance',
    ].map((what) => text.indexOf(row(what)));
    assert(
      found.every((at) => at > 0),
      text,
    );
    assert.deepEqual(
      found,
      [...found].sort((a, b) => a - b),
    );
    const csv = await audit({ by: name, org: stack.domain }, '/audit.csv');
    assert.match(
      csv,
      /^at,by,what,org,network\r\n20\d\d-.*Z,"ada .*, in the console",A run was started \(full\),/,
    );
    assert.match(String(visitor.page.headers['content-disposition']), /attachment; filename="audit\.csv"/);
    assert.match(textOf(await audit({ by: name, org: 'other.okta.com' })), /No entries/);
    const paused = textOf(await audit({ by: name, what: 'PAUSED' }));
    assert.match(paused, /The schedule was paused: maintenance/);
    assert.doesNotMatch(paused, /The schedule was resumed/);
  });

  it('has pages', async () => {
    await stack.db.run(
      `UNWIND range(1, 101) AS number
       CREATE (:ConsoleEvent {at: datetime.realtime('UTC') - duration({days: 1}), what: 'entry ' + number, by: $name})`,
      { name },
    );
    const rows = (body: string) => body.match(/entry \d+/g)?.length;
    const first = await audit({ by: name });
    assert.equal(rows(first), 100);
    const [, next = ''] = /href="([^"]*)" rel="next"/.exec(first) ?? [];
    const second = await visitor.open(next.replaceAll('&amp;', '&'));
    assert.equal(rows(second), 1);
    assert.match(second, /rel="prev"/);
    assert.doesNotMatch(second, /rel="next"/);
    assert.equal((await audit({ by: name }, '/audit.csv')).split('\r\n').length, 103);
  });

  it('shows hostile names as text', async () => {
    await recordConsoleEvent(stack.db, { what: 'Signed in', by: `${name}<img src=x>`, network: '192.0.2.7' });
    const body = await audit({ by: `${name}<img` });
    assert.match(body, /&lt;img src=x&gt;/);
    assert.doesNotMatch(body, /<img src=x/);
  });

  it('forgets sign-ins and changes after 400 days', async () => {
    await stack.db.run(
      `UNWIND [399, 401] AS days
       WITH {at: datetime.realtime('UTC') - duration({days: days}), what: days + ' days', by: $name} AS entry
       CREATE (e:ConsoleEvent) SET e = entry CREATE (c:SettingsChange) SET c = entry`,
      { name },
    );
    await recordConsoleEvent(stack.db, { what: 'Signed in', by: name, network: '192.0.2.7' });
    await recordSettingsChange(stack.db, undefined, { what: 'Changed', by: name });
    const body = await audit({ by: name });
    assert.match(body, /399 days/);
    assert.doesNotMatch(body, /401 days/);
  });

  it('shows sign-ins with a password, also failed ones', async () => {
    const guarded = await openConsole(stack.config, {
      CONSOLE_PASSWORD: 'a password of a test',
      CONSOLE_PROXY_ADDRESSES: '127.0.0.1',
    });
    const network = `192.0.2.${Math.floor(Math.random() * 200)}`;
    const guest = new Visitor(guarded.url, { 'x-forwarded-for': network });
    await guest.open('/sign-in');
    await guest.submit('/sign-in', { password: 'the wrong one' });
    await guest.submit('/sign-in', { password: 'a password of a test' });
    await guest.submit('/sign-out');
    const recorded = () =>
      stack.db.read<{ what: string; by: string | null }>(
        'MATCH (e:ConsoleEvent {network: $network}) RETURN e.what AS what, e.by AS by ORDER BY what',
        { network },
      );
    await until(async () => (await recorded()).length === 3);
    await guarded.close();
    assert.deepEqual(await recorded(), [
      { what: 'Sign-in failed: wrong password', by: null },
      { what: 'Signed in', by: 'the console' },
      { what: 'Signed out', by: 'the console' },
    ]);
  });
});

describe('Records of sign-ins', () => {
  const log = useConsoleLog();
  const c = { get: () => '192.0.2.7' } as unknown as Context<ConsoleEnv>;
  const failed = { event: 'sign_in_failed', what: 'Sign-in failed' } as const;

  function recordsWith(
    run: (cypher: string, parameters: { what: string }) => Promise<unknown>,
    isReadOnly = false,
  ) {
    const clock = new ManualClock();
    const services = { db: { run }, settings: { isReadOnly } } as unknown as Services;
    return { records: new SignInRecords(services, clock), clock };
  }

  it('store a limited number of failures an hour, and log all of them', async () => {
    const stored: string[] = [];
    const { records, clock } = recordsWith((_, { what }) => Promise.resolve(stored.push(what)));
    const isOver = MAX_FAILURES_PER_HOUR + 5;
    for (let i = 0; i < isOver; i += 1) records.add(c, failed);
    assert.equal(stored.length, MAX_FAILURES_PER_HOUR);
    assert.match(stored.at(-1) ?? '', /further failures of this hour are only in the log/);
    assert.equal(log.text.split('\n').length, isOver + 1);
    records.add(c, { event: 'sign_in', what: 'Signed in', by: 'ada' });
    assert.equal(stored.at(-1), 'Signed in');
    await clock.advance(3_600_000);
    records.add(c, failed);
    assert.equal(stored.at(-1), 'Sign-in failed');
  });

  it('log that the graph could not store one', async () => {
    const { records } = recordsWith(() => Promise.reject(new Error('No routing servers')));
    records.add(c, failed);
    await until(() => log.text.includes('could not be recorded in the graph: No routing servers'));
  });

  it('store nothing if the console is read-only', () => {
    const { records } = recordsWith(() => assert.fail('it wrote to the graph'), true);
    records.add(c, failed);
    assert.equal(log.text, 'Sign-in failed\n');
  });
});
