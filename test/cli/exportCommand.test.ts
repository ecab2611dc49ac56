import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { main } from '../../src/cli/main';
import { addAnotherOrg } from '../../dev/lab/graph/anotherOrg';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { ENVIRONMENT } from '../../dev/lab/configFor';
import { neo4jVariables } from '../../dev/lab/environment';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Sink } from '../../dev/lab/sink';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';
import { startClient } from '../support/clientProcess';

describe('The export command', () => {
  const graph = useGraph();
  const folder = temporaryFolder();

  beforeEach(() =>
    graph.set(
      `CREATE (:OktaOrg {domain: $domain, last_run: 2}),
         (:SyncRun {okta_domain: $domain, id: 'run-2', number: 2, mode: 'full', outcome: 'succeeded',
           started_at: datetime('2026-11-24T08:00:00Z'), finished_at: datetime('2026-11-24T09:00:00Z'),
           access: ['rules'], access_steps: ['rules'], groups_listed: true, users_listed: true}),
         (:User {okta_domain: $domain, id: '00u1', login: 'ada@acme.com', okta_raw_user_object: '{"secret":1}', last_seen_run: 2})
           -[:MEMBER_OF {opened_by: 1}]->(:Group {okta_domain: $domain, id: '00g1', name: 'Payroll'})`,
    ),
  );
  afterEach(() => graph.clean());

  async function client(...args: string[]) {
    const environment = { ...ENVIRONMENT, OKTA_DOMAIN: graph.domain, ...neo4jVariables(await neo4j()) };
    const [out, err] = [new Sink(), new Sink()];
    const unused = () => Promise.reject(new Error('not asked'));
    const access = { check: unused, findOrganization: unused, hasUser: unused };
    const code = await main(['export', ...args], { out, err }, access, () => environment);
    return { code, out: out.text, err: err.text };
  }

  it('writes a file, and says what it has, what it is based on, and what is unknown', async () => {
    const file = join(folder.path, 'acme.json');
    const { code, out, err } = await client('--format', 'opengraph', '--out', file);
    assert.deepEqual([code, out], [0, '']);
    assert.ok(err.includes(`${file} has: 2 nodes and 1 relationship of ${graph.domain}.\n`), err);
    assert.match(err, /^Based on run #2 of .*, full, succeeded, ended 2026-11-24 09:00:00Z\.$/m);
    assert.match(
      err,
      /^WARNING: No run has read apps and admin roles, so what the export lacks of them is unknown/m,
    );
    const text = await readFile(file, 'utf8');
    assert.deepEqual(
      (JSON.parse(text) as { graph: { nodes: { id: string }[] } }).graph.nodes.map(({ id }) => id),
      ['00u1', '00g1'],
    );
    assert.doesNotMatch(text, /secret|last_seen_run|opened_by/);
    const raw = join(folder.path, 'raw.json');
    assert.equal((await client('--format', 'opengraph', '--out', raw, '--raw')).code, 0);
    assert.match(await readFile(raw, 'utf8'), /secret/);
  });

  it('writes OpenGraph to stdout, with nothing else there', async () => {
    const { code, out, err } = await client('--format', 'opengraph', '--out', '-');
    assert.equal(code, 0);
    assert.ok(JSON.parse(out));
    assert.match(err, /^Exported: 2 nodes and 1 relationship/m);
    for (const format of ['neo4j-csv', 'parquet']) {
      const refused = await client('--format', format, '--out', '-');
      assert.equal(refused.code, 2);
      assert.match(refused.err, /has several files\. Specify a directory with --out\./);
    }
  });

  it('writes folders, with how to use them', async () => {
    for (const [format, ending, use] of [
      ['neo4j-csv', 'csv', /^neo4j-admin database import full neo4j \\\n {2}--nodes=User\.csv/m],
      ['parquet', 'parquet', /FROM 'User-MEMBER_OF-Group\.parquet'/],
    ] as const) {
      const path = join(folder.path, format);
      assert.equal((await client('--format', format, '--out', path)).code, 0);
      const names = await readdir(path);
      assert.deepEqual(
        names.filter((name) => !name.endsWith(ending)),
        ['README.txt'],
      );
      assert.equal(names.length, 13);
      const readme = await readFile(join(path, 'README.txt'), 'utf8');
      assert.match(readme, use);
      assert.match(readme, /^Based on run #2 of /m);
      assert.match(readme, /^These files contain personal data\.$/m);
      const again = await client('--format', format, '--out', path);
      assert.deepEqual([again.code, /already exists/.test(again.err)], [2, true]);
      assert.equal((await client('--format', format, '--out', path, '--force')).code, 0);
    }
  });

  it('says which run has last read changes from the System Log since', async () => {
    await graph.set(
      `MATCH (o:OktaOrg {domain: $domain}) SET o.last_run = 3
       CREATE (:SyncRun {okta_domain: $domain, id: 'run-3', number: 3, mode: 'touched', outcome: 'succeeded',
         started_at: datetime('2026-11-24T10:00:00Z'), finished_at: datetime('2026-11-24T10:00:01Z')})`,
    );
    const { err } = await client('--format', 'opengraph', '--out', '-');
    assert.match(err, /^Changes from the System Log .* last by run #3, ended 2026-11-24 10:00:01Z\.$/m);
  });

  it('warns that data is mixed if a run is in progress', async () => {
    await graph.set(
      `MATCH (o:OktaOrg {domain: $domain}) SET o.last_run = 3
       CREATE (:SyncRun {okta_domain: $domain, id: 'run-3', number: 3, mode: 'full', outcome: 'running', started_at: datetime()})`,
    );
    const { code, err } = await client('--format', 'opengraph', '--out', '-');
    assert.equal(code, 0);
    assert.match(
      err,
      /^WARNING: A run changed the graph while it was read, so the export may mix old and new data/m,
    );
  });

  it('exports the org that --domain names', async () => {
    const other = await addAnotherOrg(graph.db);
    try {
      const { out } = await client('--format', 'opengraph', '--out', '-', '--domain', other);
      assert.match(out, /theirs/);
      assert.doesNotMatch(out, /Payroll/);
    } finally {
      await emptyGraph(graph.db, [other]);
    }
  });

  it('rejects what it cannot do, and leaves what exists', async () => {
    const file = join(folder.path, 'mine.txt');
    await writeFile(file, 'mine');
    const refused = await client('--format', 'opengraph', '--out', file);
    assert.equal(refused.code, 2);
    assert.match(
      refused.err,
      /mine\.txt already exists\. Specify another name with --out, or replace it with --force\.\n$/,
    );
    assert.equal(await readFile(file, 'utf8'), 'mine');
    const nowhere = await client('--format', 'opengraph', '--out', join(folder.path, 'none', 'acme.json'));
    assert.deepEqual([nowhere.code, /Create its directory first/.test(nowhere.err)], [2, true]);
    assert.match(
      (await client('--format', 'xml', '--out', file)).err,
      /Allowed choices are opengraph, neo4j-csv, parquet/,
    );
    assert.match((await client('--format', 'parquet')).err, /required option '--out <path>'/);
    await graph.clean();
    const unknown = await client('--format', 'opengraph', '--out', join(folder.path, 'none.json'));
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /The graph has nothing of .* yet\. Sync it first: okta-graph run --wait\n$/);
    assert.deepEqual(await readdir(folder.path), ['mine.txt']);
  });

  it('fails in words if stdout cannot take all of it', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    // More than a pipe holds.
    await graph.set(`UNWIND range(1, 2000) AS i CREATE (:User {okta_domain: $domain, id: 'u' + i})`);
    const client = join(__dirname, '../../dist/client.js');
    const environment = { ...ENVIRONMENT, OKTA_DOMAIN: graph.domain, ...neo4jVariables(await neo4j()) };
    for (const [reader, said] of [
      ['| head -n 1', 'The reader of stdout closed it; the export there is not complete.\n'],
      ['> /dev/full', 'The output could not be written to stdout (ENOSPC). The disk is full.\n'],
    ] as const) {
      const command = `set -o pipefail; "$NODE" "$CLIENT" export --format opengraph --out - ${reader}`;
      const shell = spawn('bash', ['-c', command], {
        cwd: folder.path,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: process.env['PATH'], NODE: process.execPath, CLIENT: client, ...environment },
      });
      const [err, [code]] = await Promise.all([readText(shell.stderr), once(shell, 'close')]);
      assert.deepEqual([code, err], [1, said]);
    }
  });

  for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT']] as const)
    it(`keeps nothing of an export that ${signals.join(' and ')} stops, without waiting for Neo4j`, async function () {
      this.timeout(SERVICE_TIMEOUT_MS);
      const server = await neo4j();
      const proxy = await startSilencingProxy(new URL(server.uri), 'n.id > $after');
      try {
        const { child, ended } = startClient(
          ['export', '--format', 'neo4j-csv', '--out', join(folder.path, 'acme')],
          {
            ...ENVIRONMENT,
            OKTA_DOMAIN: graph.domain,
            ...neo4jVariables({ ...server, uri: `bolt://127.0.0.1:${proxy.port}` }),
          },
        );
        await proxy.silenced;
        assert.match(readdirSync(folder.path).join(), /^okta-graph-\w+\.partial$/);
        for (const signal of signals) child.kill(signal);
        const { exitCode, stderr } = await ended;
        assert.deepEqual([exitCode, await readdir(folder.path)], [130, []]);
        if (signals.length === 1)
          assert.match(stderr, /Stopped; the export is not complete, and no file of it is kept\.\n$/);
      } finally {
        await proxy.stop();
      }
    });
});

/** A proxy to Neo4j that passes on nothing that Neo4j answers, as soon as it is asked for a statement with `text`. */
async function startSilencingProxy({ hostname, port }: URL, text: string) {
  const silence = new AbortController();
  const silenced = once(silence.signal, 'abort');
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.push(client, upstream);
    client
      .on('error', () => undefined)
      .on('data', (bytes) => {
        if (bytes.includes(text)) silence.abort();
        upstream.write(bytes);
      });
    upstream
      .on('error', () => undefined)
      .on('data', (bytes) => {
        if (!silence.signal.aborted) client.write(bytes);
      });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    silenced,
    async stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
