import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphDatabase } from '../../src/graph/database';
import { ENVIRONMENT_FILE } from '../../src/local/parts';
import { start } from '../../src/local/start';
import { startSimulator, type FaultRule, type Simulator } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { newOrganizationId } from '../../dev/lab/org/organizationId';
import { ENVIRONMENT } from '../../dev/lab/configFor';
import { Sink } from '../../dev/lab/sink';
import { testVariables } from '../../dev/lab/environment';

const ROOT = join(__dirname, '../..');
const STACK = /\n\s+at /;

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
    // The first run of the org, so that it reads members.
    ['was partial', 3, undefined, [FORBIDDEN]],
    ['succeeded', 0, undefined, []],
    ['failed', 1, '00WrongToken', []],
  ] as const) {
    it(`exits with ${exitCode} if the first run ${how}`, async function () {
      this.timeout(120_000);
      org.faults.set(faults);
      const { code, said } = await startProcess(await variables(token));
      assert.equal(code, exitCode, said);
    });
  }

  it('exits with 130 on Ctrl-C before the first run ends, and says that the next start continues it', async function () {
    this.timeout(120_000);
    org.faults.set([{ match: { route: 'users' }, action: { type: 'delay', delayMs: 300_000 } }]);
    const { code, said } = await startProcess(await variables(), {
      // When the worker has started.
      interruptAt: /^Started a run/m,
    });
    assert.equal(code, 130, said);
    assert.match(said, /^Stopped before the first run ended\. The next start continues it\.$/m);
    assert.match(said, /^Stopping …$/m);
  });

  it('exits with 1 and says what to do if Temporal does not respond', async function () {
    this.timeout(120_000);
    const { code, said } = await startProcess({ ...(await variables()), TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.equal(code, 1, said);
    assert.match(said, /^Temporal does not respond at 127\.0\.0\.1:1 .*TEMPORAL_ADDRESS/m);
    assert.doesNotMatch(said, STACK);
  });

  it('exits with 1 and says what is missing if Neo4j cannot be started', async function () {
    this.timeout(120_000);
    const { NEO4J_URI, ...others } = await variables();
    const { code, said } = await startProcess({ ...others, PATH: '/nowhere' });
    assert.ok(NEO4J_URI);
    assert.equal(code, 1, said);
    assert.match(said, /^Neo4j needs Java 17 or newer and Maven .* or set NEO4J_URI/m);
    assert.doesNotMatch(said, STACK);
  });

  const variables = (token = org.token) => testVariables({ domain: org.domain, token });
});

describe('npm start', () => {
  const ELSEWHERE = { ...ENVIRONMENT, OKTA_DOMAIN: 'acme.okta.com' };

  const ROWS: readonly [cause: string, args: string[], environment: Record<string, string>, said: RegExp][] =
    [
      ['an option is wrong', ['--users', 'many'], ELSEWHERE, /must be a whole number from 1 to 200000/],
      ['an option is not known', ['--user', '5'], ELSEWHERE, /unknown option '--user'/],
      [
        'the size of the simulated org is given, but there is none',
        ['--users', '5'],
        ELSEWHERE,
        /^--users, --groups and --org-port are for the simulated org, which does not run because OKTA_DOMAIN/,
      ],
      ['a port is not one', ['--org-port', '65536'], ELSEWHERE, /must be a whole number from 1 to 65535/],
      ['the configuration is wrong', [], { ...ELSEWHERE, SYNC_INTERVAL: '120' }, /SYNC_INTERVAL/],
      [
        'a local part has invalid settings',
        [],
        { SYNC_MAX_DELETE_PERCENT: 'all' },
        /SYNC_MAX_DELETE_PERCENT/,
      ],
      ["the console's settings are wrong", [], { ...ELSEWHERE, CONSOLE_PORT: 'x' }, /CONSOLE_PORT/],
    ];
  for (const [cause, args, environment, said] of ROWS)
    it(`starts nothing and exits with 2 if ${cause}`, async () => {
      const { code, out, err } = await startHere(args, environment);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, said);
      assert.doesNotMatch(err, STACK);
    });

  it('shows help without a configuration', async () => {
    const { code, out } = await startHere(['--help'], { SYNC_INTERVAL: '120' });
    assert.equal(code, 0);
    assert.match(out, /--once +exit after the first run: 0 succeeded, 1 failed, 2 usage, 3\s+partial/);
  });

  it('reports an unexpected error with its location in the code, without a stack', async () => {
    const [out, err] = [new Sink(), new Sink()];
    const code = await start([], { out, err }, () => {
      throw new TypeError('x is not a function');
    });
    assert.equal(code, 1);
    assert.match(err.text, /^Internal error: x is not a function \(.*\)\. Please report it/);
    assert.doesNotMatch(err.text, STACK);
  });

  async function startHere(args: string[], environment: Record<string, string>) {
    const [out, err] = [new Sink(), new Sink()];
    const code = await start(args, { out, err }, () => environment);
    return { code, out: out.text, err: err.text };
  }
});

interface Ended {
  code: number | null;
  said: string;
}

/** Runs the build with an existing org and servers. */
async function startProcess(
  variables: Record<string, string>,
  { interruptAt }: { interruptAt?: RegExp } = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'dist/client.js'), 'start', '--once'], {
    cwd: ROOT,
    env: { PATH, HOME, ...variables },
  });
  let said = '';
  let isInterrupted = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      said += String(data);
      if (isInterrupted || !interruptAt?.test(said)) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
