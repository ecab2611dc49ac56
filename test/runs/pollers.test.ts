import assert from 'node:assert/strict';
import { pollersOf } from '../../src/runs/pollers';

type Response = Awaited<ReturnType<Parameters<typeof pollersOf>[0]['describeTaskQueue']>>;

const version = (buildId: string) => ({ deploymentName: 'sync', buildId });
const poller = (identity: string, buildId?: string, secondsAgo = 0) => ({
  identity,
  lastAccessTime: { seconds: Math.floor(Date.now() / 1000) - secondsAgo },
  ...(buildId !== undefined && { deploymentOptions: version(buildId) }),
});

function pollers(found: readonly object[], current?: string) {
  const response = {
    pollers: found,
    versioningInfo: current === undefined ? undefined : { currentDeploymentVersion: version(current) },
  } as unknown as Response;
  const service = { describeTaskQueue: () => Promise.resolve(response) };
  return pollersOf(service, { namespace: 'default', taskQueue: 'okta-sync', withinSeconds: 70 });
}

describe('The workers that poll a task queue', () => {
  it('get runs if they are of the current version, or have none while none is current', async () => {
    const cases = [
      [[poller('a')], undefined, true],
      [[poller('a', '1'), poller('b', '1')], undefined, false],
      [[poller('a', '1'), poller('b')], undefined, true],
      [[poller('a', '1'), poller('b', '2')], '2', true],
      [[poller('a', '1')], '2', false],
      [[poller('a')], '2', false],
      [[], undefined, false],
    ] as const;
    for (const [found, current, getsRuns] of cases)
      assert.equal((await pollers(found, current)).getsRuns, getsRuns, JSON.stringify([found, current]));
  });

  it('are those that have polled lately', async () => {
    const { workers, version: known } = await pollers([poller('a', '1', 5), poller('b', '2', 200)]);
    assert.deepEqual([[...workers], known], [['a'], version('1')]);
  });
});
