import assert from 'node:assert/strict';
import type { WarningCode } from '../../src/codes';
import { type Names, NO_NAMES } from '../../src/reportView/names';
import { printReport } from '../../src/cli/printReport';
import type { SyncReport, SyncWarning } from '../../src/contract';
import { SAMPLE_ACCESS, sampleReport } from '../../dev/lab/sampleReport';
import { Sink } from '../../dev/lab/sink';

const REPORT = sampleReport({
  runId: '01a2',
  runNumber: 12,
  users: { seen: 10_000, created: 12, updated: 34, deleted: 1 },
  groups: { seen: 1_203, created: 0, updated: 2, deleted: 0 },
  memberships: { groupsRead: 1, groupsUnchanged: 1_202, groupsFailed: 0, added: 1_045, removed: 3 },
  okta: {
    requests: 52,
    requestsByBucket: { users: 52, user: 0, groups: 0, group: 0, apps: 0, iam: 0, logs: 0, other: 0 },
    rateLimited: 3,
    waitedMs: 12_400,
    retries: 1,
  },
  reportingLines: { total: 1, added: 0, removed: 2, unresolved: 0, ambiguous: 0 },
});

describe('A report as text', () => {
  it('has a headline, a table and the other counts', () => {
    assert.equal(
      printed(REPORT),
      [
        'Run #12 of acme.okta.com succeeded: incremental, 3m 12s, ended 2026-11-24 08:03:12Z',
        'Run 01a2',
        '',
        '            read  created  updated  deleted',
        '  users   10,000       12       34        1',
        '  groups   1,203        0        2        0',
        '',
        '  memberships   1,045 added, 3 removed; 1 group read, 1,202 unchanged, 0 failed',
        '  managers      1 reporting line; 0 added, 2 removed',
        "  in the graph  3 memberships; Okta's member counts add up to 3",
        '  Okta          52 requests, 3 rate limited, 1 retry, waited 12s',
        '',
      ].join('\n'),
    );
  });

  it('has a line for each kind in SYNC_ACCESS that the run has read, and for no other', () => {
    const lines = printed({ ...REPORT, access: SAMPLE_ACCESS }).split('\n');
    assert.deepEqual(lines.slice(3, 8), [
      '                 read  created  updated  deleted',
      '  users        10,000       12       34        1',
      '  groups        1,203        0        2        0',
      '  apps          1,040        4        5        6',
      '  group rules      15        1        2        3',
    ]);
    assert.ok(lines.includes('  assignments   1,007 added, 8 removed; 2,345 in the graph'), lines.join('\n'));
    assert.ok(lines.includes('  admin roles   9 added, 10 removed; 14 in the graph'));
    const { roles = { total: 0, added: 0, removed: 0 } } = SAMPLE_ACCESS;
    assert.doesNotMatch(printed({ ...REPORT, access: { roles } }), /apps|rules|assignments/);
  });

  it('shows names and emails next to the ids of warnings, and advice once for each code', () => {
    const text = printedWarnings([
      { code: 'DUPLICATE_EMAIL', message: '2 users share one email', userIds: ['00u1', '00u2'] },
      { code: 'GROUP_FAILED', message: 'Not read', groupId: '00g1' },
      { code: 'GROUP_FAILED', message: 'Not read', groupId: '00g2' },
    ]);
    assert.match(text, /^Warnings: 3$/m);
    assert.match(text, /^ {4}2 users share one email: Ada Lovelace <ada@acme\.com> \(00u1\), 00u2$/m);
    assert.match(text, /^ {4}Not read: Engineering \(00g1\)$/m);
    assert.match(text, /^ {4}Not read: 00g2$/m);
    assert.equal(text.match(/come first in the next run/g)?.length, 1);
  });

  it('shows twenty warnings of a code and the number of the others', () => {
    const alike = Array.from({ length: 25 }, (_, i) => ({
      code: 'NEW_CODE' as WarningCode,
      message: `number ${i}`,
    }));
    const text = printedWarnings(alike, 7);
    assert.match(text, /^Warnings: 32$/m);
    assert.match(
      text,
      /number 19\n {4}and 5 more, see --json\n {2}and 7 more warnings, not included in the report\n/,
    );
  });

  it('does not let names from Okta move the cursor or change the text direction', () => {
    const names: Names = { users: new Map(), groups: new Map([['00g1', 'Eng\x1b[2J\u202eineers\n']]) };
    const text = printed(
      { ...REPORT, warnings: [{ code: 'GROUP_FAILED', message: 'Not read', groupId: '00g1' }] },
      names,
    );
    assert.match(text, /Not read: Eng \[2J ineers \(00g1\)/);
  });

  it('shows why a run failed and what to do', () => {
    const failure = { code: 'OKTA_UNAUTHORIZED', message: 'Okta returned 401 E0000011.' } as const;
    const text = printed({ ...REPORT, outcome: 'failed', failure });
    assert.match(text, /^OKTA_UNAUTHORIZED: Okta returned 401 E0000011\.\n-> .*restart the worker/m);
  });

  it('shows the own advice of a failure instead of the default', () => {
    const failure = { code: 'OKTA_FORBIDDEN', message: 'Okta returned 403.', advice: 'Grant it.' } as const;
    const text = printed({ ...REPORT, outcome: 'failed', failure });
    assert.match(
      text,
      /^OKTA_FORBIDDEN: Okta returned 403\.\n-> Grant it\.\n-> Then run: okta-graph check$/m,
    );
  });

  it('says that nothing is lost if the next run continues automatically', () => {
    const failure = { code: 'OKTA_TIMEOUT', message: 'Okta did not answer.' } as const;
    const text = printed({ ...REPORT, outcome: 'failed', failure });
    assert.match(text, /^-> Check the network.*\n-> Nothing is lost: the next run continues from here/m);
  });

  it('shows each advice of a code once', () => {
    const warning = { code: 'GROUP_FAILED', message: 'Not read' } as const;
    const [role, proxy] = ['Give the role.', 'Look for a proxy.'];
    const text = printedWarnings([role, proxy, role].map((advice) => ({ ...warning, advice })));
    assert.match(text, /(?: {4}Not read\n){3} {4}-> Give the role\.\n {4}-> Look for a proxy\.\n$/);
  });

  it('does not repeat advice that the message of a 0.2.0 report contains', () => {
    const message = 'Neo4j has no such database. Check NEO4J_DATABASE.';
    const text = printed({ ...REPORT, outcome: 'failed', failure: { code: 'GRAPH_NO_DATABASE', message } });
    assert.match(
      text,
      /^GRAPH_NO_DATABASE: Neo4j has no such database\. Check NEO4J_DATABASE\.\n-> Then run:/m,
    );
    assert.equal(text.match(/Check NEO4J_DATABASE/g)?.length, 1);
  });
});

function printedWarnings(warnings: SyncWarning[], warningsOmitted = 0): string {
  return printed({ ...REPORT, outcome: 'partial', warnings, warningsOmitted }, NAMES);
}

const NAMES: Names = {
  users: new Map([['00u1', { displayName: 'Ada Lovelace', email: 'ada@acme.com' }]]),
  groups: new Map([['00g1', 'Engineering']]),
};

function printed(report: SyncReport, names: Names = NO_NAMES): string {
  const sink = new Sink();
  printReport(report, names, sink);
  return sink.text;
}
