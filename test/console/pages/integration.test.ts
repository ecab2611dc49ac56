import assert from 'node:assert/strict';
import { pageContext } from '../support/page';
import { IntegrationPage } from '../../../src/console/pages/integration';
import { sampleReport, SAMPLE_ACCESS } from '../../../dev/lab/sampleReport';
import { textOf } from '../../../dev/lab/browser/browser';

const NOW = new Date('2026-11-24T08:10:00Z');
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

describe('The page of an org', () => {
  const page = (isInProgress: boolean) =>
    textOf(
      String(
        IntegrationPage({
          page: pageContext(),
          integration: {
            domain: 'acme.okta.com',
            state: 'active',
            runs: [
              {
                ...{ runId: 'run-1', runNumber: 1, workflowId: 'w', mode: 'full', startedAt: before(48) },
                ...(isInProgress
                  ? { outcome: 'running' }
                  : { outcome: 'succeeded', report: sampleReport({ access: SAMPLE_ACCESS }) }),
              },
            ],
            unrecorded: [],
            changes: [],
            size: {
              ...{ users: 0, groups: 0, memberships: 0 },
              ...{ apps: 1, assignments: 2, roles: null, rules: null },
            },
            ...(isInProgress && {
              currentRun: { workflowId: 'w', runId: 'run-1', startedAt: before(82) },
            }),
          },
          ...{ trends: { series: [] }, changes: [], days: 30 },
          isManaged: false,
          sync: { fullEveryMs: 0, verify: 'spread' },
          now: NOW,
        }),
      ),
    );

  it('shows one start of a run that waited for a worker', () => {
    const text = page(true);
    assert.equal(text.split('1m 22s ago').length - 1, 2);
    assert.doesNotMatch(text, /48s/);
  });

  it('counts changes of apps, assignments, admin roles and group rules as changes', () => {
    // 6 rules, 15 apps, 1,015 assignments and 19 roles.
    assert.match(page(false), /3m 12s\s+1,055\s/);
  });
});
