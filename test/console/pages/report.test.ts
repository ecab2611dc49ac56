import assert from 'node:assert/strict';
import { Report, type ReportBefore } from '../../../src/console/pages/report';
import type { PhaseTime } from '../../../src/graph/read/phases';
import type { SyncReport, SyncWarning } from '../../../src/contract';
import { NO_NAMES } from '../../../src/reportView/names';
import { SAMPLE_ACCESS, sampleReport } from '../../../dev/lab/sampleReport';

describe('The report of a run in the console', () => {
  const page = (
    report: SyncReport,
    more: { phases?: readonly PhaseTime[]; before?: ReportBefore } = {},
  ): string => String(Report({ report, trigger: 'manual', names: NO_NAMES, ...more }));
  const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

  it('has the counts of apps, roles and rules, where the run has read them', () => {
    assert.doesNotMatch(page(sampleReport()), /Apps|Group rules|[Aa]ssignments|Admin roles/);
    const text = textOf(page(sampleReport({ access: SAMPLE_ACCESS })));
    assert.match(text, /Apps 1,040 4 5 6 Group rules 15 1 2 3/);
    assert.match(text, /Assignments 1,007 added, 8 removed; 2,345 in the graph/);
    assert.match(text, /Admin roles 9 added, 10 removed; 14 in the graph/);
    assert.match(text, /Changes of assignments 1,015 1,007 added, 8 removed/);
  });

  it('begins with its changes, its duration and what it asked of Okta', () => {
    const users = { seen: 3, created: 1, updated: 20, deleted: 300 };
    const okta = { ...sampleReport().okta, requests: 1_204, waitedMs: 62_000 };
    const text = textOf(page(sampleReport({ users, okta })));
    assert.match(text, /^ Changes of users 321 1 created, 20 updated, 300 deleted/);
    assert.match(text, /Duration 3m 12s Okta API requests 1,204 0 retries Waited for rate limits 1m 2s/);
  });

  it('has a waterfall of its phases, unless an earlier version recorded none', () => {
    assert.doesNotMatch(page(sampleReport()), /Phases/);
    const phases: PhaseTime[] = [
      { phase: 'lists', fromMs: 500, durationMs: 9_500 },
      { phase: 'memberships', fromMs: 10_000, durationMs: 182_000 },
    ];
    const html = page(sampleReport(), { phases });
    assert.match(textOf(html), /Users and groups 0\.5 s 9\.5 s 5 % Memberships 10s 3m 2s 95 %/);
    assert.match(html, /<rect class="held" x="52" y="2" width="948"/);
  });

  it('links to the users that a warning is about, unless they were forgotten', () => {
    const about = (userId: string): SyncWarning => ({
      code: 'TOUCHED_NOT_FOUND',
      message: 'Not found.',
      userId,
    });
    assert.match(page(sampleReport({ warnings: [about('00u1')] })), /<a href="[^"]*">00u1<\/a>/);
    assert.match(page(sampleReport({ warnings: [about('(forgotten)')] })), /Not found\. \(forgotten\)<\/li>/);
  });

  it('shows new kinds of warnings first, and folds those that the run before had too', () => {
    const warning = (code: SyncWarning['code']): SyncWarning => ({ code, message: `About ${code}.` });
    const report = sampleReport({
      runNumber: 2,
      warnings: [warning('MISSING_EMAIL'), warning('DUPLICATE_EMAIL')],
    });
    const before = { runNumber: 1, warnings: [warning('MISSING_EMAIL'), warning('KEPT_UNPROVEN')] };
    const html = page(report, { before });
    assert(html.indexOf('About DUPLICATE_EMAIL') < html.indexOf('<details>'));
    assert.match(html, /<details><summary>As in run #1: MISSING_EMAIL<\/summary>.*About MISSING_EMAIL/);
    assert.doesNotMatch(page(report), /<details>/);
  });
});
