import assert from 'node:assert/strict';
import { progressDetails } from '../../src/workflows/details';

describe("the details of a run in Temporal's UI", () => {
  const progress = {
    phase: 'memberships',
    runId: 'r',
    domain: 'acme.okta.com',
    runNumber: 7,
    mode: 'full',
    users: { seen: 20, done: true },
    groups: { seen: 3, done: false },
  } as const;

  it('show the groups whose members were read once their number is known', () => {
    const lines = (memberships: { groupsDone: number; groupsTotal?: number }) =>
      progressDetails({ ...progress, memberships }).split('\n');
    const before = [
      '**Run #7 of acme.okta.com, full: memberships**',
      '',
      '- users: 20',
      '- groups: 3 so far',
    ];
    assert.deepEqual(lines({ groupsDone: 0 }), before);
    assert.deepEqual(lines({ groupsDone: 1, groupsTotal: 3 }), [
      ...before,
      '- members read of 1 of 3 groups',
    ]);
  });
});
