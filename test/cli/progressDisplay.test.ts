import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Output, showProgress } from '../../src/cli/progressDisplay';
import { progressBars, progressLine } from '../../src/cli/progressText';
import type { SyncProgress } from '../../src/contract';
import { Sink } from '../../dev/lab/sink';

const PROGRESS: SyncProgress = {
  phase: 'memberships',
  runId: 'run',
  users: { seen: 10_000, done: true },
  groups: { seen: 1_203, done: false },
  memberships: { groupsDone: 412, groupsTotal: 1_203 },
};

const live = (progress: SyncProgress | undefined) => ({ ...(progress && { progress }), retries: [] });

describe('The progress', () => {
  it('shows what a run is waiting for, and until when', () => {
    const wait = { bucket: 'groups', reason: 'limit' } as const;
    const waiting = { ...wait, until: new Date(Date.now() + 60_000).toISOString() };
    const text = `waiting for Okta's rate limit on the group list and members (bucket "groups") until ${waiting.until.slice(11, 19)} UTC`;
    assert.ok(progressLine(live({ ...PROGRESS, waiting })).endsWith(`, ${text}`));
    assert.equal(progressBars(live({ ...PROGRESS, waiting }), 0).at(-1), `  ${text}`);
    const over = { ...wait, until: new Date(Date.now() - 1).toISOString() };
    assert.equal(progressLine(live({ ...PROGRESS, waiting: over })), progressLine(live(PROGRESS)));
    const refused = { ...waiting, reason: 'refused' } as const;
    assert.match(
      progressLine(live({ ...PROGRESS, waiting: refused })),
      /Okta returned 429 for .* without a usable reset time$/,
    );
  });

  it('shows what has failed and when it is tried again, also without a worker', () => {
    const retry = { activity: 'syncUsers', attempt: 3, why: 'Okta is away.' };
    const nextAt = new Date('2026-11-24T10:15:35Z');
    const waiting = 'syncUsers failed: Okta is away; attempt 3 from 10:15:35 UTC';
    const trying = 'syncUsers failed: Okta is away; attempt 3 in progress';
    const retries = [{ ...retry, nextAt }];
    assert.equal(
      progressLine({ progress: PROGRESS, retries }),
      `${progressLine(live(PROGRESS))}, ${waiting}`,
    );
    assert.equal(progressBars({ progress: PROGRESS, retries }, 0).at(-1), `  ${waiting}`);
    assert.ok(progressLine({ retries: [retry] }).endsWith(`, ${trying}`));
    assert.equal(progressBars({ retries: [retry] }, 0).at(-1), `  ${trying}`);
  });

  it('shows counts of users and groups and a bar for memberships', () => {
    assert.deepEqual(progressBars(live(PROGRESS), 72_000), [
      '  users        10,000 ✓',
      '  groups       1,203',
      '  memberships  ██████████░░░░░░░░░░░░░░░░░░░░ 34 %  412/1,203 groups',
      '  elapsed      1m 12s, memberships',
    ]);
  });

  it('shows the lists of assignments and roles that were read, where a run reads them', () => {
    const at = (done: number, total: number) => live({ ...PROGRESS, access: { done, total } });
    assert.equal(progressBars(at(0, 0), 0)[3], '  access       …');
    assert.equal(
      progressBars(at(12, 1_040), 0)[3],
      '  access       ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 1 %  12/1,040 lists',
    );
    assert.match(
      progressLine(at(12, 1_040)),
      /, memberships of 412\/1,203 groups, assignments and roles of 12\/1,040 lists$/,
    );
    assert.equal(progressLine(at(0, 0)), progressLine(live(PROGRESS)));
  });

  it('has no bar while the number of groups is unknown, and a full bar if there are no groups to read', () => {
    const memberships = (groups: SyncProgress['memberships']) =>
      progressBars(live({ ...PROGRESS, memberships: groups }), 0)[2];
    assert.equal(memberships({ groupsDone: 0 }), '  memberships  …');
    assert.equal(
      memberships({ groupsDone: 0, groupsTotal: 0 }),
      `  memberships  ${'█'.repeat(30)} 100 %  0/0 groups`,
    );
  });

  it('fits on one line for a log', () => {
    assert.equal(
      progressLine(live(PROGRESS)),
      'memberships: 10,000 users, 1,203 groups, memberships of 412/1,203 groups',
    );
    const early = {
      ...PROGRESS,
      phase: 'users and groups',
      users: { seen: 1, done: false },
      memberships: { groupsDone: 0 },
    };
    assert.equal(progressLine(live(early as SyncProgress)), 'users and groups: 1 user, 1,203 groups');
  });

  it('shows that no worker responds', () => {
    assert.match(progressLine(live(undefined)), /waiting for a worker/);
    assert.match(progressBars(live(undefined), 0).join('\n'), /waiting for a worker/);
  });

  it('is written to a pipe as one line for each change, at most one per second', async () => {
    const output = new Sink();
    const at = (groupsDone: number) => ({ ...PROGRESS, memberships: { groupsDone, groupsTotal: 1_203 } });
    const answers = [PROGRESS, PROGRESS, at(500), at(600)];
    await show(output, answers);
    const lines = output.text.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.replace(/^\d+s /, '')),
      [answers[0], answers[2], answers[3]].map((each) => progressLine(live(each))),
    );
    const [, before, after] = output.writes;
    // Measured with another clock, a timer may be a millisecond early.
    assert(before && after && after.atMs - before.atMs >= 990, 'two changes are at least a second apart');
  });

  it('is redrawn in place on a terminal and removed at the end', async () => {
    const output = new Sink(true);
    await show(output, [PROGRESS]);
    assert(output.text.startsWith('  users        10,000 ✓\n'));
    assert(output.text.endsWith('\x1b[4A\x1b[J'));
  });
});

/** Stops after all answers were read and shown. */
async function show(output: Output, answers: (SyncProgress | undefined)[]): Promise<void> {
  const stop = new AbortController();
  const left = [...answers];
  const read = () => {
    if (left.length === 1) void sleep(100).then(() => stop.abort());
    return Promise.resolve(left.shift());
  };
  await showProgress(async () => live(await read()), { startedAt: new Date(), output, stop: stop.signal });
}
