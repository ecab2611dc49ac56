import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { lazyTemporal } from '../src/connections/connect';
import { startOrAttach } from '../src/runs/startOrAttach';
import { loadConfig } from '../src/config';
import { integrationPath, nodePath } from '../src/console/pages/links';
import { startConsole } from '../src/console/server';
import { loadConsoleSettings } from '../src/console/settings';
import { GraphDatabase } from '../src/graph/database';
import { startNeo4j } from '../src/local/neo4j';
import { startTemporal } from '../src/local/temporal';
import { checkOkta } from '../src/okta/check';
import { applySchedule } from '../src/runs/schedule';
import { startSimulator } from '../src/simulator';
import { startWorker } from '../src/worker';
import { NoBrowser, openBrowser } from '../dev/lab/browser/chromium';
import { neo4jVariables, orgVariables, temporalVariables } from '../dev/lab/environment';

const SYNCS = 8;

/** Takes the pictures of the console in README.md and docs/console.md, of a simulated org, into `docs/`. */
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
    const sim = keep(await startSimulator({ users: 2_000, groups: 200 }), (each) => each.close());
    const { domain } = sim;
    const read = loadConfig({
      ...orgVariables(sim),
      ...temporalVariables(temporal),
      ...neo4jVariables(graph),
      SYNC_ACCESS: 'rules,apps,roles',
    });
    // A simulated org never denies what it has.
    const config = { ...read, sync: { ...read.sync, proofGapMs: 1_000 } };
    keep(await startWorker(config), (each) => each.stop());
    const client = keep(lazyTemporal(config), (each) => each.connection.close());
    const settings = loadConsoleSettings({ CONSOLE_PORT: '0' });
    const { url } = keep(await startConsole(config, settings, checkOkta, console.error), (each) =>
      each.close(),
    );
    const db = keep(GraphDatabase.open(config.neo4j), (each) => each.close());
    await applySchedule(client, config, domain);
    for (let i = 0; i < SYNCS; i += 1) {
      if (i > 0) sim.org.churn({ fraction: 0.02 * i, seed: i });
      const { workflowId, runId } = await startOrAttach(client, config, { domain });
      await client.workflow.getHandle(workflowId, runId).result();
    }
    const [person] = await db.read<{ id: string }>(
      `MATCH (u:User {okta_domain: $domain})-[m:MEMBER_OF]->() WITH u, count(m) AS groups
       WHERE groups >= 6 RETURN u.id AS id ORDER BY groups, id LIMIT 1`,
      { domain },
    );
    const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
    const pages: [name: string, path: string][] = [
      ['integration', integrationPath(domain)],
      ['person', nodePath(domain, 'User', person?.id ?? '')],
    ];
    for (const [name, path] of pages) {
      await page.goto(`${url}${path}`);
      if (name === 'person') {
        await page.locator('#picture-note').filter({ hasText: /shown/ }).waitFor();
        await page.locator('#neighborhood').scrollIntoViewIfNeeded();
        await page.waitForTimeout(1_000);
      }
      await page.screenshot({
        path: join(__dirname, `../docs/console-${name}.png`),
        fullPage: name === 'person',
      });
    }
  } finally {
    for (const stop of stops) await stop().catch(console.error);
  }
}

void main();
