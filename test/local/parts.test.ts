import assert from 'node:assert/strict';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Neo4jOptions, Neo4jServer } from '../../src/local/neo4j';
import { allOrNone, type PartsOptions, startParts, withParts } from '../../src/local/parts';
import { freePort } from '../../src/local/ports';
import { SetupError } from '../../src/local/setupError';
import { domainOf, knownOrgs } from '../../src/local/simulatedOrg';
import type { TemporalOptions, TemporalServer } from '../../src/local/temporal';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const ALL = { okta: true, temporal: true, neo4j: true, credentials: true, access: true, watch: true };
const NONE = { okta: false, temporal: false, neo4j: false, credentials: false, watch: false, access: false };
const SIZE = { users: 5, groups: 1_234 };

describe('The parts of a local setup', () => {
  const folder = temporaryFolder();
  let logged: string[];
  let stopped: string[];
  let asked: (TemporalOptions | Neo4jOptions)[];
  const log = (line: string) => void logged.push(line);

  beforeEach(() => {
    [logged, stopped, asked] = [[], [], []];
  });

  it('are a simulated org, Temporal and Neo4j, and the log shows their addresses and if they were already running', async () => {
    const parts = await start(ALL, { neo4j: { reused: true } });
    try {
      assert.deepEqual(parts.temporal, { address: '127.0.0.1:7001' });
      assert.equal(parts.temporalUi, 'http://127.0.0.1:7002');
      assert.deepEqual(parts.neo4j, { uri: 'bolt://127.0.0.1:7003', username: 'neo4j', password: 'secret' });
      assert.equal(parts.neo4jBrowser, 'http://127.0.0.1:7004/browser/');
      const text = logged.join('\n');
      assert.match(
        text,
        /^OKTA_DOMAIN is not set, so this is a SIMULATED org with 5 users and 1,234 groups$/m,
      );
      assert.match(text, /^Simulated Okta org ready at http:\/\/127\.0\.0\.1:\d+ \(\d+\.\d s\)$/m);
      assert.match(text, /^Temporal dev server ready at 127\.0\.0\.1:7001 \(/m);
      assert.match(text, /^Neo4j \S+ still running at bolt:\/\/127\.0\.0\.1:7003 \(/m);
      assert.equal((await fetch(`http://${parts.okta?.domain}/api/v1/users`)).status, 401);
    } finally {
      await parts.stop();
    }
    assert.deepEqual(stopped.sort(), ['Neo4j', 'Temporal']);
    await assert.rejects(fetch(`http://${parts.okta?.domain}/`));
  });

  it('store their data in one folder, with a file of variables that only the owner can read', async () => {
    const parts = await start(ALL, {}, { OKTA_LABELS: 'false' });
    await parts.stop();
    const [org] = await knownOrgs(folder.path);
    const file = join(folder.path, 'env');
    const lines = (await readFile(file, 'utf8')).split('\n');
    for (const line of [
      `OKTA_DOMAIN=${org && domainOf(org)}`,
      `OKTA_API_TOKEN=${parts.okta?.token}`,
      `SYNC_ACCESS='rules,apps,roles'`,
      'OKTA_LABELS=false',
      'TEMPORAL_ADDRESS=127.0.0.1:7001',
      'NEO4J_URI=bolt://127.0.0.1:7003',
      'NEO4J_PASSWORD=secret',
    ])
      assert.ok(lines.includes(line), line);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(asked.map(({ dataDir }) => dataDir).sort(), [
      join(folder.path, 'neo4j'),
      join(folder.path, 'temporal'),
    ]);
  });

  it('that run remotely are not started', async () => {
    const parts = await start(NONE);
    assert.deepEqual(Object.keys(parts), ['stop']);
    assert.deepEqual([asked, logged], [[], []]);
    assert.equal(await readFile(join(folder.path, 'env'), 'utf8'), `LOCAL_STACK_PID=${process.pid}\n`);
  });

  it('are all stopped if one of them cannot be started, and leave no file of variables', async () => {
    await assert.rejects(
      start(ALL, { failure: new SetupError('Neo4j needs Java') }),
      /^SetupError: Neo4j needs Java$/,
    );
    assert.deepEqual(stopped, ['Temporal']);
    const [org] = await knownOrgs(folder.path);
    await assert.rejects(fetch(`http://${org && domainOf(org)}/`));
    await assert.rejects(stat(join(folder.path, 'env')), /ENOENT/);
  });

  it('are all stopped if the file of variables cannot be written', async () => {
    await mkdir(join(folder.path, 'env'));
    await assert.rejects(start(ALL), /^SetupError: The file .*\/env cannot be written/);
    assert.deepEqual(stopped.sort(), ['Neo4j', 'Temporal']);
  });

  it('are all stopped if one of them does not start, including one that starts later', async () => {
    const running = new Set(['early']);
    let start: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (start = resolve)).then(() => void running.add('late'));
    const failure = new Error('no such jar');
    const broken = Promise.reject(failure);
    queueMicrotask(start);
    await assert.rejects(
      allOrNone([Promise.resolve(), broken, false, late], async () => running.clear()),
      failure,
    );
    await late;
    assert.deepEqual([...running], []);
  });

  it('keep running if all of them have started', async () => {
    let isStopped = false;
    await allOrNone([Promise.resolve(), false], async () => void (isStopped = true));
    assert.equal(isStopped, false);
  });

  it('are stopped after the work that needs them, even if it fails with an error, which is reported', async () => {
    const done: string[] = [];
    const parts = { stop: async () => void done.push('stop') };
    const work = async (failure?: Error) => {
      done.push('work');
      if (failure) throw failure;
      return 'result';
    };
    assert.equal(await withParts(parts, log, () => work()), 'result');
    await assert.rejects(
      withParts(parts, log, () => work(new Error('the run'))),
      /the run/,
    );
    assert.deepEqual(done, ['work', 'stop', 'work', 'stop']);
    assert.deepEqual(logged, ['Stopping …', 'Stopping …']);
  });

  /** Starts a real simulated org, and fake servers that only have addresses. */
  async function start(
    toStart: typeof ALL,
    { neo4j = {}, failure }: { neo4j?: Partial<Neo4jServer>; failure?: Error } = {},
    settings: PartsOptions['settings'] = {},
  ) {
    const servers: PartsOptions['servers'] = {
      startTemporal: async (options): Promise<TemporalServer> => {
        asked.push(options);
        return {
          address: '127.0.0.1:7001',
          uiUrl: 'http://127.0.0.1:7002',
          reused: false,
          stop: async () => void stopped.push('Temporal'),
        };
      },
      startNeo4j: async (options) => {
        asked.push(options);
        if (failure) throw failure;
        return {
          uri: 'bolt://127.0.0.1:7003',
          username: 'neo4j',
          password: 'secret',
          browserUrl: 'http://127.0.0.1:7004/browser/',
          reused: false,
          stop: async () => void stopped.push('Neo4j'),
          ...neo4j,
        };
      },
    };
    return startParts(toStart, {
      org: { ...SIZE, port: await freePort() },
      settings,
      log,
      localDir: folder.path,
      servers,
    });
  }
});
