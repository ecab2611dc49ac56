import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isPortFree } from '../../src/local/ports';
import { type ServerEnded, stopOrphanedService } from '../../src/local/service';
import { SetupError } from '../../src/local/setupError';
import { startSmallService, startSmallServiceFor } from './fixtures/service';
import { until } from '../../dev/lab/until';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

describe('A local service', () => {
  const folder = temporaryFolder();

  it('responds after it is started, and has ended after it is stopped', async () => {
    const { endpoint, reused, stop } = await startSmallService(folder.path);
    assert.equal(reused, false);
    assert.equal(await isPortFree(endpoint.port), false);
    await stop();
    assert.equal(await isPortFree(endpoint.port), true);
    assert.deepEqual(await readdir(folder.path), ['small.log']);
  });

  it('ends with its child processes', async () => {
    const { endpoint, stop } = await startSmallService(folder.path, 'byChild');
    await stop();
    await untilFree(endpoint.port);
  });

  it('that ends before it is ready is started again', async () => {
    const { endpoint, reused, stop } = await startSmallService(folder.path, 'failing', 'failing');
    assert.equal(reused, false);
    assert.equal(await isPortFree(endpoint.port), false, 'the third start serves');
    await stop();
  });

  it('that ends at each of three starts is reported with its output', async () => {
    await assert.rejects(startSmallService(folder.path, 'failing', 'failing', 'failing'), (error) => {
      assert.ok(error instanceof SetupError, String(error));
      assert.match(
        error.message,
        /^Small ended before it was ready\. Its last output:\nno room left on the moon\n/,
      );
      return true;
    });
  });

  it('that is stopped while it starts has ended then, and leaves nothing but its log', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const start = startSmallServiceFor(folder.path, { stop: stop.signal }, 'mute');
    start.catch(() => undefined);
    const pid = await serverIn(folder.path);
    stop.abort(reason);
    await assert.rejects(start, reason);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.deepEqual(await readdir(folder.path), ['small.log']);
  });

  it('is not started after a stop', async () => {
    const reason = new Error('enough');
    await assert.rejects(startSmallServiceFor(folder.path, { stop: AbortSignal.abort(reason) }), reason);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('that ends on its own is reported with its signal and its log, and one that is stopped is not', async () => {
    const ends: ServerEnded[] = [];
    const onEnd = (end: ServerEnded) => void ends.push(end);
    const { stop } = await startSmallServiceFor(folder.path, { onEnd });
    process.kill(await serverIn(folder.path), 'SIGKILL');
    await until(() => ends.length > 0);
    await stop();
    const next = await startSmallServiceFor(folder.path, { onEnd });
    await next.stop();
    await untilFree(next.endpoint.port);
    assert.deepEqual(
      ends.map(({ server, message }) => [server, message]),
      [
        [
          'Small',
          `Small has ended unexpectedly (signal SIGKILL). Log file: ${join(folder.path, 'small.log')}`,
        ],
      ],
    );
  });

  it('that was taken over is reported too when it ends on its own', async () => {
    const { child } = await startInProcess();
    await end(child, 'SIGKILL');
    const ends: ServerEnded[] = [];
    const { stop } = await startSmallServiceFor(folder.path, { onEnd: (end) => void ends.push(end) });
    process.kill(await serverIn(folder.path), 'SIGKILL');
    await until(() => ends.length > 0);
    await stop();
    assert.match(ends[0]?.message ?? '', /^Small has ended unexpectedly \(exit code unknown\)/);
  });

  it('is rejected while another running process has one in the same folder', async () => {
    const { child } = await startInProcess();
    await assert.rejects(startSmallService(folder.path), new RegExp(`in use by process ${child.pid}`));
    await end(child, 'SIGKILL');
    await stopOrphanedService('Small', folder.path);
  });

  it('is taken over if its starter was killed and it still responds', async () => {
    const { child, port } = await startInProcess();
    await end(child, 'SIGKILL');
    const { endpoint, reused, stop } = await startSmallService(folder.path);
    assert.deepEqual([endpoint.port, reused], [port, true]);
    await stop();
    assert.equal(await isPortFree(port), true);
  });

  it('whose starter was killed can be stopped without starting a new one', async () => {
    const { child, port } = await startInProcess();
    await end(child, 'SIGKILL');
    assert.equal(await isPortFree(port), false);
    await stopOrphanedService('Small', folder.path);
    assert.equal(await isPortFree(port), true);
  });

  it('is not confused with another process that got its id', async () => {
    const { child, port } = await startInProcess();
    await end(child, 'SIGTERM');
    await untilFree(port);
    const record = await readFile(join(folder.path, 'small.process.json'), 'utf8');
    assert.match(record, /answeringServer/);
    const { reused, stop } = await startSmallService(folder.path);
    assert.equal(reused, false);
    await stop();
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends when its starter gets ${signal}`, async () => {
      const { child, port } = await startInProcess();
      await end(child, signal);
      await untilFree(port);
    });
  }

  it('ends when its starter exits', async () => {
    const { child, port } = await startInProcess();
    child.stdin?.write('exit\n');
    await once(child, 'exit');
    await untilFree(port);
  });

  async function startInProcess(): Promise<{ child: ChildProcess; port: number }> {
    const starter = join(__dirname, 'fixtures', 'starter.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', starter, folder.path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { child, port: Number(line) };
  }
});

/** Returns the process id of the server in a folder, as soon as it has one. */
async function serverIn(dataDir: string): Promise<number> {
  const read = () => readFile(join(dataDir, 'small.process.json'), 'utf8').catch(() => '');
  await until(async () => (await read()).endsWith('}'));
  const { server } = JSON.parse(await read()) as { server: { pid: number } };
  return server.pid;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function untilFree(port: number): Promise<void> {
  while (!(await isPortFree(port))) await delay(20);
}
