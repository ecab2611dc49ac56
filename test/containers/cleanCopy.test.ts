import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../src/local/ports';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { allOf, commands, copies, environment, execForm, ROOT, stages } from './support/dockerfile';
import { testVariables } from '../../dev/lab/environment';

const run = promisify(execFile);

/**
 * What an engine would do, as far as it can be done without one: only what the Dockerfile copies is there, its build
 * steps run, and its start command. `npm ci`, `npm prune` and the removal of native parts for other platforms are stood in for, by links to packages that
 * are installed already: all of them for the build, and for the image those that the lock file has for production.
 */
describe('A clean copy with only what the Dockerfile copies', () => {
  const [build, image] = stages();
  assert(build && image);
  let folder: string;
  let app: string;
  let root: string;
  let worker: ChildProcess;
  let variables: NodeJS.ProcessEnv;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    folder = await mkdtemp(join(tmpdir(), 'okta-graph-image-'));
    [app, root] = [join(folder, 'app'), join(folder, 'image')];
    await Promise.all([mkdir(app), mkdir(root)]);
    variables = {
      PATH: process.env['PATH'],
      ...environment(image),
      HEALTH_ADDRESS: `127.0.0.1:${await freePort()}`,
      ...(await testVariables()),
      // Packages that are links look for theirs beside the link, where only production's are.
      NODE_OPTIONS: '--preserve-symlinks',
    };
  });
  after(async () => {
    worker?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('builds with the Dockerfile’s own commands', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    for (const { sources, target } of copies(build)) {
      for (const source of sources) {
        const to = target.endsWith('/') ? join(app, target, basename(source)) : join(app, target);
        await cp(join(ROOT, source), to, { recursive: true });
      }
    }
    await symlink(join(ROOT, 'node_modules'), join(app, 'node_modules'));
    const steps = commands(build).filter((command) => !/^(npm (ci|prune)|find)\b/.test(command));
    assert.deepEqual(steps, ['npm run build']);
    for (const step of steps) {
      const [program = '', ...args] = step.split(' ');
      await run(program, args, { cwd: app });
    }
  });

  it('starts with the Dockerfile’s start command, lives and is ready', async () => {
    for (const { from, sources, target } of copies(image)) {
      assert.equal(from, 'build');
      for (const source of sources) {
        if (target === 'node_modules') await linkProductionPackages(join(root, target));
        else
          await cp(join(folder, source), join(root, target.endsWith('/') ? basename(source) : target), {
            recursive: true,
          });
      }
    }
    const [program = '', ...args] = execForm(allOf(image, 'CMD')[0]);
    worker = spawn(program, args, { cwd: root, env: variables, stdio: 'ignore' });
    await assertAnswers('/readyz', 200);
    await assertAnswers('/healthz', 200);
  });

  it('is found healthy by the Dockerfile’s check', async () => {
    await checkHealth();
  });

  it('knows the command line', async () => {
    const { stdout } = await run('dist/client.js', ['--help'], { cwd: root, env: variables });
    assert.match(stdout, /^Usage: okta-graph /);
  });

  it('ends well on SIGTERM, and is no longer found healthy', async () => {
    const ended = once(worker, 'exit');
    worker.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    await assert.rejects(checkHealth(), { code: 1 });
  });

  async function checkHealth(): Promise<void> {
    const [program = '', ...args] = execForm(allOf(image as NonNullable<typeof image>, 'HEALTHCHECK')[0]);
    await run(program, args, { env: variables });
  }

  async function assertAnswers(path: string, status: number): Promise<void> {
    for (const deadline = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      const response = await fetch(`http://${variables['HEALTH_ADDRESS']}${path}`).catch(() => undefined);
      if (response?.status === status) return;
      assert(worker.exitCode === null, 'the worker has ended');
      assert(Date.now() < deadline, `${path} answers ${response?.status}`);
    }
  }
});

interface LockFile {
  packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
}

/** Links to every package that `npm ci --omit=dev` would install; what is nested in one comes with it. */
async function linkProductionPackages(target: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile;
  for (const [path, { dev, devOptional, optional }] of Object.entries(lock.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    if (name === undefined || dev || devOptional || optional) continue;
    await mkdir(dirname(join(target, name)), { recursive: true });
    await symlink(join(ROOT, path), join(target, name));
  }
}
