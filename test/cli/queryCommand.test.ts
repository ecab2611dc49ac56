import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { QUESTIONS } from '../../src/queries/registry';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { neo4jVariables } from '../../dev/lab/environment';
import { ENVIRONMENT } from '../../dev/lab/configFor';
import { Sink } from '../../dev/lab/sink';

describe('The query and graph commands', () => {
  const graph = useGraph();
  const before: Record<string, string | undefined> = {};
  let folder = '';

  beforeEach(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const environment = { ...ENVIRONMENT, OKTA_DOMAIN: graph.domain, ...neo4jVariables(await neo4j()) };
    for (const [name, value] of Object.entries(environment)) {
      before[name] ??= process.env[name];
      process.env[name] = value;
    }
    folder = await mkdtemp(join(tmpdir(), 'okta-graph-query-'));
    await graph.set(
      `CREATE (g:Group {okta_domain: $domain, id: 'g1', name: 'Payroll, "EU"', type: 'OKTA_GROUP'}),
         (:User {okta_domain: $domain, id: 'u1', display_name: '=HYPERLINK("x")', email: 'ada@acme.com', status: 'ACTIVE'})
           -[:MEMBER_OF {valid_from: datetime('2026-11-24T08:00:00Z'), opened_by: 1}]->(g),
         (:User {okta_domain: $domain, id: 'u2', display_name: 'Bob \u202eevil', status: 'SUSPENDED'})-[:MEMBER_OF]->(g)`,
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  after(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  async function client(...args: string[]) {
    const [out, err] = [new Sink(), new Sink()];
    const okta = {
      check: () => Promise.resolve([]),
      findOrganization: () => Promise.reject(new Error('none')),
      hasUser: () => Promise.reject(new Error('not asked')),
    };
    const code = await main(args, { out, err }, okta);
    return { code, out: out.text, err: err.text };
  }
  const recordRun = (number: number, outcome: string, mode = 'full') =>
    graph.set(
      `CREATE (:SyncRun {okta_domain: $domain, id: 'run-' + toInteger($number), number: toInteger($number), mode: $mode, outcome: $outcome,
         keeps_history: true, started_at: datetime('2026-11-24T08:00:00Z'), groups_as_of: datetime('2026-11-24T08:00:00Z'),
         finished_at: CASE $outcome WHEN 'running' THEN null ELSE datetime('2026-11-24T09:00:00Z') END})`,
      { number, outcome, mode },
    );
  const members = ['query', 'group-members', '--param', 'group=g1'];

  it('list every question with its parameters', async () => {
    const { code, out } = await client('query');
    assert.equal(code, 0);
    for (const { id, question } of QUESTIONS) assert.ok(out.includes(id) && out.includes(question), id);
    assert.match(out, /^ {2}group-members-at .* group \[at\]$/m);
  });

  it('print a table with safe names, and the proof', async () => {
    await recordRun(1, 'succeeded');
    await recordRun(2, 'partial', 'incremental');
    await recordRun(3, 'running');
    const { code, out } = await client(...members);
    assert.equal(code, 0);
    assert.match(out, /^Members of a group\n/);
    assert.match(out, /Bob +evil/);
    assert.match(out, /\n2 rows\n/);
    assert.match(
      out,
      /Based on run #2 of .*, incremental, partial, ended 2026-11-24 09:00:00Z; the data is up to .* old\.\n/,
    );
    assert.match(out, /Run #2 was incomplete: see report 2 for what may be missing in the graph\.\n/);
    assert.match(out, /The last full run that succeeded is #1, ended 2026-11-24 09:00:00Z\.\n/);
    assert.match(out, /A run is in progress/);
  });

  it('print which run has last read changes from the System Log since', async () => {
    await recordRun(1, 'succeeded', 'touched');
    await recordRun(2, 'succeeded');
    assert.doesNotMatch((await client(...members)).out, /System Log/, 'an earlier one');
    await recordRun(3, 'succeeded', 'touched');
    await recordRun(4, 'failed', 'touched');
    const { out } = await client(...members);
    assert.match(
      out,
      /Based on run #2 .*\nChanges from the System Log have been read since, last by run #3, ended 2026-11-24 09:00:00Z\.\nRun #2 completed, with/,
    );
  });

  it('print that there is no proof before the first sync', async () => {
    const { out } = await client(...members);
    assert.match(out, /No run of .* has ended yet.*\.\n$/);
  });

  it('print since when history is kept, and refuse an earlier time', async () => {
    await recordRun(1, 'succeeded');
    const at = ['query', 'group-members-at', '--param', 'group=g1', '--param'];
    const early = await client(...at, 'at=2026-11-23');
    assert.match(
      early.err,
      /at is before the history, which begins at 2026-11-24 08:00:00Z: what was before/,
    );
    assert.equal(early.code, 2);
    process.env['HISTORY_RETENTION'] = '0';
    const none = await client(...at, 'at=2026-11-25');
    Reflect.deleteProperty(process.env, 'HISTORY_RETENTION');
    assert.match(
      none.err,
      /No history is kept, so past states are not known\. To keep it, set HISTORY_RETENTION/,
    );
    assert.equal(none.code, 2);
  });

  it('print CSV that a spreadsheet reads as text, and the proof on stderr', async () => {
    await recordRun(1, 'succeeded');
    const { out, err } = await client(...members, '--csv');
    const [head, first, second, end] = out.split('\r\n');
    assert.equal(head, 'group,group_id,person,email,user_id,status,department,title,began_after,began_by');
    assert.equal(
      first,
      `"Payroll, ""EU""",g1,"'=HYPERLINK(""x"")",ada@acme.com,u1,ACTIVE,,,,2026-11-24T08:00:00.000Z`,
    );
    assert.match(second ?? '', /^"Payroll, ""EU""",g1,Bob .*evil,,u2,SUSPENDED,,,,$/);
    assert.equal(end, '');
    assert.match(err, /^Based on run #1 /);
  });

  it('print JSON that includes the proof', async () => {
    await recordRun(1, 'succeeded');
    const { out } = await client(...members, '--json');
    const parsed = JSON.parse(out) as {
      id: string;
      parameters: object;
      rows: { user_id: string }[];
      proof: { run: object };
    };
    assert.deepEqual([parsed.id, parsed.parameters], ['group-members', { group: 'g1' }]);
    assert.deepEqual(
      parsed.rows.map(({ user_id }) => user_id),
      ['u1', 'u2'],
    );
    const { ageMs, ...run } = parsed.proof.run as { ageMs: number };
    assert.ok(ageMs >= 0, `${ageMs} ms`);
    assert.deepEqual(run, {
      runId: 'run-1',
      runNumber: 1,
      mode: 'full',
      outcome: 'succeeded',
      finishedAt: '2026-11-24T09:00:00.000Z',
      isWhole: true,
    });
  });

  it('say that an answer is unknown, not empty, if no run has read what it is about', async () => {
    await recordRun(1, 'succeeded');
    const leavers = ['query', 'leavers-access'];
    const text = await client(...leavers);
    assert.match(text.out, /\(unknown: apps have not been read\)/);
    const csv = await client(...leavers, '--csv');
    assert.equal(csv.out.split('\r\n').length, 2);
    assert.match(
      csv.err,
      /^WARNING: apps have not been read, so what the answer lacks is unknown, not none\.\n/,
    );
    const json = await client(...leavers, '--json');
    assert.deepEqual((JSON.parse(json.out) as { unknown: string[] }).unknown, ['apps']);
    const known = await client(...members, '--json');
    assert.deepEqual((JSON.parse(known.out) as { unknown: string[] }).unknown, []);
  });

  it('print a single row with many columns vertically', async () => {
    const { out } = await client('query', 'data-freshness');
    assert.match(out, /^ {2}users +2\n {2}users_without_email +1$/m);
  });

  it('need no credentials for Okta: the org is that of --domain, or the only one', async () => {
    await graph.set('MERGE (:OktaOrg {domain: $domain})', {});
    Reflect.deleteProperty(process.env, 'OKTA_API_TOKEN');
    Reflect.deleteProperty(process.env, 'OKTA_DOMAIN');
    const named = await client(...members, '--domain', graph.domain, '--json');
    assert.equal(named.code, 0, named.err);
    assert.equal((JSON.parse(named.out) as { rows: object[] }).rows.length, 2);
    await graph.set('MERGE (:OktaOrg {domain: "another-" + $domain})', {});
    const unnamed = await client(...members);
    await graph.set('MATCH (o:OktaOrg {domain: "another-" + $domain}) DELETE o', {});
    assert.equal(unnamed.code, 2);
    assert.match(unnamed.err, /^There are several orgs; choose one with --domain: .*another-/);
  });

  it('explain what is wrong with the arguments', async () => {
    for (const [args, code, message] of [
      [['query', 'members'], 2, /There is no question members\. Similar questions: group-members, /],
      [['query', 'group-members'], 2, /group is required \(the group\)/],
      [['query', 'group-members', '--param', 'g1'], 2, /g1 is not a parameter; use --param name=value/],
      [[...members, '--json', '--csv'], 2, /--json and --csv cannot be combined/],
      [
        [...members, '--domain', 'else.okta.com'],
        2,
        /else\.okta\.com is neither configured nor in the graph/,
      ],
      [
        ['query', 'group-members', '--param', 'group=pay'],
        1,
        /no group of .* with the name or ID pay\. Similar names: Payroll/,
      ],
      [
        ['query', 'sensitive-groups', '--param', 'pattern=(.*.){20}#'],
        2,
        /pattern must be a simple regular expression, .*: \(\.\*\.\)\{20\}#/,
      ],
      [['query', 'group-members', '--param', 'group='], 2, /^group must not be empty: --param group=VALUE$/m],
      [['query', ''], 2, /^The argument name must not be empty$/m],
      [['report', ''], 2, /^The argument run must not be empty$/m],
      [['graph', '--group', 'g1', '--out', ''], 2, /^--out must not be empty$/m],
      [[...members, '--domain', ' '], 2, /^--domain must not be empty$/m],
      [['status', '--env-file', ''], 2, /^--env-file must not be empty$/m],
      [['query', '--csv'], 2, /^--csv requires the name of a question\./],
      [['query', '--json', '--param', 'group=g1'], 2, /^--param requires the name of a question\./],
      [['runs', '--limit', '0'], 2, /--limit .* must be a whole number from 1 to 999999999\./],
      [
        ['run', '--allow-deletes', 'all'],
        2,
        /--allow-deletes .* must be a whole number from 0 to 999999999\./,
      ],
      [['graph'], 2, /either --group NAME or --user EMAIL/],
      [['graph', '--group', 'g1', '--user', 'ada@acme.com'], 2, /either --group NAME or --user EMAIL/],
      [['graph', '--user', 'eve@acme.com'], 1, /no user of .* with the email or ID eve@acme\.com/],
      [
        ['graph', '--group', 'g1', '--out', join(folder, 'none', 'x.svg')],
        1,
        /x\.svg cannot be written: ENOENT/,
      ],
    ] as const) {
      const { code: actual, err } = await client(...args);
      assert.match(err, message);
      assert.equal(actual, code, args.join(' '));
    }
  });

  const ABSURD = [
    ...['__proto__', 'constructor', 'toString', '-'.repeat(36), 'a'.repeat(1_001), '1e308', '-1', 'NaN'],
    ...[
      '9'.repeat(40),
      '1e999y',
      `${'9'.repeat(99)}y`,
      `${'9'.repeat(200)}y`,
      '0000-01-01T00:00:00+23:59',
      '(',
      '\ud800',
    ],
  ];
  for (const text of ABSURD) {
    it(`handle ${JSON.stringify(text.slice(0, 40))} in any argument without a stack`, async () => {
      for (const args of [
        ['query', text],
        [...members, '--param', `${text}=1`],
        [...members, '--timeout', text],
        ['query', 'group-members', '--param', `group=${text}`],
        ['query', 'inactive-users', '--param', `since=${text}`],
        ['query', 'similar-groups', '--param', `share=${text}`],
        ['query', 'similar-groups', '--param', `smallest=${text}`],
        ['query', 'users-by', '--param', `by=${text}`],
        ['query', 'sensitive-groups', '--param', `pattern=${text}`, '--csv'],
        ['graph', '--group', 'g1', `--at=${text}`],
        ['changes', `--since=${text}`],
        ['report', `--domain=${graph.domain}`, '--', text],
      ]) {
        const { code, err } = await client(...args);
        assert.ok([0, 1, 2].includes(code), args.join(' '));
        assert.doesNotMatch(err, /\n\s+at /, args.join(' '));
        assert.ok(err.length < 3_000, args.join(' '));
      }
    });
  }

  it('reject parameters with the name of a prototype property', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const { code, err } = await client(...members, '--param', `${name}=1`);
      assert.equal(code, 2);
      assert.match(err, new RegExp(`group-members has no parameter ${name}; it has: group`));
    }
  });

  it('draw a group to a file, and a past state of a user to stdout', async () => {
    await recordRun(1, 'succeeded');
    const file = join(folder, 'payroll.svg');
    const drawn = await client('graph', '--group', 'Payroll, "EU"', '--out', file);
    assert.equal(drawn.err, `${file} shows: 2 users and 1 group\n`);
    const svg = await readFile(file, 'utf8');
    assert.match(svg, /^<svg [^>]*aria-label="Payroll, &quot;EU&quot; \(.*, run #1, 2026-11-24 09:00:00Z\)"/);
    assert.ok(
      svg.includes('>Payroll, &quot;EU&quot;</text>') && />Bob .*evil \(suspended\)<\/text>/.test(svg),
    );
    const then = await client('graph', '--user', 'ADA@acme.com', '--at', '2026-11-24T07:00:00Z');
    assert.match(then.err, /at is before the history, which begins at 2026-11-24 08:00:00Z: what was before/);
    assert.equal(then.out, '');
    const now = await client('graph', '--user', 'ADA@acme.com', '--at', '2026-11-24T08:00:00Z');
    assert.equal(now.err, 'Drawn: 1 user and 1 group\n');
  });
});
