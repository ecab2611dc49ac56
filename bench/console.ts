import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  accessPath,
  changesPath,
  integrationPath,
  listPath,
  nodePath,
  questionPath,
  questionsPath,
} from '../src/console/pages/links';
import { startConsole } from '../src/console/server';
import { loadConsoleSettings } from '../src/console/settings';
import { startTemporal } from '../src/local/temporal';
import { checkOkta } from '../src/okta/check';
import { NoBrowser, openBrowser } from '../dev/lab/browser/chromium';
import { withLargeGraph } from '../dev/lab/graph/largeGraph';
import { idOf, LARGE_GRAPH_DOMAIN as DOMAIN } from '../dev/lab/graph/largeRows';
import { median } from './support/median';
import type { OrgSize } from '../dev/lab/org/simulatedOrg';
import { number } from './support/number';

/** What a page may take and weigh; the answer to a question takes what its Cypher takes. */
const TARGET = { ms: 100, bytes: 100_000 };
const TIMES = 15;
const WARM_UPS = 10;

const user = (i: number) => idOf('00u', i);
const group = (i: number) => idOf('00g', i);
const app = (i: number) => idOf('0oa', i);
const rule = (i: number) => idOf('0pr', i);

type BenchSize = OrgSize & { apps: number };

/** Pages as people open them; Everyone is the group that holds all, and has the eighth app. */
function pagesOf({ users, groups, apps }: BenchSize): Record<string, string> {
  const person = nodePath(DOMAIN, 'User', user(Math.floor(users / 2)));
  const team = nodePath(DOMAIN, 'Group', group(Math.floor(groups / 2)));
  const aYearAgo = new Date(Date.now() - 365 * 86_400_000).toISOString().slice(0, 10);
  const everyone = nodePath(DOMAIN, 'Group', group(0));
  return {
    sources: '/sources',
    integration: integrationPath(DOMAIN),
    explore: '/explore',
    'search: a name': `/explore?q=${encodeURIComponent('User 500')}`,
    'search: half a word that all have': '/explore?part=results&q=us',
    users: listPath(DOMAIN, 'User'),
    'users, the next page': `${listPath(DOMAIN, 'User')}?after=${user(Math.floor(users / 3))}`,
    'users who are suspended': listPath(DOMAIN, 'User', { kind: 'SUSPENDED' }),
    'users in a status that nobody has': listPath(DOMAIN, 'User', { kind: 'RECOVERY' }),
    'users by status': listPath(DOMAIN, 'User', { sort: 'status' }),
    'users by status, backwards, a page further': listPath(DOMAIN, 'User', {
      ...{ sort: '-status', after: user(Math.floor(users / 3)) },
    }),
    groups: listPath(DOMAIN, 'Group'),
    person,
    'person, a year ago': `${person}?at=${aYearAgo}`,
    'person, the picture': `${person}/neighbors`,
    group: team,
    'group, the picture': `${team}/neighbors`,
    Everyone: everyone,
    'Everyone, a year ago': `${everyone}?at=${aYearAgo}`,
    'Everyone, the picture': `${everyone}/neighbors`,
    ...(apps > 0 && accessPagesOf(apps)),
    'changes of a week': changesPath(DOMAIN, { from: '7d' }),
    'changes of 30 days': changesPath(DOMAIN, { from: '30d' }),
    questions: questionsPath(DOMAIN),
    'a question, not asked yet': questionPath(DOMAIN, 'person-groups'),
    'the members of a group': questionPath(DOMAIN, 'group-members', undefined, {
      group: [group(Math.floor(groups / 2))],
    }),
    'the groups of a person': questionPath(DOMAIN, 'person-groups', undefined, {
      person: [user(Math.floor(users / 2))],
    }),
  };
}

