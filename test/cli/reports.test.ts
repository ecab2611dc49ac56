import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { cancel } from '../../src/cli/cancelCommand';
import { check } from '../../src/cli/check';
import type { CheckLine } from '../../src/cli/checkLine';
import { openTemporal, withGraph } from '../../src/connections/connect';
import { Explained } from '../../src/faults/explained';
import { report, type ReportOptions } from '../../src/cli/reportCommand';
import { runs, type RunsOptions } from '../../src/cli/runsCommand';
import { status } from '../../src/cli/status';
import type { Config } from '../../src/config';
import type { SyncReport } from '../../src/contract';
import { GraphDatabase } from '../../src/graph/database';
import { ensureExploreIndexes } from '../../src/graph/schema/exploreIndexes';
import { describeGroups, describePeople, findReport, lastReports } from '../../src/graph/read/reports';
import { applySchedule, deleteSchedule, manualRunId, pauseSchedule } from '../../src/runs/schedule';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { sampleReport } from '../../dev/lab/sampleReport';
import { neo4jVariables, temporalVariables } from '../../dev/lab/environment';
import { configFor } from '../../dev/lab/configFor';
import { Sink } from '../../dev/lab/sink';

const DOMAIN = 'reports.okta.com';
const MINUTE_MS = 60_000;

