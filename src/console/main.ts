import { once } from 'node:events';
import { ConfigError, loadConfig, readEnvironment } from '../config';
import { checkOkta } from '../okta/check';
import { internalErrorText } from '../internalError';
import { startConsole } from './server';
import { loadConsoleSettings } from './settings';

/** `npm run console`: the console as a process of its own. */
async function main(): Promise<void> {
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    const environment = readEnvironment();
    const config = loadConfig(environment);
    const settings = loadConsoleSettings(environment);
    for (const warning of config.warnings) tell(warning);
    const console = await startConsole(config, settings, checkOkta, tell);
    tell(`Console ready at ${console.url}`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await console.close();
    // Temporal's client throws when it repeats a call that a page no longer waits for: its connection is closed.
    process.exit();
  } catch (error) {
    tell(textOf(error));
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}

function textOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
    return `The console cannot listen (${error.message}). Set CONSOLE_PORT or CONSOLE_ADDRESS to a free one, or stop what uses it.`;
  return internalErrorText(error);
}

void main();
