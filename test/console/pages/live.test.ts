import assert from 'node:assert/strict';
import { Live } from '../../../src/console/pages/live';
import type { SyncProgress } from '../../../src/contract';

const NOW = new Date('2026-11-24T08:00:00Z');
const PROGRESS: SyncProgress = {
  phase: 'memberships',
  runId: 'run',
  users: { seen: 10, done: true },
  groups: { seen: 3, done: true },
  memberships: { groupsDone: 1, groupsTotal: 3 },
};

describe('The page of a run in progress', () => {
  const page = (progress: SyncProgress): string =>
    String(Live({ live: { workflowId: 'id', startedAt: NOW, progress, retries: [] }, now: NOW }));

  it('shows what the run is waiting for, and until when', () => {
    const waiting = { bucket: 'user', until: '2026-11-24T08:01:02.345Z', reason: 'limit' } as const;
    assert.match(
      page({ ...PROGRESS, waiting }),
      /The run is waiting for Okta&#39;s rate limit on individual users \(bucket &quot;user&quot;\) until 08:01:02 UTC\./,
    );
    assert.doesNotMatch(
      page({ ...PROGRESS, waiting: { ...waiting, until: '2026-11-24T07:59:59Z' } }),
      /waiting/,
    );
    assert.doesNotMatch(page(PROGRESS), /waiting/);
  });

  it('has a stage and a count for apps, roles and rules, where the run reads them', () => {
    assert.doesNotMatch(page(PROGRESS), /roles/);
    assert.match(page({ ...PROGRESS, access: { done: 0, total: 0 } }), /Assignments and roles.*not started/);
    const reading = page({ ...PROGRESS, phase: 'access', access: { done: 4, total: 1_009 } });
    assert.match(reading, /aria-current="step">Apps, roles and rules</);
    assert.match(reading, /<progress value="4" max="1009"[^>]*><\/progress> 4 of 1,009 lists/);
  });
});
