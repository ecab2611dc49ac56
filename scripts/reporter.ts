import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { reporters, Runner, type Hook, type MochaOptions, type Test } from 'mocha';

/** A test or hook that was run, as the runner of all tests reads it. */
export interface Outcome {
  file: string;
  title: string;
  isTest: boolean;
  ms: number;
  /** What it failed with. */
  error?: string;
}

/** Path of a file that gets an {@link Outcome} as JSON on each line. */
const OUTCOMES = process.env['OKTA_GRAPH_TEST_OUTCOMES'];

/** The list of tests with the reason next to each that fails, so that a run which is stopped has shown it. */
class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test: Test, error: unknown) => {
      console.log(textOf(error).replace(/^/gm, '       '));
      note(test, false, textOf(error));
    });
    runner.on(Runner.constants.EVENT_HOOK_END, (hook: Hook) => note(hook, false));
    runner.on(Runner.constants.EVENT_TEST_END, (test: Test) => note(test, true));
  }
}

/** A test process hands over its errors as plain objects. */
function textOf(error: unknown): string {
  const { stack } = (error ?? {}) as { stack?: unknown };
  return error instanceof Error || typeof stack !== 'string' ? inspect(error) : stack;
}

function note(what: Test | Hook, isTest: boolean, error?: string): void {
  if (!OUTCOMES) return;
  const outcome: Outcome = {
    file: relative('', what.file ?? ''),
    title: what.fullTitle(),
    isTest,
    ms: error === undefined ? (what.duration ?? 0) : 0,
    ...(error !== undefined && { error }),
  };
  appendFileSync(OUTCOMES, `${JSON.stringify(outcome)}\n`);
}

export default Reporter;
