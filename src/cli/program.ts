import { Command, Option } from 'commander';
import { loadConfig, type Environment } from '../config';
import { REQUESTED_MODES } from '../contract';
import { FORMATS } from '../exports/format';
import { asCalled } from './calledAs';
import type { CheckOkta } from './check';
import type { Context, Io } from './context';
import type { ExportOptions } from './exportCommand';
import type { ForgetOptions, HasUser } from './forgetCommand';
import type { GraphOptions } from './graphCommand';
import type { QueryOptions } from './queryCommand';
import type { FindOrganization } from './renameOrgCommand';
import { PRODUCT_VERSION } from '../text/version';
import { UsageError } from '../text/usageError';
import { wholeOption } from '../text/wholeOption';

/** Runs a command with its arguments and options. @returns the exit code. */
type Run<Arguments extends unknown[]> = (context: Context, ...args: Arguments) => Promise<number>;

/** What commands use that this folder may not import. */
export interface Access {
  check: CheckOkta;
  findOrganization: FindOrganization;
  hasUser: HasUser;
  parts?: readonly PartCommand[];
  /** How hints name the program; by default `okta-graph`. */
  called?: string;
}

/** A command that runs a part of okta-graph until it is stopped. */
export interface PartCommand {
  name: string;
  description: string;
  /** Loads its own options, for completion; a part without it has none. */
  options?: () => Promise<Command>;
  /** @param args what follows the name of the command. @returns the exit code. */
  run: (args: readonly string[], io: Io, envFile: string | undefined) => Promise<number>;
}

export interface ProgramOptions {
  io: Io;
  access: Access;
  /** Reads the environment variables when a command runs. @param file a file of variables instead of `.env`. */
  environment: (file?: string) => Environment;
  /** Receives the exit code of the command. */
  onExitCode: (code: number) => void;
}

/**
 * Builds the command line with commander. The configuration is read when a command runs, so that `--help` works without
 * one.
 */
