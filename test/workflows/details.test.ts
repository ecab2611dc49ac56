import assert from 'node:assert/strict';
import { progressDetails, reportDetails } from '../../src/workflows/details';
import { SAMPLE_ACCESS, sampleReport } from '../../dev/lab/sampleReport';

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

  it('show apps, admin roles and group rules where the run reads them', () => {
    const memberships = { groupsDone: 3, groupsTotal: 3 };
    const access = { done: 4, total: 9 };
    assert.equal(
      progressDetails({ ...progress, memberships, access })
        .split('\n')
        .at(-1),
      '- lists of assignments and roles read: 4 of 9',
    );
    const added = reportDetails(sampleReport({ access: SAMPLE_ACCESS }))
      .split('\n')
      .filter((line) => !reportDetails(sampleReport()).split('\n').includes(line));
    assert.deepEqual(added, [
      '| apps | 1040 | 4 | 5 | 6 |',
      '| group rules | 15 | 1 | 2 | 3 |',
      '- assignments: 1007 added, 8 removed, 2345 in the graph',
      '- admin roles: 9 added, 10 removed, 14 in the graph',
    ]);
  });
});
