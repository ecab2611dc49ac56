import assert from 'node:assert/strict';
import { formatAge, formatDuration, formatTime } from '../../src/text/times';

describe('Durations and times', () => {
  it('show the two largest non-zero units of a duration', () => {
    const cases: [number, string][] = [
      [0, '0s'],
      [999, '0s'],
      [12_400, '12s'],
      [192_000, '3m 12s'],
      [7_200_000, '2h'],
      [7_201_000, '2h'],
      [90_000_000, '1d 1h'],
      [-5_000, '0s'],
    ];
    for (const [durationMs, text] of cases) assert.equal(formatDuration(durationMs), text);
  });

  it('show an age as a duration, and a time in UTC', () => {
    const then = new Date('2026-11-24T08:00:00.123Z');
    assert.equal(formatAge(then, new Date('2026-11-24T08:40:00.200Z')), '40m ago');
    assert.equal(formatTime(then), '2026-11-24 08:00:00Z');
  });
});
