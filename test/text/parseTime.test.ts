import assert from 'node:assert/strict';
import { parseTime } from '../../src/text/parseTime';

describe('parseTime', () => {
  const now = new Date('2026-11-24T12:00:00Z');
  const TIMES: readonly [text: string, is: string][] = [
    ['7d', '2026-11-17T12:00:00.000Z'],
    ['90m', '2026-11-24T10:30:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T08:00', '2026-11-01T08:00:00.000Z'],
    ['2026-11-01T08:00:00+02:00', '2026-11-01T06:00:00.000Z'],
    ['2026-11-01T08:00:00.5Z', '2026-11-01T08:00:00.500Z'],
  ];
  for (const [text, is] of TIMES) {
    it(`accepts ${text}`, () => assert.equal(parseTime(text, now).toISOString(), is));
  }
  for (const text of ['', '7', 'soon', '2026-02-30T99:00', '-1d', '24.11.2026']) {
    it(`rejects '${text}'`, () => assert.throws(() => parseTime(text, now), { name: 'UsageError' }));
  }
});
