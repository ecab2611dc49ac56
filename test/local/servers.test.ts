import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startNeo4j } from '../../src/local/neo4j';
import { startTemporal } from '../../src/local/temporal';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { environmentVariables } from '../../dev/lab/environmentVariables';
import { commandLines, environmentOf } from './fixtures/processes';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

/** Variables of a worker's environment; servers must not get any of them. */
const SECRETS = {
  OKTA_API_TOKEN: 'the-token-of-okta',
  OKTA_PRIVATE_KEY: 'the-key-of-the-app',
  NEO4J_PASSWORD: 'the-password-elsewhere',
  TEMPORAL_API_KEY: 'the-key-of-temporal',
  CONSOLE_PASSWORD: 'the-password-of-the-console',
  AWS_SECRET_ACCESS_KEY: 'the-key-of-someone-else',
  HTTPS_PROXY: 'http://user:proxy-password@127.0.0.1:1',
};
const PASSWORD = 'the-password-of-this-database';

describe('Local servers', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  const folder = temporaryFolder();
  let umask: number;
  environmentVariables(() => SECRETS);
  beforeEach(() => (umask = process.umask(0)));
  afterEach(() => void process.umask(umask));

  it('have no password in their arguments, and get none of our secrets', async () => {
    const seen = new Set<string>();
    const starting = new AbortController();
    const watching = watch(seen, starting.signal);
    const { stop } = await startNeo4j({ dataDir: folder.path, password: PASSWORD });
    try {
      starting.abort();
      await watching;
      assert.ok(
        [...seen].some((lines) => lines.includes(folder.path)),
        'the server was seen',
      );
      for (const lines of seen) assert.ok(!lines.includes(PASSWORD), 'an argument list shows the password');
      await assertKnowsNoSecret('neo4j');
    } finally {
      await stop();
    }
  });

  it('keep all files private, with any umask, even in an existing folder', async () => {
    const dataDir = join(folder.path, 'made', 'before');
    await mkdir(dataDir, { recursive: true, mode: 0o777 });
    const servers = [
      await startNeo4j({ dataDir, password: PASSWORD }),
      await startTemporal({ dataDir, persistent: true }),
    ];
    try {
      const open = await openToOthers(dataDir);
      assert.deepEqual(open, []);
      const names = await readdir(dataDir);
      for (const name of ['temporal.db', 'temporal.log', 'neo4j.process.json', 'data'])
        assert.ok(names.includes(name), name);
      await assertKnowsNoSecret(join('made', 'before', 'temporal'));
    } finally {
      await Promise.all(servers.map(({ stop }) => stop()));
    }
  });

  async function assertKnowsNoSecret(record: string): Promise<void> {
    const text = await readFile(join(folder.path, `${record}.process.json`), 'utf8');
    const { server } = JSON.parse(text) as { server: { pid: number } };
    const environment = environmentOf(server.pid);
    assert.match(environment, /\bPATH=/);
    for (const [name, secret] of Object.entries({ ...SECRETS, PASSWORD }))
      assert.ok(!environment.includes(secret), name);
  }
});

/** Watches all processes until a server has started. */
async function watch(seen: Set<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    seen.add(commandLines());
    await delay(30);
  }
}

/** Returns all files and folders of a tree that the group or others can access. */
async function openToOthers(path: string): Promise<string[]> {
  // A running server may delete a file.
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return [];
  const here = (stats.mode & 0o077) === 0 ? [] : [`${path} ${(stats.mode & 0o777).toString(8)}`];
  if (!stats.isDirectory()) return here;
  const names = await readdir(path);
  return [...here, ...(await Promise.all(names.map((name) => openToOthers(join(path, name))))).flat()];
}
