import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { OptionError, parseOptions } from '../../scripts/options';

const OPTIONS = {
  count: { type: 'string', default: '100' },
  quick: { type: 'boolean', default: false },
} as const;

const parse = (...args: string[]) => parseOptions(args, OPTIONS, ['count']);

describe('The options of a script', () => {
  it('are read, with their defaults', () => {
    assert.deepEqual({ ...parse() }, { count: '100', quick: false });
    assert.deepEqual({ ...parse('--count', '7', '--quick') }, { count: '7', quick: true });
  });

  it('are rejected in one line if they are unknown, have no value, or are not a number', () => {
    for (const [args, message] of [
      [['--bogus'], /^Unknown option '--bogus'$/],
      [['extra'], /^Unexpected argument 'extra'$/],
      [['--count'], /^Option '--count <value>' argument missing$/],
      [['--count', 'x'], /^--count must be a whole number above 0, not 'x'$/],
      [['--count=0'], /^--count must be a whole number above 0, not '0'$/],
      [['--count', '1.5'], /^--count must be a whole number above 0, not '1.5'$/],
    ] as const)
      assert.throws(
        () => parse(...args),
        (error) => error instanceof OptionError && message.test(error.message),
      );
  });

  for (const [script, args, line] of [
    ['scripts/mutation/main.ts', ['--count', 'x'], /^--count must be .*, not 'x' \(see --help\)\n$/],
    ['scripts/mutation/main.ts', ['--bogus'], /^Unknown option '--bogus' \(see --help\)\n$/],
    ['bench/chaos.ts', ['--users', 'x'], /^error: option '--users <count>' .*It must be a number.*\n$/],
  ] as const)
    it(`end it without a stack: ${script} ${args.join(' ')}`, () => {
      const cwd = join(__dirname, '../..');
      const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
        cwd,
        encoding: 'utf8',
      });
      assert.notEqual(status, 0);
      assert.match(stderr, line);
    }).timeout(20_000);
});
