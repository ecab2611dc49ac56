import { once } from 'node:events';
import { ConfigError, loadConfig, readEnvironment } from '../config';
import { checkOkta } from '../okta/check';
import { logEvents } from '../telemetry/eventLog';
import { JsonLog } from '../telemetry/jsonLog';
import { internalErrorText } from '../text/internalError';
import { startConsole } from './server';
import { loadConsoleSettings } from './settings';

/**
 * Serves the console until SIGINT or SIGTERM. Never rejects.
 *
 * @returns the exit code.
 */
export async function main(err: NodeJS.WritableStream, read = readEnvironment): Promise<number> {
  const write = (line: string) => err.write(line);
  let log = new JsonLog('INFO', write);
  try {
    const environment = read();
    const settings = loadConsoleSettings(environment);
    const config = loadConfig(environment, { needsOkta: !settings.isReadOnly });
    log = new JsonLog(config.logLevel, write);
    logEvents(log);
    for (const warning of config.warnings) log.warn(warning, { event: 'config_warning' });
    const console = await startConsole(config, settings, checkOkta, (line) => log.warn(line));
    log.info(`Console ready at ${console.url}`, { event: 'console_ready', url: console.url });
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await console.close();
    // Temporal's client throws if it retries a call after its connection is closed.
    process.exit();
  } catch (error) {
    log.error(textOf(error), { event: 'console_failed' });
    return error instanceof ConfigError ? 2 : 1;
  }
}

function textOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
    return `The console cannot listen (${error.message}). Change CONSOLE_PORT or CONSOLE_ADDRESS, or stop the process that uses it.`;
  return internalErrorText(error);
}