describe('The report, status and check commands', () => {
  let config: Config;
  let db: GraphDatabase;
  let client: Client;
  let environment: Record<string, string>;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const [server, graph] = await Promise.all([temporal(), neo4j()]);
    environment = {
      OKTA_DOMAIN: DOMAIN,
      ...neo4jVariables(graph),
      ...temporalVariables(server),
      TEMPORAL_TASK_QUEUE: 'nobody-polls',
    };
    config = configFor(environment);
    db = GraphDatabase.open(config.neo4j);
    client = await openTemporal(config);
  });

  beforeEach(async () => {
    await db.run('MATCH (n) WHERE n.okta_domain IN $domains DETACH DELETE n', {
      domains: [DOMAIN, 'else.okta.com'],
    });
    await record(1, 'succeeded');
    await record(2, 'partial');
    await record(3, 'running');
    await record(9, 'succeeded', 'else.okta.com');
    await db.run(
      `CREATE (:User {okta_domain: $domain, id: '00u1', display_name: 'Ada Lovelace', email: 'ada@acme.com'}),
              (:User {okta_domain: $domain, id: '00u2', display_name: 'No Mail'}),
              (:User {okta_domain: 'else.okta.com', id: '00u1', display_name: 'Eve', email: 'eve@else.com'}),
              (:Group {okta_domain: $domain, id: '00g1', name: 'Payroll'}), (:Group {okta_domain: $domain, id: '00g2'}),
              (:Group {okta_domain: 'else.okta.com', id: '00g1', name: 'Elsewhere'}),
              (:Group {okta_domain: 'else.okta.com', id: '00g3', name: 'Elsewhere'})`,
      { domain: DOMAIN },
    );
  });

  afterEach(() => deleteSchedule(client, DOMAIN).catch(() => undefined));

  after(async () => {
    await db.close();
    await client.connection.close();
  });

  it('read the latest runs of one domain, newest first', async () => {
    const runs = await lastReports(db, DOMAIN, 2);
    assert.deepEqual(
      runs.map(({ runNumber, outcome, report: { runId } = {} }) => ({ runNumber, outcome, runId })),
      [
        { runNumber: 3, outcome: 'running', runId: undefined },
        { runNumber: 2, outcome: 'partial', runId: 'run-2' },
      ],
    );
    assert(runs[1]?.finishedAt);
    assert.equal(runs[1].finishedAt.getTime() - runs[1].startedAt.getTime(), MINUTE_MS);
    const successes = await lastReports(db, DOMAIN, 5, 'succeeded');
    assert.deepEqual(
      successes.map(({ runNumber }) => runNumber),
      [1],
    );
  });

  it('find a run by id and by number, in its own domain only', async () => {
    assert.equal((await findReport(db, DOMAIN, 'run-2'))?.runNumber, 2);
    assert.equal((await findReport(db, DOMAIN, '2'))?.runId, 'run-2');
    assert.equal(await findReport(db, DOMAIN, '9'), undefined);
  });

  it('look up the names and emails of people by domain and id', async () => {
    const people = await describePeople(db, DOMAIN, ['00u1', '00u2', '00u3']);
    assert.deepEqual(
      people,
      new Map([
        ['00u1', { displayName: 'Ada Lovelace', email: 'ada@acme.com' }],
        ['00u2', { displayName: 'No Mail' }],
      ]),
    );
  });

  it('look up the names of groups by domain and id', async () => {
    const groups = await describeGroups(db, DOMAIN, ['00g1', '00g2', '00g3']);
    assert.deepEqual(groups, new Map([['00g1', 'Payroll']]));
  });

  it('print the latest report with names, skipping a run without a report', async () => {
    const text = await printedReport(undefined, {});
    assert.match(text, /^Run #2 of reports\.okta\.com partial/);
    assert.match(text, /no email: Ada Lovelace <ada@acme\.com> \(00u1\)/);
  });

  it('print a given report as JSON, as stored in the graph, without names', async () => {
    const parsed = JSON.parse(await printedReport('run-2', { json: true })) as SyncReport;
    assert.deepEqual(parsed, reportOf(2, 'partial', DOMAIN));
  });

  it('explain that a run does not exist or has no report yet', async () => {
    await assert.rejects(printedReport('77', {}), /The graph has no run 77 of reports\.okta\.com/);
    await assert.rejects(printedReport('3', {}), /Run #3, started .*Z, has not written a report yet/);
  });

  it('show the schedule, the run in progress and the last runs', async () => {
    assert.match(await printedStatus(), /schedule {6}none; create it with: okta-graph schedule apply/);
    await applySchedule(client, config, DOMAIN);
    assert.match(await printedStatus(), /schedule {6}every 2h, next \d{4}-.*Z, in /);
    await pauseSchedule(client, DOMAIN, 'Okta maintenance');
    const text = await printedStatus();
    assert.match(text, /^reports\.okta\.com$/m);
    assert.match(text, /schedule {6}every 2h, paused: Okta maintenance$/m);
    assert.match(text, /in progress {3}no$/m);
    assert.match(text, /last run {6}#3 ended without a report, started /);
    assert.match(text, /last success {2}#1 succeeded .* ago \(incremental, took 1m, run run-1\)$/m);
  });

  it('print the status as JSON: null for what there is not', async () => {
    const read = async (config: Config) => {
      const out = new Sink();
      await status({ config, out, err: new Sink() }, { json: true });
      return JSON.parse(out.text) as Record<string, Record<string, unknown>>[];
    };
    const [before] = await read(config);
    assert.deepEqual(
      [before?.['domain'], before?.['schedule'], before?.['inProgress']],
      [DOMAIN, null, null],
    );
    assert.deepEqual([before?.['lastRun']?.['runNumber'], before?.['lastSuccess']?.['runNumber']], [3, 1]);
    await applySchedule(client, config, DOMAIN);
    await pauseSchedule(client, DOMAIN, 'Okta maintenance');
    const [after] = await read(config);
    assert.deepEqual(after?.['schedule'], {
      scheduleId: `okta-sync/${DOMAIN}`,
      everyMs: 120 * MINUTE_MS,
      paused: true,
      note: 'Okta maintenance',
      nextRun: null,
    });
    const [withoutGraph] = await read(configFor({ ...environment, NEO4J_URI: 'bolt://127.0.0.1:1' }));
    assert.ok(withoutGraph && !('lastRun' in withoutGraph), 'what is not known is absent');
  });

  it('list the runs with what each has changed, newest first', async () => {
    const read = async (options: RunsOptions) => {
      const out = new Sink();
      assert.equal(await runs({ config, out, err: new Sink() }, options), 0);
      return out.text;
    };
    const lines = (await read({ limit: 2 })).trimEnd().split('\n');
    assert.equal(lines.length, 3, 'a head and two runs');
    assert.match(lines[1] ?? '', /#3 +\d{4}-.*Z +incremental +running$/);
    assert.match(lines[2] ?? '', /#2 +\d{4}-.*Z +1m +incremental +partial +\+1 +~1 +\+10 -2 +1$/);
    const all = JSON.parse(await read({ limit: 20, json: true })) as { runNumber: number }[];
    assert.deepEqual(
      all.map(({ runNumber }) => runNumber),
      [3, 2, 1],
    );
  });

  it('list the changes of apps, admin roles and group rules together, if a run has read any', async () => {
    const head = async () => {
      const out = new Sink();
      await runs({ config, out, err: new Sink() }, { limit: 2 });
      return out.text.split('\n');
    };
    assert.doesNotMatch((await head())[0] ?? '', /access/);
    const access = {
      apps: { seen: 9, created: 1, updated: 2, deleted: 0 },
      assignments: { total: 9, added: 3, removed: 1 },
      roles: { total: 9, added: 4, removed: 5 },
    };
    const changed = { ...reportOf(2, 'partial', DOMAIN), access };
    await db.run('MATCH (r:SyncRun {okta_domain: $domain, number: 2}) SET r.report = $report', {
      domain: DOMAIN,
      report: JSON.stringify(changed),
    });
    const [first, , second] = await head();
    assert.match(first ?? '', / memberships +access +warnings$/);
    assert.match(second ?? '', / \+10 -2 +\+8 ~2 -6 +1$/);
  });

  it('show a run in progress without a worker, and the last run before it', async () => {
    const workflowId = manualRunId(DOMAIN);
    const handle = await client.workflow.start('syncOkta', { workflowId, taskQueue: 'nobody-polls' });
    const text = await printedStatus();
    await handle.terminate();
    assert.match(
      text,
      /in progress {3}okta-sync\/reports\.okta\.com\/manual, started \d+s ago; waiting for a worker/,
    );
    assert.match(text, /last run {6}#2 partial /);
  });

  it('ask the run in progress to end, and say so if there is none', async () => {
    const workflowId = manualRunId(DOMAIN);
    const out = new Sink();
    assert.equal(await cancel({ config, out, err: new Sink() }, {}), 0);
    const handle = await client.workflow.start('syncOkta', { workflowId, taskQueue: 'nobody-polls' });
    assert.equal(await cancel({ config, out, err: new Sink() }, { domain: DOMAIN }), 0);
    const { events } = await handle.fetchHistory();
    await handle.terminate();
    assert.ok(events?.at(-1)?.workflowExecutionCancelRequestedEventAttributes);
    assert.equal(
      out.text,
      `No run of ${DOMAIN} is in progress.\n${workflowId} is asked to end; it ends within seconds. See: okta-graph status\n`,
    );
  });

  it('check all services, and warn that no worker polls and that there is no schedule', async () => {
    const { exitCode, text } = await checked(config, [{ what: 'Okta', ok: true, detail: 'acme.okta.com' }]);
    assert.equal(exitCode, 0);
    assert.match(text, /^ {2}OK {4}Temporal +127\.0\.0\.1:\d+, namespace default, \d+ schedules?$/m);
    assert.match(
      text,
      /^ {2}WARN {2}Task queue nobody-polls +no worker polls it\n +-> Start a worker: okta-graph worker$/m,
    );
    assert.match(
      text,
      /^ {2}WARN {2}Schedule reports\.okta\.com +none yet\n +-> Create it: okta-graph schedule apply$/m,
    );
    assert.match(text, /^ {2}OK {4}Neo4j +bolt:\/\/.*, version 5\.\d+\.\d+ community$/m);
    assert.match(text, /^ {2}OK {4}Neo4j privileges +can read, write, and create constraints and indexes$/m);
    assert.match(text, /^ {2}OK {4}Neo4j constraints +\d+ constraints and indexes exist/m);
    assert.match(text, /^ {2}OK {4}Okta +acme\.okta\.com$/m);
  });

  it('warn in check of missing indexes of the console, with the command that creates them', async () => {
    await ensureExploreIndexes(db);
    assert.doesNotMatch((await checked(config, [])).text, /Console indexes/);
    await db.run('DROP INDEX okta_user_ever_search');
    try {
      const { exitCode, text } = await checked(config, []);
      assert.equal(exitCode, 0);
      assert.match(
        text,
        /^ {2}WARN {2}Console indexes +missing: okta_user_ever_search; .*\n +-> .*: okta-graph console$/m,
      );
    } finally {
      await ensureExploreIndexes(db);
    }
  });

  it('print the checks as JSON', async () => {
    const out = new Sink();
    const failing: CheckLine = { what: 'Okta', ok: false, detail: 'no', advice: 'do' };
    const exitCode = await check({ config, out, err: new Sink() }, () => Promise.resolve([failing]), {
      json: true,
    });
    assert.equal(exitCode, 1);
    const lines = JSON.parse(out.text) as Record<string, string>[];
    assert.deepEqual(lines.at(-1), { result: 'FAIL', what: 'Okta', detail: 'no', advice: 'do' });
    assert.ok(lines.some(({ result, what }) => result === 'OK' && what === 'Neo4j'));
  });

  it('show the next run of a schedule, and leave nothing in the database', async () => {
    await applySchedule(client, config, DOMAIN);
    const schema = () => db.run<{ name: string }>('SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name');
    const before = await schema();
    const { text } = await checked(config, []);
    assert.match(text, /^ {2}OK {4}Schedule reports\.okta\.com +every 2h, next /m);
    assert.deepEqual(await schema(), before);
    assert.deepEqual(await db.run("MATCH (n:OktaOrg {domain: 'a rehearsal'}) RETURN n"), []);
  });

  it('fail the check if constraints of another tool conflict', async () => {
    await db.run('CREATE CONSTRAINT check_test FOR (g:Group) REQUIRE g.description IS UNIQUE');
    try {
      const { exitCode, text } = await checked(config, []);
      assert.equal(exitCode, 1);
      assert.match(
        text,
        /^ {2}FAIL {2}Neo4j constraints +conflict with those of another tool: .*check_test on :Group\(description\)\n +-> Set NEO4J_DATABASE or NEO4J_URI to a dedicated database/m,
      );
    } finally {
      await db.run('DROP CONSTRAINT check_test');
    }
  });

  it('fail the check with what is wrong and how to fix it', async () => {
    const broken = configFor({ ...environment, NEO4J_PASSWORD: 'wrong', TEMPORAL_NAMESPACE: 'nowhere' });
    const okta = { what: 'Okta', ok: false, detail: 'Okta returned 401', advice: 'Make a new token' };
    const { exitCode, text } = await checked(broken, [okta]);
    assert.equal(exitCode, 1);
    assert.match(
      text,
      /^ {2}FAIL {2}Temporal {2}.* has no namespace nowhere\.\n {18}-> Set TEMPORAL_NAMESPACE, or create it: temporal operator/,
    );
    assert.match(
      text,
      /^ {2}FAIL {2}Neo4j {5}.* rejected user neo4j: wrong user name or password\.\n {18}-> Check NEO4J_USERNAME and NEO4J_PASSWORD\.$/m,
    );
    assert.match(text, /^ {2}FAIL {2}Okta {6}Okta returned 401\n {18}-> Make a new token$/m);
  });

  it('report which database Neo4j does not have', async () => {
    const broken = configFor({ ...environment, NEO4J_DATABASE: 'nosuch' });
    await assert.rejects(
      withGraph(broken, () => Promise.resolve()),
      (error) => {
        assert(error instanceof Explained, String(error));
        assert.match(
          error.message,
          /has no database nosuch\. Set NEO4J_DATABASE to an existing database, or unset it\./,
        );
        return true;
      },
    );
  });

  async function record(
    number: number,
    outcome: 'succeeded' | 'partial' | 'running',
    domain = DOMAIN,
  ): Promise<void> {
    await db.run(
      `CREATE (r:SyncRun {okta_domain: $domain, number: toInteger($number), id: 'run-' + toInteger($number),
               workflow_id: $workflowId, mode: 'incremental', outcome: $outcome, report: $report,
               started_at: datetime.realtime('UTC') - duration({hours: 1})})
       SET r.finished_at = CASE WHEN $report IS NULL THEN NULL ELSE r.started_at + duration({minutes: 1}) END`,
      {
        domain,
        number,
        workflowId: manualRunId(domain),
        outcome,
        report: outcome === 'running' ? null : JSON.stringify(reportOf(number, outcome, domain)),
      },
    );
  }

  async function printedReport(run: string | undefined, options: ReportOptions): Promise<string> {
    const out = new Sink();
    assert.equal(await report({ config, out, err: new Sink() }, run, options), 0);
    return out.text;
  }

  async function printedStatus(): Promise<string> {
    const out = new Sink();
    assert.equal(await status({ config, out, err: new Sink() }, {}), 0);
    return out.text;
  }

  async function checked(tried: Config, okta: CheckLine[]) {
    const out = new Sink();
    const exitCode = await check({ config: tried, out, err: new Sink() }, () => Promise.resolve(okta));
    return { exitCode, text: out.text };
  }
});

function reportOf(runNumber: number, outcome: SyncReport['outcome'], domain: string): SyncReport {
  return sampleReport({
    runId: `run-${runNumber}`,
    runNumber,
    domain,
    outcome,
    finishedAt: '2026-11-24T08:01:00.000Z',
    durationMs: MINUTE_MS,
    users: { seen: 2, created: 1, updated: 1, deleted: 0 },
    memberships: { groupsRead: 2, groupsUnchanged: 0, groupsFailed: 0, added: 10, removed: 2 },
    warnings: [{ code: 'MISSING_EMAIL', message: '1 user has no email', userIds: ['00u1'] }],
  });
}
