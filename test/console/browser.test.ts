import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { RunningConsole } from '../../src/console/server';
import {
  accessPath,
  changesPath,
  integrationPath,
  listPath,
  nodePath,
  questionPath,
  questionsPath,
  runPath,
  runsPath,
} from '../../src/console/pages/links';
import { until } from '../../dev/lab/until';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { Stack } from '../../dev/lab/org/stack';
import { send } from '../../dev/lab/browser/browser';
import { NoBrowser, openBrowser } from '../../dev/lab/browser/chromium';
import { openConsole } from './support/consoleUnderTest';

const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

/** Downloading and installing a browser takes minutes the first time. */
const BROWSER_TIMEOUT_MS = 420_000;

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

describe('The console in a browser', function () {
  this.timeout(120_000);
  const files = credentialsFolder({ isForAll: true });
  let stack: Stack;
  let console: RunningConsole;
  let domain: string;
  let browser: Browser | NoBrowser = new NoBrowser('it was not opened');
  let context: BrowserContext;
  let page: Page;
  /** Errors that the browser reported. */
  let complaints: string[];

  before(async function () {
    this.timeout(BROWSER_TIMEOUT_MS);
    const environment = { OKTA_DOMAIN: '', OKTA_API_TOKEN: '', OKTA_CREDENTIALS_DIR: files.path('') };
    stack = await Stack.start({ users: 40, groups: 6, latencyMs: 20 }, environment);
    ({ domain } = stack.sim);
    console = await openConsole(stack.config, { CONSOLE_DESIGN: 'true' });
    browser = await openBrowser();
    if (browser instanceof NoBrowser)
      process.stdout.write(
        `    No browser: ${browser.reason}. The pages are only requested, not tested in a browser.\n`,
      );
  });

  after(async () => {
    if (!(browser instanceof NoBrowser)) await browser.close();
    await console.close();
    await stack.stop();
  });

  afterEach(async () => {
    if (!context) return;
    await context.close();
    assert.deepEqual(complaints, []);
  });

  /** Opens a page in the browser. Without a browser, only checks that the page responds. */
  async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<boolean> {
    if (browser instanceof NoBrowser) {
      assert.equal((await send(`${console.url}${path}`)).status, 200);
      return false;
    }
    context = await browser.newContext(options);
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    complaints = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(error.message));
    await page.goto(`${console.url}${path}`);
    return true;
  }

  async function assertAccessible(): Promise<void> {
    await page.evaluate(AXE);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
      page.url(),
    );
  }

  /** Presses the tab key until the selected element has the focus. */
  async function tabTo(selector: string): Promise<void> {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    }
    assert.fail(`the tab key does not reach ${selector} on ${page.url()}`);
  }

  it('can be used by keyboard alone, from the empty page to a report', async () => {
    if (!(await open('/sources'))) return;
    await assertAccessible();
    await tabTo('a.button[href="/add"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/add');
    await assertAccessible();
    await tabTo('#domain');
    await page.keyboard.type(domain);
    await tabTo('#token');
    await page.keyboard.type(stack.sim.token);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/added/*');
    await assertAccessible();
    await page.waitForURL('**/runs/*');
    await page.getByRole('heading', { name: /Run #1\s+succeeded/ }).waitFor();
    await assertAccessible();
  });

  it('shows a run live, without a reload', async () => {
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'late' } }]);
    await stack.begin({ domain, mode: 'full' });
    if (!(await open(integrationPath(domain)))) return;
    assert(
      await page.getByRole('button', { name: 'Run now' }).isDisabled(),
      '"Run now" is disabled while a run is in progress',
    );
    await page.getByRole('link', { name: /A run is in progress/ }).click();
    await page.locator('#stage').filter({ hasText: 'memberships' }).waitFor({ state: 'attached' });
    await page.locator('[aria-current=step]').filter({ hasText: 'Memberships' }).waitFor();
    await assertAccessible();
    await page.reload();
    await page.locator('[aria-current=step]').filter({ hasText: 'Memberships' }).waitFor();
    stack.sim.faults.clear();
    await page.getByRole('heading', { name: /Run #2\s+succeeded/ }).waitFor();
  });

  it('finds people while the user types, and draws their neighborhood', async () => {
    const [user] = await stack.db.read<{ id: string; name: string }>(
      'MATCH (u:User {okta_domain: $domain}) RETURN u.id AS id, u.first_name AS name ORDER BY id LIMIT 1',
      { domain },
    );
    assert(user);
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    if (!(await open('/explore'))) return;
    await page.getByRole('searchbox').pressSequentially(user.name);
    const result = page.locator(`#results a[href="${nodePath(domain, 'User', user.id)}"]`);
    await result.waitFor();
    const focused = () => page.evaluate('document.activeElement.matches("#results a")');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), true, 'the arrow keys reach the results');
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), false, 'and the search again');
    await result.click();
    await page.locator('#picture-note').filter({ hasText: /shown/ }).waitFor();
    assert((await page.locator('#picture canvas').count()) > 0, 'the picture is drawn');
    await assertAccessible();
  });

  it('does not execute a hostile name on a page, in a search or in the picture', async () => {
    await stack.db.run(
      `MERGE (g:Group {okta_domain: $domain, id: '00gHostile'}) SET g.name = $name, g.type = $name
       MERGE (u:User {okta_domain: $domain, id: '00uHostile'}) SET u.display_name = $name, u.email = $name
       MERGE (u)-[:MEMBER_OF]->(g)`,
      { domain, name: HOSTILE },
    );
    await stack.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    if (!(await open(nodePath(domain, 'User', '00uHostile')))) return;
    await page.locator('#picture-note').filter({ hasText: /shown/ }).waitFor();
    await page.goto(`${console.url}/explore`);
    await page.getByRole('searchbox').pressSequentially('onerror');
    await page.locator('#results a').first().waitFor();
    assert.equal(await page.evaluate('window.hacked'), undefined);
    assert.equal(await page.locator('main img, main script').count(), 0);
  });

  it('answers a question with a table, a picture and a CSV download', async () => {
    if (!(await open(questionsPath(domain)))) return;
    await assertAccessible();
    await page.getByRole('link', { name: 'Members of a group', exact: true }).click();
    await page.getByLabel(/^the group/).fill('00gHostile');
    await page.getByRole('button', { name: 'Show answer' }).click();
    await page.getByRole('heading', { name: '1 row' }).waitFor();
    await assertAccessible();
    await page.getByText('Picture', { exact: true }).click();
    await until(() => page.evaluate('document.querySelector(".drawing").naturalWidth > 0'));
    assert.equal(await page.evaluate('window.hacked'), undefined);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^group-members-.*-run-\d+\.csv$/);
    assert.match(readFileSync(await download.path(), 'utf8'), /00uHostile/);
  });

  it('is readable in dark mode and on a phone, without horizontal scrolling', async () => {
    const phone = { colorScheme: 'dark', viewport: { width: 360, height: 740 } } as const;
    const asked = questionPath(domain, 'users-by-status');
    const pages = [
      '/sources',
      integrationPath(domain),
      listPath(domain, 'User'),
      '/explore',
      '/add',
      '/audit',
      asked,
      changesPath(domain),
    ];
    for (const path of [...pages, questionsPath(domain)]) {
      if (!(await open(path, phone))) continue;
      await assertAccessible();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.equal(overflow, 0, path);
      await context.close();
    }
  });

  /** Every page of the console about the synced org; those that are not found last. */
  async function allPages(): Promise<{ found: string[]; missing: string[] }> {
    await stack.db.run(
      `MATCH (u:User {okta_domain: $domain})-[:MEMBER_OF]->(g:Group) WITH u, g LIMIT 1
       MERGE (a:App {okta_domain: $domain, id: '0oa1'}) SET a.label = 'Payroll', a.status = 'ACTIVE'
       MERGE (r:AdminRole {okta_domain: $domain, id: 'r1'}) SET r.label = 'Helper', r.type = 'CUSTOM'
       MERGE (p:GroupRule {okta_domain: $domain, id: '0pr1'}) SET p.name = 'Everyone', p.status = 'INVALID'
       MERGE (u)-[:ASSIGNED_TO]->(a) MERGE (g)-[:ASSIGNED_TO]->(a) MERGE (u)-[:HAS_ROLE]->(r) MERGE (p)-[:ADDS_TO]->(g)`,
      { domain },
    );
    const idOf = async (cypher: string) =>
      (await stack.db.read<{ id: string }>(`${cypher} RETURN n.id AS id LIMIT 1`, { domain }))[0]?.id ?? '';
    const [person, group, earlier, run] = await Promise.all([
      idOf('MATCH (n:User {okta_domain: $domain})-[:MEMBER_OF]->()'),
      idOf('MATCH (n:Group {okta_domain: $domain})<-[:MEMBER_OF]-()'),
      idOf('MATCH (n:SyncRun {okta_domain: $domain, number: 1})'),
      idOf('MATCH (n:SyncRun {okta_domain: $domain, number: 2})'),
    ]);
    const org = integrationPath(domain);
    const found = [
      ...['/sources', '/explore', '/explore?q=a', '/explore?q=no-such-name', '/add', '/audit', '/tokens'],
      ...[changesPath(domain), changesPath(domain, { from: '30d', kind: 'app' })],
      ...[org, `${org}/settings`, `${org}/checks`, runsPath(domain), runPath(domain, run)],
      ...['changes', `compare?with=${earlier}`].map((each) => `${runPath(domain, run)}/${each}`),
      ...[listPath(domain, 'User'), listPath(domain, 'User', { kind: 'ACTIVE', sort: '-name' })],
      ...[listPath(domain, 'Group'), nodePath(domain, 'User', person), nodePath(domain, 'Group', group)],
      ...[accessPath(domain, 'apps'), accessPath(domain, 'roles'), accessPath(domain, 'rules')],
      ...[
        accessPath(domain, 'apps', '0oa1'),
        accessPath(domain, 'roles', 'r1'),
        accessPath(domain, 'rules', '0pr1'),
      ],
      ...[questionsPath(domain), questionPath(domain, 'group-members')],
      questionPath(domain, 'group-members', undefined, { group: [group] }),
      questionPath(domain, 'users-by-status'),
    ];
    const missing = ['/none', integrationPath('none.okta.com'), nodePath(domain, 'User', 'a')];
    return { found, missing };
  }

  for (const colorScheme of ['light', 'dark'] as const)
    it(`is accessible on every page, ${colorScheme}, on a phone`, async function () {
      this.timeout(300_000);
      const { found, missing } = await allPages();
      if (!(await open('/sources', { colorScheme, viewport: { width: 390, height: 844 } }))) return;
      await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('link', { name: 'Audit' }).waitFor();
      await assertAccessible();
      for (const path of [...found, ...missing]) {
        const response = await page.goto(`${console.url}${path}`);
        assert.equal(response?.status(), missing.includes(path) ? 404 : 200, path);
        await assertAccessible();
        assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0, path);
      }
      complaints = complaints.filter((each) => !/status of 404/.test(each));
    });

  it('creates an API token, shows it once, and revokes it', async () => {
    if (!(await open('/tokens', { viewport: { width: 360, height: 740 } }))) return;
    await page.getByLabel('Name', { exact: true }).fill(domain);
    await page.keyboard.press('Enter');
    await page.getByText('Copy it now').waitFor();
    assert.match(await page.getByLabel('Token', { exact: true }).inputValue(), /^okg_[\w-]{43}$/);
    await assertAccessible();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.goto(`${console.url}/tokens`);
    await page.getByLabel(`Revoke ${domain}`, { exact: true }).click();
    await page.getByRole('button', { name: `Revoke ${domain} now` }).click();
    await page.getByText('The token was revoked').waitFor();
    await assertAccessible();
  });

  it('shows all components in the design, light and dark, wide and narrow', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 360]) {
        if (!(await open('/design', { colorScheme, viewport: { width, height: 800 } }))) continue;
        await assertAccessible();
        assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
        await context.close();
      }
  });

  it('walks the neighborhood by keyboard, and saves it as a picture', async () => {
    const [user] = await stack.db.read<{ id: string }>(
      'MATCH (u:User {okta_domain: $domain})-[:MEMBER_OF]->(g) WITH u, count(g) AS groups WHERE groups > 1 RETURN u.id AS id ORDER BY id LIMIT 1',
      { domain },
    );
    assert(user);
    if (!(await open(nodePath(domain, 'User', user.id)))) return;
    const note = page.locator('#picture-note');
    await note.filter({ hasText: /shown/ }).waitFor();
    await page.locator('#picture').focus();
    await page.keyboard.press('ArrowRight');
    await note.filter({ hasText: /, group$/ }).waitFor();
    await page.keyboard.press('Enter');
    await note.filter({ hasText: /neighbors shown/ }).waitFor();
    const saved = async (format: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Save as ${format}` }).click(),
      ]);
      return readFileSync(await download.path());
    };
    assert.match((await saved('SVG')).toString('utf8'), /^<svg [^>]*>.*<text /s);
    assert.equal((await saved('PNG')).subarray(1, 4).toString('latin1'), 'PNG');
    await page.locator('#picture').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/groups/*');
  });

  it('opens and closes a cluster of the neighborhood by keyboard', async () => {
    const [everyone] = await stack.db.read<{ id: string }>(
      "MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) RETURN g.id AS id",
      { domain },
    );
    if (!(await open(nodePath(domain, 'Group', everyone?.id ?? '')))) return;
    const note = page.locator('#picture-note');
    await note.filter({ hasText: /neighbors shown, \d+ of them in clusters/ }).waitFor();
    await page.locator('#picture').focus();
    await page.keyboard.press('ArrowRight');
    for (let presses = 0; presses < 20; presses += 1) {
      if (/press Enter to open/.test((await note.textContent()) ?? '')) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await note.filter({ hasText: /\+ \d+ more: .*: \d+ of \d+ shown/ }).waitFor();
    await page.keyboard.press('Enter');
    await note.filter({ hasText: /closed$/ }).waitFor();
  });

  it('shows search results and their pages without scripts', async () => {
    if (!(await open('/explore?q=onerror', { javaScriptEnabled: false }))) return;
    await page.locator('#results a').first().click();
    await page.getByRole('heading', { level: 1, name: /onerror/ }).waitFor();
  });
});
