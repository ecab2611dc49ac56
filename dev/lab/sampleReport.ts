import type { AccessCounts, SyncReport } from '../../src/contract';

/** What a run has read of apps, admin roles and group rules. */
export const SAMPLE_ACCESS: AccessCounts = {
  rules: { seen: 15, created: 1, updated: 2, deleted: 3 },
  apps: { seen: 1_040, created: 4, updated: 5, deleted: 6 },
  assignments: { total: 2_345, added: 1_007, removed: 8 },
  roles: { total: 14, added: 9, removed: 10 },
};

/** The report of a run that succeeded and found nothing new, with what a test wants otherwise. */
export function sampleReport(change: Partial<SyncReport> = {}): SyncReport {
  return {
    runId: 'run-1',
    runNumber: 1,
    domain: 'acme.okta.com',
    mode: 'incremental',
    outcome: 'succeeded',
    startedAt: '2026-11-24T08:00:00.000Z',
    finishedAt: '2026-11-24T08:03:12.000Z',
    durationMs: 192_000,
    users: { seen: 3, created: 0, updated: 0, deleted: 0 },
    groups: { seen: 2, created: 0, updated: 0, deleted: 0 },
    memberships: { groupsRead: 2, groupsUnchanged: 0, groupsFailed: 0, added: 0, removed: 0 },
    okta: {
      requests: 4,
      requestsByBucket: { users: 4, user: 0, groups: 0, group: 0, apps: 0, iam: 0, logs: 0, other: 0 },
      rateLimited: 0,
      waitedMs: 0,
      retries: 0,
    },
    reconciliation: { memberships: 3, usersCount: 3 },
    warnings: [],
    warningsOmitted: 0,
    ...change,
  };
}
