import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('The options of a script', () => {
  for (const [script, args, line] of [
    [
      'scripts/mutation/main.ts',
      ['--count', 'x'],
      /^error: option '--count <n>' .*must be a whole number from 1.*\n$/,
    ],
    ['scripts/mutation/main.ts', ['--bogus'], /^error: unknown option '--bogus'\n$/],
    ['scripts/mutation/main.ts', ['extra'], /^error: too many arguments\b.*\n$/],
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
    });
});
