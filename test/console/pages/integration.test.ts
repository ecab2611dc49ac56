import assert from 'node:assert/strict';
import { pageContext } from '../support/page';
import { IntegrationPage } from '../../../src/console/pages/integration';
import type { WatchStatus } from '../../../src/runs/watch';
import { sampleReport, SAMPLE_ACCESS } from '../../../dev/lab/sampleReport';
import { textOf } from '../../../dev/lab/browser/browser';

const NOW = new Date('2026-11-24T08:10:00Z');
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

describe('The page of an org', () => {
  const page = (isInProgress: boolean, watch?: WatchStatus) => textOf(html(isInProgress, watch));
  const html = (isInProgress: boolean, watch?: WatchStatus, omitted: string[] = []) =>
    String(
      IntegrationPage({
        ...(watch && { watch }),
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
        omitted,
        now: NOW,
      }),
    );

  it('shows one start of a run that waited for a worker', () => {
    const text = page(true);
    assert.equal(text.split('1m 22s ago').length - 1, 2);
    assert.doesNotMatch(text, /48s/);
  });

  it('says how far behind the log the graph is, and marks a log that cannot be read', () => {
    const view = { domain: 'acme.okta.com', intervalMs: 20_000, doing: 'watching' } as const;
    assert.doesNotMatch(page(false), /[Ww]atch/);
    const well = html(false, { view, freshMs: before(4).getTime(), retries: [] });
    assert.match(well, /<p class="">Watching the System Log every 20s; up to date as of 4s ago\.<\/p>/);
    const trouble = {
      code: 'OKTA_FORBIDDEN',
      message: 'Okta returned 403.',
      advice: 'Grant the scope.',
    } as const;
    const ill = html(false, { view: { ...view, trouble }, retries: [] });
    assert.match(
      ill,
      /<p class="warning">The System Log cannot be read, .* Okta returned 403\. Grant the scope\.<\/p>/,
    );
    assert.match(html(false, { retries: [] }), /<p class="warning">No worker responds\.<\/p>/);
  });

  it('says what the settings about data leave out of its numbers', () => {
    assert.doesNotMatch(page(false), /leaves out/);
    assert.match(
      textOf(html(false, undefined, ['title', 'managerId'])),
      /OMIT_ATTRIBUTES leaves out managerId: managers and reporting lines are not known\./,
    );
  });

  it('counts changes of apps, assignments, admin roles and group rules as changes', () => {
    // 6 rules, 15 apps, 1,015 assignments and 19 roles.
    assert.match(page(false), /3m 12s\s+1,055\s/);
  });
});
