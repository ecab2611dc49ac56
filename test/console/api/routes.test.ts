import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { changes } from '../../../src/cli/changesCommand';
import { query } from '../../../src/cli/queryCommand';
import type { SyncReport } from '../../../src/contract';
import type { RunningConsole } from '../../../src/console/server';
import { QUESTIONS } from '../../../src/queries/registry';
import { emptyGraph } from '../../../dev/lab/graph/emptyGraph';
import { Stack } from '../../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';
import { Sink } from '../../../dev/lab/sink';
import { ApiClient, removeTokens, tokenIn } from '../support/apiClient';
import { openConsole } from '../support/consoleUnderTest';

const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

describe('The API of the console', () => {
  let stack: Stack;
  let console: RunningConsole;
  let reader: ApiClient;
  let operator: ApiClient;
  let org: string;
  let report: SyncReport;
  /** A user, a group of the user, and the number of its members. */
  let user: string;
  let group: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 40, groups: 6, rules: 2, awkward: false }, { SYNC_ACCESS: 'rules' });
  });
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = `/orgs/${encodeURIComponent(stack.domain)}`;
    report = await stack.sync({ mode: 'full' });
    [user = ''] = [...stack.sim.org.truth().edges()].map(([each]) => each);
    const moved = stack.sim.org.addGroup({ name: 'Moved' });
    stack.sim.org.addMembership(moved, user);
    group = moved;
    await stack.sync();
    console = await openConsole(stack.config);
    reader = await ApiClient.open(console.url, await tokenIn(stack.db, 'read'));
    operator = await ApiClient.open(console.url, await tokenIn(stack.db, 'operate'));
  });

  after(async () => {
    await console.close();
    await removeTokens(stack.db);
    await stack.stop();
  });

  const refused = async (path: string, status: number, detail: RegExp) => {
    const answer = await reader.get(path);
    assert.equal(answer.status, status, path);
    assert.match(answer.body.detail, detail);
  };
  const idsOf = (items: readonly object[]) => items.map((each) => (each as { id: string }).id).sort();
  const output = async (print: (out: Sink) => Promise<number>) => {
    const out = new Sink();
    await print(out);
    return JSON.parse(out.text) as Record<string, unknown>;
  };
  const context = (out: Sink) => ({ config: stack.config, out, err: new Sink() }) as never;

  it('lists the orgs, and shows the state, schedule, size and last success of one', async () => {
    const { body } = await reader.get('/orgs');
    assert.deepEqual(body, { items: [{ domain: stack.domain }], next: null });
    const shown = (await reader.get(org)).body;
    assert.equal(shown.state, 'active');
    assert.equal(shown.schedule, null);
    assert.equal(shown.lastSuccess.runNumber, 2);
    const { users, groups, apps, rules } = shown.size;
    assert.deepEqual({ users, groups, apps, rules }, { users: 40, groups: 7, apps: null, rules: 2 });
    await refused('/orgs/other.okta.com', 404, /There is no such org/);
    await refused('/orgs/other.okta.com/users', 404, /There is no such org/);
  });

  it('lists the runs, and shows the report of one by its id or number', async () => {
    const { items, pages } = await reader.all(`${org}/runs`, 1);
    assert.equal(pages.length, 2);
    assert.deepEqual(
      items.map((each) => (each as { runNumber: number }).runNumber),
      [2, 1],
    );
    for (const run of [report.runId, '1']) {
      const { body } = await reader.get(`${org}/runs/${run}`);
      assert.equal(body.state, 'reported');
      assert.deepEqual(body.report, report);
    }
    await refused(`${org}/runs/${randomUUID()}`, 404, /no such run/);
    await refused(`${org}/runs/99`, 404, /no such run/);
    await refused(`${org}/runs?after=x`, 400, /after is not the next/);
  });

  it('starts a run, attaches to one in progress, and shows its progress', async () => {
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 60_000 } }]);
    const started = await operator.post(`${org}/runs`, { mode: 'full' });
    assert.equal(started.status, 202);
    assert.equal(started.body.attached, false);
    const [record] = await stack.db.read<{ what: string; by: string }>(
      'MATCH (e:ConsoleEvent {okta_domain: $domain}) RETURN e.what AS what, e.by AS by',
      { domain: stack.domain },
    );
    assert.equal(record?.what, 'A run was started (full)');
    assert.match(record.by, /^the API token of a test/);
    const again = await operator.post(`${org}/runs`, {});
    assert.deepEqual(again.body, { runId: started.body.runId, attached: true });
    assert.equal(again.headers['location'], `/api/v1${org}/runs/${started.body.runId}`);
    const { body } = await reader.get(`${org}/runs/${started.body.runId}`);
    assert.equal(body.state, 'running');
    assert.equal(body.report, null);
    assert.equal((await reader.get(org)).body.currentRun.runId, started.body.runId);
    await stack.client.workflow.getHandle(body.workflowId as string).terminate();
    stack.sim.faults.clear();
    const ended = (await reader.get(`${org}/runs/${started.body.runId}`)).body;
    assert.deepEqual([ended.state, ended.status], ['ended', 'TERMINATED']);
  });

  it('starts no run for a token that reads only, nor with an invalid body', async () => {
    const { status, body } = await reader.post(`${org}/runs`, { mode: 'full' });
    assert.equal(status, 403);
    assert.match(body.detail, /scope operate/);
    for (const [wrong, says] of [
      [{ mode: 'all' }, /mode/],
      [{ allowDeletes: true }, /allowDeletes/],
    ] as const) {
      const answer = await operator.post(`${org}/runs`, wrong);
      assert.equal(answer.status, 400);
      assert.match(answer.body.detail, says);
    }
    const headers = { 'content-type': 'application/json' };
    const unreadable = await operator.send('POST', `${org}/runs`, { headers, body: '{' });
    assert.equal(unreadable.status, 400);
    const large = await operator.send('POST', `${org}/runs`, { headers, body: ' '.repeat(20_000) });
    assert.equal(large.status, 413);
  });

  it('lists the questions with their parameters', async () => {
    const { items } = await reader.all('/questions', 20);
    assert.deepEqual(
      items.map((each) => (each as { id: string }).id),
      QUESTIONS.map(({ id }) => id),
    );
  });

  it('answers a question as the command line does, with the first rows', async () => {
    const { body } = await reader.get(`${org}/questions/group-members?group=Everyone`);
    const printed = await output((out) =>
      query(context(out), 'group-members', { domain: stack.domain, param: ['group=Everyone'], json: true }),
    );
    const { askedAt: _, run, ...proof } = body.proof;
    const { askedAt: __, run: printedRun, ...printedProof } = printed['proof'] as typeof body.proof;
    assert.deepEqual(
      { ...body, proof, run: run.runId },
      { ...printed, hasMore: false, proof: printedProof, run: printedRun.runId },
    );
    assert.equal(body.rows.length, 40);
    const first = (await reader.get(`${org}/questions/group-members?group=Everyone&limit=7`)).body;
    assert.deepEqual(first.rows, body.rows.slice(0, 7));
    assert.equal(first.hasMore, true);
  });

  it('answers every question that needs no parameters', async () => {
    for (const { id, parameters } of QUESTIONS) {
      if (Object.values(parameters).some((each) => each.default === undefined)) continue;
      assert.equal((await reader.get(`${org}/questions/${id}`)).status, 200, id);
    }
  });

  it('says why a question is not answered', async () => {
    await refused(`${org}/questions/nothing`, 404, /no such question/);
    await refused(`${org}/questions/group-members`, 400, /needs these parameters.*: group \(/);
    await refused(`${org}/questions/group-members?group=Nobody`, 404, /no group of/);
    await refused(`${org}/questions/inactive-users?since=yesterday`, 400, /is not a valid time/);
    await refused(`${org}/questions/inactive-users?person=x`, 400, /has no parameter person/);
    for (const limit of ['0', '1001', 'many', '', '0x10', '1e2', '1.0', ' 5'])
      await refused(`${org}/questions/users-by-status?limit=${limit}`, 400, /^limit: /);
  });

  it('lists users and groups, all or of a kind', async () => {
    const truth = [...stack.sim.org.truth().users()];
    const { items, pages } = await reader.all(`${org}/users`, 7);
    assert.equal(pages.length, 6);
    assert.deepEqual(idsOf(items), truth.map(({ id }) => id).sort());
    const active = await reader.all(`${org}/users?kind=ACTIVE`, 1_000);
    const expected = truth.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
    assert.deepEqual(idsOf(active.items), expected.sort());
    assert.equal((await reader.all(`${org}/groups`, 3)).items.length, 7);
    assert.deepEqual((await reader.get(`${org}/users?kind=NONE`)).body, { items: [], next: null });
    await refused(`${org}/users?after=WyJhIl0`, 400, /after is not the next/);
    await refused(`${org}/users?status=ACTIVE`, 400, /status/);
  });

  it('continues a list after a user who has been deleted meanwhile', async () => {
    const { body } = await reader.get(`${org}/users?limit=3`);
    const last = body.items.at(-1).id as string;
    const one = 'MATCH (u:User {okta_domain: $domain, id: $id})';
    const parameters = { domain: stack.domain, id: last };
    await stack.db.run(`${one} REMOVE u:User SET u:Hidden`, parameters);
    const rest = (await reader.get(`${org}/users?limit=1000&after=${body.next}`)).body;
    await stack.db.run(`${one.replace(':User', ':Hidden')} REMOVE u:Hidden SET u:User`, parameters);
    assert.equal(rest.items.length, 37);
  });

  it('shows the memberships of a user and of a group, in pages', async () => {
    const groups = [...stack.sim.org.truth().edges()].filter(([each]) => each === user);
    const { body } = await reader.get(`${org}/users/${user}`);
    assert.equal(body.properties.id, user);
    assert.equal(body.memberships.total, groups.length);
    const ids: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const cursor = after === '' ? '' : `&after=${after}`;
      const page = (await reader.get(`${org}/users/${user}?limit=1${cursor}`)).body.memberships;
      ids.push(...idsOf(page.items as object[]));
      after = page.next as string | null;
    }
    assert.deepEqual(ids.sort(), groups.map(([, each]) => each).sort());
    const members = (await reader.get(`${org}/groups/${group}`)).body.memberships;
    assert.deepEqual(idsOf(members.items as object[]), [user]);
    await refused(`${org}/users/00uNobody`, 404, /never had this user/);
  });

  it('shows memberships on a date, and says where the history does not reach back to it', async () => {
    const today = (await reader.get(`${org}/groups/${group}?at=${dayOf(Date.now())}`)).body;
    assert.deepEqual([today.memberships.total, today.note], [1, null]);
    for (const label of ['users', 'groups'] as const) {
      const id = label === 'users' ? user : group;
      const { status, body } = await reader.get(
        `${org}/${label}/${id}?at=${dayOf(Date.now() - 30 * DAY_MS)}`,
      );
      assert.equal(status, 200);
      assert.equal(body.memberships, null);
      assert.match(body.note, /History begins at .* What was before is not known/);
    }
    for (const wrong of ['2026-02-30', 'today', '1d', dayOf(Date.now() + 2 * DAY_MS)])
      await refused(
        `${org}/users/${user}?at=${wrong}`,
        400,
        /is not a date such as .*, or it is in the future/,
      );
  });

  it('lists the changes since a time as the command line does, in pages', async () => {
    const { items, pages } = await reader.all(`${org}/changes?since=7d`, 30);
    const printed = await output((out) =>
      changes(context(out), { domain: stack.domain, since: '7d', json: true }),
    );
    assert.deepEqual(items, printed['changes']);
    assert.ok(items.length > 60);
    assert.deepEqual(
      pages.map(({ missing }) => missing as number | null),
      [...pages.slice(1).map(() => null), printed['missing']],
    );
    const runs = printed['runs'] as { runNumber: number }[];
    assert.equal(pages[0]?.runs.count, runs.length);
    const none = (await reader.get(`${org}/changes?since=0d`)).body;
    assert.deepEqual([none.items, none.runs, none.next, none.missing], [[], null, null, 0]);
    await refused(`${org}/changes?since=tomorrow`, 400, /is not a valid time/);
    await refused(`${org}/changes?since=2999-01-01`, 400, /in the future/);
  });

  it('refuses other paths and methods', async () => {
    await refused('/nothing', 404, /no such path/);
    await refused(`${org}/`, 404, /no such path/);
    for (const [method, path, allow] of [
      ['DELETE', '/orgs', 'GET, HEAD'],
      ['PUT', `${org}/runs`, 'GET, HEAD, POST'],
      ['POST', '/openapi.json', 'GET, HEAD'],
    ] as const) {
      const { status, headers } = await operator.send(method, path);
      assert.equal(status, 405, path);
      assert.equal(headers['allow'], allow);
    }
  });

  it('shows orgs of the graph only if they are configured', async () => {
    const domain = `${randomUUID()}.okta.com`;
    await stack.db.run('CREATE (:OktaOrg {domain: $domain})', { domain });
    await refused(`/orgs/${domain}/users`, 404, /no such org/);
    await emptyGraph(stack.db, [domain]);
  });

  it('explains that Temporal does not respond, and answers what needs the graph only', async function () {
    this.timeout(60_000);
    const temporal = { ...stack.config.temporal, address: '127.0.0.1:1' };
    const alone = await openConsole({ ...stack.config, temporal });
    const client = await ApiClient.open(alone.url, await tokenIn(stack.db, 'read'));
    assert.equal((await client.get(`${org}/users`)).status, 200);
    const { status, body } = await client.get(org);
    assert.equal(status, 503);
    assert.match(body.detail, /Temporal does not respond at 127.0.0.1:1/);
    await alone.close();
  });
});
