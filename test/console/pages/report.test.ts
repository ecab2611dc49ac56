import assert from 'node:assert/strict';
import { Report } from '../../../src/console/pages/report';
import type { SyncReport } from '../../../src/contract';
import { NO_NAMES } from '../../../src/reportView/names';
import { SAMPLE_ACCESS, sampleReport } from '../../../dev/lab/sampleReport';

describe('The report of a run in the console', () => {
  const page = (report: SyncReport): string => String(Report({ report, trigger: 'manual', names: NO_NAMES }));

  it('has the counts of apps, roles and rules, where the run has read them', () => {
    assert.doesNotMatch(page(sampleReport()), /Apps|Group rules|Assignments|Admin roles/);
    const text = page(sampleReport({ access: SAMPLE_ACCESS }))
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
    assert.match(text, /Apps 1,040 4 5 6 Group rules 15 1 2 3/);
    assert.match(text, /Assignments 1,007 added, 8 removed; 2,345 in the graph/);
    assert.match(text, /Admin roles 9 added, 10 removed; 14 in the graph/);
  });
});
