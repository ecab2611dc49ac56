import assert from 'node:assert/strict';
import { createApp } from '../../src/console/app';
import type { Services } from '../../src/console/env';
import { integrationPath } from '../../src/console/pages/links';
import { namesOf } from '../../src/console/safety/hosts';
import { ROLES, type Role } from '../../src/console/safety/people';
import { NEEDED_ROLES } from '../../src/console/safety/roles';
import type { RunningConsole } from '../../src/console/server';
import { loadConsoleSettings } from '../../src/console/settings';
import { configFor } from '../../dev/lab/configFor';
import { send, textOf, Visitor, type Answer } from '../../dev/lab/browser/browser';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { Stack } from '../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { openConsole } from './support/consoleUnderTest';

/** Forms that change nothing but the session. */
const SESSION_FORMS = ['POST /sign-in', 'POST /sign-out'];

describe('The table of roles', () => {
  const routes = () => {
    const settings = loadConsoleSettings({ CONSOLE_PASSWORD: 'a password of a test' });
    const services = { config: configFor({}), settings } as Services;
    return createApp(services, () => namesOf(settings, 1)).routes.map(
      ({ method, path }) => `${method} ${path}`,
    );
  };

  it('has each route that accepts a form', () => {
    const forms = routes().filter((route) => !/^(GET|ALL) /.test(route) && !SESSION_FORMS.includes(route));
    assert(forms.length >= 8);
    assert.deepEqual(
      forms.filter((route) => !(route in NEEDED_ROLES)),
      [],
    );
  });

  it('has only routes that exist', () => {
    const all = new Set(routes());
    assert.deepEqual(
      Object.keys(NEEDED_ROLES).filter((route) => !all.has(route)),
      [],
    );
  });
});

describe('The roles of the console', () => {
  const files = credentialsFolder({ isForAll: true });
  let stack: Stack;
  let console: RunningConsole;
  let path: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 2, groups: 1 }, { OKTA_CREDENTIALS_DIR: files.path('') });
    path = integrationPath(stack.domain);
    console = await openConsole(stack.config, {
      CONSOLE_SIGN_IN_HEADER: 'X-User',
      CONSOLE_SIGN_IN_ROLE_HEADER: 'X-Role',
      CONSOLE_PROXY_ADDRESSES: '127.0.0.1',
    });
  });
  after(async () => {
    await console.close();
    await stack.stop();
  });

  const headersOf = (role: string) => ({ 'x-user': 'ada', 'x-role': role });
  const visit = (role: Role) => new Visitor(console.url, headersOf(role));

  /** Sends a form, or opens a page, in the session of an admin, whose pages have its token. Follows no redirect. */
  async function request(role: Role, method: string, to: string): Promise<Answer> {
    const admin = visit('admin');
    const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(await admin.open('/add')) ?? [];
    const type = 'application/x-www-form-urlencoded';
    const own = { cookie: admin.cookie, origin: console.url, 'content-type': type };
    const body = method === 'GET' ? {} : { body: `form_token=${token}` };
    return send(`${console.url}${to}`, { method, headers: { ...headersOf(role), ...own }, ...body });
  }

  for (const [route, needed] of Object.entries(NEEDED_ROLES))
    it(`let only those use ${route} whose role includes ${needed}`, async () => {
      const [method = '', pattern = ''] = route.split(' ');
      const to = pattern.replace('/integrations/:domain', path).replace(':runId', 'any');
      for (const role of ROLES) {
        const page = await request(role, method, to);
        const isAllowed = ROLES.indexOf(role) >= ROLES.indexOf(needed);
        assert.equal(page.status !== 403, isAllowed, `${role}: ${page.status}`);
        if (!isAllowed)
          assert.match(textOf(page.body), new RegExp(`needs the role ${needed}; you are ${role}`));
      }
    });

  it('let only admins send a form that has no entry in the table', async () => {
    assert.equal((await request('operator', 'POST', '/unknown')).status, 403);
    assert.equal((await request('admin', 'POST', '/unknown')).status, 404);
  });

  it('show viewers nothing that changes something, and operators nothing of admins', async () => {
    for (const page of ['/', path]) {
      assert.doesNotMatch(
        await visit('viewer').open(page),
        /method="post"|"\/add"|\/settings"|"\/audit"/,
        page,
      );
      assert.doesNotMatch(await visit('operator').open(page), /"\/add"|\/settings"/, page);
    }
    assert.match(await visit('operator').open(path), /method="post".*"\/audit"|"\/audit".*method="post"/s);
    assert.match(await visit('admin').open('/'), /"\/add"/);
    assert.match(textOf(await visit('operator').open(path)), / ada · operator /);
  });

  it('come from the proxy, and refuse one that names another or none', async () => {
    for (const headers of [headersOf('root'), headersOf('Admin'), { 'x-user': 'ada' }]) {
      const { status, body } = await send(`${console.url}/sources`, { headers });
      assert.equal(status, 403);
      assert.match(body, /must name your role in X-Role: viewer, operator or admin/);
    }
  });

  it('say who gives them', async () => {
    const body = await visit('viewer').open('/add');
    assert.match(
      textOf(body),
      /The sign-in proxy names your role\. To change it, contact your okta-graph admin/,
    );
  });
});
