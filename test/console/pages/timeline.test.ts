import assert from 'node:assert/strict';
import { axisOf, axisText, TimeBar, type Span } from '../../../src/console/pages/timeline';

const NOW = new Date('2026-11-24T00:00:00Z');
const daysAgo = (days: number) => NOW.getTime() - days * 86_400_000;
const UNKNOWN: Span = { validFromMs: null, notBeforeMs: null, validToMs: null, endedAfterMs: null };

describe('A bar of a membership over time', () => {
  const axis = { fromMs: daysAgo(24), toMs: NOW.getTime() };
  /** Beginning and width of each part, as days from the start of the axis. */
  const parts = (span: Partial<Span>) =>
    [
      ...String(TimeBar({ span: { ...UNKNOWN, ...span }, axis })).matchAll(
        /<rect( class="between")? x="([\d.]+)" y="4" width="([\d.]+)"/g,
      ),
    ].map(([, between, x, width]) => [between ? 'between' : 'held', Number(x) / 10, Number(width) / 10]);

  it('reaches over all of the axis if nothing is known', () => {
    assert.deepEqual(parts({}), [['held', 0, 24]]);
  });

  it('is uncertain between the reads that did not and that did show it', () => {
    assert.deepEqual(parts({ notBeforeMs: daysAgo(10), validFromMs: daysAgo(8) }), [
      ['between', 14, 2],
      ['held', 16, 8],
    ]);
    assert.deepEqual(parts({ validFromMs: daysAgo(20), endedAfterMs: daysAgo(6), validToMs: daysAgo(4) }), [
      ['held', 4, 14],
      ['between', 18, 2],
    ]);
  });

  it('is seen however short it was', () => {
    const [[, , width] = []] = parts({ validFromMs: daysAgo(2), validToMs: daysAgo(2) });
    assert.equal(width, 0.2);
  });

  it('stands on an axis that begins before all that is known', () => {
    const all = axisOf([{ ...UNKNOWN, notBeforeMs: daysAgo(100) }], NOW, daysAgo(50));
    assert.equal(axisText(all), `${new Date(daysAgo(104)).toISOString().slice(0, 10)} – 2026-11-24`);
    assert(axisOf([], NOW, undefined).fromMs < daysAgo(1));
  });
});
