import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { LogChunk, LogWatch } from '../../src/activities/watchLog';
import {
  WATCH_WORKFLOW_TYPE,
  type SyncReport,
  type SyncRequest,
  type WatchRequest,
  type WatchView,
} from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';
import { begun, FakeActivities, reportOf, workUntilStopped } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';

const NOTHING = { touched: { users: [], groups: [] }, apps: [] };

/** A watch whose log names, in turn, what a test says, and then nothing more. */
class FakedWatch {
  readonly polls: LogWatch[] = [];
  readonly requests: SyncRequest[] = [];
  readonly activities: FakeActivities;

  constructor(
    readonly domain: string,
    found: readonly (Partial<LogChunk> | Error)[],
    private readonly fail: (request: SyncRequest) => boolean = () => false,
    report: Partial<SyncReport> = {},
  ) {
    const left = [...found];
    this.activities = new FakeActivities({
      watchLog: async (watch) => {
        this.polls.push(watch);
        const next = left.shift();
        if (next instanceof Error) throw next;
        const cursor = { next: `/api/v1/logs?after=${this.polls.length}`, polledMs: Date.now(), recent: [] };
        if (!next) {
          // A ping ends it.
          await workUntilStopped().catch(() => undefined);
          return { cursor, ...NOTHING };
        }
        return { cursor, ...NOTHING, ...next };
      },
      beginRun: async (request, id) => {
        this.requests.push(request);
        if (this.fail(request)) throw ApplicationFailure.nonRetryable('no', 'INTERNAL');
        return begun({ id, domain, mode: request.mode === 'touched' ? 'touched' : 'incremental' });
      },
      endRun: async (run, ending) => ({
        ...reportOf(run, ending),
        outcome: 'succeeded',
        warnings: [],
        ...report,
      }),
    });
  }
}

