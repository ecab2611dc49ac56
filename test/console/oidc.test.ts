import assert from 'node:assert/strict';
import { ConfigError, type Config } from '../../src/config';
import type { RunningConsole } from '../../src/console/server';
import { SESSION_LIFETIME_MS } from '../../src/console/safety/sessions';
import { FLOW_LIFETIME_MS } from '../../src/console/safety/signInFlows';
import { loadConsoleSettings } from '../../src/console/settings';
import { freePort } from '../../src/local/ports';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { Stack } from '../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';
import { useConsoleLog } from './support/consoleLog';
import { openConsole } from './support/consoleUnderTest';
import { ManualClock } from './support/manualClock';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  signInAt,
  startOidcServer,
  type OidcServer,
  type OidcServerOptions,
} from './support/oidcServer';

const ACCOUNTS = {
  ada: { email: 'ada@acme.com', email_verified: true, groups: ['Everyone', 'Graph admins'] },
  olga: { email: 'olga@acme.com', email_verified: true, groups: ['Graph operators', 'Graph viewers'] },
  vera: { email: 'vera@acme.com', email_verified: true, groups: 'Graph viewers' },
  nora: { email: 'nora@acme.com', email_verified: true, groups: ['Everyone'] },
  noone: {},
  mallory: {
    email: 'ada@acme.com',
    email_verified: false,
    preferred_username: 'mallory',
    groups: 'Graph viewers',
  },
  trudy: { email: 'ada@acme.com', preferred_username: 'trudy', groups: 'Graph viewers' },
};

