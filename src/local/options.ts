import { Command } from 'commander';
import type { Io } from '../cli/context';
import { wholeOption } from '../text/wholeOption';

export interface StartOptions {
  /** Number of users of the simulated org. */
  users?: number;
  /** Number of groups of the simulated org. */
  groups?: number;
  /** Port of the simulated org, a part of its domain. */
  orgPort?: number;
  /** Exit after the first run. */
  once: boolean;
  /** True if the simulated org does not change by itself. */
  still: boolean;
  /** True if the command line sets the size or the port of the simulated org. */
  sized: boolean;
}

/**
 * Reads the command line of `okta-graph start`.
 *
 * @throws CommanderError after printing an error or the help.
 */
export function parseOptions(args: readonly string[], { out, err }: Io): StartOptions {
  const command = startCommand()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride()
    .parse(args, { from: 'user' });
  const sized = ['users', 'groups', 'orgPort'].some((name) => command.getOptionValueSource(name) === 'cli');
  return { ...command.opts<Omit<StartOptions, 'sized'>>(), sized };
}

/** Returns the options of `okta-graph start`. */
export function startCommand(): Command {
  return new Command('okta-graph start')
    .description(
      'Runs everything locally: a Temporal dev server, Neo4j, the worker and, without OKTA_DOMAIN, a simulated org.',
    )
    .option(
      '--users <count>',
      'number of users of the simulated org (default: as at the last start, at first 2,000)',
      wholeOption(1, MAX_SIMULATED),
    )
    .option(
      '--groups <count>',
      'number of groups of the simulated org (default: as at the last start, at first 200)',
      wholeOption(1, MAX_SIMULATED),
    )
    .option(
      '--org-port <port>',
      'port of the simulated org, a part of its domain: another port, another org (default: as at the last start, at first 8989)',
      wholeOption(1, 65_535),
    )
    .option('--once', 'exit after the first run: 0 succeeded, 1 failed, 2 usage, 3 partial', false)
    .option('--still', 'leave the simulated org as it is: no past, and no changes by itself', false);
}

/** Maximum number of users or groups. The simulated org is in memory, with about 3 KB per user. */
const MAX_SIMULATED = 200_000;
