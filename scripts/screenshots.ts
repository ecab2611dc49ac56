import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Browser } from 'playwright-core';
import { lazyTemporal } from '../src/connections/connect';
import { startOrAttach } from '../src/runs/startOrAttach';
import { loadConfig } from '../src/config';
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
import { GraphDatabase } from '../src/graph/database';
import { livePast } from '../src/local/demo';
import { startNeo4j } from '../src/local/neo4j';
import { freePort } from '../src/local/ports';
import { startSimulatedOrg } from '../src/local/simulatedOrg';
import { startTemporal } from '../src/local/temporal';
import { checkOkta } from '../src/okta/check';
import { applySchedule } from '../src/runs/schedule';
import { startWorker } from '../src/worker';
import { NoBrowser, openBrowser } from '../dev/lab/browser/chromium';
import { neo4jVariables, temporalVariables } from '../dev/lab/environment';
import { formatPage } from './markdown';

const FOLDER = join(__dirname, '../docs/screenshots');
const SIZE = { users: 3_000, groups: 200 };

const VARIANTS = [
  { scheme: 'light', screen: 'wide', viewport: { width: 1280, height: 860 } },
  { scheme: 'dark', screen: 'wide', viewport: { width: 1280, height: 860 } },
  { scheme: 'light', screen: 'narrow', viewport: { width: 390, height: 844 } },
  { scheme: 'dark', screen: 'narrow', viewport: { width: 390, height: 844 } },
] as const;

type Pages = readonly (readonly [name: string, path: string])[];

/** Takes a picture of each page of the console, light and dark, wide and narrow, of a simulated org with a past. */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(join(tmpdir(), 'okta-graph-screenshots-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const keep = <T>(part: T, stop: (part: T) => Promise<unknown>): T => {
    stops.unshift(() => stop(part));
    return part;
  };
  try {
    const browser = await openBrowser();
    if (browser instanceof NoBrowser) throw new Error(browser.reason);
    keep(browser, (each) => each.close());
    const graph = keep(await startNeo4j({ dataDir: join(folder, 'neo4j') }), (each) => each.stop());
    const temporal = keep(
      await startTemporal({ dataDir: join(folder, 'temporal'), persistent: false }),
      (each) => each.stop(),
    );
    const org = keep(await startSimulatedOrg({ ...SIZE, port: await freePort() }, folder), (each) =>
      each.close(),
    );
    const { domain } = org;
    const read = loadConfig({
      OKTA_DOMAIN: domain,
      OKTA_API_TOKEN: org.token,
      ...temporalVariables(temporal),
      ...neo4jVariables(graph),
      SYNC_ACCESS: 'rules,apps,roles',
    });
    // A simulated org never denies what it has.
    const config = { ...read, sync: { ...read.sync, proofGapMs: 1_000 } };
    keep(await startWorker(config), (each) => each.stop());
    const client = keep(lazyTemporal(config), (each) => each.connection.close());
    const settings = loadConsoleSettings({ CONSOLE_PORT: '0', CONSOLE_DESIGN: 'true' });
    const { url } = keep(await startConsole(config, settings, checkOkta, console.error), (each) =>
      each.close(),
    );
    const db = keep(GraphDatabase.open(config.neo4j), (each) => each.close());
    await applySchedule(client, config, domain);
    const run = async () => {
      const { workflowId, runId } = await startOrAttach(client, config, { domain });
      await client.workflow.getHandle(workflowId, runId).result();
    };
    await run();
    await livePast(org, run, console.log);
    await run();
    const pages = await pagesOf(db, domain);
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    for (const variant of VARIANTS) await takeAll(browser, url, pages, variant);
    await writeFile(join(FOLDER, 'README.md'), await gallery(pages));
  } finally {
    for (const stop of stops) await stop().catch(console.error);
  }
}

async function pagesOf(db: GraphDatabase, domain: string): Promise<Pages> {
  const idOf = async (cypher: string) =>
    (await db.read<{ id: string }>(`${cypher} RETURN n.id AS id LIMIT 1`, { domain }))[0]?.id ?? '';
  const person = await idOf(
    `MATCH (n:User {okta_domain: $domain})-[:WAS_MEMBER_OF]->() WITH n, COUNT { (n)-[:MEMBER_OF]->() } AS groups
     WHERE 5 <= groups <= 12 AND EXISTS { (n)-[:REPORTS_TO]->() } WITH n ORDER BY n.id`,
  );
  const group = await idOf(
    `MATCH (n:Group {okta_domain: $domain})<-[m:MEMBER_OF]-() WHERE n.type = 'OKTA_GROUP' AND m.not_before IS NOT NULL
     WITH n, count(m) AS joined WHERE COUNT { (n)<-[:MEMBER_OF]-() } < 80 WITH n, joined ORDER BY joined DESC, n.id`,
  );
  const app = await idOf(
    `MATCH (n:App {okta_domain: $domain})<-[a:ASSIGNED_TO]-() WITH n, count(a) AS many ORDER BY many DESC`,
  );
  const run = await idOf('MATCH (n:SyncRun {okta_domain: $domain}) WITH n ORDER BY n.number DESC');
  return [
    ['sources', '/sources'],
    ['overview', integrationPath(domain)],
    ['users', listPath(domain, 'User')],
    ['groups', listPath(domain, 'Group')],
    ['person', nodePath(domain, 'User', person)],
    ['group', nodePath(domain, 'Group', group)],
    ['app', accessPath(domain, 'apps', app)],
    ['changes', changesPath(domain, { from: '30d' })],
    ['run', `${integrationPath(domain)}/runs/${run}`],
    ['questions', questionsPath(domain)],
    ['answer', questionPath(domain, 'disabled-in-groups')],
    ['search', '/explore?q=an'],
    ['design', '/design'],
  ];
}

async function takeAll(
  browser: Browser,
  url: string,
  pages: Pages,
  { scheme, screen, viewport }: (typeof VARIANTS)[number],
): Promise<void> {
  const page = await browser.newPage({ viewport, colorScheme: scheme });
  for (const [name, path] of pages) {
    await page.goto(`${url}${path}`);
    const picture = page.locator('#picture-note').filter({ hasText: /shown/ });
    if ((await page.locator('#picture').count()) > 0) await picture.waitFor();
    await page.screenshot({
      path: join(FOLDER, fileOf(name, scheme, screen)),
      type: 'jpeg',
      quality: 75,
      fullPage: (name === 'person' || name === 'group') && screen === 'wide',
    });
  }
  await page.close();
}

const fileOf = (name: string, scheme: string, screen: string) => `${name}-${scheme}-${screen}.jpg`;

/** The page that shows all pictures. */
function gallery(pages: Pages): Promise<string> {
  const chapters = pages.map(([name]) => {
    const images = VARIANTS.map(
      ({ scheme, screen }) => `![${name}, ${scheme}, ${screen}](${fileOf(name, scheme, screen)})`,
    );
    return `## ${name.charAt(0).toUpperCase()}${name.slice(1)}\n\n${images.join('\n')}`;
  });
  const text = `<!-- Generated by \`npm run screenshots\`; do not edit. -->\n\n# The console in pictures\n\nEach page of a simulated org with ${SIZE.users.toLocaleString('en')} people and four weeks of past, light and dark, on a desktop and on a phone.\n\n${chapters.join('\n\n')}\n`;
  return formatPage(join(FOLDER, 'README.md'), text);
}

void main();
