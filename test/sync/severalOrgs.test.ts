import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/common';
import { Client, Connection } from '@temporalio/client';
import { scheduleApply, scheduleList } from '../../src/cli/scheduleCommands';
import { status } from '../../src/cli/status';
import { loadConfig, type Config } from '../../src/config';
import { SYNC_WORKFLOW_TYPE, type SyncReport, type SyncRequest } from '../../src/contract';
import { GraphDatabase } from '../../src/graph/database';
import { deleteSchedule, scheduleId } from '../../src/runs/schedule';
import { startSimulator, type Simulator } from '../../src/simulator';
import type { RunningWorker } from '../../src/worker';
import { Sink } from '../../dev/lab/sink';
import { until } from '../../dev/lab/until';
import { startBystander } from '../../dev/lab/servers/bystander';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { differences } from '../../dev/lab/graph/comparison';
import { credentialsFolder } from '../../dev/lab/org/credentialsFolder';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { newOrganizationId } from '../../dev/lab/org/organizationId';
import { reportOf } from '../../dev/lab/org/report';
import { testVariables } from '../../dev/lab/environment';
import { failureOf } from '../../dev/lab/failureOf';
import '../../dev/lab/servers/logs';
import { startTestWorker } from '../../dev/lab/servers/testWorker';

const SIZE = { users: 100, groups: 12, seed: 5 };

