import assert from 'node:assert/strict';
import { request } from 'node:http';
import { Knocks } from '../../src/console/safety/knocks';
import type { RunningConsole } from '../../src/console/server';
import { loadConsoleSettings } from '../../src/console/settings';
import type { ConfigError } from '../../src/config';
import { Stack } from '../../dev/lab/org/stack';
import { WatchedOrg } from '../../dev/lab/org/watchedOrg';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';
import { openConsole } from './support/consoleUnderTest';

const SECRET = 'a secret that only Okta has';
const HOUR_MS = 3_600_000;

describe('The endpoint of event hooks', () => {
  let stack: Stack;
  let watched: WatchedOrg;
  let console: RunningConsole;
  let url: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 20, groups: 3 });
    await stack.sync({ mode: 'full' });
    watched = await WatchedOrg.start(stack, { intervalMs: HOUR_MS });
    await watched.idle();
    console = await openConsole(stack.config, { CONSOLE_HOOK_SECRET: SECRET });
    url = `${console.url}/hooks/okta/${stack.domain}`;
  });
  after(async () => {
    await console.close();
    await watched.stop();
    await stack.stop();
  });

  const ask = (init: RequestInit = {}, to = url) => fetch(to, { redirect: 'manual', ...init });
  const signed = { authorization: SECRET };

  it('passes the verification of Okta, and then has a change read at once, though the next poll is in an hour', async function () {
    this.timeout(90_000);
    const header = { name: 'Authorization', value: SECRET };
    assert.equal((await stack.sim.hooks.set({ url, header })).verificationStatus, 'VERIFIED');
    const [user] = stack.sim.org.truth().users();
    assert(user);
    stack.sim.org.renameUser(user.id);
    await watched.caughtUp();
    stack.sim.hooks.remove();
  });

  it('believes nothing: not without the secret, nothing of another org, and no event', async () => {
    for (const authorization of ['', SECRET.slice(1), `${SECRET}x`, `Bearer ${SECRET}`]) {
      const answer = await ask({ method: 'POST', headers: { authorization } });
      assert.equal(answer.status, 401, authorization);
      assert.equal(
        (await ask({ headers: { authorization, 'x-okta-verification-challenge': 'x' } })).status,
        401,
      );
    }
    assert.equal(
      (await ask({ method: 'POST', headers: signed }, `${console.url}/hooks/okta/other.okta.com`)).status,
      404,
    );
    const before = await watched.lastRun();
    const event = { eventType: 'user.lifecycle.delete.initiated', target: [{ type: 'User', id: '00u1' }] };
    for (const body of [JSON.stringify({ data: { events: [event] } }), 'not JSON', '', '['.repeat(100_000)])
      assert.equal((await ask({ method: 'POST', headers: signed, body })).status, 204);
    await watched.idle();
    assert.equal(await watched.lastRun(), before);
  });

  it('answers before a slow sender has sent its events', async () => {
    const sender = request(url, { method: 'POST', headers: { ...signed, 'Content-Length': '1000000' } });
    const status = new Promise((resolve, reject) => {
      sender.on('response', (response) => resolve(response.statusCode)).on('error', reject);
    });
    sender.write('{');
    assert.equal(await status, 204);
    sender.destroy();
  });

  it('makes few polls of a flood', async () => {
    stack.sim.stats.reset();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => ask({ method: 'POST', headers: signed })),
    );
    assert.ok(answers.every(({ status }) => status === 204));
    await until(() => (stack.sim.stats.snapshot().byRoute.logs ?? 0) > 0);
    assert.ok((stack.sim.stats.snapshot().byRoute.logs ?? 0) <= 4);
  });

  it('says why it does not know the orgs, where they are read from a database that is down', async () => {
    const neo4j = { ...stack.config.neo4j, uri: 'bolt://127.0.0.1:9' };
    const other = await openConsole(
      { ...stack.config, neo4j },
      { CONSOLE_HOOK_SECRET: SECRET, CONSOLE_READ_ONLY: 'true' },
    );
    for (const method of ['GET', 'POST']) {
      const answer = await ask({ method, headers: signed }, `${other.url}/hooks/okta/${stack.domain}`);
      assert.equal(answer.status, 503);
      assert.match(await answer.text(), /^Neo4j/);
    }
    await other.close();
  });

  it('does not exist without a secret, which must be long', async () => {
    const other = await openConsole(stack.config);
    const answer = await ask({ method: 'POST', headers: signed }, `${other.url}/hooks/okta/${stack.domain}`);
    assert.equal(answer.status, 403);
    await other.close();
    assert.throws(
      () => loadConsoleSettings({ CONSOLE_HOOK_SECRET: 'short' }),
      (error: ConfigError) => /CONSOLE_HOOK_SECRET must have at least 24 characters/.test(error.message),
    );
    assert.throws(
      () => loadConsoleSettings({ CONSOLE_HOOK_SECRET: 'ä'.repeat(24) }),
      /CONSOLE_HOOK_SECRET must have only ASCII characters/,
    );
  });
});

describe('Knocks', () => {
  it('are let in at once, and together if they follow each other', async () => {
    const opened: string[] = [];
    const knocks = new Knocks((at) => Promise.resolve(opened.push(at)), 20);
    for (const door of ['a', 'a', 'b', 'a']) knocks.at(door);
    assert.deepEqual(opened, [], 'who knocks does not wait');
    await new Promise(setImmediate);
    assert.deepEqual(opened, ['a', 'b']);
    await until(() => opened.length === 3);
    assert.deepEqual(opened, ['a', 'b', 'a']);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(opened.length, 3);
  });
});
