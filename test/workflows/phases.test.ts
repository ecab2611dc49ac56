import assert from 'node:assert/strict';
import type { SyncProgress } from '../../src/contract';
import { FakeActivities, begun, reportOf } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';
import { signal } from '../../dev/lab/signal';

describe('The phases of a sync', () => {
  let faked: FakedSync;

  before(async () => {
    faked = await FakedSync.onTimeSkippingServer();
  });
  after(() => faked.stop());

  it('follow each other: the lists, the memberships, the sweep, the report', async () => {
    const fake = new FakeActivities();
    const report = await faked.run(fake);
    assert.equal(report.outcome, 'succeeded');
    const [first, ...rest] = fake.order;
    assert.equal(first, 'beginRun');
    assert.deepEqual(rest.splice(0, 2).sort(), ['syncGroups', 'syncUsers']);
    assert.deepEqual(rest, ['syncMemberships', 'sweep', 'endRun']);
    assert.equal(fake.ending, undefined);
  });

  it('read users and groups side by side', async () => {
    const users = signal();
    const groups = signal();
    const fake = new FakeActivities({
      syncUsers: async () => (users.give(), await groups.given, { seen: 3 }),
      syncGroups: async () => (groups.give(), await users.given, { seen: 2 }),
    });
    assert.equal((await faked.run(fake)).outcome, 'succeeded');
  });

  it('begin with the memberships only when both lists have ended', async () => {
    let groupPages = 3;
    const fake = new FakeActivities({
      syncGroups: async (_run, { seen, restarts }) =>
        groupPages-- > 0 ? { cursor: { next: `page ${groupPages}`, seen, restarts }, seen } : { seen },
    });
    await faked.run(fake);
    assert.deepEqual(fake.order.slice(-4), ['syncGroups', 'syncMemberships', 'sweep', 'endRun']);
    assert.equal(fake.times('syncUsers'), 1);
  });

  it('hand each chunk the cursor of the one before', async () => {
    const pages = ['/a', '/b'];
    const swept = ['00u1', '00u2'];
    const fake = new FakeActivities({
      syncUsers: async (_run, { seen }) => {
        const next = pages.shift();
        return next ? { cursor: { next, seen: seen + 200, restarts: 1 }, seen: seen + 200 } : { seen };
      },
      sweep: async () => {
        const after = swept.shift();
        return after ? { label: 'User', after } : undefined;
      },
    });
    await faked.run(fake);
    assert.deepEqual(argsOf(fake, 'syncUsers'), [
      { seen: 0, restarts: 0 },
      { next: '/a', seen: 200, restarts: 1 },
      { next: '/b', seen: 400, restarts: 1 },
    ]);
    assert.deepEqual(argsOf(fake, 'sweep'), [
      undefined,
      { label: 'User', after: '00u1' },
      { label: 'User', after: '00u2' },
    ]);
  });

  it('repeat the memberships until they are done', async () => {
    let groupsDone = 0;
    const fake = new FakeActivities({
      syncMemberships: async () => ({ done: ++groupsDone === 4, groupsDone, groupsTotal: 4 }),
    });
    await faked.run(fake);
    assert.equal(fake.times('syncMemberships'), 4);
  });

  it('read apps, roles and rules between memberships and sweep, and settle them afterwards', async () => {
    const progress: SyncProgress[] = [];
    let ask: () => Promise<SyncProgress> = () => assert.fail('not started');
    const started = signal();
    const note = async () => {
      await started.given;
      progress.push(await ask());
    };
    const chunks = [
      { isDone: false, done: 40, total: 100 },
      { isDone: true, done: 60, total: 60 },
      { isDone: true, done: 0, total: 0 },
    ];
    const fake = new FakeActivities({
      beginRun: async (_request, id) => begun({ id, access: ['apps'] }),
      syncMemberships: async () => (await note(), { done: true, groupsDone: 2, groupsTotal: 2 }),
      syncAccess: async () => (await note(), chunks.shift() ?? assert.fail('another chunk')),
    });
    await faked.run(fake, [], async (sync) => {
      ask = () => sync.query<SyncProgress>('progress');
      started.give();
      await sync.result();
      await note();
    });
    assert.deepEqual(fake.order.slice(3), [
      'syncMemberships',
      'syncAccess',
      'syncAccess',
      'sweep',
      'syncAccess',
      'endRun',
    ]);
    assert.deepEqual(argsOf(fake, 'syncAccess'), ['read', 'read', 'settled']);
    assert.deepEqual(
      progress.map(({ phase, access }) => [phase, access?.done, access?.total]),
      [
        ['memberships', 0, 0],
        ['access', 0, 0],
        ['access', 40, 100],
        ['sweep', 100, 100],
        ['done', 100, 100],
      ],
    );
  });

  it('are shown by the progress query, with the counts so far', async () => {
    let runId = '';
    let ask: () => Promise<SyncProgress> = () => assert.fail('not started');
    const started = signal();
    const shown: Record<string, SyncProgress> = {};
    const record = async (name: string) => {
      await started.given;
      shown[name] = await ask();
    };
    const fake = new FakeActivities({
      beginRun: async (_request, id) => (await record('begin'), begun({ id, mode: 'incremental' })),
      syncUsers: async (_run, { next }) => {
        if (next) await record('users');
        return next ? { seen: 300 } : { seen: 200, cursor: { next: '/2', seen: 200, restarts: 0 } };
      },
      syncMemberships: async () => {
        await record('memberships');
        return { done: true, groupsDone: 2, groupsTotal: 2 };
      },
      sweep: async () => (await record('sweep'), undefined),
      endRun: async (run) => {
        await record('report');
        return reportOf(run);
      },
    });
    await faked.run(fake, [], async (sync) => {
      runId = (await sync.describe()).runId;
      ask = () => sync.query<SyncProgress>('progress');
      started.give();
      await sync.result();
      await record('done');
    });

    const phases = Object.entries(shown).map(([at, { phase }]) => [at, phase]);
    assert.deepEqual(Object.fromEntries(phases), {
      begin: 'starting',
      users: 'users and groups',
      memberships: 'memberships',
      sweep: 'sweep',
      report: 'reporting',
      done: 'done',
    });
    assert.deepEqual(shown['begin'], {
      phase: 'starting',
      runId,
      users: { seen: 0, done: false },
      groups: { seen: 0, done: false },
      memberships: { groupsDone: 0 },
    });
    assert.deepEqual(shown['users']?.users, { seen: 200, done: false });
    assert.deepEqual(shown['done'], {
      phase: 'done',
      domain: 'acme.okta.com',
      runId,
      runNumber: 7,
      mode: 'incremental',
      users: { seen: 300, done: true },
      groups: { seen: 2, done: true },
      memberships: { groupsDone: 2, groupsTotal: 2 },
    });
  });
});

/** The second argument of each call. */
function argsOf(fake: FakeActivities, activity: string): unknown[] {
  return fake.calls.filter((call) => call.activity === activity).map(({ args }) => args[1]);
}
