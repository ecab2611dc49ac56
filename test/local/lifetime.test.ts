import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/local/ports';
import { neo4jClassPath } from '../../src/local/neo4jJars';
import { DEV_SERVER } from '../../src/local/temporal';
import { temporalBinary } from '../../src/local/temporalBinary';
import { TOOLS_DIR } from '../../src/local/tools';
import { until } from '../../dev/lab/until';

const CLIENT = join(__dirname, '../../dist/client.js');
/** On a machine that other tests share, a first start takes minutes. */
const START_MS = 400_000;

/** With real servers that it starts itself, in a folder of its own. */
describe('npm start, from its start to the end of its servers', function () {
  this.timeout(2 * START_MS);
  let folder: string;
  let child: ChildProcess | undefined;
  let said: string;

  before(async () => {
    const silently = () => undefined;
    await Promise.all([neo4jClassPath(silently), temporalBinary(DEV_SERVER, silently)]);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'okta-graph-start-'));
    await mkdir(join(folder, '.local'), { mode: 0o700 });
    await symlink(TOOLS_DIR, join(folder, '.local/tools'));
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    await rm(folder, { recursive: true, force: true });
  });

  it('ends on a signal while Neo4j starts, says that no run was started, and starts as usual afterwards', async () => {
    const stopped = await start();
    const pid = await serverOf('neo4j', START_MS);
    child?.kill('SIGTERM');
    assert.equal(await stopped(), 130, said);
    assert.match(said, /^Stopped before a run was started\. The data is kept\.$/m);
    assert.doesNotMatch(said, /^Neo4j .* ready|first run/m);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await assertNoServers();
    await assertEndsWith('Neo4j', 'Started a run of');
  });

  it('says that it watches the System Log, and ends with 1, and its other servers, when Temporal dies', async () => {
    await assertEndsWith('Temporal', 'Running on schedule');
    assert.match(said, /^Watching the System Log every 10s; see docs\/watch\.md\.$/m);
  });

  /** Kills a server once `npm start` has said something. */
  async function assertEndsWith(name: 'Neo4j' | 'Temporal', after: string): Promise<void> {
    const server = name.toLowerCase();
    const ended = await start();
    await until(() => said.includes(after) || child?.exitCode !== null, START_MS);
    assert.ok(said.includes(after), said);
    process.kill(await serverOf(server), 'SIGKILL');
    assert.equal(await ended(), 1, said);
    const log = join('.local', server, `${server}.log`);
    const line = new RegExp(
      `^${name} has ended unexpectedly \\(signal SIGKILL\\)\\. Log file: .*${log}$`,
      'm',
    );
    assert.match(said, line);
    assert.doesNotMatch(said, /\n\s+at /);
    await assertNoServers();
  }

  /** Starts the build. Returns a function that waits for its end and returns its exit code. */
  async function start(): Promise<() => Promise<number | null>> {
    const { PATH = '', HOME = '' } = process.env;
    const port = ['--org-port', String(await freePort())];
    const started = spawn(
      process.execPath,
      [CLIENT, 'start', '--still', '--users', '20', '--groups', '3', ...port],
      {
        cwd: folder,
        env: { PATH, HOME, CONSOLE_PORT: String(await freePort()) },
      },
    );
    child = started;
    said = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (data) => void (said += String(data)));
    const closed = once(started, 'close') as Promise<[number | null]>;
    return async () => (await closed)[0];
  }

  /** Returns the process id of a server as soon as it has one. */
  async function serverOf(name: string, timeoutMs?: number): Promise<number> {
    const file = join(folder, '.local', name, `${name}.process.json`);
    const read = () => readFile(file, 'utf8').catch(() => '');
    await until(async () => (await read()).endsWith('}'), timeoutMs);
    const { server } = JSON.parse(await read()) as { server: { pid: number } };
    return server.pid;
  }

  async function assertNoServers(): Promise<void> {
    for (const name of ['neo4j', 'temporal']) {
      const files = await readdir(join(folder, '.local', name)).catch(() => []);
      assert.deepEqual(
        files.filter((file) => file.endsWith('.process.json')),
        [],
      );
    }
  }
});
