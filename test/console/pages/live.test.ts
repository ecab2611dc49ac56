import assert from 'node:assert/strict';
import { Live } from '../../../src/console/pages/live';
import type { LiveCounts, LivePhase } from '../../../src/graph/read/liveRun';
import type { SyncProgress } from '../../../src/contract';

const NOW = new Date('2026-11-24T08:00:00Z');
const PROGRESS: SyncProgress = {
  phase: 'memberships',
  runId: 'run',
  users: { seen: 10, done: true },
  groups: { seen: 3, done: true },
  memberships: { groupsDone: 1, groupsTotal: 3 },
};

const NOTHING = { added: 0, updated: 0, removed: 0 };
const NOT_BEGUN: LivePhase = { sinceMs: null, changes: NOTHING };

const COUNTS: LiveCounts = {
  changes: NOTHING,
  phases: { lists: NOT_BEGUN, memberships: NOT_BEGUN, access: NOT_BEGUN, sweep: NOT_BEGUN },
  seen: { users: 900, groups: 100 },
  groupsRead: 0,
  atStart: { users: 3_000, groups: 200 },
  okta: { requests: 0, rateLimited: 0, waitedMs: 0 },
  warnings: 0,
};

describe('The page of a run in progress', () => {
  const page = (progress: SyncProgress, counts?: LiveCounts): string =>
    String(
      Live({
        live: { workflowId: 'id', startedAt: NOW, progress, retries: [], ...(counts && { counts }) },
        now: NOW,
      }),
    );

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

  it('has a bar and a count for apps, roles and rules, where the run reads them', () => {
    assert.doesNotMatch(page(PROGRESS), /roles/);
    assert.match(
      page({ ...PROGRESS, access: { done: 0, total: 0 } }),
      /Apps, roles and rules<\/strong>.*not started/,
    );
    const reading = page({ ...PROGRESS, phase: 'access', access: { done: 4, total: 1_009 } });
    assert.match(reading, /aria-current="step"><strong>Apps, roles and rules</);
    assert.match(reading, /<progress [^>]*value="4" max="1009"[^>]*><\/progress><p>4 of 1,009 lists/);
  });

  it('shows how far each phase is, how fast it is, how long it takes and what it has changed', () => {
    const phases = {
      lists: { sinceMs: 30_000, changes: { added: 5, updated: 1, removed: 0 } },
      memberships: { sinceMs: 10_000, changes: { added: 1_200, updated: 0, removed: 7 } },
    };
    const progress: SyncProgress = { ...PROGRESS, memberships: { groupsDone: 0, groupsTotal: 200 } };
    const text = page(progress, {
      ...COUNTS,
      phases: { ...COUNTS.phases, ...phases },
      groupsRead: 45,
    });
    assert.match(
      text,
      /all 900 users, all 100 groups · 50 users and groups per second · took 20s · 5 additions, 1 update, 0 removals/,
    );
    assert.match(text, /value="45" max="200"/);
    assert.match(
      text,
      /45 of 200 groups · 4\.5 groups per second · for 10s · 1,200 additions, 0 updates, 7 removals/,
    );
    assert.match(text, /Removals<\/strong><progress [^>]*value="0"[^>]*><\/progress><p>not started/);
  });

  it('compares a full list with what the graph had, and shows no rate or total that is not known', () => {
    const lists: SyncProgress = {
      phase: 'users and groups',
      runId: 'run',
      mode: 'full',
      users: { seen: 0, done: false },
      groups: { seen: 0, done: false },
      memberships: { groupsDone: 0 },
    };
    const text = page(lists, COUNTS);
    assert.match(text, /value="1000" max="3200"/);
    assert.match(text, /900 users, 100 groups; the graph had 3,200 together</);
    assert.doesNotMatch(text, /per second/);
    const incremental = page({ ...lists, mode: 'incremental' }, COUNTS);
    assert.match(
      incremental,
      /<progress aria-label="Users and groups"><\/progress><p>900 users, 100 groups</,
    );
  });
});
