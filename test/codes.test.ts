import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomesOf, CODES, rowOf, type Code } from '../src/codes';
import { adviceOn, adviceOnAll, CodedError, faultFor } from '../src/faults/fault';
import { OktaError } from '../src/okta/errors';

const ROOT = join(__dirname, '..');
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const ROWS = Object.entries(CODES);

/** Codes without advice: a person stopped the run, or another worker or run continues. */
const NOTHING_TO_DO = ['ABANDONED', 'CANCELLED', 'MEMBERS_WITHOUT_USER', 'RUN_ENDED', 'WORKER_SHUTDOWN'];

const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/^(simulator|local)|^codes\.ts$/.test(file))
  .map((file) => text(join('src', file)))
  .join('\n');

/** Patterns of code that creates a failure or warning, and of the codes of Okta and Neo4j. */
const USES = [
  /\b(?:code|is): '([A-Z_]+)'/g,
  /\b(?:Error|faultFor|faultOf)\(\s*'([A-Z_]+)'/g,
  /'((?:OKTA|GRAPH)_[A-Z_]+)'/g,
];

/** Strings that look like codes but are environment variables, Okta group types or codes of axios. */
const NO_CODES =
  /^OKTA_(GROUP|LABELS|DOMAIN|API_TOKEN|CLIENT_ID|PRIVATE_KEY|CREDENTIALS_DIR|MAX_\w+)(_FILE)?$|^ERR_/;

describe('The table of codes', () => {
  it('has a row for each code that the sources use', () => {
    const used = USES.flatMap((use) => [...SOURCES.matchAll(use)].map(([, code = '']) => code));
    assert.ok(used.length > ROWS.length, 'the codes are found');
    assert.deepEqual(
      used.filter((code) => rowOf(code) === undefined && !NO_CODES.test(code)),
      [],
    );
  });

  it('has no row for a code that nothing uses', () =>
    assert.deepEqual(
      ROWS.filter(([code]) => !SOURCES.includes(`'${code}'`)),
      [],
    ));

  for (const [code, { means, advice }] of ROWS) {
    it(`has one sentence about ${code}${advice === undefined ? '' : ', and advice'}`, () => {
      assert.match(means, /^[A-Z].{10,140}\.$/);
      assert.equal(
        advice === undefined,
        NOTHING_TO_DO.includes(code),
        'advice unless there is nothing to do',
      );
      if (advice !== undefined) assert.match(advice, /^[A-Z].{8,240}(\.|\?|--wait|--test|OLD NEW)$/);
    });
  }

  it('provides defaults that an error can override', () => {
    const plain = new CodedError('OKTA_RATE_LIMITED');
    const { means, advice } = CODES.OKTA_RATE_LIMITED;
    assert.deepEqual([plain.fact, plain.advice, plain.retryable], [means, advice, true]);
    assert.equal(plain.message, `${means} ${advice}`);
    const known = new OktaError('OKTA_RATE_LIMITED', 'No.', { advice: 'Wait.', retryable: false });
    assert.deepEqual([known.message, known.retryable, known.repeat], ['No. Wait.', false, 'never']);
  });

  it('provides advice only for faults without their own', () => {
    const fault = faultFor('GROUP_FAILED', 'Not read.');
    assert.equal(adviceOn({ code: 'GROUP_FAILED', message: 'Not read.' }), CODES.GROUP_FAILED.advice);
    assert.equal(fault.advice, CODES.GROUP_FAILED.advice);
    assert.deepEqual(adviceOnAll([fault, { ...fault, advice: 'Give the role.' }, fault]), [
      CODES.GROUP_FAILED.advice,
      'Give the role.',
    ]);
  });

  it('does not repeat advice that the message of an earlier version contains', () => {
    const message = 'Neo4j has no such database. Check NEO4J_DATABASE.';
    assert.equal(adviceOn({ code: 'GRAPH_NO_DATABASE', message }), undefined);
  });

  it('points to the pages of the console there, even if a report has the advice of the command line', () => {
    for (const code of ['REMOVALS_WITHHELD', 'SCOPE_SHRANK'] as const) {
      const fault = faultFor(code);
      assert.match(adviceOn(fault) ?? '', /--allow-deletes/);
      assert.match(adviceOn(fault, 'console') ?? '', /on the page of the latest run\.$/);
    }
  });

  it('has no rows for codes of other versions or for names that every object inherits', () => {
    for (const code of ['NEW_CODE', 'constructor', '__proto__']) {
      assert.equal(rowOf(code), undefined);
      assert.equal(becomesOf(code), 'action required');
      const fault = { code: code as Code, message: 'Something.' };
      assert.deepEqual(
        [adviceOn(fault), adviceOn({ ...fault, advice: 'Do.' }, 'console')],
        [undefined, 'Do.'],
      );
    }
  });
});
