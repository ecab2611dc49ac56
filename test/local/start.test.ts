import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphDatabase } from '../../src/graph/database';
import { ENVIRONMENT_FILE } from '../../src/local/parts';
import { startSimulator, type FaultRule, type Simulator } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { newOrganizationId } from '../../dev/lab/org/organizationId';
import { testVariables } from '../../dev/lab/environment';

const ROOT = join(__dirname, '../..');

describe('npm start --once', () => {
  let org: Simulator;

  let db: GraphDatabase;
  let environmentBefore: string | undefined;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    await temporal();
    db = await openGraph();
    // A developer's own session may be running.
    environmentBefore = await readFile(ENVIRONMENT_FILE, 'utf8').catch(() => undefined);
    org = await startSimulator({
      users: 20,
      groups: 3,
      awkward: false,
      organizationId: newOrganizationId(),
    });
    await emptyGraph(db, [org.domain]);
  });
  afterEach(() => org.faults.clear());
  after(async () => {
    if (environmentBefore === undefined) await rm(ENVIRONMENT_FILE, { force: true });
    else await writeFile(ENVIRONMENT_FILE, environmentBefore, { mode: 0o600 });
    await emptyGraph(db, [org.domain]);
    await db.close();
    await org.close();
  });

  const FORBIDDEN: FaultRule = { match: { route: 'members' }, action: { type: 'error', status: 403 } };

  for (const [how, exitCode, token, faults] of [
    // The first of the org, so that it reads members.
    ['was partial', 3, undefined, [FORBIDDEN]],
    ['succeeded', 0, undefined, []],
    ['failed', 1, '00WrongToken', []],
  ] as const) {
    it(`exits with ${exitCode} when the first run ${how}`, async function () {
      this.timeout(120_000);
      org.faults.set(faults);
      const { code, said } = await start(token ?? org.token);
      assert.equal(code, exitCode, said);
    });
  }

  /** The real thing, with an org and servers that are there already. */
  async function start(token: string): Promise<{ code: number | null; said: string }> {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/local/start.ts', '--once'], {
      cwd: ROOT,
      env: {
        PATH,
        HOME,
        ...(await testVariables({ domain: org.domain, token })),
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }
});
