import assert from 'node:assert/strict';
import { Neo4jError } from 'neo4j-driver';
import { createApi } from '../../../src/console/api/api';
import { newTokenText, tokenHash } from '../../../src/console/api/tokenText';
import type { Services } from '../../../src/console/env';
import type { RunningConsole } from '../../../src/console/server';
import { addApiToken, apiTokens, findApiToken } from '../../../src/graph/write/apiTokens';
import { send, textOf, Visitor } from '../../../dev/lab/browser/browser';
import { configFor } from '../../../dev/lab/configFor';
import { Stack } from '../../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';
import { ApiClient, removeTokens, tokenIn } from '../support/apiClient';
import { useConsoleLog } from '../support/consoleLog';
import { openConsole } from '../support/consoleUnderTest';
import { ManualClock } from '../support/manualClock';

const DAY_MS = 86_400_000;

describe('The API tokens of the console', () => {
  const log = useConsoleLog();
  const clock = new ManualClock();
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 5, groups: 2 });
    console = await openConsole(stack.config, {}, { clock });
  });
  beforeEach(() => void (visitor = new Visitor(console.url)));
  after(async () => {
    await console.close();
    await removeTokens(stack.db);
    await stack.stop();
  });

  const create = async (fields: Record<string, string>) => {
    await visitor.open('/tokens');
    const body = await visitor.submit('/tokens', fields);
    const [, text = ''] = /value="(okg_[^"]*)"/.exec(body) ?? [];
    return { body, text };
  };
  const idOf = async (name: string) => (await apiTokens(stack.db)).find((each) => each.name === name)?.id;
  const lastUse = async (token: string) => (await findApiToken(stack.db, tokenHash(token)))?.lastUsedMs;
  const statusWith = async (token: string) =>
    (await send(`${console.url}/api/v1/orgs`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('are shown once, stored as a hash, listed and revoked, with a record of who did it', async () => {
    const name = `backup of ${stack.domain}`;
    const { body, text } = await create({ name, scope: 'read', lifetime: '90' });
    assert.match(text, /^okg_[\w-]{43}$/);
    assert.match(textOf(body), /Copy it now/);
    assert.equal(await statusWith(text), 200);

    const list = await visitor.open('/tokens');
    assert.ok(!list.includes(text));
    const [today] = new Date(clock.now()).toISOString().split('T');
    assert.match(textOf(list), new RegExp(`${name} read the console ${today} .* 2026-04-01 ${today} Revoke`));
    const stored = await stack.db.read('MATCH (t:ApiToken) RETURN properties(t) AS token');
    assert.ok(!JSON.stringify(stored).includes(text.slice(4)));

    await visitor.submit(`/tokens/${await idOf(name)}/revoke`);
    assert.match(textOf(visitor.page.body), /The token was revoked/);
    assert.equal(await statusWith(text), 401);
    const records = await stack.db.read<{ what: string; by: string }>(
      'MATCH (c:SettingsChange) WHERE c.what CONTAINS $name RETURN c.what AS what, c.by AS by ORDER BY c.at',
      { name },
    );
    assert.deepEqual(records, [
      { what: `The API token ${name} was created: read, expires in 90 days`, by: 'the console' },
      { what: `The API token ${name} was revoked`, by: 'the console' },
    ]);
    assert.match(log.text, /was created/);
    assert.ok(!log.text.includes(text.slice(4)), 'a token is in the log');
    await stack.db.run('MATCH (c:SettingsChange) WHERE c.what CONTAINS $name DELETE c', { name });
  });

  it('need a name, and are limited in number', async () => {
    const { body } = await create({ name: ' ', scope: 'operate', lifetime: 'none' });
    assert.equal(visitor.page.status, 422);
    assert.match(textOf(body), /needs a name/);
    const token = { id: 'x', hash: 'x', name: 'x', scope: 'read', createdBy: 'x' } as const;
    assert.equal(await addApiToken(stack.db, { ...token, createdMs: 0, expiresMs: null }, 0), false);
  });

  it('expire', async () => {
    const token = await tokenIn(stack.db, 'read', { expiresMs: clock.now() + DAY_MS });
    assert.equal(await statusWith(token), 200);
    clock.oversleep(DAY_MS);
    assert.equal(await statusWith(token), 401);
    assert.match(textOf(await visitor.open('/tokens')), /expired/);
  });

  it('note their last use, at most once an hour', async () => {
    const token = await tokenIn(stack.db, 'read');
    const used = async () => {
      assert.equal(await statusWith(token), 200);
      return lastUse(token);
    };
    const first = await used();
    assert.equal(first, clock.now());
    clock.oversleep(3_599_000);
    assert.equal(await used(), first);
    clock.oversleep(1_000);
    assert.equal(await used(), clock.now());
  });

  it('are needed for everything but the document, and say why one is refused', async () => {
    const ask = async (headers: Record<string, string>, path = '/orgs') => {
      const answer = await send(`${console.url}/api/v1${path}`, { headers });
      return { ...answer, detail: (JSON.parse(answer.body) as { detail?: string }).detail };
    };
    for (const path of ['/orgs', '/questions', `/orgs/${stack.domain}`, '/nothing'])
      assert.equal((await ask({}, path)).status, 401, path);
    const { headers, detail } = await ask({});
    assert.equal(headers['www-authenticate'], 'Bearer realm="okta-graph"');
    assert.match(String(detail), /Send an API token/);
    for (const token of [newTokenText(), 'okg_short', 'x'.repeat(47)]) {
      const refused = await ask({ authorization: `Bearer ${token}` });
      assert.equal(refused.status, 401);
      assert.equal(refused.headers['www-authenticate'], 'Bearer realm="okta-graph", error="invalid_token"');
      assert.match(String(refused.detail), /unknown or was revoked/);
    }
    assert.equal((await ask({}, '/openapi.json')).status, 200);
    await visitor.open('/');
    assert.equal((await ask({ cookie: visitor.cookie })).status, 401, 'a session is no token');
  });

  it('do not replace a sign-in, and are not sent to other hosts', async () => {
    const token = await tokenIn(stack.db, 'operate');
    const guarded = await openConsole(stack.config, { CONSOLE_PASSWORD: 'a password of a test' });
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await send(`${guarded.url}/tokens`, { headers })).status, 303);
    assert.equal((await send(`${guarded.url}/api/v1/orgs`, { headers })).status, 200);
    const elsewhere = { ...headers, host: 'evil.example.com' };
    assert.equal((await send(`${guarded.url}/api/v1/orgs`, { headers: elsewhere })).status, 421);
    await guarded.close();
  });

  it('read only in a read-only console, which creates none and notes no use', async () => {
    const token = await tokenIn(stack.db, 'operate');
    const readOnly = await openConsole(stack.config, { CONSOLE_READ_ONLY: 'true' });
    const client = await ApiClient.open(readOnly.url, token);
    assert.equal((await client.get('/orgs')).status, 200);
    const { status, body } = await client.post(`/orgs/${stack.domain}/runs`, {});
    assert.equal(status, 403);
    assert.match(body.detail, /read-only/);
    assert.equal(await lastUse(token), null);
    const page = new Visitor(readOnly.url);
    assert.doesNotMatch(await page.open('/'), /href="\/tokens"/);
    await page.open('/tokens');
    assert.equal(page.page.status, 403);
    await page.post('/tokens', { name: 'x', scope: 'operate', lifetime: 'none' });
    assert.equal(page.page.status, 403);
    await readOnly.close();
  });

  it('open nothing while the feature flag is off', async () => {
    const token = await tokenIn(stack.db, 'operate');
    const config = { ...stack.config, showOktaIntegration: false };
    const hidden = await openConsole(config, { CONSOLE_CONTACT: 'the identity team' });
    const { status, body } = await (await ApiClient.open(hidden.url, token)).get('/orgs');
    assert.equal(status, 403);
    assert.match(body.detail, /contact the identity team/);
    await hidden.close();
  });
});