export function buildProgram({ io, access, environment, onExitCode }: ProgramOptions): Command {
  const texts = () => ioAsCalled(io, access, program);
  const envFile = () => program.opts<{ envFile?: string }>().envFile;
  /** Data is printed as it is, without changing hints in it. */
  const outputsFor = (args: readonly unknown[]): Io => {
    const isData = args.some((each) => {
      const { json, csv, print } = (each ?? {}) as { json?: true; csv?: true; print?: true };
      return json ?? csv ?? print;
    });
    return { ...texts(), ...(isData && { out: io.out }) };
  };
  /** A command is loaded when it runs: Temporal's client and the driver of Neo4j take their time. */
  const running =
    <Arguments extends unknown[]>(load: () => Promise<Run<Arguments>>, needs = { needsOkta: true }) =>
    async (...args: Arguments) => {
      const config = loadConfig(environment(envFile()), needs);
      onExitCode(await (await load())({ ...outputsFor(args), config }, ...args));
    };

  /** For commands that need only the graph, or the graph and Temporal. */
  const reading = <Arguments extends unknown[]>(load: () => Promise<Run<Arguments>>) =>
    running(load, { needsOkta: false });

  const program = new Command('okta-graph')
    .description('Syncs an Okta organization into Neo4j, on a schedule or manually, and reports the results.')
    .usage('[command] [options]')
    .version(PRODUCT_VERSION, '--version', 'print the version')
    .option('--env-file <file>', 'read variables from this file instead of .env')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => texts().out.write(text),
      writeErr: (text) => texts().err.write(text),
    })
    .addHelpText('after', HELP)
    .hook('preAction', rejectEmpty);

  const schedule = program
    .command('schedule')
    .description('manage the schedule in Temporal that starts the runs');
  schedule
    .command('apply')
    .description(
      'create the schedule, or update it to match the configuration; a paused schedule stays paused',
    )
    .option('--domain <domain>', 'apply to this org only; default all configured orgs')
    .action(running(async () => (await import('./scheduleCommands.js')).scheduleApply));
  schedule
    .command('pause')
    .description('stop starting runs; a run in progress continues')
    .addOption(domainOption())
    .option('--note <text>', 'note (optional), shown while the schedule is paused')
    .action(running(async () => (await import('./scheduleCommands.js')).schedulePause));
  schedule
    .command('resume')
    .description('start runs again after a pause')
    .addOption(domainOption())
    .option('--note <text>', 'note (optional)')
    .action(running(async () => (await import('./scheduleCommands.js')).scheduleResume));
  schedule
    .command('trigger')
    .description('start a run now, unless one is in progress')
    .addOption(domainOption())
    .action(running(async () => (await import('./scheduleCommands.js')).scheduleTrigger));
  schedule
    .command('delete')
    .description('delete the schedule; the graph is kept and a run in progress continues')
    .addOption(domainOption())
    .action(running(async () => (await import('./scheduleCommands.js')).scheduleDelete));
  schedule
    .command('list')
    .description('list all schedules of okta-graph in the namespace')
    .addOption(jsonOption())
    .action(running(async () => (await import('./scheduleCommands.js')).scheduleList));

  program
    .command('run')
    .description('start a run manually, or attach to the one in progress')
    .addOption(domainOption())
    .addOption(
      new Option(
        '--mode <mode>',
        'auto: full the first time, and later as SYNC_VERIFY says; otherwise incremental',
      )
        .choices(REQUESTED_MODES)
        .default('auto'),
    )
    .option(
      '--allow-deletes [count]',
      'approve the removals that the last run withheld, or at most this many of each kind',
      wholeOption(0),
    )
    .option('--wait', 'show the progress and then the report; Ctrl-C stops waiting, not the run')
    .option('--json', 'print the report (without --wait: the IDs of the run) as JSON to stdout')
    .action(running(async () => (await import('./runCommand.js')).run));
  program
    .command('cancel')
    .description('end the run in progress; what it has written is kept, and the next run continues')
    .addOption(domainOption())
    .action(running(async () => (await import('./cancelCommand.js')).cancel));
  program
    .command('status')
    .description('show the schedule, the run in progress and the last runs')
    .option('--domain <domain>', 'show this org only; default all configured orgs')
    .addOption(jsonOption())
    .action(reading(async () => (await import('./status.js')).status));
  program
    .command('runs')
    .description('list the latest runs and what each has added (+), changed (~) and removed (-)')
    .addOption(domainOption())
    .option('--limit <count>', 'maximum number of runs', wholeOption(1), 20)
    .option('--touched', 'also list touched runs, which read only what the System Log reported as changed')
    .addOption(jsonOption())
    .action(reading(async () => (await import('./runsCommand.js')).runs));
  program
    .command('report')
    .description('show the report of a run')
    .argument('[run]', 'run ID or run number; default the latest run that is not touched')
    .addOption(domainOption())
    .option('--changes', 'also list everything that the run added, changed or removed')
    .option('--json', 'print the report as JSON to stdout')
    .option('--csv', 'with --changes: print the changes as CSV to stdout')
    .action(reading(async () => (await import('./reportCommand.js')).report));
  program
    .command('changes')
    .description('show what the runs have changed since a given time')
    .addOption(domainOption())
    .option('--since <when>', 'how long ago, such as 7d, or a date such as 2026-11-24', '24h')
    .addOption(jsonOption())
    .option('--csv', 'print CSV to stdout')
    .action(reading(async () => (await import('./changesCommand.js')).changes));
  const answering = reading(async () => (await import('./queryCommand.js')).query);
  program
    .command('query')
    .description(
      'answer a question from the graph and show which run the answer is based on; without a name, list all questions',
    )
    .argument('[name]', 'name of the question, such as group-members')
    .option('--param <name=value>', 'parameter of the question; may be repeated', collected)
    .addOption(domainOption())
    .addOption(jsonOption())
    .option('--csv', 'print CSV to stdout and the run that it is based on to stderr')
    .option('--timeout <duration>', 'time limit of a read in Neo4j (default: 2m)')
    .action(async (name: string | undefined, options: QueryOptions) => {
      if (name !== undefined) return answering(name, options);
      const { listQuestions } = await import('./queryCommand.js');
      onExitCode(listQuestions(outputsFor([options]), options));
    });
  program
    .command('graph')
    .description('draw a group with its members, or a user with their groups, as SVG')
    .option('--group <name>', 'exact name or Okta ID of a group')
    .option('--user <email>', 'email or Okta ID of a user')
    .option('--at <when>', 'show a past state: how long ago, such as 7d, or a date such as 2026-11-24')
    .option('--out <file>', 'output file; default stdout')
    .addOption(domainOption())
    .action(
      reading(async () => {
        const { graph } = await import('./graphCommand.js');
        return (context, options: GraphOptions) => graph({ ...context, out: io.out }, options);
      }),
    );
  program
    .command('export')
    .description('write the current graph of an org to files, for BloodHound, Neo4j or analytics')
    .addOption(new Option('--format <format>', 'format of the files').choices(FORMATS).makeOptionMandatory())
    .requiredOption(
      '--out <path>',
      'output file of opengraph, or - for stdout; output directory of the others',
    )
    .addOption(domainOption())
    .option('--raw', 'include the JSON that Okta sent of each user and group')
    .option('--force', 'replace an existing file, or the directory of an earlier export')
    .action(
      reading(async () => {
        const { exportGraph } = await import('./exportCommand.js');
        return (context, options: ExportOptions) => exportGraph({ ...context, out: io.out }, options);
      }),
    );
  program
    .command('check')
    .description('check Okta, Temporal and Neo4j, and show what is wrong and how to fix it')
    .addOption(jsonOption())
    .action(
      running(async () => {
        const { check } = await import('./check.js');
        return (context, options: { json?: true }) => check(context, access.check, options);
      }),
    );
  program
    .command('notify')
    .description('send the notification of a run again, or a test, and show what was answered')
    .argument('[run]', 'run ID or run number; default the latest run')
    .addOption(domainOption())
    .option('--test', 'send a test message, which is not about a run')
    .option('--print', 'print what would be sent, as JSON to stdout, and send nothing')
    .action(reading(async () => (await import('./notifyCommand.js')).notify));
  program
    .command('rename-org')
    .description('move the graph of an org, with its history, to the new domain of the org')
    .argument('<old>', 'old domain, which the graph has, such as acme.okta.com')
    .argument('<new>', 'new domain of the same org')
    .action(
      running(async () => {
        const { renameOrg } = await import('./renameOrgCommand.js');
        return (context, ...domains: [string, string]) =>
          renameOrg(context, access.findOrganization, ...domains);
      }),
    );
  program
    .command('forget')
    .description('remove what the graph has of a user that Okta has deleted, its history too')
    .requiredOption('--user <id>', 'Okta ID of the user')
    .addOption(domainOption())
    .action(
      running(async () => {
        const { forget } = await import('./forgetCommand.js');
        return (context, options: ForgetOptions) => forget(context, access.hasUser, options);
      }),
    );
  for (const { name, description, options, run: runPart } of access.parts ?? []) {
    const part = program.command(name).description(description);
    if (options) part.helpOption(false).allowUnknownOption().argument('[options...]');
    part.action(async () => onExitCode(await runPart(part.args, texts(), envFile())));
  }
  return program;
}

