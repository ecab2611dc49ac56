import { loadConsoleSettings } from '../../../src/console/settings';
import { startConsole, type RunningConsole } from '../../../src/console/server';
import type { Config, Environment } from '../../../src/config';
import { checkOkta } from '../../../src/okta/check';

/** A console on a free port of this machine. */
export function openConsole(config: Config, environment: Environment = {}): Promise<RunningConsole> {
  const settings = loadConsoleSettings({ CONSOLE_PORT: '0', ...environment });
  return startConsole(config, settings, checkOkta, (line) => {
    throw new Error(line);
  });
}
