import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { reportOf } from '../../dev/lab/org/report';
import { Stack } from '../../dev/lab/org/stack';
import { startWorkerProcess } from '../../dev/lab/servers/workerProcess';

const ROOT = join(__dirname, '../..');

/** A build as it was before the workflow's last changes: none of its patches is there. */
async function formerBuild(folder: string): Promise<string> {
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const bundle = join(folder, 'dist/workflow-bundle.js');
  const code = await readFile(bundle, 'utf8');
  const former = code.replace(/\(0,\s*\w+\.patched\)\(/g, '(() => false)(');
  assert.notEqual(former, code, 'the bundle has no patch');
  await writeFile(bundle, former);
  return join(folder, 'dist/worker.js');
}

describe('A worker that is killed in the middle of a run and replaced by one of a new build', () => {
  let stack: Stack;
  let folder: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    folder = await mkdtemp(join(tmpdir(), 'okta-graph-former-'));
    stack = await Stack.start({ users: 600, groups: 40, memberships: 3_000, latencyMs: 150 });
    await stack.stopWorker();
  });
  after(async () => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves the run to it, which finishes it, true and with every count', async function () {
    this.timeout(120_000);
    const former = await startWorkerProcess(stack.variables, await formerBuild(folder));
    const sync = await stack.begin();
    while ((stack.sim.stats.snapshot().byRoute.members ?? 0) < 15) await sleep(20);
    await former.stop('SIGKILL');

    const current = await startWorkerProcess(stack.variables);
    try {
      const report = await reportOf(sync);
      assert.equal(report.outcome, 'succeeded');
      assert.deepEqual(report.users, { seen: 600, created: 600, updated: 0, deleted: 0 });
      assert.equal(report.memberships.added, 3_000);
      assert.deepEqual(await stack.differences(), []);
    } finally {
      await current.stop();
    }
    // What only the new build does, and not for what the former one had done already.
    assert.deepEqual((await sync.describe()).memo, { outcome: 'succeeded' });
    const builds = new Set(
      (await sync.fetchHistory()).events?.flatMap(
        ({ workflowTaskCompletedEventAttributes: attributes }) => attributes?.workerVersion?.buildId ?? [],
      ),
    );
    assert.equal(builds.size, 2);
  });
});
