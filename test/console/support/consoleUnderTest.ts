import type { CheckOrgs } from '../../../src/console/env';
import { loadConsoleSettings, type ConsoleSettings } from '../../../src/console/settings';
import { startConsole, type RunningConsole } from '../../../src/console/server';
import type { Config, Environment } from '../../../src/config';
import { checkOkta } from '../../../src/okta/check';

/** A tenth of a millisecond instead of a tenth of a second. */
export const QUICK_SCRYPT = { N: 2 ** 4, r: 8, p: 1, maxmem: 2 ** 20 };

/** A console on a free port of this machine. */
export function openConsole(
  config: Config,
  environment: Environment = {},
  forTests: ConsoleSettings['forTests'] = {},
  check: CheckOrgs = checkOkta,
): Promise<RunningConsole> {
  const settings = {
    ...loadConsoleSettings({ CONSOLE_PORT: '0', ...environment }),
    forTests: { scryptCost: QUICK_SCRYPT, ...forTests },
  };
  return startConsole(config, settings, check, (line) => {
    throw new Error(line);
  });
}
