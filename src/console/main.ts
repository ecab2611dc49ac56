import { once } from 'node:events';
import { ConfigError, loadConfig, readEnvironment } from '../config';
import { checkOkta } from '../okta/check';
import { internalErrorText } from '../text/internalError';
import { startConsole } from './server';
import { loadConsoleSettings } from './settings';

/**
 * Serves the console until SIGINT or SIGTERM. Never rejects.
 *
 * @returns the exit code.
 */
export async function main(err: NodeJS.WritableStream, read = readEnvironment): Promise<number> {
  const log = (line: string) => void err.write(`${line}\n`);
  try {
    const environment = read();
    const config = loadConfig(environment);
    const settings = loadConsoleSettings(environment);
    for (const warning of config.warnings) log(warning);
    const console = await startConsole(config, settings, checkOkta, log);
    log(`Console ready at ${console.url}`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await console.close();
    // Temporal's client throws if it retries a call after its connection is closed.
    process.exit();
  } catch (error) {
    log(textOf(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}

function textOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
    return `The console cannot listen (${error.message}). Change CONSOLE_PORT or CONSOLE_ADDRESS, or stop the process that uses it.`;
  return internalErrorText(error);
}
