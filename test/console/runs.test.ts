import assert from 'node:assert/strict';
import { WorkflowFailedError } from '@temporalio/client';
import { logRunId, SYNC_WORKFLOW_TYPE, type SyncReport } from '../../src/contract';
import { integrationPath, nodePath, runPath, runsPath } from '../../src/console/pages/links';
import type { RunningConsole } from '../../src/console/server';
import { addAnotherOrg } from '../../dev/lab/graph/anotherOrg';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { until } from '../../dev/lab/until';
import { deleteUser } from '../../dev/lab/org/content';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { textOf, Visitor } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';

describe('The console on a run', () => {
  let stack: Stack;
  let console: RunningConsole;
  let visitor: Visitor;
  let domain: string;
  let theirs: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 60, groups: 4 });
    ({ domain } = stack.sim);
    console = await openConsole(stack.config, { CONSOLE_TEMPORAL_UI: 'http://127.0.0.1:8233/' });
    await stack.sync();
    theirs = await addAnotherOrg(stack.db);
  });

  beforeEach(() => {
    visitor = new Visitor(console.url);
  });

  after(async () => {
    await console.close();
    await emptyGraph(stack.db, [theirs]);
    await stack.stop();
  });

  const usersInGraph = async () => {
    const [row] = await stack.db.read<{ count: number }>(
      'MATCH (u:User {okta_domain: $domain}) RETURN count(u) AS count',
      { domain },
    );
    return row?.count ?? 0;
  };

  /** Starts a run that no worker picks up. */
  const startIdleRun = () =>
    stack.client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${domain}/idle`,
      taskQueue: 'without a worker',
      args: [{ domain }],
    });
  const runsInGraph = async () => {
    const [row] = await stack.db.read<{ count: number }>(
      'MATCH (r:SyncRun {okta_domain: $domain}) RETURN count(r) AS count',
      { domain },
    );
    return row?.count ?? 0;
  };

  it('lists withheld removals, and lets the user approve those of the latest run once', async function () {
    this.timeout(240_000);
    const users = [...stack.sim.org.truth().users()].map(({ id }) => id);
    for (const user of users.slice(0, 40)) deleteUser(stack, user);
    const report = await stack.sync({ mode: 'full' });
    const path = runPath(domain, report.runId);
    const body = await visitor.open(path);
    assert.match(textOf(body), /\d+ withheld removals/);
    assert(!body.includes('00uTheirs'), 'the page shows a user of another org');
    assert.equal(
      body
        .split('id="withheld"')[1]
        ?.split('</table>')[0]
        ?.match(/\/users\//g)?.length,
      20,
    );
    const list = await visitor.open(`${path}/withheld`);
    const shown = users.slice(0, 40).filter((id) => list.includes(`/users/${id}"`));
    assert.deepEqual([shown.length, await usersInGraph()], [40, 60]);
    const [gone = ''] = shown;
    assert.match(textOf(await visitor.open(nodePath(domain, 'User', gone))), /not found in Okta/);
    await visitor.open(path);
    assert.match(textOf(body), /40 users, 0 groups, 0 memberships/);

    const token = /name="form_token" value="([^"]+)"/.exec(body)?.[1] ?? '';
    const approve = (run: string) => visitor.post(`${run}/approve`, { form_token: token, sure: 'yes' });
    const inProgress = await startIdleRun();
    await until(async () => /A run is in progress\. Its report/.test(textOf(await visitor.open(path))));
    await approve(path);
    assert.equal(visitor.page.path, `${path}?note=not-approved`, 'not while a run is in progress');
    assert.match(textOf(visitor.page.body), /Nothing was approved\./);
    await inProgress.terminate();
    await until(async () => (await visitor.open(path)).includes(`${path}/approve`));

    await stack.db.run(
      `CREATE (:SyncRun {okta_domain: $domain, id: 'stopped', number: toInteger($number) + 1, mode: 'full',
         workflow_id: 'w', outcome: 'cancelled', started_at: datetime(), finished_at: datetime()})`,
      { domain, number: report.runNumber },
    );
    assert.ok((await visitor.open(`${runsPath(domain)}/${report.runNumber}`)).includes(`${path}/approve`));
    assert.equal(visitor.page.path, path, 'a page by number leads to that by id');
    await stack.db.run(`MATCH (r:SyncRun {okta_domain: $domain, id: 'stopped'}) DELETE r`, { domain });

    await visitor.submit(`${path}/approve`);
    assert.equal(visitor.page.path, `${path}?note=not-approved`, 'not without the confirmation');
    await visitor.submit(`${path}/approve`, { sure: 'yes' });
    assert.match(visitor.page.path, /note=started$/);
    const approved = visitor.page.path.split('?')[0] ?? '';
    await visitor.open(`${approved}/events`);
    assert.doesNotMatch(textOf(await visitor.open(approved)), /withheld/);
    assert.equal(await usersInGraph(), 20);
    const [approval] = await stack.db.read<{ by: string; users: number; used: number; ids: string[] }>(
      `MATCH (a:RemovalApproval {okta_domain: $domain})
       MATCH (r:SyncRun {okta_domain: $domain, number: a.used_run})
       RETURN r.approved_by AS by, r.approved_users AS users, a.used_run - $number AS used,
              a.user_ids AS ids`,
      { domain, number: report.runNumber },
    );
    assert(approval);
    const { ids, ...given } = approval;
    assert.deepEqual(given, { by: 'the console', users: 40, used: 1 });
    assert.deepEqual(ids.toSorted(), users.slice(0, 40).toSorted());
    const integration = textOf(await visitor.open(integrationPath(domain)));
    assert.match(
      integration,
      /Removals were approved for one run: at most 40 users, 0 groups, 0 memberships, as listed by run #2/,
    );
    assert.doesNotMatch(integration, /theirs/, 'changes of another org are shown');

    const earlier = await visitor.open(path);
    assert.match(textOf(earlier), /There is a later run\./);
    assert.match(
      textOf(earlier),
      new RegExp(`Approved by the console, [-0-9: ]+Z, for run #${report.runNumber + 1}\\.`),
    );
    assert(!earlier.includes(`${path}/approve`), 'an earlier run can be approved');

    for (const [name, run] of [
      ['an earlier run', path],
      ['a run that withheld nothing', approved],
    ] as const) {
      await approve(run);
      assert.equal(visitor.page.path, `${run}?note=not-approved`, `the form of ${name} must not start a run`);
    }
    assert.equal(await runsInGraph(), report.runNumber + 1);
  });

  it('lists all runs, also those of one outcome, and compares two', async () => {
    const list = textOf(await visitor.open(`${integrationPath(domain)}/runs`));
    assert.match(list, /#3 succeeded .* #2 partial .* #1 succeeded /);
    const partial = await visitor.open(`${integrationPath(domain)}/runs?outcome=partial`);
    assert.match(textOf(partial), /#2 partial/);
    assert.doesNotMatch(textOf(partial), /#[13] succeeded/);
    const older = textOf(await visitor.open(`${integrationPath(domain)}/runs?before=2`));
    assert.match(older, /#1 succeeded/);
    assert.doesNotMatch(older, /#2 partial/);

    const path = /href="([^"]+)">#2</.exec(partial)?.[1] ?? '';
    const body = await visitor.open(path);
    assert.match(textOf(body), /Older: run #1 Newer: run #3 Compare with run #1/);
    assert.match(textOf(body), /Phases.* Users and groups .* Memberships .* Removals /);
    const compare = /href="([^"]+\/compare\?with=[^"]+)"/.exec(body)?.[1] ?? '';
    const text = textOf(await visitor.open(compare));
    assert.match(text, /Runs #1 and #2 .* Users seen 60 20 −40 .* Users deleted 0 0 same /);
    assert.match(text, /New in run #2: \d+ .*REMOVALS_WITHHELD/);
    const status = (query: string) => visitor.open(`${path}/compare${query}`);
    assert.match(textOf(await status('?with=99')), /Not found/);
  });

  it('lists what a run has changed, with names', async () => {
    const first = await stack.db.read<{ id: string }>(
      'MATCH (r:SyncRun {okta_domain: $domain, number: 1}) RETURN r.id AS id',
      { domain },
    );
    const path = runPath(domain, first[0]?.id ?? '');
    const body = await visitor.open(path);
    assert.match(textOf(body), /What changed .* The first 50 of \d+\. All changes of this run/);
    assert.match(body, /<td>user added<\/td><td><a href="[^"]+\/users\/[^"]+">[^<]+ [^<]+<\/a>/);
    const all = textOf(await visitor.open(`${path}/changes?skip=60`));
    assert.match(all, /61 to \d+ of \d+ .* membership added .* in /);
    assert.doesNotMatch(all, / user added /);
  });

  it('stops a run once that is confirmed, and records who did', async function () {
    this.timeout(120_000);
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 60_000 } }]);
    const handle = await stack.begin({ mode: 'full' });
    const path = runPath(domain, (await handle.describe()).runId);
    await until(async () => /aria-current="step"><strong>Memberships/.test(await visitor.open(path)));
    await visitor.submit(`${path}/cancel`);
    await until(async () => /Run( #\d+)? running/.test(textOf(await visitor.open(path))));
    await visitor.submit(`${path}/cancel`, { sure: 'yes' });
    assert.equal(visitor.page.path, `${path}?note=stopping`);
    stack.sim.faults.set([]);
    await assert.rejects(handle.result(), WorkflowFailedError);
    assert.match(textOf(await visitor.open(path)), /Run #4 cancelled/);
    assert.match(textOf(await visitor.open(integrationPath(domain))), /Run #4 was stopped \(the console\)/);
  });

  it('explains why a run failed to start, even though it is not in the graph', async () => {
    const { workflowId, firstExecutionRunId } = await stack.client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${domain}/unknown`,
      taskQueue: stack.config.temporal.taskQueue,
      args: [{ domain: 'other.okta.com' }],
    });
    await stack.client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined);
    const path = runPath(domain, firstExecutionRunId);
    await until(async () => (await visitor.open(integrationPath(domain))).includes(path));
    assert.match(textOf(visitor.page.body), new RegExp(`${domain} error`));
    const text = textOf(await visitor.open(path));
    assert.match(text, /Run failed/);
    assert.match(text, /UNKNOWN_ORG/);
  });

  it('shows that a run was terminated, and links to it in the Temporal UI', async () => {
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 60_000 } }]);
    const handle = await stack.begin({ mode: 'full' });
    const { runId } = await handle.describe();
    const path = runPath(domain, runId);
    await until(async () => /Run( #\d+)? running/.test(textOf(await visitor.open(path))));
    await handle.terminate();
    stack.sim.faults.set([]);
    const body = await visitor.open(path);
    assert.match(textOf(body), /The run was terminated and has no report/);
    const ui = `http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(handle.workflowId)}/${runId}/history`;
    assert(body.includes(`href="${ui}"`));
  });

  it('shows retries, their cause and the time of the next attempt', async () => {
    stack.sim.faults.set([{ match: { route: 'users' }, action: { type: 'error', status: 503 } }]);
    const handle = await stack.begin({ mode: 'full' });
    const { runId } = await handle.describe();
    const isRetrying = async () =>
      /syncUsers failed and .*retried.*\(attempt \d+\)/.test(
        textOf(await visitor.open(runPath(domain, runId))),
      );
    await until(isRetrying, 50_000);
    assert.match(textOf(visitor.page.body), /Okta.*5\d\d|503/);
    stack.sim.faults.set([]);
    await handle.terminate();
  });

  it('starts no second run while one is in progress', async () => {
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'late' } }]);
    await visitor.open(integrationPath(domain));
    const action = `${integrationPath(domain)}/run`;
    await visitor.submit(action, { mode: 'full' });
    const first = visitor.page.path.split('?')[0];
    await visitor.open(integrationPath(domain));
    assert.match(visitor.page.body, /<button disabled="">Run now/);
    await visitor.submit(action, { mode: 'full' });
    assert.equal(visitor.page.path, `${first}?note=attached`);
    stack.sim.faults.clear();
    await visitor.open(`${first}/events`);
  });

  it('shows runs that the System Log has started only when asked, with what they have changed', async () => {
    const [user] = stack.sim.org.truth().users();
    assert(user);
    const touch = async () => {
      stack.sim.org.renameUser(user.id);
      return (await stack.client.workflow.execute(SYNC_WORKFLOW_TYPE, {
        workflowId: logRunId(domain, 'touched'),
        taskQueue: stack.config.temporal.taskQueue,
        args: [{ domain, mode: 'touched', touched: { users: [user.id], groups: [] } }],
      })) as SyncReport;
    };
    const [first, report] = [await touch(), await touch()];
    assert.doesNotMatch(await visitor.open(runsPath(domain)), new RegExp(report.runId));
    assert.match(await visitor.open(`${runsPath(domain)}?touched=yes`), new RegExp(report.runId));
    const page = textOf(await visitor.open(runPath(domain, report.runId)));
    assert.match(page, /System Log/);
    assert.match(page, /What changed .* user changed/);
    assert.match(page, new RegExp(`Older: run #${first.runNumber} Compare with run #`));
    const link = /href="([^"]*)" rel="prev"/;
    const [, older] = link.exec(await visitor.open(runPath(domain, first.runId))) ?? [];
    assert.doesNotMatch(
      await visitor.open(String(older)),
      /Newer: run/,
      'a run with lists names no touched one',
    );
  });
});
