import assert from 'node:assert/strict';
import type { Config } from '../../src/config';
import { ConfigError } from '../../src/config';
import type { RunningConsole } from '../../src/console/server';
import { loadConsoleSettings } from '../../src/console/settings';
import { integrationPath, listPath, nodePath } from '../../src/console/pages/links';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { send, textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';

const HOSTILE = '<img src=x onerror=alert(1)>"\'</script><script>alert(2)</script>';
const PASSWORD = 'correct horse battery';

describe('The safety of the console', () => {
  let stack: Stack;
  let config: Config;
  let domain: string;
  let console: RunningConsole;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 5, groups: 2 });
    ({ config } = stack);
    ({ domain } = stack.sim);
    console = await openConsole(config);
  });

  after(async () => {
    await console.close();
    await stack.stop();
  });

  describe('settings', () => {
    const faultsOf = (environment: Record<string, string>) => {
      try {
        loadConsoleSettings(environment);
        return [];
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
        return error.faults;
      }
    };

    it('listen on loopback only, without a password', () => {
      const settings = loadConsoleSettings({});
      assert.equal(settings.address, '127.0.0.1');
      assert.deepEqual(settings.access, { kind: 'open' });
    });

    it('reject an address that others can reach without a password and an origin', () => {
      const faults = faultsOf({ CONSOLE_ADDRESS: '0.0.0.0' });
      assert.match(faults[0] ?? '', /set CONSOLE_PASSWORD/);
      assert.match(faults[1] ?? '', /CONSOLE_ORIGIN is required/);
    });

    it('accept a password, or a header from proxies at known addresses only', () => {
      const reachable = { CONSOLE_ADDRESS: '0.0.0.0', CONSOLE_ORIGIN: 'https://graph.acme.com' };
      assert.deepEqual(faultsOf({ ...reachable, CONSOLE_PASSWORD: PASSWORD }), []);
      const header = { ...reachable, CONSOLE_SIGN_IN_HEADER: 'X-Forwarded-User' };
      assert.match(faultsOf(header).join(), /CONSOLE_PROXY_ADDRESSES is required/);
      assert.deepEqual(faultsOf({ ...header, CONSOLE_PROXY_ADDRESSES: '10.0.0.7' }), []);
    });

    it('accept the addresses of proxies in front of a password, as addresses or blocks', () => {
      const proxies = (addresses: string) => ({
        CONSOLE_PASSWORD: PASSWORD,
        CONSOLE_PROXY_ADDRESSES: addresses,
      });
      const settings = loadConsoleSettings(proxies('10.0.0.0/24, fd00::7'));
      assert.equal(settings.access.kind, 'password');
      assert(settings.proxies.has('10.0.0.200') && settings.proxies.has('fd00::7'));
      assert(!settings.proxies.has('10.0.1.1'));
      for (const wrong of ['proxy.acme.com', '10.0.0.0/33', '0.0.0.0/0'])
        assert.match(faultsOf(proxies(wrong)).join(), /neither an IP address nor a CIDR block/, wrong);
      assert.match(
        faultsOf({ CONSOLE_PROXY_ADDRESSES: '10.0.0.7' }).join(),
        /needs CONSOLE_SIGN_IN_HEADER, CONSOLE_PASSWORD or CONSOLE_OIDC_ISSUER/,
      );
      assert.match(
        faultsOf({ ...proxies('10.0.0.7'), CONSOLE_SIGN_IN_HEADER: 'X-User' }).join(),
        /are both set/,
      );
    });

    it('reject a short password, an invalid port and an origin with a path', () => {
      const faults = faultsOf({
        CONSOLE_PASSWORD: 'short',
        CONSOLE_PORT: '99999',
        CONSOLE_ORIGIN: 'https://a.b/c',
      });
      assert.equal(faults.length, 3);
      assert(!faults.join().includes('short,'));
    });

    it('limit a read to 30 s by default', () => {
      assert.equal(loadConsoleSettings({}).readTimeoutMs, 30_000);
      assert.equal(loadConsoleSettings({ CONSOLE_READ_TIMEOUT: '2m' }).readTimeoutMs, 120_000);
      for (const bad of ['0s', '30', 'soon', '1e999y', `${'9'.repeat(200)}y`])
        assert.match(
          faultsOf({ CONSOLE_READ_TIMEOUT: bad }).join(),
          /CONSOLE_READ_TIMEOUT must be a duration/,
        );
    });

    it('do not print the password', () => {
      assert(
        !JSON.stringify(loadConsoleSettings({ CONSOLE_PASSWORD: PASSWORD })).includes(PASSWORD),
        'the password is printed',
      );
    });
  });

  it('accepts only its own host names, to prevent DNS rebinding', async () => {
    const { port } = new URL(console.url);
    for (const host of [
      'evil.example.com',
      `evil.example.com:${port}`,
      '127.0.0.1',
      `127.0.0.1.evil.com:${port}`,
    ])
      assert.equal((await send(console.url, { headers: { host } })).status, 421, host);
    assert.equal(
      (await send(`${console.url}/sources`, { headers: { host: `localhost:${port}` } })).status,
      200,
    );
  });

  it('allows only its own scripts, and no framing', async () => {
    const { headers, body } = await send(`${console.url}/sources`);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert(!/<script(?![^>]* src=)|\son\w+=|style="/.test(body), 'the page has an inline script or style');
  });

  it('hides its cookie from scripts and other sites', async () => {
    const [cookie = ''] = (await send(`${console.url}/sources`)).headers['set-cookie'] ?? [];
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Lax/);
  });

  it('requires https neither for its cookie nor with HSTS if users open it over http', async () => {
    const { headers } = await send(`${console.url}/sources`);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    assert.match(cookie, /^okta_graph_session=/);
    assert.doesNotMatch(cookie, /Secure/, 'a browser would never send the cookie back');
    assert.equal(headers['strict-transport-security'], undefined);
  });

  it('rejects a form from another site, and one without the token of its session', async () => {
    const path = `${integrationPath(domain)}/pause`;
    const visitor = new Visitor(console.url);
    await visitor.open(integrationPath(domain));
    const token = /name="form_token" value="([^"]+)"/.exec(visitor.page.body)?.[1] ?? '';
    await visitor.post(path, { form_token: token }, { origin: 'https://evil.example.com' });
    assert.equal(visitor.page.status, 403);
    await visitor.post(path, { form_token: token }, { origin: 'null' });
    assert.equal(visitor.page.status, 403);
    await visitor.post(path, {});
    assert.equal(visitor.page.status, 403);
    await visitor.post(path, { form_token: 'x'.repeat(token.length) });
    assert.equal(visitor.page.status, 403);
    const stranger = new Visitor(console.url);
    await stranger.open('/');
    await stranger.post(path, { form_token: token });
    assert.equal(stranger.page.status, 403);
  });

  it('shows a hostile name as text on every page', async () => {
    await stack.db.run(
      `CREATE (g:Group {okta_domain: $domain, id: '00gHostile', name: $name, description: $name, type: 'OKTA_GROUP'})
       CREATE (u:User {okta_domain: $domain, id: '00uHostile', display_name: $name, email: $name, status: $name, title: $name})
       CREATE (u)-[:MEMBER_OF]->(g)
       CREATE (:SyncRun {okta_domain: $domain, id: 'hostile', number: 1, outcome: 'partial', mode: 'full', workflow_id: 'x',
         started_at: datetime(), finished_at: datetime(), report: $report})`,
      { domain, name: HOSTILE, report: JSON.stringify(hostileReport(domain)) },
    );
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    const pages = [
      listPath(domain, 'User'),
      listPath(domain, 'Group'),
      nodePath(domain, 'User', '00uHostile'),
      nodePath(domain, 'Group', '00gHostile'),
      '/explore?q=onerror',
      '/explore?part=results&q=onerror',
      `${integrationPath(domain)}/runs/hostile`,
    ];
    for (const path of pages) {
      const { body, status } = await send(`${console.url}${path}`);
      assert.equal(status, 200, path);
      assert(body.includes('&lt;img src=x'), path);
      const others = body.replaceAll('<img src="/static/icon.svg"', '');
      assert(!others.includes('<img') && !others.includes('<script>'), path);
    }
    const { body } = await send(`${console.url}/explore?q=${encodeURIComponent(`"><script>${HOSTILE}`)}`);
    assert(!body.includes('<script>'), 'the search text is executed as a script');
  });

  it('shows no secrets on its pages', async () => {
    for (const path of ['/sources', '/add', integrationPath(domain), listPath(domain, 'User')]) {
      const { body, status } = await send(`${console.url}${path}`);
      assert.equal(status, 200, path);
      assert(!body.includes(stack.sim.token) && !body.includes(config.neo4j.password.reveal()), path);
    }
  });

  it('rejects a form that is too large', async () => {
    const visitor = new Visitor(console.url);
    await visitor.post('/add', { domain: 'x'.repeat(100_000) });
    assert.equal(visitor.page.status, 413);
  });

  describe('with a password', () => {
    let guarded: RunningConsole;

    beforeEach(async () => {
      guarded = await openConsole(config, { CONSOLE_PASSWORD: PASSWORD });
    });

    afterEach(() => guarded.close());

    it('shows nothing before the sign-in, and the requested page after it', async () => {
      const visitor = new Visitor(guarded.url);
      const body = await visitor.open(listPath(domain, 'User'));
      assert.match(visitor.page.path, /^\/sign-in\?to=/);
      assert(!body.includes('Hostile'), 'names are shown before the sign-in');
      await visitor.submit('/sign-in', { password: PASSWORD });
      assert.equal(visitor.page.path, listPath(domain, 'User'));
      assert.match(textOf(visitor.page.body), / Signed in · admin Sign out /);
      await visitor.submit('/sign-out');
      await visitor.open('/');
      assert.match(visitor.page.path, /^\/sign-in/);
    });

    it('changes the session id at sign-in, to prevent session fixation', async () => {
      const visitor = new Visitor(guarded.url);
      await visitor.open('/sign-in');
      const planted = visitor.cookie;
      await visitor.submit('/sign-in', { password: PASSWORD });
      assert.notEqual(visitor.cookie, planted);
      assert.equal(
        (await send(`${guarded.url}/sources`, { headers: { cookie: visitor.cookie } })).status,
        200,
      );
      assert.equal((await send(guarded.url, { headers: { cookie: planted } })).status, 303);
    });

    it('redirects only to its own pages after the sign-in', async () => {
      for (const to of ['https://evil.example.com/', '//evil.example.com', '/\\evil.example.com']) {
        const visitor = new Visitor(guarded.url);
        await visitor.open(`/sign-in?to=${encodeURIComponent(to)}`);
        await visitor.submit('/sign-in', { password: PASSWORD });
        assert.match(visitor.page.path, /^\/integrations\//);
      }
    });
  });

  it('accepts users named by a sign-in proxy, but not the header from other addresses', async () => {
    const proxied = { CONSOLE_SIGN_IN_HEADER: 'X-Forwarded-User' };
    const trusted = await openConsole(config, { ...proxied, CONSOLE_PROXY_ADDRESSES: '127.0.0.1' });
    const distant = await openConsole(config, { ...proxied, CONSOLE_PROXY_ADDRESSES: '10.0.0.7' });
    const headers = { 'x-forwarded-user': 'ada' };
    assert.equal((await send(`${trusted.url}/sources`, { headers })).status, 200);
    assert.equal((await send(trusted.url)).status, 401);
    assert.equal((await send(distant.url, { headers })).status, 401);
    await Promise.all([trusted.close(), distant.close()]);
  });

  it('hides everything and shows whom to contact while the feature flag is off', async () => {
    const hidden = await openConsole(
      { ...config, showOktaIntegration: false },
      { CONSOLE_CONTACT: 'the identity team' },
    );
    for (const path of ['/', '/explore', integrationPath(domain), nodePath(domain, 'User', '00uHostile')]) {
      const { body } = await send(`${hidden.url}${path}`);
      assert.match(body, /contact the identity team/);
      assert(!body.includes(domain) && !body.includes('Hostile'));
    }
    await hidden.close();
  });
});

function hostileReport(domain: string) {
  const counts = { seen: 0, created: 0, updated: 0, deleted: 0 };
  return {
    runId: 'hostile',
    runNumber: 1,
    domain,
    mode: 'full',
    outcome: 'partial',
    startedAt: new Date().toISOString(),
    finishedAt: new Date().toISOString(),
    durationMs: 1,
    users: counts,
    groups: counts,
    memberships: { groupsRead: 0, groupsUnchanged: 0, groupsFailed: 0, added: 0, removed: 0 },
    okta: { requests: 0, requestsByBucket: {}, rateLimited: 0, waitedMs: 0, retries: 0 },
    reconciliation: { memberships: 0, usersCount: 0 },
    warnings: [{ code: 'GROUP_FAILED', message: HOSTILE, groupId: '00gHostile', userIds: ['00uHostile'] }],
    warningsOmitted: 0,
  };
}
