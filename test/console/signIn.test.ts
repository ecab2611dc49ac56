import assert from 'node:assert/strict';
import type { Config } from '../../src/config';
import { freePort } from '../../src/local/ports';
import type { RunningConsole } from '../../src/console/server';
import { MAX_PAUSE_MS } from '../../src/console/safety/attempts';
import { SESSION_LIFETIME_MS } from '../../src/console/safety/sessions';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { send, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';
import { ManualClock } from './support/manualClock';

const PASSWORD = 'correct horse battery';
const SESSION = 'okta_graph_session';
const DEVICE = 'okta_graph_device';

describe('The sign-in', () => {
  let stack: Stack;
  let config: Config;
  let clock: ManualClock;
  let guarded: RunningConsole;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 2, groups: 1 });
    // The page after the sign-in then needs neither Temporal nor the graph.
    config = { ...stack.config, showOktaIntegration: false };
  });

  after(() => stack.stop());

  beforeEach(() => {
    clock = new ManualClock();
  });

  afterEach(() => guarded.close());

  async function open(environment: Record<string, string> = {}): Promise<void> {
    guarded = await openConsole(config, { CONSOLE_PASSWORD: PASSWORD, ...environment }, { clock });
  }

  async function visit(headers: Record<string, string> = {}): Promise<Visitor> {
    const visitor = new Visitor(guarded.url, headers);
    await visitor.open('/sign-in');
    return visitor;
  }

  const signIn = (visitor: Visitor, password = PASSWORD) => visitor.submit('/sign-in', { password });

  async function guess(visitor: Visitor, times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      await signIn(visitor, `wrong ${i}`);
      assert.equal(visitor.page.status, 401);
    }
  }

  const isIn = async (cookie: string) => (await send(guarded.url, { headers: { cookie } })).status === 200;

  /** Waits until the console delays the check of a password. */
  const untilPaused = (tries = 1) =>
    until(() => clock.delays.filter((ms) => ms <= MAX_PAUSE_MS).length >= tries);

  it('accepts the right password after many wrong ones, with a delay', async () => {
    await open();
    const attacker = await visit();
    await guess(attacker, 5);
    assert.match(attacker.page.body, /the next attempt may take up to 50s/);
    const visitor = await visit();
    const signedIn = signIn(visitor);
    await untilPaused();
    await clock.advance(MAX_PAUSE_MS);
    await signedIn;
    assert.equal(visitor.page.path, '/');
    assert(await isIn(visitor.cookie), 'the session must be signed in');
  });

  it('accepts it immediately from a browser that has signed in before', async () => {
    await open();
    const visitor = await visit();
    await signIn(visitor);
    await visitor.submit('/sign-out');
    const attacker = await visit();
    await guess(attacker, 5);
    await signIn(visitor);
    assert.equal(visitor.page.path, '/');
  });

  it('gives such a browser its own budget, and a cookie hidden from scripts and other pages', async () => {
    await open();
    const visitor = await visit();
    await guess(visitor, 1);
    assert.equal(visitor.cookieOf(DEVICE), undefined, 'not for a wrong password');
    await signIn(visitor);
    const first = visitor.cookieOf(DEVICE);
    await visitor.submit('/sign-out');
    await guess(visitor, 5);
    const slow = signIn(visitor);
    await untilPaused();
    await clock.advance(MAX_PAUSE_MS);
    await slow;
    assert.notEqual(visitor.cookieOf(DEVICE), first, 'each sign-in must issue a new one');

    const cookie = visitor.setCookies.find((each) => each.startsWith(DEVICE)) ?? '';
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/sign-in', 'Max-Age=15552000'])
      assert(cookie.includes(part), cookie);
  });

  it('accepts no device cookie that is forged, changed, from before a restart, or half a year old', async () => {
    await open();
    const owner = await visit();
    await signIn(owner);
    const [id = '', end = '', signature = ''] = owner.cookieOf(DEVICE)?.split('.') ?? [];
    await guess(await visit(), 5);
    const isSlow = async (device: string) => {
      const visitor = await visit();
      visitor.setCookie(DEVICE, device);
      const signedIn = signIn(visitor);
      let isAnswered = false;
      void signedIn.then(() => (isAnswered = true));
      await until(() => isAnswered || clock.delays.some((ms) => ms <= MAX_PAUSE_MS));
      const wasSlow = !isAnswered;
      if (wasSlow) await clock.advance(MAX_PAUSE_MS);
      await signedIn;
      if (wasSlow) await guess(await visit(), 1);
      return wasSlow;
    };
    assert.equal(await isSlow(`${id}.${end}.${signature}`), false);
    const other = Buffer.alloc(16, 1).toString('base64url');
    for (const forged of [
      `${other}.${end}.${signature}`,
      `${id}.${Number(end) + 1}.${signature}`,
      `${id}.${end}.${Buffer.alloc(32, 1).toString('base64url')}`,
      `${id}.${end}.`,
      id,
    ])
      assert.equal(await isSlow(forged), true, forged);
    await clock.advance(181 * 86_400_000);
    await guess(await visit(), 5);
    assert.equal(await isSlow(`${id}.${end}.${signature}`), true, 'expired');

    await guarded.close();
    await open();
    await guess(await visit(), 5);
    assert.equal(await isSlow(owner.cookieOf(DEVICE) ?? ''), true, 'from before a restart');
  });

  it('responds with 429 and Retry-After while three passwords of an address wait, and with 401 to a missing one', async () => {
    await open();
    const attacker = await visit();
    await attacker.submit('/sign-in');
    assert.equal(attacker.page.status, 401);
    await guess(attacker, 4);
    const visitors = await Promise.all(Array.from({ length: 8 }, () => visit()));
    let busy = 0;
    const answered = visitors.map((each) =>
      signIn(each, 'wrong').then(() => {
        if (each.page.status === 429) busy += 1;
      }),
    );
    await until(() => busy === 5);
    const refused = visitors.find(({ page }) => page.status === 429);
    assert.equal(refused?.page.headers['retry-after'], '15');
    assert.match(refused?.page.body ?? '', /was not checked\. Try again in 15s/);
    const compared = () => visitors.filter(({ page }) => page.status === 401).length;
    for (let times = 1; times <= 3; times += 1) {
      await clock.advance(MAX_PAUSE_MS);
      await until(() => compared() >= times);
    }
    await Promise.all(answered);
  });

  it('drops a password if its client disconnects before its turn', async () => {
    await open();
    const attacker = await visit();
    await guess(attacker, 5);
    const leaving = new AbortController();
    const token = attacker.page.body.match(/name="form_token" value="([^"]+)"/)?.[1] ?? '';
    const left = fetch(`${guarded.url}/sign-in`, {
      method: 'POST',
      headers: { origin: guarded.url, cookie: attacker.cookie },
      body: new URLSearchParams({ form_token: token, password: 'wrong' }),
      signal: leaving.signal,
    });
    await untilPaused();
    leaving.abort();
    await assert.rejects(left, { name: 'AbortError' });
    await until(() => clock.delays.every((ms) => ms > MAX_PAUSE_MS));
  });

  describe('behind a proxy', () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });

    it('counts the last hop of X-Forwarded-For, which the trusted proxy added', async () => {
      await open({ CONSOLE_PROXY_ADDRESSES: '10.0.0.0/8, 127.0.0.0/8' });
      for (let i = 0; i < 5; i += 1) await guess(await visit(from(`10.9.9.${i}, 192.0.2.1`)), 1);
      const slow = signIn(await visit(from('198.51.100.1, 192.0.2.1:4711')));
      await untilPaused();
      const other = await visit(from('192.0.2.1, 192.0.2.2'));
      await signIn(other);
      assert.equal(other.page.path, '/');
      await clock.advance(MAX_PAUSE_MS);
      await slow;
    });

    it('ignores that header from other addresses', async () => {
      await open({ CONSOLE_PROXY_ADDRESSES: '10.0.0.7' });
      for (let i = 0; i < 5; i += 1) await guess(await visit(from(`192.0.2.${i}`)), 1);
      const slow = signIn(await visit(from('192.0.2.9')));
      await untilPaused();
      await clock.advance(MAX_PAUSE_MS);
      await slow;
    });

    it('counts the proxy itself if it sends no address', async () => {
      await open({ CONSOLE_PROXY_ADDRESSES: '127.0.0.1' });
      for (const header of ['', 'unknown', '192.0.2.1, ', '192.0.2.1, _hidden', ' '])
        await guess(await visit(from(header)), 1);
      const slow = signIn(await visit());
      await untilPaused();
      await clock.advance(MAX_PAUSE_MS);
      await slow;
    });
  });

  describe('starts a session that', () => {
    it('ends after ten hours', async () => {
      await open();
      const visitor = await visit();
      await signIn(visitor);
      await clock.advance(SESSION_LIFETIME_MS - 1);
      assert(await isIn(visitor.cookie), 'the session must be signed in');
      await clock.advance(1);
      assert(!(await isIn(visitor.cookie)), 'the session must have ended');
    });

    it('ends after ten hours even if the timer is late because the machine was suspended', async () => {
      await open();
      const visitor = await visit();
      await signIn(visitor);
      clock.oversleep(SESSION_LIFETIME_MS);
      assert.equal(await isIn(visitor.cookie), false, 'the session must have ended');
    });

    it('ends when it is signed out, even for a copy of its cookie', async () => {
      await open();
      const visitor = await visit();
      await signIn(visitor);
      const { cookie } = visitor;
      await visitor.open('/sign-in');
      await visitor.submit('/sign-out');
      assert(!(await isIn(cookie)), 'the session from before must have ended');
      assert(!(await isIn(visitor.cookie)), 'the session must have ended');
    });

    it('ends when the same browser signs in again', async () => {
      await open();
      const visitor = await visit();
      await signIn(visitor);
      const { cookie } = visitor;
      await visitor.open('/sign-in');
      await signIn(visitor);
      assert(await isIn(visitor.cookie), 'the session must be signed in');
      assert(!(await isIn(cookie)), 'the session from before must have ended');
    });
  });

  it('requires https for its cookies and sends HSTS if its origin is https', async () => {
    const origin = 'https://graph.acme.com';
    const port = await freePort();
    await open({ CONSOLE_ORIGIN: origin, CONSOLE_PORT: String(port) });
    const visitor = new Visitor(`http://127.0.0.1:${port}`, { host: 'graph.acme.com', origin });
    await visitor.open('/sign-in');
    await signIn(visitor);
    assert.equal(visitor.page.path, '/');
    assert.match(String(visitor.page.headers['strict-transport-security']), /max-age=\d{8}/);
    const names = visitor.setCookies.map((cookie) => cookie.split('=')[0]);
    assert.deepEqual(names, [SESSION, SESSION, DEVICE]);
    for (const cookie of visitor.setCookies) assert.match(cookie, /; Secure/);
  });
});
