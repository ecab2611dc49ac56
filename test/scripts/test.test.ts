import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { choose } from '../../scripts/testChoice';

const ROOT = join(__dirname, '../..');
const FILE = 'test/text/times.test.ts';

/** Without what the tests around it were given. */
function npmTest(...words: string[]): { code: number | null; said: string; error: string } {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/test.ts', ...words],
    {
      cwd: ROOT,
      env: { PATH, HOME },
      encoding: 'utf8',
      timeout: 100_000,
    },
  );
  return { code: status, said: stdout, error: stderr };
}

describe('npm test', function () {
  this.timeout(120_000);

  it('runs one file, and succeeds with its tests', () => {
    const { code, said } = npmTest(FILE);
    assert.equal(code, 0, said);
    assert.match(said, /^[1-9]\d* tests, 0 failures$/m);
  });

  it('runs only files of a kind, of those that were named', () => {
    const { code, said } = npmTest('--kind=unit', FILE, 'test/graph/write/nodes.test.ts', 'Durations');
    assert.equal(code, 0, said);
    assert.doesNotMatch(said, /passed {2}build/, 'no server is needed, so nothing is built');
  });

  it('fails at once, and says which argument matches no test file', () => {
    const error = 'No test file matches test/none.test.ts\n';
    assert.deepEqual(npmTest(FILE, 'test/none.test.ts'), { code: 1, said: '', error });
    for (const [words, message] of [
      [['test/cl'], 'No test file matches test/cl'],
      [['src/cli'], 'No test file matches src/cli'],
      [['--kind=none'], 'No test file matches --kind=none'],
      [['--kind=graph', FILE], `No test file of kind graph matches ${FILE}`],
    ] as const)
      assert.throws(() => choose(words), { message });
  });

  it('fails where no test has the words that were given, before a server is started', () => {
    const error = "No test has 'nonsense-name' in its name, and no file is at that path\n";
    assert.deepEqual(npmTest('nonsense-name'), { code: 1, said: '', error });
  });

  it('loads only the files that have tests of the name that is given', () => {
    const { code, said } = npmTest(FILE, 'test/graph/write', 'Durations');
    assert.equal(code, 0, said);
    assert.deepEqual(said.match(/^(passed|FAILED) .*(?= \()/gm), ['passed  unit tests']);
  });
});
