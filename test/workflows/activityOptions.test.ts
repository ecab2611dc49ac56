import assert from 'node:assert/strict';
import type { temporal } from '@temporalio/proto';
import type { Activities } from '../../src/activities';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { FakeActivities } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';

type Scheduled = temporal.api.history.v1.IActivityTaskScheduledEventAttributes;

const MINUTE_S = 60;

describe('The activities of a sync', () => {
  let faked: FakedSync;
  const scheduled = new Map<string, Scheduled>();

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer();
    await faked.run(new FakeActivities(), [], async (sync) => {
      await sync.result();
      const { events } = await sync.fetchHistory();
      for (const { activityTaskScheduledEventAttributes: attributes } of events ?? [])
        if (attributes) scheduled.set(attributes.activityType?.name ?? '', attributes);
    });
  });
  after(() => faked.stop());

  const optionsOf = (activity: string) => {
    const { heartbeatTimeout, startToCloseTimeout, retryPolicy } = scheduled.get(activity) ?? {};
    return {
      heartbeatS: secondsOf(heartbeatTimeout),
      startToCloseS: secondsOf(startToCloseTimeout),
      tries: retryPolicy?.maximumAttempts,
      firstPauseS: secondsOf(retryPolicy?.initialInterval),
      longestPauseS: secondsOf(retryPolicy?.maximumInterval),
      factor: retryPolicy?.backoffCoefficient,
    };
  };
  const PAUSES = { firstPauseS: 1, longestPauseS: 15, factor: 2 };

  for (const activity of ['syncUsers', 'syncGroups', 'sweep'] satisfies (keyof Activities)[]) {
    it(`are given up after 15 s without a heartbeat and tried for about 25 minutes: ${activity}`, () => {
      const expected = { heartbeatS: 15, startToCloseS: 30 * MINUTE_S, tries: 100, ...PAUSES };
      assert.deepEqual(optionsOf(activity), expected);
    });
  }

  it('may take half a day where a group is never cut: syncMemberships', () => {
    const expected = { heartbeatS: 15, startToCloseS: 12 * 60 * MINUTE_S, tries: 100, ...PAUSES };
    assert.deepEqual(optionsOf('syncMemberships'), expected);
  });

  for (const activity of ['beginRun', 'endRun'] satisfies (keyof Activities)[]) {
    it(`may be silent for longer where they open and close a run: ${activity}`, () => {
      const expected = { heartbeatS: 45, startToCloseS: 10 * MINUTE_S, tries: 30, ...PAUSES };
      assert.deepEqual(optionsOf(activity), expected);
    });
  }
});

function secondsOf(duration: { seconds?: unknown } | null | undefined): number {
  return Number(duration?.seconds ?? 0);
}
