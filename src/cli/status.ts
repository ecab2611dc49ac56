import type { Client, ScheduleDescription } from '@temporalio/client';
import type { GraphDatabase } from '../graph/database';
import { lastReports, type RecordedRun } from '../graph/read/reports';
import { lastWithheld, removalsText, totalOf, type RemovalCounts } from '../graph/write/approvals';
import { describeSchedule } from '../runs/schedule';
import { scheduleJson, scheduleState } from '../runs/scheduleState';
import { readWatch, type WatchStatus } from '../runs/watch';
import { watchText } from '../runs/watchText';
import { undelivered, type Undelivered } from '../runs/undelivered';
import { withGraph, withTemporal } from '../connections/connect';
import type { Context } from './context';
import { formatCount } from '../text/counts';
import { printable } from '../text/printable';
import { formatAge, formatDuration, formatTime } from '../text/times';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { progressLine } from './progressText';
import { domainsToRead, selectDomains } from './selectOrg';
import { paintOutcome, styleOf, type TextStyle } from '../text/style';
import { renderFields } from '../text/table';
import { findRunningSync, type LiveState, readLive, type SyncRef } from '../runs/inProgress';

/** The state of one org in Temporal. */
interface TemporalStatus {
  schedule?: ScheduleDescription;
  watch?: WatchStatus;
  inProgress?: SyncRef & LiveState;
  notifications?: Undelivered;
}

/** The runs of one org in the graph. */
interface GraphStatus {
  /** The newest two runs, one of which may be in progress. */
  newest: RecordedRun[];
  lastSuccess?: RecordedRun;
  /** What the last run that checked withheld. */
  withheld: RemovalCounts;
}

/** The status of one org; the part of a service that does not respond is undefined. */
interface OrgStatus {
  domain: string;
  temporal: TemporalStatus | undefined;
  graph: GraphStatus | undefined;
}

export interface StatusOptions {
  domain?: string;
  json?: true;
}

/** `status`: prints the status of all configured orgs, or only of `--domain`. */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  const { config, out, err } = context;
  const domains =
    config.okta.orgs.length > 0
      ? selectDomains(config, options.domain)
      : await withGraph(config, (db) => domainsToRead(db, config, options.domain));
  const [temporal, graph] = await Promise.all([
    read(() => withTemporal(config, (client) => ofEach(domains, (domain) => temporalStatus(client, domain)))),
    read(() => withGraph(config, (db) => ofEach(domains, (domain) => graphStatus(db, domain)))),
  ]);
  const found = domains.map((domain): OrgStatus => {
    return { domain, temporal: ofOrg(temporal, domain), graph: ofOrg(graph, domain) };
  });
  const errors = [temporal, graph].filter((each) => each instanceof Explained);
  if (options.json) out.write(`${JSON.stringify(found.map(statusJson), null, 2)}\n`);
  else out.write(found.map((each) => statusText(each, new Date(), styleOf(out))).join('\n'));
  for (const { message } of errors) err.write(`\n${message}\n`);
  return errors.length === 0 ? EXIT.succeeded : EXIT.failed;
}

/** Returns the result or the error, so that the status of the other service is still printed. */
async function read<T>(work: () => Promise<T>): Promise<T | Explained> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Explained) return error;
    throw error;
  }
}

async function ofEach<T>(
  domains: readonly string[],
  read: (domain: string) => Promise<T>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const domain of domains) found.set(domain, await read(domain));
  return found;
}

function ofOrg<T>(found: Map<string, T> | Explained, domain: string): T | undefined {
  return found instanceof Explained ? undefined : found.get(domain);
}

/** Returns the newest run that is not the one in progress. */
function lastRunOf(temporal: TemporalStatus | undefined, { newest }: GraphStatus): RecordedRun | undefined {
  return newest.find(
    ({ workflowId, outcome }) => outcome !== 'running' || workflowId !== temporal?.inProgress?.workflowId,
  );
}

function statusText({ domain, temporal, graph }: OrgStatus, now: Date, style: TextStyle): string {
  const fields = [
    ['schedule', temporal ? scheduleText(temporal.schedule, now) : UNKNOWN],
    ...(temporal?.watch ? [['watch', watchText(temporal.watch, now)]] : []),
    ['in progress', temporal ? inProgressText(temporal.inProgress, now) : UNKNOWN],
    ['last run', graph ? runText(lastRunOf(temporal, graph), now, temporal !== undefined, style) : UNKNOWN],
    ['last success', graph ? runText(graph.lastSuccess, now, true, style) : UNKNOWN],
    ...(graph ? warningsText(lastRunOf(temporal, graph)) : []),
    ...(graph && totalOf(graph.withheld) > 0 ? [['withheld', withheldText(graph.withheld)]] : []),
    ...(temporal?.notifications ? [['notifications', undeliveredText(temporal.notifications)]] : []),
  ];
  return `${style.paint('title', domain)}\n${renderFields(fields, style)}\n`;
}

