import { CommanderError } from 'commander';
import { ConfigError, readEnvironment } from '../config';
import { isLocalStackStopped } from '../config/localStack';
import { addCompletion, complete } from './completion';
import type { Io } from './context';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { internalErrorText } from '../text/internalError';
import { UsageError } from '../text/usageError';
import { buildProgram, ioAsCalled, type Access } from './program';

/**
 * Runs one command and returns its exit code; it never throws.
 *
 * @param args the arguments, without the name of the program.
 * @param environment reads the variables of the configuration, when a command runs.
 */
export async function main(
  args: readonly string[],
  io: Io,
  access: Access,
  environment = readEnvironment,
): Promise<number> {
  let exitCode: number = EXIT.succeeded;
  const program = buildProgram({ io, access, environment, onExitCode: (code) => (exitCode = code) });
  try {
    if (await complete(program, args, access.parts)) return exitCode;
    addCompletion(program, io);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return printError(error, ioAsCalled(io, access, program));
  }
}

function printError(error: unknown, { err }: Io): number {
  // Commander has already printed the error; its own exit code for a usage error is 1.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
  if (error instanceof ConfigError || error instanceof UsageError) {
    if (error instanceof ConfigError && isLocalStackStopped())
      err.write(
        'The local stack of this directory is stopped. To use it, start it again: okta-graph start\nWithout it:\n',
      );
    err.write(`${error.message}\n`);
    return EXIT.usage;
  }
  err.write(`${error instanceof Explained ? error.message : internalErrorText(error)}\n`);
  return EXIT.failed;
}
