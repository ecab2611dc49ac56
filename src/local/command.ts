import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { toolEnvironment } from './childEnvironment';

export interface CommandOutput {
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  /** Default: {@link toolEnvironment}, without our secrets. */
  env?: NodeJS.ProcessEnv;
  /** The command is killed after this time. Default: no limit. */
  timeoutMs?: number;
  /** Kills the command. */
  stop?: AbortSignal | undefined;
}

/** Thrown when a command fails. The message contains the last lines of its output. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a command without a shell and waits for its end.
 *
 * @throws CommandError if it cannot be started, exits with a code other than 0, or takes longer than `timeoutMs`.
 * @throws the reason of `stop` after it has killed the command.
 */
export function run(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutput> {
  const { cwd, env = toolEnvironment(), timeoutMs = 0, stop } = options;
  return new Promise((resolve, reject) => {
    const limits = { timeout: timeoutMs, maxBuffer: 2 ** 26, signal: stop };
    execFile(command, args, { cwd, env, ...limits }, (error, stdout, stderr) => {
      if (!error) return resolve({ stdout, stderr });
      if (stop?.aborted) return reject(stop.reason as Error);
      const reason = error.killed
        ? `took longer than ${timeoutMs / 1_000} s`
        : lastLines(`${stdout}\n${stderr}`, 3) || error.message;
      reject(new CommandError(`${command}: ${reason}`));
    });
  });
}

/** Returns the path of an executable on `PATH`, or undefined. */
export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await succeeds(access(path, constants.X_OK))) return path;
  }
  return undefined;
}

/** Returns true if a promise is fulfilled, with any value. */
export function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

/** Returns the last non-blank lines of a text, without colors. */
export function lastLines(text: string, count: number): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
