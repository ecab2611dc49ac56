import assert from 'node:assert/strict';
import { WATCH_QUERY, type WatchView } from '../../src/contract';
import { lastReports } from '../../src/graph/read/reports';
import { standings } from '../../src/graph/read/standing';
import { findRunningSync } from '../../src/runs/inProgress';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { reportOf } from '../../dev/lab/org/report';
import { Stack } from '../../dev/lab/org/stack';
import { WatchedOrg } from '../../dev/lab/org/watchedOrg';
import { until } from '../../dev/lab/until';

/** Each test goes on with the org that the one before has left, and with the same watch. */
describe('The watch of the System Log', function () {
  this.timeout(120_000);
  let stack: Stack;
  let watched: WatchedOrg;
  let lastBefore = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 300, groups: 14, memberships: 1_200 });
    await stack.sync({ mode: 'full' });
    watched = await WatchedOrg.start(stack);
    await watched.idle();
  });
  after(async () => {
    await watched.stop();
    await stack.stop();
  });
  beforeEach(async () => {
    // The graph can be what the org is before the run that has made it so ends.
    await watched.idle();
    lastBefore = await watched.lastRun();
    stack.sim.stats.reset();
  });
  afterEach(() => {
    stack.sim.faults.clear();
    Object.assign(stack.sim.settings.log, { repeated: 0, missing: 0, persistJitterMs: 0 });
  });

  const users = () => [...stack.sim.org.truth().users()];
  const active = () => users().filter(({ status }) => status === 'ACTIVE');
  const groups = () => [...stack.sim.org.truth().groups()].filter(({ type }) => type === 'OKTA_GROUP');
  const modes = async () => (await watched.runsAfter(lastBefore)).map(({ mode }) => mode);
  const calls = () => stack.sim.stats.snapshot().byRoute;

  function first<T>(found: readonly T[]): T {
    const [one] = found;
    assert(one !== undefined);
    return one;
  }

  /** A user, and a group that it is not in. */
  function outsider(): { userId: string; groupId: string } {
    const groupId = first(groups()).id;
    const members = new Set(
      [...stack.sim.org.truth().edges()].filter(([, group]) => group === groupId).map(([user]) => user),
    );
    const userId = first(active().filter(({ id }) => !members.has(id))).id;
    return { userId, groupId };
  }

  it('has a changed user read, and nothing else', async () => {
    stack.sim.org.renameUser(first(active()).id);
    await watched.caughtUp();
    await watched.idle();
    assert.deepEqual(await modes(), ['touched']);
    const { logs: _, organization: __, ...others } = calls() as Record<string, number>;
    assert.deepEqual(others, { user: 1 });
    const [run] = await watched.runsAfter(lastBefore);
    assert.deepEqual(run?.report?.users, { seen: 1, created: 0, updated: 1, deleted: 0 });
    assert.equal(run?.report?.outcome, 'succeeded');
  });

  it('has the members of a group read whole when one is added or removed', async () => {
    const { userId, groupId } = outsider();
    stack.sim.org.addMembership(groupId, userId);
    await watched.caughtUp();
    stack.sim.org.removeMembership(groupId, userId);
    await watched.caughtUp();
    assert.deepEqual([...new Set(await modes())], ['touched']);
    assert.equal(calls().groups ?? 0, 0);
  });

  it('finds a new user with its groups, and as a member of Everyone', async () => {
    const userId = stack.sim.org.addUser();
    for (const { id } of groups().slice(0, 2)) stack.sim.org.addMembership(id, userId);
    await watched.caughtUp();
    assert.deepEqual([...new Set(await modes())], ['touched']);
  });

  it('finds new and renamed groups', async () => {
    stack.sim.org.renameGroup(first(groups()).id);
    stack.sim.org.addGroup();
    await watched.caughtUp();
    assert.deepEqual([...new Set(await modes())], ['touched']);
  });

  it('reads the first member of a group, which is not counted yet', async () => {
    stack.sim.faults.set([{ match: { route: 'group' }, action: { type: 'usersCount', is: 0 } }]);
    const [groupId, userId] = [stack.sim.org.addGroup(), first(active()).id];
    stack.sim.org.addMembership(groupId, userId);
    await until(async () => {
      const [row] = await stack.db.read<{ is: boolean }>(
        'RETURN EXISTS { (:User {okta_domain: $domain, id: $userId})-[:MEMBER_OF]->(:Group {id: $groupId}) } AS is',
        { domain: stack.domain, userId, groupId },
      );
      return row?.is === true;
    });
    // The raw object has the count.
    stack.sim.faults.clear();
    stack.sim.org.renameGroup(groupId);
    await watched.caughtUp();
    assert.deepEqual([...new Set(await modes())], ['touched']);
  });

  it('has deleted users and groups removed by an incremental run, which looks for proof', async () => {
    const { id } = first(active());
    stack.sim.org.deactivateUser(id);
    await watched.caughtUp();
    assert.deepEqual([...new Set(await modes())], ['touched']);
    stack.sim.org.deleteUser(id);
    stack.sim.org.deleteGroup(first(groups()).id);
    await watched.caughtUp();
    await watched.idle();
    const runs = await watched.runsAfter(lastBefore);
    const touched = runs.filter(({ mode }) => mode === 'touched');
    assert(runs.some(({ mode }) => mode === 'incremental'));
    for (const { report } of touched)
      assert.deepEqual(
        [report?.users.deleted, report?.groups.deleted],
        [0, 0],
        'a touched run removes no node',
      );
  });

  it('starts an incremental run after an import, which has one event for many changes', async () => {
    stack.sim.org.import({ seed: 5, addUsers: 3, renameUsers: 5, addMemberships: 20, removeMemberships: 5 });
    await watched.caughtUp();
    assert.deepEqual(await modes(), ['incremental']);
  });

  it('leaves a change whose event is lost to the next run', async () => {
    stack.sim.settings.log.missing = 1;
    stack.sim.org.renameUser(first(active()).id);
    stack.sim.settings.log.missing = 0;
    await watched.idle();
    assert.equal((await stack.differences({ loginsMayLag: true })).length > 0, true);
    assert.deepEqual(await modes(), []);
    await stack.sync({ mode: 'incremental' });
    assert.deepEqual(await stack.differences({ loginsMayLag: true }), []);
  });

  it('has an object read once although its event is there twice, and late', async () => {
    Object.assign(stack.sim.settings.log, { repeated: 1, persistJitterMs: 1_500 });
    stack.sim.org.renameUser(first(active()).id);
    await until(() => stack.sim.org.log.counts.pending === 0);
    await watched.idle();
    await watched.caughtUp();
    assert.deepEqual(await modes(), ['touched']);
    assert.equal(calls().user, 1);
  });

  it('says that events were lost with its cursor, and starts an incremental run', async () => {
    stack.sim.settings.log.missing = 1;
    stack.sim.org.renameUser(first(active()).id);
    stack.sim.settings.log.missing = 0;
    stack.sim.faults.set([
      { match: { route: 'logs', nth: 1 }, action: { type: 'error', status: 400, errorCode: 'E0000031' } },
    ]);
    await watched.caughtUp();
    await watched.idle();
    const runs = await watched.runsAfter(lastBefore);
    const incremental = first(runs.filter(({ mode }) => mode === 'incremental'));
    const gap = incremental.report?.warnings.find(({ code }) => code === 'LOG_GAP');
    assert.match(gap?.message ?? '', /between \d{4}-\d\d-\d\dT.*Z and \d{4}-\d\d-\d\dT.*Z/);
    assert.equal(incremental.report?.outcome, 'succeeded', 'a gap that was made up for is no shortfall');
  });

  it('has a flood of events read as lists, by one incremental run', async () => {
    stack.sim.org.flood({ events: 3_000, concerning: 'users', types: ['user.account.update_profile'] });
    stack.sim.org.renameUser(first(active()).id);
    await watched.caughtUp();
    await watched.idle();
    assert.deepEqual(await modes(), ['incremental']);
    assert.equal(calls().user ?? 0, 0);
  });

  it('reads nothing for events about what the org does not have', async () => {
    stack.sim.org.flood({ events: 50, concerning: 'nobody', types: ['group.user_membership.add'] });
    await watched.idle();
    for (const { mode, report } of await watched.runsAfter(lastBefore)) {
      assert.equal(mode, 'touched');
      assert.deepEqual(report?.warnings, []);
    }
    assert.deepEqual(await stack.differences({ loginsMayLag: true }), []);
  });

  it('asks again for a new user whom Okta does not find at first', async () => {
    const answer = { type: 'error', status: 404, errorCode: 'E0000007' } as const;
    stack.sim.faults.set([{ match: { route: 'user', nth: 1 }, action: answer }]);
    stack.sim.org.addUser();
    await watched.caughtUp();
    await watched.idle();
    assert.deepEqual([...new Set(await modes())], ['touched']);
  });

  it('misses nothing where the credentials may not read what the graph does not have either', async () => {
    const refusal = { type: 'error' as const, status: 403, errorCode: 'E0000006' };
    stack.sim.faults.set([
      { match: { route: 'user' }, action: refusal },
      { match: { route: 'group' }, action: refusal },
    ]);
    stack.sim.org.flood({ events: 5, concerning: 'nobody', types: ['group.user_membership.add'] });
    stack.sim.org.flood({ events: 5, concerning: 'nobody', types: ['user.account.update_profile'] });
    await watched.idle();
    const runs = await watched.runsAfter(lastBefore);
    assert(runs.length > 0);
    for (const { mode, report } of runs) {
      assert.deepEqual([mode, report?.outcome], ['touched', 'succeeded']);
      assert.deepEqual(report?.warnings, []);
    }
    const { id } = first(active());
    stack.sim.org.renameUser(id);
    await watched.caughtUp();
    const [touched] = (await watched.runsAfter(lastBefore)).slice(runs.length);
    assert.equal(touched?.report?.outcome, 'partial');
    assert.deepEqual(
      touched.report.warnings.map(({ code, userId }) => [code, userId]),
      [['TOUCHED_LEFT', id]],
    );
    assert((await modes()).includes('incremental'));
  });

  it('waits for another run, and reads then what the log has named meanwhile', async () => {
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 700 } }]);
    const other = await stack.begin({ mode: 'full' });
    await until(() => (calls().members ?? 0) > 0);
    stack.sim.org.renameUser(first(active()).id);
    await until(async () => (await watched.view()).doing === 'waiting for another run');
    assert.equal((await reportOf(other)).outcome, 'succeeded');
    await watched.caughtUp();
    const runs = await watched.runsAfter(lastBefore);
    assert.deepEqual(
      runs.map(({ mode }) => mode),
      ['full', 'touched'],
    );
    assert(Number(runs[1]?.startedAt.getTime()) >= Number(runs[0]?.finishedAt?.getTime()));
  });

  it('harms no run that starts while what the log has named is read, and is not taken for a run in progress', async () => {
    stack.sim.faults.set([{ match: { route: 'user', nth: 1 }, action: { type: 'delay', delayMs: 3_000 } }]);
    stack.sim.org.renameUser(first(active()).id);
    await until(async () => (await modes()).includes('touched'));
    assert.equal(await findRunningSync(stack.client, stack.domain), undefined);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded');
    await watched.idle();
    const runs = await watched.runsAfter(lastBefore);
    assert.deepEqual(
      runs.map(({ mode, outcome }) => [mode, outcome]),
      [
        ['touched', 'succeeded'],
        ['full', 'succeeded'],
      ],
    );
    assert.deepEqual(await stack.differences({ loginsMayLag: true }), []);
  });

  it('keeps its place while no worker runs', async () => {
    await stack.stopWorker();
    stack.sim.stats.reset();
    stack.sim.org.renameUser(first(active()).id);
    await stack.restartWorker();
    await watched.caughtUp();
    await watched.idle();
    assert.deepEqual(await modes(), ['touched']);
    assert.equal(calls().user, 1, 'only what changed meanwhile was read');
  });

  it('is not among the runs that show whether the org is synced as scheduled', async () => {
    const stands = async () => first(await standings(stack.db, [stack.domain]));
    const earlier = await stands();
    const [last] = await lastReports(stack.db, stack.domain, 1);
    stack.sim.org.renameUser(first(active()).id);
    await watched.caughtUp();
    await watched.idle();
    assert.deepEqual(await modes(), ['touched']);
    const [now] = await lastReports(stack.db, stack.domain, 1);
    assert.equal(now?.runNumber, last?.runNumber);
    const { lastSuccessMs, lastRun } = await stands();
    assert.deepEqual([lastSuccessMs, lastRun], [earlier.lastSuccessMs, earlier.lastRun]);
  });

  it('moves no watermark: the next incremental run reads what it would have read without it', async () => {
    const watermark = async () => {
      const [row] = await stack.db.read<{ at: string }>(
        'MATCH (o:OktaOrg {domain: $domain}) RETURN toString(o.users_watermark) + toString(o.groups_listed_at) AS at',
        { domain: stack.domain },
      );
      return row?.at;
    };
    const earlier = await watermark();
    stack.sim.org.renameUser(first(active()).id);
    await watched.caughtUp();
    await watched.idle();
    assert.equal(await watermark(), earlier);
  });

  it('says that the log may not be read while syncs go on, and tries again', async () => {
    stack.sim.settings.access.readsLog = false;
    await until(async () => (await watched.view()).doing === 'waiting to try again');
    const { trouble } = await watched.view();
    assert.equal(trouble?.code, 'OKTA_FORBIDDEN');
    assert.match(trouble?.advice ?? '', /System Log/);
    stack.sim.org.renameUser(first(active()).id);
    assert.equal((await stack.sync({ mode: 'incremental' })).outcome, 'succeeded');

    stack.sim.settings.access.readsLog = true;
    stack.sim.org.renameUser(first(active()).id);
    await watched.ping();
    await watched.caughtUp();
    assert.equal((await watched.view()).trouble, undefined);
  });

  it('polls at once when it is pinged, and takes a new interval', async () => {
    await watched.stop();
    watched = await WatchedOrg.start(stack, { intervalMs: 3_600_000 });
    await watched.idle();
    stack.sim.org.renameUser(first(active()).id);
    await watched.ping();
    await watched.caughtUp();
    await watched.handle.signal('ping', { intervalMs: 200 });
    await until(async () => (await watched.view()).intervalMs === 200);
    for (const nonsense of [{ intervalMs: -1 }, 'x', [7]]) await watched.handle.signal('ping', nonsense);
    stack.sim.org.renameUser(first(active()).id);
    await watched.caughtUp();
    assert.equal((await watched.view()).intervalMs, 200);
  });

  it('continues as new with its place', async () => {
    await watched.stop();
    watched = await WatchedOrg.start(stack, { turns: 1 });
    const firstRun = watched.handle.firstExecutionRunId;
    for (let change = 0; change < 3; change += 1) {
      stack.sim.org.renameUser(first(active()).id);
      await watched.caughtUp();
    }
    const later = stack.client.workflow.getHandle(watched.handle.workflowId);
    assert.notEqual((await later.describe()).runId, firstRun);
    assert.equal((await later.query<WatchView>(WATCH_QUERY)).intervalMs, 200);
    await later.terminate();
  });
});
