import assert from 'node:assert/strict';
import { loadConfig, type Config } from '../../src/config';
import { integrationPath, runPath } from '../../src/console/pages/links';
import { ensureExploreIndexes } from '../../src/graph/schema/exploreIndexes';
import type { RunningConsole } from '../../src/console/server';
import { describeSchedule } from '../../src/runs/schedule';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { Stack } from '../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { openConsole } from './support/consoleUnderTest';

describe('A read-only console', () => {
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let path: string;
  let config: Config;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 20, groups: 3 });
    // A read-only console makes no index; one that is not has made them before.
    await ensureExploreIndexes(stack.db);
    path = integrationPath(stack.domain);
    const { OKTA_DOMAIN: _, OKTA_API_TOKEN: __, ...withoutOkta } = stack.variables;
    config = loadConfig(withoutOkta, { needsOkta: false });
    console = await openConsole(config, { CONSOLE_READ_ONLY: 'true' });
    visitor = new Visitor(console.url);
  });
  after(async () => {
    await console.close();
    await stack.stop();
  });

  it('shows the orgs of the graph without credentials for Okta', async () => {
    const { runId } = await stack.sync({ mode: 'full' });
    assert.match(textOf(await visitor.open('/sources')), new RegExp(`${stack.domain} active`));
    assert.match(textOf(await visitor.open(path)), /#1 succeeded/);
    assert.match(textOf(await visitor.open(runPath(stack.domain, runId))), /Run #1 succeeded/);
    const [user] = stack.sim.org.truth().users();
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    assert.match(await visitor.open(`/explore?q=${user?.id}`), new RegExp(`users/${user?.id}`));
    const asked = await visitor.open(`${path}/questions/users-by-status?ask=yes`);
    assert.match(textOf(asked), /Active/);
  });

  it('offers nothing that changes something', async () => {
    for (const page of ['/sources', path, `${path}/users`, `${path}/questions`]) {
      const body = await visitor.open(page);
      assert.equal(visitor.page.status, 200, page);
      assert.doesNotMatch(body, /method="post"|\/add"|\/settings"/, page);
    }
    await visitor.open(`${path}/settings`);
    assert.equal(visitor.page.status, 404);
  });

  it('is marked as read-only on each page, and says so where integrations are added', async () => {
    await visitor.open(path);
    assert.match(visitor.page.body, /<section class="bar".*Read-only.*<main/s);
    await visitor.open('/add');
    assert.equal(visitor.page.status, 403);
    assert.match(textOf(visitor.page.body), /changes nothing and adds no integrations/);
  });

  it('creates nothing in the graph when it starts, and has no warning about orgs', async () => {
    assert.deepEqual(config.warnings, []);
    const indexes = () => stack.db.read('SHOW INDEXES YIELD name RETURN name ORDER BY name');
    const before = await indexes();
    await (await openConsole(config, { CONSOLE_READ_ONLY: 'true' })).close();
    assert.deepEqual(await indexes(), before);
  });

  it('says that it is read-only also where a form has no token of the session', async () => {
    const body = await visitor.post(`${path}/run`, { mode: 'full' });
    assert.equal(visitor.page.status, 403);
    assert.match(textOf(body), /This console is read-only: it changes nothing/);
  });

  it('refuses each change that is sent to it anyway', async () => {
    const password = 'a password of a test';
    const guarded = await openConsole(config, { CONSOLE_READ_ONLY: 'true', CONSOLE_PASSWORD: password });
    const signedIn = new Visitor(guarded.url);
    try {
      await signedIn.open('/sign-in');
      await signedIn.submit('/sign-in', { password });
      // The form to sign out is the only one, and has the token of the session.
      const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(signedIn.page.body) ?? [];
      assert.notEqual(token, '');
      const actions = [
        'run',
        'schedule',
        'pause',
        'resume',
        'credentials',
        'remove',
        'runs/any/approve',
        'runs/any/cancel',
      ];
      for (const action of ['/add', ...actions.map((each) => `${path}/${each}`)]) {
        const body = await signedIn.post(action, { form_token: token, mode: 'full', confirm: stack.domain });
        assert.equal(signedIn.page.status, 403, action);
        assert.match(textOf(body), /This console is read-only: it changes nothing/, action);
      }
    } finally {
      await guarded.close();
    }
    assert.equal(await describeSchedule(stack.client, stack.domain), undefined);
    assert.deepEqual(await stack.differences(), []);
    const runs = await stack.db.read('MATCH (r:SyncRun {okta_domain: $domain}) RETURN r.number', {
      domain: stack.domain,
    });
    assert.equal(runs.length, 1, 'no run was started');
  });
});
