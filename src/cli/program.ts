import { Command, Option } from 'commander';
import { loadConfig, type Environment } from '../config';
import { REQUESTED_MODES } from '../contract';
import { FORMATS } from '../exports/exportOrg';
import { cancel } from './cancelCommand';
import { changes, type ChangesOptions } from './changesCommand';
import { check, type CheckOkta } from './check';
import { asCalled } from './calledAs';
import type { Context, Io } from './context';
import { exportGraph, type ExportOptions } from './exportCommand';
import { forget, type ForgetOptions, type HasUser } from './forgetCommand';
import { graph, type GraphOptions } from './graphCommand';
import { notify, type NotifyOptions } from './notifyCommand';
import { listQuestions, query, type QueryOptions } from './queryCommand';
import { type FindOrganization, renameOrg } from './renameOrgCommand';
import { report, type ReportOptions } from './reportCommand';
import { run, type RunCommandOptions } from './runCommand';
import { runs, type RunsOptions } from './runsCommand';
import {
  scheduleApply,
  scheduleDelete,
  scheduleList,
  type ScheduleOptions,
  schedulePause,
  scheduleResume,
  scheduleTrigger,
} from './scheduleCommands';
import { status, type StatusOptions } from './status';
import { PRODUCT_VERSION } from '../text/version';
import { UsageError } from '../text/usageError';
import { wholeOption } from '../text/wholeOption';

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
  const running =
    <Arguments extends unknown[]>(
      command: (context: Context, ...args: Arguments) => Promise<number>,
      needs = { needsOkta: true },
    ) =>
    async (...args: Arguments) => {
      const config = loadConfig(environment(envFile()), needs);
      onExitCode(await command({ ...outputsFor(args), config }, ...args));
    };

  /** For commands that need only the graph, or the graph and Temporal. */
  const reading = <Arguments extends unknown[]>(
    command: (context: Context, ...args: Arguments) => Promise<number>,
  ) => running(command, { needsOkta: false });

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
    .action(running<[ScheduleOptions]>(scheduleApply));
  schedule
    .command('pause')
    .description('stop starting runs; a run in progress continues')
    .addOption(domainOption())
    .option('--note <text>', 'note (optional), shown while the schedule is paused')
    .action(running<[ScheduleOptions]>(schedulePause));
  schedule
    .command('resume')
    .description('start runs again after a pause')
    .addOption(domainOption())
    .option('--note <text>', 'note (optional)')
    .action(running<[ScheduleOptions]>(scheduleResume));
  schedule
    .command('trigger')
    .description('start a run now, unless one is in progress')
    .addOption(domainOption())
    .action(running<[ScheduleOptions]>(scheduleTrigger));
  schedule
    .command('delete')
    .description('delete the schedule; the graph is kept and a run in progress continues')
    .addOption(domainOption())
    .action(running<[ScheduleOptions]>(scheduleDelete));
  schedule
    .command('list')
    .description('list all schedules of okta-graph in the namespace')
    .addOption(jsonOption())
    .action(running<[{ json?: true }]>(scheduleList));

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
    .action(running<[RunCommandOptions]>(run));
  program
    .command('cancel')
    .description('end the run in progress; what it has written is kept, and the next run continues')
    .addOption(domainOption())
    .action(running<[{ domain?: string }]>(cancel));
  program
    .command('status')
    .description('show the schedule, the run in progress and the last runs')
    .option('--domain <domain>', 'show this org only; default all configured orgs')
    .addOption(jsonOption())
    .action(reading<[StatusOptions]>(status));
  program
    .command('runs')
    .description('list the latest runs and what each has added (+), changed (~) and removed (-)')
    .addOption(domainOption())
    .option('--limit <count>', 'maximum number of runs', wholeOption(1), 20)
    .option('--touched', 'also list the runs of what the System Log has named')
    .addOption(jsonOption())
    .action(reading<[RunsOptions]>(runs));
  program
    .command('report')
    .description('show the report of a run')
    .argument('[run]', 'run ID or run number; default the latest run')
    .addOption(domainOption())
    .option('--changes', 'also list everything that the run added, changed or removed')
    .option('--json', 'print the report as JSON to stdout')
    .option('--csv', 'with --changes: print the changes as CSV to stdout')
    .action(reading<[string | undefined, ReportOptions]>(report));
  program
    .command('changes')
    .description('show what the runs have changed since a given time')
    .addOption(domainOption())
    .option('--since <when>', 'how long ago, such as 7d, or a date such as 2026-11-24', '24h')
    .addOption(jsonOption())
    .option('--csv', 'print CSV to stdout')
    .action(reading<[ChangesOptions]>(changes));
  const answering = reading<[string, QueryOptions]>(query);
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
    .action((name: string | undefined, options: QueryOptions) =>
      name === undefined
        ? onExitCode(listQuestions(outputsFor([options]), options))
        : answering(name, options),
    );
  program
    .command('graph')
    .description('draw a group with its members, or a user with their groups, as SVG')
    .option('--group <name>', 'exact name or Okta ID of a group')
    .option('--user <email>', 'email or Okta ID of a user')
    .option('--at <when>', 'show a past state: how long ago, such as 7d, or a date such as 2026-11-24')
    .option('--out <file>', 'output file; default stdout')
    .addOption(domainOption())
    .action(reading<[GraphOptions]>((context, options) => graph({ ...context, out: io.out }, options)));
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
      reading<[ExportOptions]>((context, options) => exportGraph({ ...context, out: io.out }, options)),
    );
  program
    .command('check')
    .description('check Okta, Temporal and Neo4j, and show what is wrong and how to fix it')
    .addOption(jsonOption())
    .action(running<[{ json?: true }]>((checked, options) => check(checked, access.check, options)));
  program
    .command('notify')
    .description('send the notification of a run again, or a test, and show what was answered')
    .argument('[run]', 'run ID or run number; default the latest run')
    .addOption(domainOption())
    .option('--test', 'send a message that says nothing but that notifications arrive')
    .option('--print', 'print what would be sent, as JSON to stdout, and send nothing')
    .action(reading<[string | undefined, NotifyOptions]>(notify));
  program
    .command('rename-org')
    .description('move the graph of an org, with its history, to the new domain of the org')
    .argument('<old>', 'old domain, which the graph has, such as acme.okta.com')
    .argument('<new>', 'new domain of the same org')
    .action(
      running<[string, string]>((renaming, ...domains) =>
        renameOrg(renaming, access.findOrganization, ...domains),
      ),
    );
  program
    .command('forget')
    .description('remove what the graph has of a user that Okta has deleted, its history too')
    .requiredOption('--user <id>', 'Okta ID of the user')
    .addOption(domainOption())
    .action(running<[ForgetOptions]>((forgetting, options) => forget(forgetting, access.hasUser, options)));
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
