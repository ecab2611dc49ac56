import assert from 'node:assert/strict';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { reportOf } from '../../dev/lab/org/report';
import { Stack } from '../../dev/lab/org/stack';

const USER_PAGES = 7;

describe('A worker that shuts down in the middle of a list', () => {
  let stack: Stack;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: USER_PAGES * 200, groups: 10, memberships: 2_000, latencyMs: 200 });
  });
  after(() => stack.stop());

  it('fails its activities as WORKER_SHUTDOWN, and the next worker continues from their heartbeats', async () => {
    const sync = await stack.begin();
    const pagesAsked = () => stack.sim.stats.snapshot().byRoute.users ?? 0;
    await until(() => pagesAsked() >= 3);
    await stack.stopWorker();

    const { raw } = await sync.describe();
    const failures = raw.pendingActivities?.map(
      ({ lastFailure }) => lastFailure?.applicationFailureInfo?.type,
    );
    assert.deepEqual(failures, ['WORKER_SHUTDOWN']);
    assert(pagesAsked() < USER_PAGES, `${pagesAsked()} of ${USER_PAGES} pages were asked for`);

    await stack.restartWorker();
    const report = await reportOf(sync);
    assert.equal(report.outcome, 'succeeded');
    assert.equal(report.users.created, USER_PAGES * 200);
    // The page in progress, and one that may have been written after the last heartbeat.
    assert(pagesAsked() <= USER_PAGES + 2, `${pagesAsked()} pages were asked for`);
    assert.deepEqual(await stack.differences(), []);
  });
});
