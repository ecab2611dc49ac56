import assert from 'node:assert/strict';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { workflowMetadataQuery } from '@temporalio/workflow';
import type { WorkflowHandle } from '@temporalio/client';
import type { SyncReport } from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { FakeActivities, reportOf } from './support/fakeActivities';
import { FakedSync } from './support/fakedSync';
import { signal } from '../../dev/lab/signal';

describe('A run in the Temporal UI', () => {
  let faked: FakedSync;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    faked = await FakedSync.onDevServer();
  });
  after(() => faked.stop());

  async function run(fake: FakeActivities): Promise<WorkflowHandle> {
    let sync: WorkflowHandle | undefined;
    await faked.run(fake, [], async (handle) => (sync = handle)).catch(() => undefined);
    assert(sync);
    return sync;
  }
  const detailsOf = async (sync: WorkflowHandle) =>
    (await sync.query(workflowMetadataQuery)).currentDetails ?? '';
  const memoOf = async (sync: WorkflowHandle) => (await sync.describe()).memo;

  it('shows in Markdown what it did, and its warnings by code', async () => {
    const report = (run: Parameters<typeof reportOf>[0]): SyncReport => ({
      ...reportOf(run),
      outcome: 'partial',
      users: { seen: 1200, created: 7, updated: 5, deleted: 1 },
      warnings: [
        { code: 'GROUP_FAILED', message: 'The members of a group could not be read.', groupId: '00g1' },
        { code: 'GROUP_FAILED', message: 'The members of a group could not be read.', groupId: '00g2' },
        { code: 'MISSING_EMAIL', message: '3 users have no email.', userIds: ['00u1'] },
      ],
      warningsOmitted: 4,
    });
    const sync = await run(new FakeActivities({ endRun: async (begun) => report(begun) }));
    const details = await detailsOf(sync);
    for (const line of [
      '**Run #7 of acme.okta.com, full: partial**',
      '| users | 1200 | 7 | 5 | 1 |',
      '- memberships: 0 added, 0 removed',
      '- `GROUP_FAILED`: The members of a group could not be read. (and 1 more)',
      '- `MISSING_EMAIL`: 3 users have no email.',
      '- and 4 more warnings, not included in the report',
    ])
      assert(details.split('\n').includes(line), `${line}\nis not in\n${details}`);
    assert.deepEqual(await memoOf(sync), {
      domain: 'acme.okta.com',
      mode: 'full',
      outcome: 'partial',
    });
  });

  it('shows its progress while it is running', async () => {
    const [asked, answered] = [signal(), signal()];
    let details = '';
    const fake = new FakeActivities({
      syncMemberships: async () => {
        asked.give();
        await answered.given;
        return { done: true, groupsDone: 2, groupsTotal: 2 };
      },
    });
    await faked.run(fake, [], async (sync) => {
      await asked.given;
      details = await detailsOf(sync);
      assert.deepEqual(await memoOf(sync), { domain: 'acme.okta.com', mode: 'full' });
      answered.give();
    });
    assert.match(
      details,
      /^\*\*Run #7 of acme\.okta\.com, full: memberships\*\*\n\n- users: 3\n- groups: 2$/,
    );
  });

  it('shows why it failed', async () => {
    const sync = await run(
      new FakeActivities({
        syncUsers: async () => {
          throw ApplicationFailure.nonRetryable('Okta refused the token.', 'OKTA_UNAUTHORIZED');
        },
      }),
    );
    assert.match(await detailsOf(sync), /full: failed\*\*\n\n`OKTA_UNAUTHORIZED`: Okta refused the token\./);
    assert.equal((await memoOf(sync))?.['outcome'], 'failed');
  });

  it('shows why it could not begin', async () => {
    const sync = await run(
      new FakeActivities({
        beginRun: async () => {
          throw ApplicationFailure.nonRetryable('The worker serves another org.', 'UNKNOWN_ORG');
        },
      }),
    );
    assert.equal(
      await detailsOf(sync),
      '**The run could not begin.** `UNKNOWN_ORG`: The worker serves another org.',
    );
  });

  it('has a line next to each activity', async () => {
    const sync = await run(new FakeActivities());
    const { events } = await sync.fetchHistory();
    const summaries = events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) =>
      scheduled
        ? [
            `${scheduled.activityType?.name}: ${String(userMetadata?.summary && defaultPayloadConverter.fromPayload(userMetadata.summary))}`,
          ]
        : [],
    );
    assert.deepEqual(summaries?.sort(), [
      'beginRun: number the run and choose its mode',
      'endRun: report, the work is done',
      'sweep: what is gone, User nodes',
      'syncGroups: groups, after 0',
      'syncMemberships: members of the next groups',
      'syncUsers: users, after 0',
    ]);
  });
});