describe('The sign-in by OpenID Connect', () => {
  const log = useConsoleLog();
  let stack: Stack;
  let config: Config;
  let clock: ManualClock;
  let origin: string;
  let environment: Record<string, string>;
  let server: OidcServer;
  let console: RunningConsole;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 2, groups: 1 });
    ({ config } = stack);
  });
  after(() => stack.stop());

  beforeEach(async () => {
    clock = new ManualClock();
    origin = `http://127.0.0.1:${await freePort()}`;
    await serve();
    environment = {
      CONSOLE_ORIGIN: origin,
      CONSOLE_PORT: new URL(origin).port,
      CONSOLE_OIDC_ISSUER: server.issuer,
      CONSOLE_OIDC_CLIENT_ID: CLIENT_ID,
      CONSOLE_OIDC_CLIENT_SECRET: CLIENT_SECRET,
      CONSOLE_OIDC_ADMINS: 'Graph admins',
      CONSOLE_OIDC_OPERATORS: 'Graph operators, Graph on-call',
      CONSOLE_OIDC_VIEWERS: 'Graph viewers',
      CONSOLE_CONTACT: 'the identity team',
    };
  });
  afterEach(async () => {
    await console.close();
    await server.close();
  });

  async function serve(options: Partial<OidcServerOptions> = {}): Promise<void> {
    server = await startOidcServer({
      redirectUri: `${origin}/sign-in/callback`,
      accounts: ACCOUNTS,
      ...options,
    });
  }

  async function open(more: Record<string, string> = {}): Promise<void> {
    console = await openConsole(config, { ...environment, ...more }, { clock });
  }

  async function signIn(account: keyof typeof ACCOUNTS, to?: string): Promise<Visitor> {
    const visitor = new Visitor(origin);
    await visitor.open(await signInAt(server, visitor, { account, ...(to !== undefined && { to }) }));
    return visitor;
  }

  const isIn = async (visitor: Visitor) => {
    await visitor.open('/explore');
    return visitor.page.path === '/explore';
  };

  const events = (by: string) =>
    stack.db.read<{ what: string; network: string }>(
      'MATCH (e:ConsoleEvent {by: $by}) RETURN e.what AS what, e.network AS network ORDER BY e.at',
      { by },
    );

  for (const claimsInIdToken of [true, false])
    it(`gives each their role, by ${claimsInIdToken ? 'the ID token' : 'userinfo'}`, async () => {
      const { port } = new URL(server.issuer);
      await server.close();
      await serve({ port: Number(port), claimsInIdToken });
      await open();
      const pages: Record<string, number> = {};
      for (const account of ['ada', 'olga', 'vera'] as const) {
        const visitor = await signIn(account);
        assert.match(visitor.page.path, /^\/integrations\//, account);
        assert.match(textOf(visitor.page.body), new RegExp(` ${account}@acme\\.com · \\w+ Sign out`));
        for (const path of ['/add', '/audit', '/explore']) {
          await visitor.open(path);
          pages[`${account} ${path}`] = visitor.page.status;
        }
      }
      assert.deepEqual(pages, {
        'ada /add': 200,
        'ada /audit': 200,
        'ada /explore': 200,
        'olga /add': 403,
        'olga /audit': 200,
        'olga /explore': 200,
        'vera /add': 403,
        'vera /audit': 403,
        'vera /explore': 200,
      });
    });

  it('opens the page that was asked for, on this site only', async () => {
    await open();
    const visitor = new Visitor(origin);
    await visitor.open('/questions');
    assert.match(visitor.page.body, /href="\/sign-in\/start\?to=%2Fquestions"/);
    await visitor.open(await signInAt(server, visitor, { account: 'ada', to: '/explore?q=a' }));
    assert.equal(visitor.page.path, '/explore?q=a');
    for (const to of ['https://evil.example.com/', '//evil.example.com', `/${'x'.repeat(2_000)}`])
      assert.match((await signIn('ada', to)).page.path, /^\/integrations\//, to);
  });

  it('changes the session id, and ends the session after ten hours and at sign-out', async () => {
    await open();
    const visitor = new Visitor(origin);
    await visitor.open('/sign-in');
    const before = visitor.cookie;
    await visitor.open(await signInAt(server, visitor, { account: 'ada' }));
    assert.notEqual(visitor.cookie, before);
    await clock.advance(SESSION_LIFETIME_MS);
    assert.equal(await isIn(visitor), false);

    const other = await signIn('ada');
    const ended = other.cookie;
    const body = await other.submit('/sign-out');
    assert.match(textOf(body), /You are signed out of this console\. Sign out of 127\.0\.0\.1/);
    const [, url = ''] = /href="([^"]*\/session\/end[^"]*)"/.exec(body) ?? [];
    assert.match(url, /id_token_hint=/);
    const copy = new Visitor(origin);
    copy.setCookie('okta_graph_session', ended.split('=')[1] ?? '');
    assert.equal(await isIn(copy), false);
  });

  it('refuses someone without a role, and says which claim was looked at and what to ask for', async () => {
    await open();
    const nora = await signIn('nora');
    assert.equal(nora.page.status, 403);
    const text = textOf(nora.page.body);
    assert.match(text, /nora@acme\.com has no role in this console/);
    assert.match(text, /None of the 1 values of the claim groups/);
    assert.match(text, /the value Graph viewers\. Ask the identity team/);
    assert.equal(await isIn(nora), false);
    const noone = await signIn('noone');
    assert.match(textOf(noone.page.body), /noone has no role.*The provider sent no claim groups/);
  });

  for (const name of ['mallory', 'trudy'] as const)
    it(`names nobody by an email that the provider does not call verified: ${name}`, async () => {
      await open();
      await signIn(name);
      await until(async () => (await events(name)).some(({ what }) => what === 'Signed in as viewer'));
    });

  it('sends its secret as the provider wants it', async () => {
    const { port } = new URL(server.issuer);
    await server.close();
    await serve({ port: Number(port), authMethod: 'client_secret_post' });
    await open();
    assert(await isIn(await signIn('vera')));
  });

  it('makes nobody a viewer without a list of viewers', async () => {
    const { CONSOLE_OIDC_VIEWERS: _, ...rest } = environment;
    environment = rest;
    await open();
    const vera = await signIn('vera');
    assert.equal(vera.page.status, 403);
    assert.match(textOf(vera.page.body), /at least the role operator.*Graph operators or Graph on-call/);
  });

  it('refuses a state of another browser, a changed one, and one that is too old', async () => {
    await open();
    const attacker = new Visitor(origin);
    const callback = await signInAt(server, attacker, { account: 'ada' });
    const victim = new Visitor(origin);
    await victim.open('/sign-in');
    await victim.open(callback);
    assert.equal(victim.page.status, 401);
    assert.match(textOf(victim.page.body), /was not started in this browser/);
    for (const wrong of ['', 'x', 'a.b.c.d']) {
      await attacker.open(callback.replace(/state=[^&]*/, `state=${wrong}`));
      assert.equal(attacker.page.status, 401, wrong);
    }
    await clock.advance(FLOW_LIFETIME_MS);
    await attacker.open(callback);
    assert.equal(attacker.page.status, 401);
    assert.equal(await isIn(attacker), false);
  });

  it('refuses another nonce, another issuer, and a code that was changed, used or has expired', async () => {
    await open();
    const visitor = new Visitor(origin);
    const refused = async (callback: string, text: RegExp) => {
      const body = await visitor.open(callback);
      assert.equal(visitor.page.status, 401);
      assert.match(textOf(body), text);
    };
    const change = (url: URL) => url.searchParams.set('nonce', 'another');
    await refused(await signInAt(server, visitor, { account: 'ada', change }), /answer.*is not valid/);
    const callback = await signInAt(server, visitor, { account: 'ada' });
    const issuer = encodeURIComponent('http://127.0.0.1:1');
    await refused(callback.replace(/iss=[^&]*/, `iss=${issuer}`), /answer.*is not valid/);
    await refused(callback.replace(/code=/, 'code=x'), /has expired or was used/);
    await refused(
      '/sign-in/callback?error=access_denied&' + callback.split('?')[1]?.replace(/code=[^&]*/, ''),
      /did not sign you in/,
    );
    const code = new URLSearchParams(callback.split('?')[1]).get('code') ?? '';
    await (await server.provider.AuthorizationCode.find(code))?.destroy();
    await refused(callback, /has expired or was used/);
    assert.equal(await isIn(visitor), false);
  });

  it('says that the provider is down, and works once it is back', async () => {
    const { port } = new URL(server.issuer);
    await server.close();
    await open();
    const visitor = new Visitor(origin);
    await visitor.open('/sign-in/start');
    assert.equal(visitor.page.status, 503);
    assert.match(textOf(visitor.page.body), /not available.*Try again in a minute.*Sign in with/);
    assert.match(log.text, /\(ECONNREFUSED\)/);
    await serve({ port: Number(port) });
    assert(await isIn(await signIn('vera')));
    // And if it is down later.
    const later = new Visitor(origin);
    const callback = await signInAt(server, later, { account: 'ada' });
    await server.close();
    await later.open(callback);
    assert.equal(later.page.status, 503);
    await serve({ port: Number(port) });
  });

  it('says what is wrong with an issuer that is another one, and with the secret', async () => {
    await open({ CONSOLE_OIDC_ISSUER: server.issuer.replace('127.0.0.1', 'localhost') });
    const visitor = new Visitor(origin);
    await visitor.open('/sign-in/start');
    assert.equal(visitor.page.status, 503);
    assert.match(textOf(visitor.page.body), /configuration does not match/);
    await console.close();
    await open({ CONSOLE_OIDC_CLIENT_SECRET: 'another secret' });
    const other = await signIn('ada');
    assert.equal(other.page.status, 503);
    assert.match(textOf(other.page.body), /does not accept this console's client ID or secret/);
  });

  it('records who has signed in, was refused and has signed out, without secrets in logs and pages', async () => {
    await open();
    const visitor = new Visitor(origin);
    const callback = await signInAt(server, visitor, { account: 'ada' });
    await visitor.open(callback);
    const page = visitor.page.body;
    const signedOut = await visitor.submit('/sign-out');
    const refused = (await signIn('nora')).page.body;
    await until(async () => (await events('nora@acme.com')).length > 0);
    await until(async () => (await events('ada@acme.com')).some(({ what }) => what === 'Signed out'));
    const own = await events('ada@acme.com');
    assert.deepEqual(own.slice(-2), [
      { what: 'Signed in as admin', network: '127.0.0.1' },
      { what: 'Signed out', network: '127.0.0.1' },
    ]);
    const [last] = await events('nora@acme.com');
    assert.equal(last?.what, 'Sign-in refused: no role');
    const code = new URLSearchParams(callback.split('?')[1]).get('code') ?? 'missing';
    for (const text of [log.text, page, signedOut, refused])
      for (const secret of [CLIENT_SECRET, code]) assert(!text.includes(secret));
    assert.match(log.text, /Signed in as admin\n/);
  });

  describe('settings', () => {
    const faultsOf = (variables: Record<string, string>) => {
      try {
        loadConsoleSettings(variables);
        return '';
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
        return error.faults.join('\n');
      }
    };
    // These open no console.
    beforeEach(() => open());

    it('need an https issuer unless it is on this machine, an origin, and someone with a role', () => {
      assert.equal(faultsOf(environment), '');
      const issuer = (CONSOLE_OIDC_ISSUER: string) => ({ ...environment, CONSOLE_OIDC_ISSUER });
      assert.equal(faultsOf(issuer('https://acme.okta.com/oauth2/default')), '');
      for (const wrong of [
        'http://acme.okta.com',
        'acme.okta.com',
        'https://acme.okta.com/?a=b',
        'ftp://127.0.0.1',
      ])
        assert.match(faultsOf(issuer(wrong)), /CONSOLE_OIDC_ISSUER must be a URL with https/, wrong);
      const only = { CONSOLE_OIDC_ISSUER: server.issuer };
      for (const name of ['CONSOLE_OIDC_CLIENT_ID', 'CONSOLE_OIDC_CLIENT_SECRET', 'CONSOLE_ORIGIN'])
        assert.match(faultsOf(only), new RegExp(`${name} is required with CONSOLE_OIDC_ISSUER`));
      assert.match(faultsOf(only), /nobody could sign in/);
      assert.match(faultsOf({ ...environment, CONSOLE_OIDC_SCOPES: 'profile' }), /must include openid/);
    });

    it('exclude the other ways to sign in, and are not ignored without an issuer', () => {
      const password = { CONSOLE_PASSWORD: 'a password of a test' };
      assert.match(
        faultsOf({ ...environment, ...password }),
        /CONSOLE_PASSWORD and CONSOLE_OIDC_ISSUER are both set/,
      );
      assert.match(
        faultsOf({ ...environment, ...password, CONSOLE_SIGN_IN_HEADER: 'X-User' }),
        /are all set; keep one/,
      );
      assert.match(faultsOf({ CONSOLE_OIDC_ADMINS: 'a' }), /CONSOLE_OIDC_ISSUER is required/);
    });

    it('do not print the secret', () => {
      assert(!JSON.stringify(loadConsoleSettings(environment)).includes(CLIENT_SECRET));
    });
  });
});
