import assert from 'node:assert/strict';
import { csvLine } from '../../src/cli/csv';
import { momentOf } from '../../src/moment';

describe('a line of CSV', () => {
  const ROWS: readonly [what: string, cell: string, line: string][] = [
    ['plain text', 'Ada', 'Ada'],
    ['nothing', '', ''],
    ['a comma', 'Lovelace, Ada', '"Lovelace, Ada"'],
    ['quotes', 'the "first"', '"the ""first"""'],
    ['a line break', 'two\nlines', '"two\nlines"'],
    ['a formula', '=HYPERLINK("http://evil")', '"\'=HYPERLINK(""http://evil"")"'],
    ['a plus', '+1', "'+1"],
    ['a minus', '-1+1', "'-1+1"],
    ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab in front', '\t=1', "'\t=1"],
    ['a carriage return in front', '\r=1', '"\'\r=1"'],
    ['a wide equals sign', '＝1+1', "'＝1+1"],
    ['an equals sign within', 'a=b', 'a=b'],
  ];
  for (const [what, cell, line] of ROWS) {
    it(`holds ${what}`, () => assert.equal(csvLine(['x', cell]), `x,${line}\r\n`));
  }
});

describe('a moment', () => {
  const now = new Date('2026-11-24T12:00:00Z');
  const MOMENTS: readonly [text: string, is: string][] = [
    ['7d', '2026-11-17T12:00:00.000Z'],
    ['90m', '2026-11-24T10:30:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T08:00', '2026-11-01T08:00:00.000Z'],
    ['2026-11-01T08:00:00+02:00', '2026-11-01T06:00:00.000Z'],
    ['2026-11-01T08:00:00.5Z', '2026-11-01T08:00:00.500Z'],
  ];
  for (const [text, is] of MOMENTS) {
    it(`can be ${text}`, () => assert.equal(momentOf(text, now).toISOString(), is));
  }
  for (const text of ['', '7', 'soon', '2026-02-30T99:00', '-1d', '24.11.2026']) {
    it(`cannot be '${text}'`, () => assert.throws(() => momentOf(text, now), { name: 'UsageError' }));
  }
});
