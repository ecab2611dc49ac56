import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig, type Environment } from '../config';
import { REQUESTED_MODES } from '../contract';
import { changes, type ChangesOptions } from './changesCommand';
import { check, type CheckOkta } from './check';
import type { Context, Io } from './context';
import { graph, type GraphOptions } from './graphCommand';
import { query, type QueryOptions } from './queryCommand';
import { type FindOrganization, renameOrg } from './renameOrgCommand';
import { report, type ReportOptions } from './reportCommand';
import { run, type RunCommandOptions } from './runCommand';
import {
  scheduleApply,
  scheduleDelete,
  scheduleList,
  type ScheduleOptions,
  schedulePause,
  scheduleResume,
  scheduleTrigger,
} from './scheduleCommands';
import { status } from './status';

/** What the commands ask Okta itself. */
export interface OktaAccess {
  check: CheckOkta;
  findOrganization: FindOrganization;
}

export interface ProgramOptions {
  io: Io;
  okta: OktaAccess;
  /** Reads the environment, when a command runs. */
  environment: () => Environment;
  /** Gets the exit code of the command that ran. */
  onExitCode: (code: number) => void;
}

/**
 * The command line as commander has it: it parses, helps and hands over. The configuration is read when a command runs,
 * so that `--help` needs none.
 */
export function buildProgram({ io, okta, environment, onExitCode }: ProgramOptions): Command {
  const context = (): Context => ({ ...io, config: loadConfig(environment()) });
  const running =
    <Arguments extends unknown[]>(command: (context: Context, ...args: Arguments) => Promise<number>) =>
    async (...args: Arguments) =>
      onExitCode(await command(context(), ...args));

  const program = new Command('okta-graph')
    .description('Syncs an Okta organisation into Neo4j, on a schedule or by hand, and says how that went.')
    .usage('[command] [options]')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out.write(text), writeErr: (text) => io.err.write(text) })
    .addHelpText('after', HELP);

  const schedule = program.command('schedule').description('the schedule in Temporal that starts the syncs');
  schedule
    .command('apply')
    .description('create the schedule, or make it what the configuration says; a pause stays')
    .option('--domain <domain>', 'one org instead of every configured one')
    .action(running<[ScheduleOptions]>(scheduleApply));
  schedule
    .command('pause')
    .description('start no more syncs; one under way goes on')
    .addOption(domainOption())
    .option('--note <text>', 'why, for the next who looks')
    .action(running<[ScheduleOptions]>(schedulePause));
  schedule
    .command('resume')
    .description('start syncs again')
    .addOption(domainOption())
    .option('--note <text>', 'why, for the next who looks')
    .action(running<[ScheduleOptions]>(scheduleResume));
  schedule
    .command('trigger')
    .description('start a sync now, unless one is under way')
    .addOption(domainOption())
    .action(running<[ScheduleOptions]>(scheduleTrigger));
  schedule
    .command('delete')
    .description('delete the schedule; the graph and a sync under way stay')
    .addOption(domainOption())
    .action(running<[ScheduleOptions]>(scheduleDelete));
  schedule.command('list').description('every schedule in the namespace').action(running<[]>(scheduleList));

  program
    .command('run')
    .description('start a sync by hand, or attach to the one under way')
    .addOption(domainOption())
    .addOption(
      new Option('--mode <mode>', 'auto is full when the last full run is old')
        .choices(REQUESTED_MODES)
        .default('auto'),
    )
    .option(
      '--allow-deletes [count]',
      'let this run remove what the last one withheld, or at most so many of each kind',
      wholeNumber,
    )
    .option('--wait', 'show the progress and then the report; Ctrl-C stops the waiting, not the run')
    .option('--json', 'the report (without --wait: the ids of the run) as JSON on stdout')
    .action(running<[RunCommandOptions]>(run));
  program
    .command('status')
    .description('the schedule, the sync under way and the last ones')
    .option('--domain <domain>', 'one org instead of every configured one')
    .action(running<[{ domain?: string }]>(status));
  program
    .command('report')
    .description('what a sync did')
    .argument('[run]', 'a run id, or the number of a run; default the latest')
    .addOption(domainOption())
    .option('--changes', 'every user, group and membership that it added, changed or removed, too')
    .option('--json', 'the report as JSON on stdout')
    .option('--csv', 'with --changes: the changes as CSV on stdout')
    .action(running<[string | undefined, ReportOptions]>(report));
  program
    .command('changes')
    .description('what the syncs since a moment have changed')
    .addOption(domainOption())
    .requiredOption('--since <when>', 'how long ago, such as 7d, or a date such as 2026-11-24')
    .option('--json', 'as JSON on stdout')
    .option('--csv', 'as CSV on stdout')
    .action(running<[ChangesOptions]>(changes));
  program
    .command('query')
    .description(
      'answers a question from the graph, and says what the answer rests on; without a name lists all',
    )
    .argument('[name]', 'such as group-members')
    .option('--param <name=value>', 'what to ask about; several times for several', collected)
    .addOption(domainOption())
    .option('--json', 'as JSON on stdout')
    .option('--csv', 'as CSV on stdout; the proof is then on stderr')
    .option('--timeout <duration>', 'how long Neo4j may take over a read (default: 2m)')
    .action(running<[string | undefined, QueryOptions]>(query));
  program
    .command('graph')
    .description('a picture of a group and its members, or of a user and what it is in, as SVG')
    .option('--group <name>', 'a group, by its exact name or Okta id')
    .option('--user <email>', 'a user, by email or Okta id')
    .option('--at <when>', 'as it was: how long ago, such as 7d, or a date such as 2026-11-24')
    .option('--out <file>', 'where to write it; default stdout')
    .addOption(domainOption())
    .action(running<[GraphOptions]>(graph));
  program
    .command('check')
    .description('try Okta, Temporal and Neo4j, and say what is wrong and how to mend it')
    .action(running<[]>((checked) => check(checked, okta.check)));
  program
    .command('rename-org')
    .description('take the graph of an org and its history to the domain that the org has moved to')
    .argument('<old>', 'the domain that the graph has the org under, such as acme.okta.com')
    .argument('<new>', 'the domain that the same org answers at now')
    .action(
      running<[string, string]>((renaming, ...domains) =>
        renameOrg(renaming, okta.findOrganization, ...domains),
      ),
    );
  return program;
}

const HELP = `
Examples:
  npm run client -- check                        is everything in place?
  npm run client -- schedule apply               sync every SYNC_INTERVAL from now on
  npm run client -- run --wait                   sync now and watch
  npm run --silent client -- run --wait --json > report.json
  npm run client -- run --mode full --allow-deletes
  npm run client -- schedule pause --note "Okta maintenance"
  npm run client -- report 12                    what run number 12 did
  npm run --silent client -- changes --since 7d --csv > changes.csv
  npm run client -- query                        every question that the graph answers
  npm run client -- query group-members --param group=Everyone
  npm run client -- graph --group Everyone --out everyone.svg

Exit codes: 0 succeeded, 1 failed or cancelled, 2 wrong usage or configuration, 3 partial, 130 detached by Ctrl-C.
Configuration comes from the environment and from .env; docs/configuration.md lists the variables.`;

function domainOption(): Option {
  return new Option('--domain <domain>', 'which org, where several are configured');
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Give a whole number, such as 57.');
  return Number(value);
}

/** An option that may be given several times. */
function collected(value: string, values: string[] = []): string[] {
  return [...values, value];
}
