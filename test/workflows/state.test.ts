import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { loadConfig } from '../../src/config';
import { assertInput, STATE } from '../../src/boundary/inputs';
import { newState, type SyncState } from '../../src/workflows/state';
import { ENVIRONMENT } from '../../dev/lab/configFor';
import { begun } from './support/fakeActivities';

describe('The state that a sync carries on', () => {
  const check = (state: unknown) => assertInput(STATE, state, 'The state');
  const fresh = () => newState('a run', Date.now());
  const withDeadline = (deadlineMs: number): SyncState => ({ ...fresh(), run: begun({ deadlineMs }) });

  it('is one that has just begun, and one with a run', () => {
    check(fresh());
    check(withDeadline(43_200_000));
  });

  it('may have any deadline that can be configured, and those of 0.2.0, which had a fraction', () => {
    for (const SYNC_RUN_DEADLINE of ['1m', '1.1h', '12h', '366d'])
      check(withDeadline(loadConfig({ ...ENVIRONMENT, SYNC_RUN_DEADLINE }).sync.deadlineMs));
    check(withDeadline(3960000.0000000005));
  });

  for (const [field, state] of [
    ['progress.domain', { ...fresh(), progress: { ...fresh().progress, domain: { toString: 1 } } }],
    ['progress.phase', { ...fresh(), progress: { ...fresh().progress, phase: { toString: 1 } } }],
    [
      'progress.memberships.groupsDone',
      { ...fresh(), progress: { ...fresh().progress, memberships: { groupsDone: { toString: 1 } } } },
    ],
    ['run.deadlineMs', withDeadline(Number.MAX_SAFE_INTEGER)],
    ['run.number', { ...fresh(), run: { ...begun(), number: 'seven' } }],
    ['startedAtMs', { ...fresh(), startedAtMs: 'now' }],
  ] as const) {
    it(`is refused in words for an unusable ${field}`, () => {
      assert.throws(
        () => check(state),
        (error: unknown) => {
          assert.ok(error instanceof ApplicationFailure, String(error));
          assert.deepEqual([error.type, error.nonRetryable], ['INVALID_INPUT', true]);
          assert.ok(error.message.startsWith(`The state cannot be used: ${field}: `), error.message);
          return true;
        },
      );
    });
  }
});