describe('Several orgs of one fleet, with equal ids and equal emails', () => {
  const files = credentialsFolder({ isForAll: true });
  let config: Config;
  let client: Client;
  let db: GraphDatabase;
  let worker: RunningWorker;
  let one: Simulator;
  let other: Simulator;
  const all: Simulator[] = [];

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    one = await startOrg('one');
    other = await startOrg('other');
    const read = loadConfig({
      ...(await testVariables()),
      OKTA_DOMAIN: '',
      OKTA_API_TOKEN: '',
      OKTA_CREDENTIALS_DIR: files.path('/'),
    });
    config = { ...read, sync: { ...read.sync, proofGapMs: 0 } };
    client = new Client({ connection: await Connection.connect({ address: config.temporal.address }) });
    db = GraphDatabase.open(config.neo4j);
    await emptyGraph(
      db,
      all.map(({ domain }) => domain),
    );
    worker = await startTestWorker(config);
  });

  after(async () => {
    await worker.stop();
    await emptyGraph(
      db,
      all.map(({ domain }) => domain),
    );
    await db.close();
    await client.connection.close();
    await Promise.all(all.map((org) => org.close()));
  });

  /** An org that differs from the others in its own id and its token only, until it is changed. */
  async function startOrg(name: string, epochMs = Date.now()): Promise<Simulator> {
    const org = await startSimulator({
      ...SIZE,
      epochMs,
      organizationId: newOrganizationId(),
      token: `00-${name}`,
    });
    all.push(org);
    files.write(`${org.domain}.json`, { domain: org.domain, token: org.token });
    return org;
  }

  const begin = (request: SyncRequest) =>
    client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${request.domain}/${randomUUID()}`,
      taskQueue: config.temporal.taskQueue,
      args: [request],
      workflowExecutionTimeout: '5m',
    });

  const sync = async ({ domain }: Simulator): Promise<SyncReport> =>
    reportOf(await begin({ domain, mode: 'full' }));

  const syncBoth = (): Promise<[SyncReport, SyncReport]> => Promise.all([sync(one), sync(other)]);

  async function assertTrue({ domain, org }: Simulator): Promise<void> {
    const truth = org.truth();
    const found = await differences(db, domain, {
      users: truth.users(),
      groups: truth.groups(),
      edges: truth.edges(),
    });
    assert.deepEqual(found, []);
  }

  const idsOf = ({ org }: Simulator): string[] => [...org.truth().users()].map(({ id }) => id);

  function deleteUsers({ org }: Simulator, ids: readonly string[]): void {
    for (const id of ids) {
      org.deactivateUser(id);
      org.deleteUser(id);
    }
  }

  it('are synced side by side into graphs of their own', async () => {
    assert.deepEqual(idsOf(one), idsOf(other), 'equal ids');
    const reports = await syncBoth();
    for (const { outcome, users } of reports) {
      assert.equal(outcome, 'succeeded');
      assert.equal(users.created, SIZE.users);
    }
    await assertTrue(one);
    await assertTrue(other);
    const [shared] = await db.read<{ emails: number; mixed: number }>(
      `RETURN COUNT { MATCH (a:User {okta_domain: $one}), (b:User {okta_domain: $other})
                      WHERE a.email = b.email AND a.id = b.id } AS emails,
              COUNT { MATCH (u:User)-[:MEMBER_OF]->(g:Group) WHERE u.okta_domain <> g.okta_domain } AS mixed`,
      { one: one.domain, other: other.domain },
    );
    assert.ok((shared?.emails ?? 0) > SIZE.users / 2, `${shared?.emails} emails are shared`);
    assert.equal(shared?.mixed, 0);
  });

  it('are changed and swept apart', async () => {
    const done = one.org.churn({ fraction: 0.1, seed: 7 });
    assert.ok(done.usersDeleted > 0, 'a user was deleted');
    const [changed, same] = await syncBoth();
    assert.equal(changed.users.deleted, done.usersDeleted);
    assert.deepEqual(same.users, { seen: SIZE.users, created: 0, updated: 0, deleted: 0 });
    assert.deepEqual([same.memberships.added, same.memberships.removed, same.groups.deleted], [0, 0, 0]);
    await assertTrue(one);
    await assertTrue(other);
  });

  it('have breakers of their own: one withholds while the other deletes', async () => {
    const leaving = idsOf(other).slice(-3);
    deleteUsers(other, leaving);
    deleteUsers(one, idsOf(one).slice(0, 60));
    const [withheld, deleted] = await syncBoth();
    assert.equal(withheld.outcome, 'partial');
    assert.ok(
      withheld.warnings.some(({ code }) => code === 'REMOVALS_WITHHELD'),
      JSON.stringify(withheld.warnings),
    );
    assert.ok(withheld.users.deleted < 60, `${withheld.users.deleted} were removed`);
    assert.equal(deleted.outcome, 'succeeded', JSON.stringify(deleted.warnings));
    assert.equal(deleted.users.deleted, leaving.length);
    await assertTrue(other);
    const allowed = await reportOf(await begin({ domain: one.domain, mode: 'full', allowDeletes: true }));
    assert.equal(allowed.users.deleted, 60 - withheld.users.deleted);
    await assertTrue(one);
    await assertTrue(other);
  });

  it('fail apart: a token that is revoked is of one org only', async () => {
    const { token } = one;
    one.credentials.token = 'revoked-and-not-replaced';
    const [failed, succeeded] = await syncBoth();
    one.credentials.token = token;
    assert.deepEqual([failed.outcome, failed.failure?.code], ['failed', 'OKTA_UNAUTHORIZED']);
    assert.equal(succeeded.outcome, 'succeeded');
    await assertTrue(one);
  });

  it('are selected by exact match: anything else fails at once, for good, and is asked for nowhere', async () => {
    const bystander = await startBystander();
    const strangers = [
      `../${one.domain}`,
      '../x',
      `${one.domain}/`,
      `http://${one.domain}`,
      `${one.domain}@${new URL(bystander.origin).host}`,
      new URL(bystander.origin).host,
      'unknown.okta.com',
      '',
    ];
    one.stats.reset();
    for (const domain of strangers) {
      const run = await begin({ domain });
      const failure = await failureOf(run.result());
      assert.ok(failure instanceof ApplicationFailure, `${domain}: ${String(failure)}`);
      assert.equal(failure.type, 'UNKNOWN_ORG', domain);
      const { events } = await run.fetchHistory();
      const attempts = events?.filter(({ activityTaskFailedEventAttributes: failed }) => failed) ?? [];
      const started = events?.flatMap(
        ({ activityTaskStartedEventAttributes: begun }) => begun?.attempt ?? [],
      );
      assert.equal(attempts.length, 1);
      assert.deepEqual(started, [1], 'one attempt');
    }
    assert.deepEqual(bystander.requests, []);
    assert.equal(one.stats.snapshot().calls, 0);
    await bystander.stop();
  });

  it('are asked for nothing more by a worker that runs once their file is removed', async () => {
    const removed = await startOrg('removed');
    assert.equal((await reportOf(await begin({ domain: removed.domain }))).outcome, 'succeeded');
    rmSync(files.path(`${removed.domain}.json`));
    removed.stats.reset();
    const failure = await failureOf((await begin({ domain: removed.domain })).result());
    assert.ok(failure instanceof ApplicationFailure, String(failure));
    assert.equal(failure.type, 'UNKNOWN_ORG');
    assert.equal(removed.stats.snapshot().calls, 0);
  });

  it('have a schedule each, which status and the list show', async () => {
    const domains = [one.domain, other.domain].sort();
    const applied = new Sink();
    assert.equal(await scheduleApply({ config, out: applied, err: new Sink() }, {}), 0);
    assert.equal(
      applied.text.split('\n').filter((line) => / created: every 2h, active$/.test(line)).length,
      2,
    );
    const listed = async (): Promise<string> => {
      const out = new Sink();
      await scheduleList({ config, out, err: new Sink() });
      return out.text;
    };
    await until(async () => {
      const text = await listed();
      return domains.every((domain) => text.includes(scheduleId(domain)));
    });
    const shown = new Sink();
    assert.equal(await status({ config, out: shown, err: new Sink() }, {}), 0);
    for (const domain of domains) {
      assert.match(shown.text, new RegExp(`^${domain}\\n.*schedule {6}every 2h, next .*\\n`, 'm'));
    }
    assert.equal(shown.text.match(/last success {2}#\d+ succeeded/g)?.length, 2);
    await deleteSchedule(client, one.domain);
    const [out, err] = [new Sink(), new Sink()];
    const hidden = { ...config, showOktaIntegration: false };
    assert.equal(await scheduleApply({ config: hidden, out, err }, {}), 1);
    assert.match(err.text, new RegExp(`no schedule can be created for ${one.domain}`));
    assert.match(out.text, new RegExp(`${scheduleId(other.domain)} updated: every 2h, paused`));
    await deleteSchedule(client, other.domain);
  });

  it('may grow by one whose file is added while the worker runs', async () => {
    const late = await startOrg('late');
    const report = await sync(late);
    assert.equal(report.outcome, 'succeeded');
    await assertTrue(late);
    await assertTrue(other);
  });
});
