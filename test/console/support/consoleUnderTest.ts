import assert from 'node:assert/strict';
import type { CheckOrgs } from '../../../src/console/env';
import { loadConsoleSettings, type ConsoleSettings } from '../../../src/console/settings';
import { startConsole, type RunningConsole } from '../../../src/console/server';
import type { Config, Environment } from '../../../src/config';
import { checkOkta } from '../../../src/okta/check';

/** A tenth of a millisecond instead of a tenth of a second. */
export const QUICK_SCRYPT = { N: 2 ** 4, r: 8, p: 1, maxmem: 2 ** 20 };

/** A console on a free port of this machine. Closing it fails if it has reported a fault, so that its own test fails. */
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
      assert.deepEqual(faults, [], 'the console has reported faults');
    },
  };
}
