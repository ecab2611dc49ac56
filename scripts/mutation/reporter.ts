import { appendFileSync, readFileSync } from 'node:fs';
import { Runner, type Hook, type MochaOptions, type Test } from 'mocha';
import OutcomesReporter from '../../test/support/reporter';
import './probes';

/** A test, or the hooks around a file's tests, with the statements that it ran. */
export interface Reached {
  /** Undefined for hooks that are run once, for all tests of the file. */
  title?: string;
  ms: number;
  isGood: boolean;
  statements: string[];
}

/** Path of a file with the titles of the tests to run, one on each line. */
const CHOSEN = process.env['OKTA_GRAPH_MUTATION_TESTS'];
/** Path of a file that gets a {@link Reached} as JSON on each line. */
const REACHED = process.env['OKTA_GRAPH_MUTATION_REACHED'];

/** Runs some tests only, or notes what each one runs. */
class MutationReporter extends OutcomesReporter {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    if (CHOSEN) {
      const titles = new Set(readFileSync(CHOSEN, 'utf8').split('\n'));
      runner.grep({ test: (title: string) => titles.has(title) } as RegExp, false);
    }
    if (!REACHED) return;
    runner.on(Runner.constants.EVENT_RUN_BEGIN, () => note(REACHED, 0, true));
    runner.on(Runner.constants.EVENT_TEST_END, (test: Test) =>
      note(REACHED, test.duration ?? 0, test.state === 'passed', test.fullTitle()),
    );
    runner.on(Runner.constants.EVENT_HOOK_END, (hook: Hook) => {
      if (/"(?:before|after) all"/.test(hook.title))
        note(REACHED, hook.duration ?? 0, hook.state !== 'failed');
    });
  }
}

function note(path: string, ms: number, isGood: boolean, title?: string): void {
  const reached: Reached = {
    ...(title !== undefined && { title }),
    ms,
    isGood,
    statements: [...(globalThis.reachedByTest ?? [])],
  };
  globalThis.reachedByTest = new Set();
  appendFileSync(path, `${JSON.stringify(reached)}\n`);
}

export default MutationReporter;
