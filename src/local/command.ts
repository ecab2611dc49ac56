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
}

/** A command that ended badly; the message is what it last said. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a command to its end, without a shell.
 *
 * @throws CommandError when it cannot be started, exits with another code than 0, or takes longer than `timeoutMs`.
 */
export function run(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutput> {
  const { cwd, env = toolEnvironment(), timeoutMs = 0 } = options;
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, timeout: timeoutMs, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (!error) return resolve({ stdout, stderr });
      const reason = error.killed
        ? `took longer than ${timeoutMs / 1_000} s`
        : lastLines(`${stdout}\n${stderr}`, 3) || error.message;
      reject(new CommandError(`${command}: ${reason}`));
    });
  });
}

/** The path of an executable on `PATH`, as the shell would find it. */
export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await succeeds(access(path, constants.X_OK))) return path;
  }
  return undefined;
}

/** Whether a promise is kept, whatever its value. */
export function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

/** The last lines of a text that are not blank, without colours. */
export function lastLines(text: string, count: number): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