describe('A request of the API while Neo4j does not respond', () => {
  it('says why to those with a token that was accepted before, and to nobody else', async () => {
    const token = newTokenText();
    let isDown = false;
    const row = { name: 'x', scope: 'read', expiresMs: null, lastUsedMs: 1e15 };
    const services = {
      config: { ...configFor({}), okta: { readOrgs: () => ({ orgs: [], faults: [] }) } },
      settings: {},
      client: { withDeadline: (_: number, work: () => Promise<unknown>) => work() },
      db: {
        read: () =>
          isDown
            ? Promise.reject(new Neo4jError('x', 'ServiceUnavailable', '', '', {} as never, undefined))
            : Promise.resolve([row]),
      },
    } as unknown as Services;
    const api = createApi(services, new ManualClock());
    const detailWith = async (text: string) => {
      const answer = await api.request('/api/v1/orgs', { headers: { authorization: `Bearer ${text}` } });
      return [answer.status, ((await answer.json()) as { detail?: string }).detail];
    };
    assert.deepEqual(await detailWith(token), [200, undefined]);
    isDown = true;
    const [status, detail] = await detailWith(token);
    assert.equal(status, 503);
    assert.match(String(detail), /Neo4j does not respond at bolt:/);
    assert.deepEqual(await detailWith(newTokenText()), [
      503,
      'The token cannot be checked now. The pages of the console show why.',
    ]);
  });
});