/** The first app is the one with the most direct users, the super admin the first role. */
function accessPagesOf(apps: number): Record<string, string> {
  const ofApp = (i: number) => accessPath(DOMAIN, 'apps', app(i));
  return {
    apps: accessPath(DOMAIN, 'apps'),
    'apps, the last page': `${accessPath(DOMAIN, 'apps')}?skip=${Math.max(0, apps - 100)}`,
    app: ofApp(Math.floor(apps / 2)),
    'app, the picture': `${ofApp(Math.floor(apps / 2))}/neighbors`,
    'app of Everyone': ofApp(7),
    'app with many direct users': ofApp(0),
    'app with many direct users, the picture': `${ofApp(0)}/neighbors`,
    'admin roles': accessPath(DOMAIN, 'roles'),
    'admin role': accessPath(DOMAIN, 'roles', 'SUPER_ADMIN'),
    'group rules': accessPath(DOMAIN, 'rules'),
    'group rule': accessPath(DOMAIN, 'rules', rule(Math.floor(apps / 4))),
    'the people of an app': questionPath(DOMAIN, 'app-people', undefined, {
      app: [app(Math.floor(apps / 2))],
    }),
  };
}

async function main(): Promise<void> {
  const size = new Command('console')
    .description('prints how long the pages of the console take, over a graph of a given size')
    .option('--users <n>', '', number, 100_000)
    .option('--groups <n>', '', number, 10_000)
    .option('--memberships <n>', '', number, 1_000_000)
    .option('--apps <n>', '0 for no apps, admin roles and group rules', number, 2_000)
    .parse()
    .opts<BenchSize>();
  const folder = await mkdtemp(join(tmpdir(), 'okta-graph-console-'));
  const temporal = await startTemporal({ dataDir: folder, persistent: false });
  try {
    await withLargeGraph(size, async (config) => {
      const settings = loadConsoleSettings({ CONSOLE_PORT: '0' });
      const ofTemporal = { ...config, temporal: { ...config.temporal, address: temporal.address } };
      const console = await startConsole(ofTemporal, settings, checkOkta, (line) =>
        process.stderr.write(line),
      );
      try {
        const pages = pagesOf(size);
        await printAll(console.url, pages);
        await printPaints(console.url, pages);
      } finally {
        await console.close();
      }
    });
  } finally {
    await temporal.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function printAll(url: string, pages: Readonly<Record<string, string>>): Promise<void> {
  console.log('| page | kB | ms, median | slowest |\n| --- | --: | --: | --: |');
  for (const [name, path] of Object.entries(pages)) {
    const times: number[] = [];
    let bytes = 0;
    for (let i = 0; i < WARM_UPS + TIMES; i += 1) {
      const begun = performance.now();
      const answer = await fetch(`${url}${path}`);
      if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
      bytes = (await answer.arrayBuffer()).byteLength;
      if (i >= WARM_UPS) times.push(performance.now() - begun);
    }
    const ms = median(times);
    const marked = (value: string, isOver: boolean) => (isOver ? `**${value}**` : value);
    console.log(
      `| ${name} | ${marked((bytes / 1000).toFixed(0), bytes > TARGET.bytes)} | ${marked(ms.toFixed(0), ms > TARGET.ms)} | ${Math.max(...times).toFixed(0)} |`,
    );
  }
}

/** Prints what a browser with an empty cache loads for each page, and when it first paints. */
async function printPaints(url: string, pages: Readonly<Record<string, string>>): Promise<void> {
  const browser = await openBrowser();
  if (browser instanceof NoBrowser) {
    console.log(`No browser, so no first paints: ${browser.reason}`);
    return;
  }
  console.log('\n| page | requests | kB in all | ms until the first paint |\n| --- | --: | --: | --: |');
  for (const [name, path] of Object.entries(pages)) {
    if (path.endsWith('/neighbors') || path.includes('part=')) continue;
    const page = await browser.newPage();
    await page.goto(`${url}${path}`);
    const { requests, bytes, paintMs } = (await page.evaluate(LOADED)) as Loaded;
    console.log(`| ${name} | ${requests} | ${(bytes / 1000).toFixed(0)} | ${paintMs.toFixed(0)} |`);
    await page.close();
  }
  await browser.close();
}

interface Loaded {
  requests: number;
  bytes: number;
  paintMs: number;
}

/** What the browser itself has measured of the page that is open. */
const LOADED = `new Promise((resolve) => new PerformanceObserver((list) => {
  const [paint] = list.getEntriesByName('first-contentful-paint');
  if (!paint) return;
  const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  resolve({
    requests: loaded.length,
    bytes: loaded.reduce((sum, { transferSize }) => sum + transferSize, 0),
    paintMs: paint.startTime,
  });
}).observe({ type: 'paint', buffered: true }))`;

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
