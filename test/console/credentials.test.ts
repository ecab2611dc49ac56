import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import type { Environment } from '../../src/config';
import { integrationPath, runPath } from '../../src/console/pages/links';
import type { RunningConsole } from '../../src/console/server';
import { freePort } from '../../src/local/ports';
import { describeSchedule } from '../../src/runs/schedule';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { addAnotherOrg } from '../../dev/lab/graph/anotherOrg';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import { Stack } from '../../dev/lab/org/stack';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';
import { useConsoleLog } from './support/consoleLog';

describe('Adding an integration in the console', () => {
  const files = credentialsFolder({ isForAll: true });
  const { app, privateKey } = newApp();
  const log = useConsoleLog();
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let domain: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const environment = { OKTA_DOMAIN: '', OKTA_API_TOKEN: '', OKTA_CREDENTIALS_DIR: files.path('') };
    stack = await Stack.start({ users: 20, groups: 3, app }, environment);
    ({ domain } = stack.sim);
    utimesSync(files.write('.11111111-2222-3333-4444-555555555555', 'secret'), 0, 0);
    console = await openConsole(stack.config);
  });

  beforeEach(() => {
    visitor = new Visitor(console.url);
  });

  after(async () => {
    await console.close();
    await stack.stop();
  });

  const stored = () => readdirSync(files.path(''));
  const file = () => JSON.parse(readFileSync(files.path(`${domain}.json`), 'utf8')) as Record<string, string>;

  /** Adds the org with its token, unless that is done. */
  async function added(): Promise<void> {
    if (stored().includes(`${domain}.json`)) return;
    await visitor.open('/add');
    await visitor.submit('/add', { domain, kind: 'token', token: stack.sim.token });
  }
  async function synced(): Promise<void> {
    await added();
    await visitor.open(integrationPath(domain));
    await visitor.submit(`${integrationPath(domain)}/run`, { mode: 'auto' });
    const path = visitor.page.path.split('?')[0] ?? '';
    await visitor.open(`${path}/events`);
    assert.match(textOf(await visitor.open(path)), /Run #\d+ succeeded/);
  }

  it('starts from an empty page with a link to it', async () => {
    const body = await visitor.open('/');
    assert.match(textOf(body), /No integrations yet/);
    assert.deepEqual(stored(), [], 'leftovers of a killed console must be removed');
    assert.match(body, /<a class="button" href="\/add">/);
  });

  it('explains what is wrong with a domain, and stores nothing', async () => {
    await visitor.open('/add');
    const body = await visitor.submit('/add', {
      domain: 'acme-admin.okta.com',
      kind: 'token',
      token: 'secret-1',
    });
    assert.match(textOf(body), /acme-admin\.okta\.com is the admin console; enter acme\.okta\.com/);
    assert.match(body, /name="domain" value="acme-admin\.okta\.com"/);
    assert.deepEqual(stored(), []);
  });

  it('reports a missing token, or a missing key of a service app', async () => {
    await visitor.open('/add');
    assert.match(textOf(await visitor.submit('/add', { domain, kind: 'token' })), /The token is required/);
    const body = await visitor.submit('/add', { domain, kind: 'app', clientId: CLIENT_ID });
    assert.match(textOf(body), /The private key is required together with The client ID/);
  });

  it('checks the token in Okta, reports that it is wrong, and neither stores nor shows it', async () => {
    await visitor.open('/add');
    const body = await visitor.submit('/add', { domain, kind: 'token', token: '00wrongTokenOfSomebody' });
    assert.equal(visitor.page.status, 422);
    assert.match(textOf(body), /Failed.*Okta users.*401/);
    assert(!body.includes('00wrongTokenOfSomebody'), 'the page shows the token');
    assert.deepEqual(stored(), []);
    assert.equal(await describeSchedule(stack.client, domain), undefined);
  });

  it('stores valid credentials readable only by the owner, creates the schedule, and never shows them again', async () => {
    await visitor.open('/add');
    const body = await visitor.submit('/add', { domain, kind: 'token', token: stack.sim.token });
    const [, runId = ''] = /\/added\/([\w-]+)$/.exec(visitor.page.path) ?? [];
    assert.match(textOf(body), /OK Okta users: .*OK Okta groups: .*The first run has started/);
    assert(body.includes(`href="${runPath(domain, runId)}"`), 'the page leads to the first run');
    assert.match(textOf(await visitor.open(integrationPath(domain))), /every 2h, next in/);
    assert.deepEqual(stored(), [`${domain}.json`]);
    assert.equal(statSync(files.path(`${domain}.json`)).mode & 0o777, 0o600);
    assert.deepEqual(file(), { domain, token: stack.sim.token });
    const settings = await visitor.open(`${integrationPath(domain)}/settings`);
    assert.equal(visitor.page.status, 200);
    assert(!settings.includes(stack.sim.token), 'the settings page shows the token');
  });

  it('syncs it with a worker that was already running', synced);

  it('does not add the same org twice', async () => {
    await added();
    await visitor.open('/add');
    const body = await visitor.submit('/add', { domain, kind: 'token', token: stack.sim.token });
    assert.match(textOf(body), /is already configured/);
  });

  it('replaces the credentials only with valid ones, such as a service app', async () => {
    await added();
    const path = `${integrationPath(domain)}/settings`;
    const action = `${integrationPath(domain)}/credentials`;
    await visitor.open(path);
    await visitor.submit(action, { kind: 'token', token: 'wrong' });
    assert.equal(visitor.page.status, 422);
    assert.equal(file()['token'], stack.sim.token);
    await visitor.submit(action, { kind: 'app', clientId: CLIENT_ID, privateKey });
    assert.match(visitor.page.path, /note=saved$/);
    assert.deepEqual(Object.keys(file()), ['domain', 'clientId', 'privateKey']);
    const settings = await visitor.open(path);
    assert.equal(visitor.page.status, 200);
    assert(!settings.includes('PRIVATE KEY'), 'the settings page shows the key');
  });

  it('saves credentials that may not read all of SYNC_ACCESS, since a sync continues, and says so', async () => {
    await added();
    const okta = { ...stack.config.okta, access: ['apps', 'roles'] as const };
    const other = await openConsole({ ...stack.config, okta });
    try {
      const change = async () => {
        const another = new Visitor(other.url);
        await another.open(`${integrationPath(domain)}/settings`);
        const form = { kind: 'token', token: stack.sim.token };
        const body = await another.submit(`${integrationPath(domain)}/credentials`, form);
        return { path: another.page.path, text: textOf(body) };
      };
      stack.sim.faults.set([
        { match: { route: 'assignees' }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
      ]);
      const warned = await change();
      assert.match(warned.path, /note=saved-warned$/);
      assert.match(warned.text, /Saved\. The credentials cannot read everything in SYNC_ACCESS/);
      stack.sim.faults.clear();
      assert.match((await change()).path, /note=saved$/);
    } finally {
      stack.sim.faults.clear();
      await other.close();
    }
  });

  it('removes it only after its domain is typed, and its data in the graph only if selected', async () => {
    await synced();
    const path = integrationPath(domain);
    const action = `${path}/remove`;
    const other = await addAnotherOrg(stack.db);
    await visitor.open(`${path}/settings`);
    const { users, groups, memberships } = stack.sim.org.truth().counts;
    assert.match(
      textOf(visitor.page.body),
      new RegExp(
        `The graph has ${users} users, ${groups} groups, ${memberships} memberships and \\d+ reports?`,
      ),
    );
    const refused = await visitor.submit(action, { graph: 'remove', confirm: 'something' });
    assert.match(textOf(refused), /Nothing was removed/);
    assert.deepEqual(stored(), [`${domain}.json`]);
    const body = await visitor.submit(action, { graph: 'keep', confirm: domain });
    assert.match(textOf(body), /Its data in the graph was kept.*No integrations yet/);
    assert.deepEqual(stored(), []);
    assert.equal(await describeSchedule(stack.client, domain), undefined);
    assert.equal(await usersInGraph(), 20);

    // A run in progress, as the one that adding the org starts, would block it.
    await synced();
    await visitor.open(`${path}/settings`);
    await visitor.submit(action, { graph: 'remove', confirm: domain });
    assert.deepEqual([await usersInGraph(), await usersInGraph(other)], [0, 1], 'this org, and another one');
    await emptyGraph(stack.db, [other]);
  });

  it('shows the same error for every host that is not an Okta org, and only logs why', async () => {
    const closed = `127.0.0.1:${await freePort()}`;
    const answers = new Map<string, string>();
    stack.sim.faults.set([{ match: { route: 'organization' }, action: { type: 'html', status: 404 } }]);
    await Promise.all(
      [closed, domain, 'okta.acme.invalid'].map(async (host) => {
        const other = new Visitor(console.url);
        await other.open('/add');
        const body = await other.submit('/add', { domain: host, kind: 'token', token: 'any' });
        assert.equal(other.page.status, 422);
        answers.set(host, textOf(body).replaceAll(host, 'HOST'));
      }),
    );
    stack.sim.faults.clear();
    assert.match(answers.get(closed) ?? '', /HOST does not respond like an Okta org\. Check the domain/);
    assert.equal(new Set(answers.values()).size, 1);
    assert.match(log.text, new RegExp(`Okta ${closed}: .*ECONNREFUSED`));
    assert.match(log.text, /Okta okta\.acme\.invalid: .*(DNS|EAI_AGAIN)/);
    assert.deepEqual(stored(), []);
  });

  describe('if other machines can reach the console', () => {
    let reachable: RunningConsole;
    let origin: string;

    before(async () => {
      const port = await freePort();
      const environment = { CONSOLE_PORT: `${port}`, CONSOLE_ORIGIN: 'https://graph.acme.com' };
      reachable = await openConsole(stack.config, environment);
      origin = `http://127.0.0.1:${port}`;
    });
    after(() => reachable.close());

    const add = async (host: string): Promise<string> => {
      const other = new Visitor(origin);
      await other.open('/add');
      const body = textOf(
        await other.submit('/add', { domain: host, kind: 'token', token: stack.sim.token }),
      );
      assert.equal(other.page.status, 422, host);
      return body;
    };

    it('rejects this machine and private addresses in every spelling, without a request', async () => {
      const port = domain.split(':')[1] ?? '';
      const before = stack.sim.stats.snapshot().calls;
      for (const host of [
        ...['127.0.0.1', 'localhost', 'LOCALHOST', '127.1', '2130706433', '0x7f000001', '0177.0.0.1'],
        ...['１２７.0.0.1', '①27.0.0.1', 'ｌｏｃａｌｈｏｓｔ', '[::1]', '[0:0:0:0:0:0:0:1]', '127.0.0.1.'],
      ])
        assert.match(await add(`${host}:${port}`), /is the console's own machine/, host);
      for (const host of [
        ...[
          '10.0.0.1',
          '0x0a000001',
          '192.168.1.1',
          '169.254.169.254',
          '100.64.0.1',
          '0.0.0.0',
          '0',
          '224.0.0.1',
        ],
        ...[
          '[::ffff:127.0.0.1]',
          '[::ffff:7f00:1]',
          '[fd00::1]',
          '[fe80::1]',
          '[::]',
          '[ff02::1]',
          'localhost.',
        ],
        ...['okta.localhost', 'okta.LOCALHOST.', 'metadata'],
      ])
        assert.match(await add(host), /Not saved The domain /, host);
      assert.equal(stack.sim.stats.snapshot().calls, before);
      assert.deepEqual(stored(), []);
    });
  });

  describe('checks that the host is on the public internet', () => {
    const PUBLIC_ORG = 'acme.okta.com';
    const LOCAL_ORG = '127.0.0.1:4711';
    const credentials = { kind: 'token', token: 'secret-1' };

    before(() => {
      for (const org of [PUBLIC_ORG, LOCAL_ORG]) files.write(`${org}.json`, { domain: org, token: 'old' });
    });
    after(() => {
      for (const org of [PUBLIC_ORG, LOCAL_ORG]) rmSync(files.path(`${org}.json`));
    });

    /** Returns the checks that the forms made: the org, and true if only a public host is allowed. Nothing is saved. */
    const checkedBy = async (environment: Environment): Promise<unknown[]> => {
      const asked: unknown[] = [];
      const port = String(await freePort());
      const console = await openConsole(
        stack.config,
        { CONSOLE_PORT: port, ...environment },
        {},
        ({ okta }, { onlyPublic }) => {
          asked.push([okta.orgs[0]?.domain, onlyPublic]);
          return Promise.resolve([{ what: 'Okta', ok: false, detail: 'refused by the test' }]);
        },
      );
      try {
        const visitor = new Visitor(`http://127.0.0.1:${port}`);
        await visitor.open('/add');
        await visitor.submit('/add', { domain: 'new.okta.com', ...credentials });
        assert.equal(visitor.page.status, 422);
        for (const org of [PUBLIC_ORG, LOCAL_ORG]) {
          await visitor.open(`${integrationPath(org)}/settings`);
          await visitor.submit(`${integrationPath(org)}/credentials`, credentials);
          assert.equal(visitor.page.status, 422, org);
        }
      } finally {
        await console.close();
      }
      return asked;
    };

    it('in both forms if others can reach the console, except for a local org that was already configured', async () => {
      assert.deepEqual(await checkedBy({ CONSOLE_ORIGIN: 'https://graph.acme.com' }), [
        ['new.okta.com', true],
        [PUBLIC_ORG, true],
        [LOCAL_ORG, false],
      ]);
    });

    it('in neither form if only this machine can reach the console', async () => {
      assert.deepEqual(await checkedBy({}), [
        ['new.okta.com', false],
        [PUBLIC_ORG, false],
        [LOCAL_ORG, false],
      ]);
    });
  });

  async function usersInGraph(org = domain): Promise<number> {
    const [row] = await stack.db.read<{ count: number }>(
      'MATCH (u:User {okta_domain: $org}) RETURN count(u) AS count',
      { org },
    );
    return row?.count ?? -1;
  }
});
