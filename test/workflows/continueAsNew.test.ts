import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { SyncProgress } from '../../src/contract';
import type { Run } from '../../src/graph/write/run';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { failureOf } from '../../dev/lab/failureOf';
import { FakeActivities, HOUR_MS, begun, workUntilStopped } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';
import { type HintingServer, startHintingServer } from '../../dev/lab/servers/hintingServer';
import { signal } from '../../dev/lab/signal';

/** Before the memberships a history has about 20 events, and each chunk of them adds 6. */
const SUGGESTED_AT_EVENTS = 30;
/** From the chunk's start to the workflow task that learns of its end. */
const EVENTS_OF_A_CANCELLED_CHUNK = 9;

/** What the workflow run before has taken of the deadline, at least. */
const TAKEN_MS = 2_000;

describe('A sync whose history grows long', () => {
  let server: HintingServer;
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    server = await startHintingServer(SUGGESTED_AT_EVENTS);
    faked = await FakedSync.on(server);
  });
  after(async () => {
    await faked.stop();
    await server.stop();
  });

  it('continues as a new workflow run from where it was, in the memberships and in the sweep', async () => {
    const groupsTotal = 4;
    const candidates = ['00u1', '00u2', '00u3', '00u4', '00u5'];
    let groupsDone = 0;
    let firstRunId = '';
    let progress: SyncProgress | undefined;
    const fake = new FakeActivities({
      syncMemberships: async () => ({ done: ++groupsDone === groupsTotal, groupsDone, groupsTotal }),
      sweep: async (_run, cursor) => {
        const after = candidates[cursor ? candidates.indexOf(cursor.after) + 1 : 0];
        return after === undefined ? undefined : { label: 'User', after };
      },
    });
    const report = await faked.run(fake, [{ mode: 'full' }], async (sync) => {
      firstRunId = (await sync.describe()).runId;
      await sync.result();
      progress = await sync.query<SyncProgress>('progress');
    });

    assert(fake.runsWith('syncMemberships') > 1 && fake.runsWith('sweep') > 1, 'the server gave no hint');
    assert.equal(report.runId, firstRunId);
    assert.deepEqual(
      ['beginRun', 'syncUsers', 'syncGroups', 'endRun'].map((activity) => fake.times(activity as 'endRun')),
      [1, 1, 1, 1],
    );
    assert.equal(fake.times('syncMemberships'), groupsTotal);
    const cursors = fake.calls.filter(({ activity }) => activity === 'sweep').map(({ args }) => args[1]);
    assert.deepEqual(cursors, [undefined, ...candidates.map((after) => ({ label: 'User', after }))]);
    assert.deepEqual(progress, {
      phase: 'done',
      domain: 'acme.okta.com',
      runId: firstRunId,
      runNumber: 7,
      mode: 'full',
      users: { seen: 3, done: true },
      groups: { seen: 2, done: true },
      memberships: { groupsDone: groupsTotal, groupsTotal },
    });
  });

  it('continues in the access phase, while it reads and before it settles, and does nothing twice', async () => {
    const chunks = [
      { isDone: false, done: 40, total: 100 },
      { isDone: false, done: 30, total: 60 },
      { isDone: true, done: 30, total: 30 },
      { isDone: false, done: 0, total: 0 },
      { isDone: true, done: 0, total: 0 },
    ];
    const shown: unknown[] = [];
    const started = signal();
    let sync: WorkflowHandle | undefined;
    const show = async () => {
      await started.given;
      const { phase, access } = (await sync?.query<SyncProgress>('progress')) ?? {};
      shown.push([phase, access?.done, access?.total]);
    };
    /** Lengthens the history, so that the workflow continues as new before its next activity. */
    const lengthen = async () => {
      await started.given;
      await Promise.all(
        Array.from({ length: SUGGESTED_AT_EVENTS }, () => sync?.signal('waiting', 'no wait')),
      );
    };
    const fake: FakeActivities = new FakeActivities({
      beginRun: async (_request, id) => begun({ id, access: ['rules', 'apps', 'roles'] }),
      syncMemberships: async () => {
        await lengthen();
        return { done: true, groupsDone: 2, groupsTotal: 2 };
      },
      syncAccess: async () => {
        await show();
        if (fake.times('syncAccess') <= 2) await lengthen();
        return chunks.shift() ?? assert.fail('another chunk');
      },
      sweep: async () => {
        await lengthen();
        return undefined;
      },
    });
    const report = await faked.run(fake, [{ mode: 'full' }], async (handle) => {
      sync = handle;
      started.give();
      await sync.result();
      await show();
    });

    assert.equal(report.outcome, 'succeeded');
    const runIds = [...new Set(fake.calls.map(({ runId }) => runId))];
    const later = fake.calls.slice(3).map(({ activity, args, runId }) => {
      const part = activity === 'syncAccess' ? [args[1]] : [];
      return [runIds.indexOf(runId), activity, ...part];
    });
    assert.deepEqual(fake.order.slice(0, 3).sort(), ['beginRun', 'syncGroups', 'syncUsers']);
    assert.deepEqual(later, [
      [0, 'syncMemberships'],
      [1, 'syncAccess', 'read'],
      [2, 'syncAccess', 'read'],
      [3, 'syncAccess', 'read'],
      [3, 'sweep'],
      [4, 'syncAccess', 'settled'],
      [4, 'syncAccess', 'settled'],
      [4, 'endRun'],
    ]);
    assert.deepEqual(shown, [
      ['access', 0, 0],
      ['access', 40, 100],
      ['access', 70, 100],
      ['sweep', 100, 100],
      ['sweep', 100, 100],
      ['done', 100, 100],
    ]);
    assert.deepEqual(
      fake.calls
        .map(({ args: [run] }) => run)
        .slice(3)
        .map((run) => (run as Run).access),
      later.map(() => ['rules', 'apps', 'roles']),
    );
  });

  it('does not lose a cancel that comes with the hint', async () => {
    const started = signal();
    let sync: WorkflowHandle | undefined;
    const fake = new FakeActivities({
      syncMemberships: async () => {
        await started.given;
        const { historyLength = 0 } = (await sync?.describe()) ?? {};
        if (historyLength + EVENTS_OF_A_CANCELLED_CHUNK >= SUGGESTED_AT_EVENTS) {
          await sync?.cancel();
          // The chunk was almost done: it succeeds despite the cancellation.
          await workUntilStopped().catch(() => undefined);
        }
        return { done: false, groupsDone: 1, groupsTotal: 2 };
      },
    });
    const run = faked.run(fake, [], async (handle) => {
      sync = handle;
      started.give();
      const firstRunId = (await sync.describe()).runId;
      await sync.result().catch(() => undefined);
      assert.equal((await sync.describe()).runId, firstRunId);
    });
    assert((await failureOf(run)) instanceof CancelledFailure);
    assert.equal(fake.ending?.outcome, 'cancelled');
  });

  it('keeps to the deadline of its beginning', async () => {
    let startedAtMs = 0;
    let timerMs: number | undefined;
    const fake: FakeActivities = new FakeActivities({
      beginRun: async (_request, id) => {
        startedAtMs = Date.now();
        return begun({ id, deadlineMs: HOUR_MS });
      },
      syncMemberships: async () => {
        while (Date.now() < startedAtMs + TAKEN_MS) await sleep(50);
        return { done: fake.runsWith('syncMemberships') > 1, groupsDone: 1, groupsTotal: 2 };
      },
    });
    await faked.run(fake, [], async (sync) => {
      await sync.result();
      const { events } = await sync.fetchHistory();
      const [timer] = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => timer ?? []);
      timerMs = Number(timer?.startToFireTimeout?.seconds) * 1_000;
    });
    assert.equal(fake.runsWith('syncMemberships'), 2);
    assert(timerMs !== undefined && timerMs <= HOUR_MS - TAKEN_MS, `${timerMs} ms from the new run on`);
  });
});
