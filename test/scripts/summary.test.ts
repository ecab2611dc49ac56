import assert from 'node:assert/strict';
import type { Outcome } from '../../scripts/reporter';
import { summaryOf, type Part } from '../../scripts/summary';

const PASSED: Outcome = { file: 'test/a.test.ts', title: 'A thing works', isTest: true, ms: 5 };
const part = (change: Partial<Part> = {}): Part => ({
  name: 'tests',
  isGood: true,
  seconds: 1.4,
  output: '',
  ...change,
});

describe('The end of npm test', () => {
  it('is good when every part and every test has passed', () => {
    const { text, isGood } = summaryOf([part()], [PASSED]);
    assert.equal(isGood, true);
    assert.equal(text, '\npassed  tests (1 s)\n1 tests, 0 failures');
  });

  it('names a test that failed and why, and is not good', () => {
    const failure = { ...PASSED, isTest: false, ms: 0, error: 'Error: 1 is not 2' };
    const { text, isGood } = summaryOf([part()], [failure, PASSED]);
    assert.equal(isGood, false);
    assert.match(text, /FAILED test\/a\.test\.ts\n  A thing works\nError: 1 is not 2/);
    assert.match(text, /1 tests, 1 failures$/);
  });

  it('names a hook that failed', () => {
    const hook = { ...PASSED, title: '"before all" hook', isTest: false, error: 'Error: no server' };
    const { text, isGood } = summaryOf([part({ isGood: false })], [PASSED, hook]);
    assert.equal(isGood, false);
    assert.match(text, /"before all" hook\nError: no server/);
  });

  it('shows the output of a part that failed, and is not good', () => {
    const lint = part({ name: 'lint', isGood: false, output: 'no-unused-vars' });
    const { text, isGood } = summaryOf([lint, part()], [PASSED]);
    assert.equal(isGood, false);
    assert.match(text, /FAILED lint\nno-unused-vars/);
    assert.match(text, /^FAILED  lint \(1 s\)$/m);
  });

  it('is not good when no test was run, whatever Mocha says', () => {
    const { text, isGood } = summaryOf([part()], []);
    assert.equal(isGood, false);
    assert.match(text, /No test was run$/);
  });

  it('names the ten slowest files, in order', () => {
    const outcomes = Array.from({ length: 12 }, (_, n) => ({
      ...PASSED,
      file: `test/${n}.test.ts`,
      ms: 1000 * n,
    }));
    const { text } = summaryOf([part()], outcomes);
    const files = [...text.matchAll(/ s {2}test\/(\d+)\.test\.ts/g)].map(([, n]) => Number(n));
    assert.deepEqual(files, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  });
});
