import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClient } from './support/clientProcess';
import { ENVIRONMENT } from '../dev/lab/configFor';

describe('The client process', () => {
  it('prints help with examples and exit codes without a configuration', async () => {
    const { exitCode, stdout } = await client(['--help']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /Examples:\n {2}okta-graph check/);
    assert.match(stdout, /Exit codes: 0 succeeded, 1 failed or canceled, 2 invalid usage/);
  });

  it('prints its version', async () => {
    const { exitCode, stdout } = await client(['--version']);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual([exitCode, stdout], [0, `${version}\n`]);
  });

  it('completes commands and options, and prints the script for it', async () => {
    const script = await client(['complete', 'bash']);
    assert.match(script.stdout, /okta-graph complete --/);
    const commands = await client(['complete', '--', 'sche']);
    assert.match(commands.stdout, /^schedule\t/m);
    const options = await client(['complete', '--', 'run', '--mo']);
    assert.match(options.stdout, /^--mode\t/m);
    const { stdout } = await client(['--help']);
    assert.match(stdout, /complete <shell> +print the script/);
  });

  it('lists the questions and prints the help of a command without a configuration', async () => {
    const listed = await client(['query']);
    assert.deepEqual([listed.exitCode, listed.stderr], [0, '']);
    assert.match(listed.stdout, /^ {2}group-members .* group$/m);
    const json = await client(['query', '--json']);
    assert.ok((JSON.parse(json.stdout) as { id: string }[]).some(({ id }) => id === 'group-members'));
    for (const command of ['query', 'report', 'graph', 'schedule', 'check']) {
      const { exitCode, stdout } = await client([command, '--help']);
      assert.deepEqual([exitCode, stdout.split('\n')[0]?.split(' ')[2]], [0, command]);
    }
  });

  it('reads variables from a file', async () => {
    const file = join(tmpdir(), `okta-graph-env-${process.pid}`);
    writeFileSync(file, 'SYNC_INTERVAL=soon\n', { mode: 0o600 });
    const { exitCode, stderr } = await client(['run', '--env-file', file]);
    rmSync(file);
    assert.equal(exitCode, 2);
    assert.match(stderr, /SYNC_INTERVAL must be a duration/);
  });

  it('names the program in an error as it was called', async () => {
    const { stderr } = await client(['query', 'nothing-like-it'], {
      ...ENVIRONMENT,
      npm_lifecycle_event: 'npx',
    });
    assert.equal(
      stderr,
      'There is no question nothing-like-it. List all questions with: npx okta-graph query\n',
    );
  });

  it('prints the help of a part without options, and refuses an option, instead of starting it', async () => {
    for (const part of ['worker', 'console']) {
      const { exitCode, stdout } = await client([part, '--help'], ENVIRONMENT);
      assert.deepEqual([exitCode, stdout.split('\n', 1)], [0, [`Usage: okta-graph ${part} [options]`]]);
      const refused = await client([part, '--bogus'], ENVIRONMENT);
      assert.deepEqual([refused.exitCode, refused.stderr], [2, "error: unknown option '--bogus'\n"]);
    }
  });

  it('exits with 2 for invalid usage', async () => {
    const { exitCode, stdout, stderr } = await client(['run', '--mode', 'quick'], ENVIRONMENT);
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /Allowed choices are auto, full, incremental/);
  });

  it('exits with 2 and lists every error in the configuration', async () => {
    const { exitCode, stderr } = await client(['run'], { SYNC_INTERVAL: '120' });
    assert.equal(exitCode, 2);
    assert.match(stderr, /The configuration has 4 errors:\n( {2}- .*\n){4}$/);
  });

  it('exits with 2 for an org that is not configured', async () => {
    const { exitCode, stderr } = await client(['run', '--domain', 'other.okta.com'], ENVIRONMENT);
    assert.equal(exitCode, 2);
    assert.equal(stderr, 'other.okta.com is not configured; the configuration has acme.okta.com\n');
  });

  it('says in one line that Temporal is down and what to do', async () => {
    const { exitCode, stdout, stderr } = await client(['run', '--wait', '--json'], ENVIRONMENT);
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^Temporal does not respond at 127\.0\.0\.1:1 \(without TLS\)\. Start it .* or set TEMPORAL_ADDRESS.*\n$/,
    );
  });

  it('ends although Neo4j never answers', async function () {
    this.timeout(60_000);
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
    try {
      const { exitCode, stderr } = await client(['report'], {
        ...ENVIRONMENT,
        NEO4J_URI: `bolt://127.0.0.1:${port}`,
      });
      assert.equal(exitCode, 1);
      assert.match(stderr, /^Neo4j does not respond at bolt:/);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('says in one line that Neo4j is down and what to do', async () => {
    const { exitCode, stderr } = await client(['report'], ENVIRONMENT);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^Neo4j does not respond at bolt:\/\/127\.0\.0\.1:1: .*\. Start it .*, or set NEO4J_URI\.\n$/,
    );
    assert.doesNotMatch(stderr, /a-secret/);
  });
});

function client(args: string[], environment: Record<string, string> = {}) {
  return startClient(args, environment).ended;
}
