import { inspect } from 'node:util';
import { reporters, Runner, type MochaOptions, type Test } from 'mocha';

/** The list of tests with the reason beside each that fails, so that a run which is stopped has told it. */
class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on(Runner.constants.EVENT_TEST_FAIL, (_test: Test, error: unknown) => {
      console.log(inspect(error).replace(/^/gm, '       '));
    });
  }
}

export = Reporter;