describe('The workflow that watches the System Log', function () {
  this.timeout(60_000);
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer();
  });
  after(() => faked.stop());

  async function during(
    watch: FakedWatch,
    work: (handle: WorkflowHandle) => Promise<void>,
    request: Partial<WatchRequest> = {},
  ): Promise<void> {
    const taskQueue = randomUUID();
    const args = [{ domain: watch.domain, intervalMs: 10_000, ...request }];
    const handle = await faked.start(taskQueue, taskQueue, args, WATCH_WORKFLOW_TYPE);
    const worker = await faked.workerOf(taskQueue, () => watch.activities);
    await worker.runUntil(async () => {
      await work(handle);
      await handle.terminate();
    });
  }

  const view = (handle: WorkflowHandle) => handle.query<WatchView>('watch');
  const touched = { users: ['00u1', '00u2'], groups: ['00g1'] };

  it('has what the log names read by one run, after its turn, and reads on from there', async () => {
    const watch = new FakedWatch(randomUUID(), [{ touched }]);
    await during(watch, async (handle) => {
      await until(() => watch.polls.length === 2);
      const { freshMs, doing } = await view(handle);
      assert.deepEqual([doing, freshMs], ['watching', watch.polls[1]?.cursor?.polledMs]);
    });
    const { domain } = watch;
    assert.deepEqual(watch.requests, [{ domain, mode: 'touched', touched }]);
    assert.deepEqual(watch.activities.order, [
      'watchLog',
      'awaitTurn',
      'beginRun',
      'syncTouched',
      'syncMemberships',
      'sweep',
      'endRun',
      'watchLog',
    ]);
    assert.deepEqual(watch.activities.calls[3]?.args[1], touched);
    assert.equal(watch.polls[1]?.cursor?.next, '/api/v1/logs?after=1');
  });

  it('starts at most one incremental run in a while, with the strongest reason and all apps, and claims no freshness before', async () => {
    const watch = new FakedWatch(randomUUID(), [
      { incremental: 'access', apps: ['0oa1'] },
      { incremental: 'access', apps: ['0oa2'] },
      { incremental: 'group deleted', touched: { users: [], groups: ['00g1'] } },
      { incremental: 'access', apps: ['0oa3'] },
    ]);
    await during(
      watch,
      async (handle) => {
        await until(() => watch.polls.length === 5);
        const { due, freshMs } = await view(handle);
        assert.equal(due, 'group deleted');
        assert.equal(freshMs, watch.polls[1]?.cursor?.polledMs, 'what is due is not in the graph');
        assert(Number(watch.polls[4]?.forMs) > 300_000, 'the poll ends when the run may start');
      },
      { incrementalGapMs: 600_000 },
    );
    const { domain } = watch;
    assert.deepEqual(watch.requests, [
      { domain, mode: 'incremental', log: { reason: 'access', apps: ['0oa1'] } },
      { domain, mode: 'touched', touched: { users: [], groups: ['00g1'] } },
    ]);
  });

  it('starts the run that is due when the time has come', async () => {
    const watch = new FakedWatch(randomUUID(), [
      { incremental: 'import' },
      { incremental: 'group deleted' },
      {},
      {},
    ]);
    await during(watch, async () => until(() => watch.requests.length === 2), { incrementalGapMs: 0 });
    assert.deepEqual(
      watch.requests.map(({ log }) => log?.reason),
      ['import', 'group deleted'],
    );
  });

  it('says which time a gap covers', async () => {
    const fromMs = Date.UTC(2026, 10, 1);
    const watch = new FakedWatch(randomUUID(), [
      { incremental: 'log gap', gap: { fromMs, untilMs: fromMs + 3_600_000 } },
    ]);
    await during(watch, async () => until(() => watch.polls.length === 2));
    assert.deepEqual(watch.requests[0]?.log, {
      reason: 'log gap',
      gap: { from: '2026-11-01T00:00:00.000Z', until: '2026-11-01T01:00:00.000Z' },
    });
  });

  it('has an incremental run look for what a failed run should have read', async () => {
    const watch = new FakedWatch(randomUUID(), [{ touched }], ({ mode }) => mode === 'touched');
    await during(watch, async () => until(() => watch.polls.length === 2));
    assert.deepEqual(
      watch.requests.map(({ mode, log }) => [mode, log?.reason]),
      [
        ['touched', undefined],
        ['incremental', 'touched run failed'],
      ],
    );
  });

  it('has an incremental run look for what a partial run has left, and for what it did not find', async () => {
    const named = { code: 'TOUCHED_NOT_FOUND', message: 'No.' } as const;
    for (const [warnings, reason] of [
      [[], 'touched run failed'],
      [[{ ...named, userId: '00u1' }], 'touched run failed'],
      [[{ ...named, groupId: '00g1' }], 'group deleted'],
    ] as const) {
      const watch = new FakedWatch(randomUUID(), [{ touched }], undefined, {
        outcome: 'partial',
        warnings: [...warnings],
      });
      await during(watch, async () => until(() => watch.polls.length === 2));
      assert.deepEqual(
        watch.requests.map(({ log }) => log?.reason),
        [undefined, reason],
      );
    }
  });

  it('keeps an incremental run due that has failed, with all that it should have read, and claims no freshness', async () => {
    const owners = { users: ['00u1'], groups: ['00g1'] };
    const watch = new FakedWatch(
      randomUUID(),
      [{ incremental: 'access', apps: ['0oa1'], owners }, { incremental: 'group deleted' }, {}],
      ({ mode }) => mode === 'incremental',
    );
    await during(
      watch,
      async (handle) => {
        await until(() => watch.requests.length === 3);
        const { due, freshMs } = await view(handle);
        assert.deepEqual([due, freshMs], ['group deleted', undefined]);
      },
      { incrementalGapMs: 1 },
    );
    assert.deepEqual(watch.requests[2]?.log, { reason: 'group deleted', apps: ['0oa1'], owners });
  });

  it('waits with a log that may not be read, says why, and tries again when it is pinged', async () => {
    const refused = { code: 'OKTA_FORBIDDEN', message: 'No.', advice: 'Grant it.' } as const;
    const watch = new FakedWatch(randomUUID(), [
      { refused },
      ApplicationFailure.nonRetryable('Unknown.', 'UNKNOWN_ORG'),
    ]);
    await during(watch, async (handle) => {
      await until(async () => (await view(handle)).doing === 'waiting to try again');
      assert.deepEqual((await view(handle)).trouble, refused);
      await handle.signal('ping');
      await until(async () => (await view(handle)).trouble?.code === 'UNKNOWN_ORG');
      await handle.signal('ping');
      await until(async () => watch.polls.length === 3 && (await view(handle)).doing === 'watching');
      assert.equal(watch.polls[2]?.isPinged, true);
    });
    assert.deepEqual(watch.requests, []);
  });

  it('forgets the trouble after the first poll that is answered, although it names nothing', async () => {
    const refused = { code: 'OKTA_FORBIDDEN', message: 'No.' } as const;
    const watch = new FakedWatch(randomUUID(), [{ refused }, {}]);
    await during(watch, async (handle) => {
      await until(async () => (await view(handle)).doing === 'waiting to try again');
      await handle.signal('ping');
      await until(() => watch.polls.length === 3);
      assert.equal((await view(handle)).trouble, undefined);
    });
    const [, second, third] = watch.polls;
    assert.deepEqual([second?.isPinged, second?.forMs, third?.forMs], [true, 1, undefined]);
  });

  it('takes a poll with a result that it cannot use for trouble, and goes on', async () => {
    const watch = new FakedWatch(randomUUID(), [{ touched: 'all' } as never, { touched }]);
    await during(watch, async (handle) => {
      await until(async () => (await view(handle)).doing === 'waiting to try again');
      assert.equal((await view(handle)).trouble?.code, 'INVALID_INPUT');
      await handle.signal('ping');
      await until(() => watch.requests.length === 1);
    });
    assert.deepEqual(watch.requests[0]?.touched, touched);
  });

  it('polls at once when it is pinged, with what was read until then', async () => {
    const watch = new FakedWatch(randomUUID(), []);
    await during(watch, async (handle) => {
      await until(() => watch.polls.length === 1);
      await handle.signal('ping', { intervalMs: 20_000 });
      await until(() => watch.polls.length === 2);
    });
    const [, second] = watch.polls;
    assert.deepEqual(
      [second?.isPinged, second?.intervalMs, second?.cursor?.next],
      [true, 20_000, '/api/v1/logs?after=1'],
    );
  });

  it('begins where it should have begun when it is pinged before its first poll', async () => {
    const watch = new FakedWatch(randomUUID(), []);
    const taskQueue = randomUUID();
    const args = [{ domain: watch.domain, intervalMs: 10_000 }];
    const handle = await faked.start(taskQueue, taskQueue, args, WATCH_WORKFLOW_TYPE);
    await handle.signal('ping');
    const worker = await faked.workerOf(taskQueue, () => watch.activities);
    await worker.runUntil(async () => {
      await until(() => watch.polls.length > 0);
      assert.equal(watch.polls[0]?.cursor, undefined);
      await handle.terminate();
    });
  });

  it('continues as new with all that it knows', async () => {
    const watch = new FakedWatch(randomUUID(), [
      { incremental: 'import' },
      { incremental: 'access', apps: ['0oa1'] },
    ]);
    await during(
      watch,
      async (handle) => {
        await until(() => watch.polls.length === 3);
        const { due, freshMs } = await view(handle);
        assert.deepEqual([due, freshMs], ['access', watch.polls[1]?.cursor?.polledMs]);
      },
      { turns: 1, incrementalGapMs: 600_000 },
    );
    assert.equal(watch.activities.runsWith('watchLog'), 3);
    assert.equal(watch.polls[2]?.cursor?.next, '/api/v1/logs?after=2');
  });

  it('takes no other input', async () => {
    for (const args of [[], [{ domain: 'acme.okta.com' }], [{ domain: 'x', intervalMs: 1, more: 1 }]]) {
      const taskQueue = randomUUID();
      const handle = await faked.start(taskQueue, taskQueue, args, WATCH_WORKFLOW_TYPE);
      const worker = await faked.workerOf(taskQueue, () => new FakeActivities());
      await worker.runUntil(
        assert.rejects(handle.result(), ({ cause }: { cause: ApplicationFailure }) => {
          assert.equal(cause.type, 'INVALID_INPUT');
          return true;
        }),
      );
    }
  });
});
