import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Thrown for an option that a script does not know or whose value is invalid. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the options of a script. For an invalid one, it prints one line and ends the process with 2.
 *
 * @param numbers names of the options that are whole numbers above 0.
 */
export function readOptions<const T extends Options>(
  options: T,
  numbers: readonly (keyof T & string)[] = [],
) {
  try {
    return parseOptions(process.argv.slice(2), options, numbers);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(`${error.message} (see --help)`);
    process.exit(2);
  }
}

/** Parses options. @throws OptionError with one line about the first that is invalid. */
export function parseOptions<const T extends Options>(
  args: readonly string[],
  options: T,
  numbers: readonly (keyof T & string)[] = [],
) {
  const values = parsed(args, options);
  for (const name of numbers) {
    const value = (values as Record<string, unknown>)[name];
    if (!/^[1-9]\d{0,8}$/.test(String(value)))
      throw new OptionError(`--${name} must be a whole number above 0, not '${String(value)}'`);
  }
  return values;
}

function parsed<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    if (!String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS')) throw error;
    throw new OptionError((error as Error).message.split('\n', 1)[0]?.split('. ', 1)[0]);
  }
}