/** Null is none or never; what is not known, because a service does not respond, is absent. */
function statusJson({ domain, temporal, graph }: OrgStatus): object {
  const run = (recorded: RecordedRun | undefined) => {
    if (!recorded) return null;
    const { report: _, ...rest } = recorded;
    return rest;
  };
  return {
    domain,
    ...(temporal && {
      schedule: temporal.schedule ? scheduleJson(temporal.schedule) : null,
      watch: temporal.watch ?? null,
      inProgress: temporal.inProgress ?? null,
      notifications: temporal.notifications ?? null,
    }),
    ...(graph && {
      lastRun: run(lastRunOf(temporal, graph)),
      lastSuccess: run(graph.lastSuccess),
      withheld: graph.withheld,
    }),
  };
}

/** Shown if a service does not respond; the reason is printed after the status. */
const UNKNOWN = 'unknown';

async function temporalStatus(client: Client, domain: string): Promise<TemporalStatus> {
  const described = describeSchedule(client, domain);
  const inProgress = await findRunningSync(client, domain, described);
  const [schedule, watch, notifications] = await Promise.all([
    described,
    readWatch(client, domain),
    undelivered(client, domain),
  ]);
  const live = inProgress && (await readLive(client, inProgress.workflowId));
  return {
    ...(schedule && { schedule }),
    ...(watch && { watch }),
    ...(live && { inProgress: { ...inProgress, ...live } }),
    ...(notifications && { notifications }),
  };
}

async function graphStatus(db: GraphDatabase, domain: string): Promise<GraphStatus> {
  const newest = await lastReports(db, domain, 2);
  const [lastSuccess] = await lastReports(db, domain, 1, 'succeeded');
  return { newest, ...(lastSuccess && { lastSuccess }), withheld: await lastWithheld(db, domain) };
}

/** Formats the interval and the next run of a schedule, or why there is none. */
export function scheduleText(schedule: ScheduleDescription | undefined, now: Date): string {
  if (!schedule) return 'none; create it with: okta-graph schedule apply';
  const { text, next } = scheduleState(schedule);
  if (!next) return text;
  return `${text}, next ${formatTime(next)}, in ${formatDuration(next.getTime() - now.getTime())}`;
}

function inProgressText(run: TemporalStatus['inProgress'], now: Date): string {
  if (!run) return 'no';
  const { workflowId, startedAt } = run;
  return `${workflowId}, started ${formatAge(startedAt, now)}; ${progressLine(run)}`;
}

/** Why the last run was not a success, as the codes of its warnings or its failure. */
function warningsText(run: RecordedRun | undefined): [string, string][] {
  const { report } = run ?? {};
  if (!report || report.outcome === 'succeeded') return [];
  const codes = [...(report.failure ? [report.failure] : []), ...report.warnings].map(({ code }) => code);
  const known = [...new Set(codes)].map((code) => {
    const count = codes.filter((each) => each === code).length;
    return count === 1 ? code : `${code} (${count})`;
  });
  return known.length === 0 ? [] : [['why', `${known.join(', ')}; see: okta-graph report`]];
}

const withheldText = (withheld: RemovalCounts): string =>
  `removal of ${removalsText(withheld)}; see why with: okta-graph report`;

function undeliveredText({ retried, failed, why }: Undelivered): string {
  const parts = [
    ...(retried > 0 ? [`${formatCount(retried)} failed and will be sent again`] : []),
    ...(failed > 0
      ? [`${formatCount(failed)} given up within 24h, send again with: okta-graph notify RUN`]
      : []),
    ...(why === undefined ? [] : [`last reason: ${printable(why)}`]),
  ];
  return parts.join('; ');
}

/** Formats a run. @param isOver true if Temporal has confirmed that an unfinished run is no longer in progress. */
function runText(run: RecordedRun | undefined, now: Date, isOver: boolean, style: TextStyle): string {
  if (!run) return 'never';
  const { runNumber, runId, mode, outcome, startedAt, finishedAt } = run;
  if (!finishedAt) {
    const state = isOver ? 'ended without a report' : 'not finished when last read';
    return `#${runNumber} ${state}, started ${formatAge(startedAt, now)} (${mode}, run ${runId})`;
  }
  const took = formatDuration(finishedAt.getTime() - startedAt.getTime());
  return `#${runNumber} ${paintOutcome(outcome, style)} ${formatAge(finishedAt, now)} (${mode}, took ${took}, run ${runId})`;
}
