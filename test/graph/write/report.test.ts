import assert from 'node:assert/strict';
import type { Counts } from '../../../src/telemetry/runCounts';
import { CODES } from '../../../src/codes';
import { withAdvice } from '../../../src/faults/fault';
import type { SyncReport, SyncWarning, Ending } from '../../../src/contract';
import { writeForRun, type Run } from '../../../src/graph/write/run';
import { endRun } from '../../../src/graph/write/runs';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('the report of a run', () => {
  const graph = useGraph();

  const write = (run: Run, counts: Counts, warnings: SyncWarning[] = []) =>
    writeForRun(graph.writer(run), async () => ({ counts, warnings }));
  const LISTED: Counts = { users_seen: 2, groups_seen: 2 };
  async function reportOf(
    counts: Counts,
    warnings: SyncWarning[] = [],
    ending?: Ending,
  ): Promise<SyncReport> {
    const run = await graph.begin();
    await write(run, { ...LISTED, ...counts }, warnings);
    return endRun(graph.db, run, ending);
  }
  const people = (emails: readonly (string | null)[]) =>
    graph.set(
      `UNWIND range(0, size($emails) - 1) AS i
       CREATE (:User {okta_domain: $domain, id: '00u' + right('000' + i, 4), email: $emails[i]})`,
      { emails },
    );

  it('says all that was counted', async () => {
    const run = await graph.begin();
    Object.assign(graph.usage, { rateLimited: 5, waitedMs: 6.5, retries: 7 });
    graph.usage.requests = {
      users: 1,
      user: 10,
      groups: 100,
      group: 1000,
      apps: 0,
      iam: 0,
      logs: 0,
      other: 10_000,
    };
    await write(run, {
      users_seen: 11,
      users_created: 12,
      users_updated: 13,
      users_deleted: 14,
      groups_seen: 21,
      groups_created: 22,
      groups_updated: 23,
      groups_deleted: 24,
      memberships_groups_read: 31,
      memberships_groups_verified: 7,
      memberships_added: 32,
      memberships_removed: 33,
    });
    await graph.set(
      `UNWIND range(1, 4) AS i CREATE (:Group {okta_domain: $domain, id: '00g' + i, last_seen_run: 1,
         memberships_tried_run: CASE WHEN i = 1 THEN 1 END, memberships_as_of: datetime()})`,
    );
    const report = await endRun(graph.db, { ...run, mode: 'incremental' });
    const { startedAt, finishedAt, durationMs, users, groups, memberships, okta } = report;
    assert.deepEqual(
      [report.runId, report.runNumber, report.domain, report.mode, report.outcome],
      [run.id, 1, graph.domain, 'incremental', 'succeeded'],
    );
    assert.deepEqual([report.warnings, report.warningsOmitted, report.failure], [[], 0, undefined]);
    assert.deepEqual(users, { seen: 11, created: 12, updated: 13, deleted: 14 });
    assert.deepEqual(groups, { seen: 21, created: 22, updated: 23, deleted: 24 });
    assert.deepEqual(memberships, {
      groupsRead: 31,
      groupsVerified: 7,
      groupsUnchanged: 3,
      groupsFailed: 0,
      added: 32,
      removed: 33,
    });
    assert.deepEqual([okta.requests, okta.rateLimited, okta.waitedMs, okta.retries], [11_111, 5, 6, 7]);
    assert.equal(Date.parse(finishedAt) - Date.parse(startedAt), durationMs);
    assert.ok(durationMs >= 0 && durationMs < 60_000, `${durationMs} ms`);
    for (const time of [startedAt, finishedAt]) assert.equal(new Date(time).toISOString(), time);
  });

  interface Row {
    what: string;
    counts?: Counts;
    outcome: SyncReport['outcome'];
    /** Code, count and part of the text of each warning. */
    warnings: readonly (readonly [code: string, count: number | undefined, says: RegExp])[];
  }
  const ROWS: readonly Row[] = [
    { what: 'that missed nothing', outcome: 'succeeded', warnings: [] },
    {
      what: 'of which a group failed',
      counts: { memberships_groups_failed: 1 },
      outcome: 'partial',
      warnings: [],
    },
    {
      what: 'that withheld removals of users',
      counts: { users_withheld: 3 },
      outcome: 'partial',
      warnings: [
        ['REMOVALS_WITHHELD', 3, /^Withheld the removal of 3 of 0 users: .*run --mode full --allow-deletes/],
      ],
    },
    {
      what: 'that withheld removals of each kind',
      counts: { users_withheld: 1, groups_withheld: 2, memberships_withheld: 3 },
      outcome: 'partial',
      warnings: [
        ['REMOVALS_WITHHELD', 1, /users/],
        ['REMOVALS_WITHHELD', 2, /groups/],
        ['REMOVALS_WITHHELD', 3, /memberships/],
      ],
    },
    {
      what: 'that kept nodes without proof',
      counts: { nodes_unproven: 4 },
      outcome: 'partial',
      warnings: [['KEPT_UNPROVEN', 4, /did not confirm the deletion/]],
    },
    {
      what: 'that met no users',
      counts: { users_seen: 0 },
      outcome: 'partial',
      warnings: [['EMPTY_USER_LIST', undefined, /none was removed.*admin role/]],
    },
    {
      what: 'that met no groups',
      counts: { groups_seen: 0 },
      outcome: 'partial',
      warnings: [['EMPTY_GROUP_LIST', undefined, /Everyone/]],
    },
  ];
  for (const { what, counts = {}, outcome, warnings } of ROWS) {
    it(`${what} is "${outcome}"${warnings.length > 0 ? ', and says why' : ''}`, async () => {
      const report = await reportOf(counts);
      assert.equal(report.outcome, outcome);
      assert.deepEqual(
        report.warnings.map(({ code, count }) => [code, count]),
        warnings.map(([code, count]) => [code, count]),
      );
      for (const [i, [, , says]] of warnings.entries())
        assert.match(withAdvice(report.warnings[i] ?? { message: '' }), says);
    });
  }

  it('of a list of changes may be without users: nobody has changed', async () => {
    const run = await graph.beginIncremental();
    await write(run, { groups_seen: 2 });
    assert.equal((await endRun(graph.db, run)).outcome, 'succeeded');
  });

  it('holds the memberships in the graph against the counts of Okta, of this org only', async () => {
    await graph.set(
      `UNWIND [$domain, $theirs] AS d
       CREATE (:User {okta_domain: d, id: '00u1', email: 'a@acme.com'})-[:MEMBER_OF]->(:Group {okta_domain: d, id: '00g1', users_count: 3}),
              (:Group {okta_domain: d, id: '00g2', users_count: 4}), (:Group {okta_domain: d, id: '00g3'})`,
      { theirs: graph.newDomain() },
    );
    const report = await endRun(graph.db, await graph.begin());
    assert.deepEqual(report.reconciliation, { memberships: 1, usersCount: 7 });
  });

  it('names the number of groups that are left', async () => {
    const run = await graph.begin();
    await write(run, LISTED);
    await graph.set(
      "UNWIND ['a', 'b'] AS id CREATE (:Group {okta_domain: $domain, id: id, last_seen_run: 1})",
    );
    const report = await endRun(graph.db, run);
    assert.equal(report.outcome, 'partial');
    assert.deepEqual([report.warnings[0]?.code, report.warnings[0]?.count], ['GROUPS_LEFT', 2]);
  });

  it('of a run that was cut short says so, and not what a whole run would have missed', async () => {
    const failure = { code: 'OKTA_UNAUTHORIZED', message: 'The token has expired.' } as const;
    for (const outcome of ['failed', 'cancelled', 'abandoned', 'partial'] as const) {
      const report = await reportOf({ users_seen: 0, groups_seen: 0, users_withheld: 1 }, [], {
        outcome,
        failure,
      });
      assert.deepEqual([report.outcome, report.failure, report.warnings], [outcome, failure, []]);
    }
  });

  it('has the warnings of the run, what falls short before them, and how many more there were', async () => {
    const warnings = Array.from({ length: 205 }, (_, i) => ({
      code: 'GROUP_FAILED' as const,
      message: 'm',
      groupId: `00g${i}`,
      ...(i === 0 && { advice: 'What the group itself needs.' }),
    }));
    const report = await reportOf({ nodes_unproven: 1 }, warnings);
    assert.deepEqual([report.warnings.length, report.warningsOmitted], [201, 5]);
    assert.equal(report.warnings[0]?.code, 'KEPT_UNPROVEN');
    const { advice } = CODES.GROUP_FAILED;
    assert.deepEqual(
      report.warnings.slice(1),
      warnings.slice(0, 200).map((warning) => ({ advice, ...warning })),
    );
  });

  describe('warns about emails', () => {
    it('that are missing: how many, and the first twenty ids', async () => {
      await people(Array.from({ length: 25 }, () => null));
      const { outcome, warnings } = await reportOf({});
      assert.equal(outcome, 'succeeded', 'Okta has none, so the graph equals Okta');
      assert.equal(warnings.length, 1);
      assert.deepEqual([warnings[0]?.code, warnings[0]?.count], ['MISSING_EMAIL', 25]);
      assert.equal(warnings[0]?.userIds?.length, 20);
      assert.deepEqual(warnings[0]?.userIds?.slice(0, 2), ['00u0000', '00u0001']);
    });

    it('that several users share, by their ids and never by the email', async () => {
      await people(['ada@acme.com', 'bob@acme.com', 'ada@acme.com', 'ada@acme.com', null]);
      const report = await reportOf({});
      assert.deepEqual(
        report.warnings.map(({ code, count, userIds }) => ({ code, count, userIds })),
        [
          { code: 'MISSING_EMAIL', count: 1, userIds: ['00u0004'] },
          { code: 'DUPLICATE_EMAIL', count: 3, userIds: ['00u0000', '00u0002', '00u0003'] },
        ],
      );
      assert.ok(!JSON.stringify(report).includes('@'), 'the report has an email');
    });

    it('of the first fifty that are shared, and how many more there are', async () => {
      await people(Array.from({ length: 106 }, (_, i) => `${i % 53}@acme.com`));
      const { warnings } = await reportOf({});
      assert.equal(warnings.length, 51);
      assert.deepEqual([warnings[50]?.code, warnings[50]?.count], ['DUPLICATE_EMAIL', 3]);
    });

    it('of this org only', async () => {
      const other = graph.newDomain();
      await people(['ada@acme.com']);
      await graph.set(
        "CREATE (:User {okta_domain: $other, id: 'x', email: 'ada@acme.com'}), (:User {okta_domain: $other, id: 'y'})",
        { other },
      );
      assert.deepEqual((await reportOf({})).warnings, []);
    });
  });
});