/** Writes hints as the program was called. */
export function ioAsCalled({ out, err }: Io, { called = 'okta-graph' }: Access, program: Command): Io {
  const commands = program.commands.map((command) => command.name());
  return { out: asCalled(out, called, commands), err: asCalled(err, called, commands) };
}

const HELP = `
Examples:
  okta-graph check                        is everything set up?
  okta-graph schedule apply               sync every SYNC_INTERVAL from now on
  okta-graph run --wait                   sync now and show the progress
  okta-graph run --wait --json > report.json
  okta-graph run --mode full --allow-deletes
  okta-graph schedule pause --note "Okta maintenance"
  okta-graph report 12                    the report of run number 12
  okta-graph changes --since 7d --csv > changes.csv
  okta-graph query                        list all questions
  okta-graph query group-members --param group=Everyone
  okta-graph graph --group Everyone --out everyone.svg
  okta-graph export --format opengraph --out acme.json

Exit codes: 0 succeeded, 1 failed or canceled, 2 invalid usage or configuration, 3 partial,
130 stopped (Ctrl-C); a run continues, an export leaves nothing.
The configuration is read from the environment and .env; docs/configuration.md lists the variables.`;

function domainOption(): Option {
  return new Option('--domain <domain>', 'which org, if several are configured');
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON to stdout');
}

/** Rejects `--domain ''`, as a script passes it that has not set its variable. @throws UsageError naming what is empty. */
function rejectEmpty(program: Command, command: Command): void {
  const values = command.optsWithGlobals<Record<string, unknown>>();
  const options = [...program.options, ...command.options];
  const option = options.find((each) => isEmpty(values[each.attributeName()]));
  if (option) throw new UsageError(`${option.long} must not be empty`);
  const argument = command.registeredArguments.find((_, index) => isEmpty(command.args[index]));
  if (argument) throw new UsageError(`The argument ${argument.name()} must not be empty`);
}

const isEmpty = (value: unknown) => typeof value === 'string' && value.trim() === '';

/** Collects the values of an option that may be repeated. */
function collected(value: string, values: string[] = []): string[] {
  return [...values, value];
}
