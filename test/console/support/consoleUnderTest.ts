import assert from 'node:assert/strict';
import type { CheckOrgs } from '../../../src/console/env';
import { loadConsoleSettings, type ConsoleSettings } from '../../../src/console/settings';
import { startConsole, type RunningConsole } from '../../../src/console/server';
import type { Config, Environment } from '../../../src/config';
import { checkOkta } from '../../../src/okta/check';

/** Takes 0.1 ms instead of 0.1 s. */
export const QUICK_SCRYPT = { N: 2 ** 4, r: 8, p: 1, maxmem: 2 ** 20 };

/** Starts a console on a free port. Its `close` fails if the console logged an error, so that the right test fails. */
export async function openConsole(
  config: Config,
  environment: Environment = {},
  forTests: ConsoleSettings['forTests'] = {},
  check: CheckOrgs = checkOkta,
): Promise<RunningConsole> {
  const settings = {
    ...loadConsoleSettings({ CONSOLE_PORT: '0', ...environment }),
    forTests: { scryptCost: QUICK_SCRYPT, ...forTests },
  };
  const faults: string[] = [];
  const running = await startConsole(config, settings, check, (line) => void faults.push(line));
  return {
    ...running,
    async close() {
      await running.close();
      assert.deepEqual(faults, [], 'the console logged errors');
    },
  };
}
