import type { Client, ScheduleDescription } from '@temporalio/client';
import type { SyncProgress } from '../contract';
import type { GraphDatabase } from '../graph/database';
import { lastReports, type RecordedRun } from '../graph/reports';
import { describeSchedule } from '../schedule';
import { withGraph, withTemporal } from './connect';
import type { Context } from './context';
import { formatAge, formatDuration, formatTime } from './duration';
import { EXIT } from './exitCodes';
import { printable } from '../printable';
import { progressLine } from './progressText';
import { selectDomains } from './selectOrg';
import { renderFields } from './table';
import { findSyncUnderWay, readProgress, type SyncRef } from './underWay';

/** What is known of one org. */
export interface OrgStatus {
  domain: string;
  schedule?: ScheduleDescription;
  underWay?: SyncRef & { progress?: SyncProgress };
  /** The newest run that is not under way. */
  lastRun?: RecordedRun;
  lastSuccess?: RecordedRun;
}

/** `status`: each configured org, or the one that `--domain` names. */
export async function status(context: Context, options: { domain?: string }): Promise<number> {
  const { config, out } = context;
  const domains = selectDomains(config, options.domain);
  return withTemporal(config, (client) =>
    withGraph(config, async (db) => {
      const texts: string[] = [];
      for (const domain of domains) texts.push(statusText(await readStatus(client, db, domain), new Date()));
      out.write(texts.join('\n'));
      return EXIT.succeeded;
    }),
  );
}

export function statusText(org: OrgStatus, now: Date): string {
  return `${org.domain}\n${renderFields([
    ['schedule', scheduleText(org.schedule, now)],
    ['under way', underWayText(org.underWay, now)],
    ['last run', runText(org.lastRun, now)],
    ['last success', runText(org.lastSuccess, now)],
  ])}\n`;
}

async function readStatus(client: Client, db: GraphDatabase, domain: string): Promise<OrgStatus> {
  const described = describeSchedule(client, domain);
  const underWay = await findSyncUnderWay(client, domain, described);
  const schedule = await described;
  const progress = underWay && (await readProgress(client, underWay.workflowId));
  const newest = await lastReports(db, domain, 2);
  const lastRun = newest.find(
    ({ workflowId, outcome }) => outcome !== 'running' || workflowId !== underWay?.workflowId,
  );
  const [lastSuccess] = await lastReports(db, domain, 1, 'succeeded');
  return {
    domain,
    ...(schedule && { schedule }),
    ...(underWay && { underWay: { ...underWay, ...(progress && { progress }) } }),
    ...(lastRun && { lastRun }),
    ...(lastSuccess && { lastSuccess }),
  };
}

/** Its interval and its next run, or why there is none. */
export function scheduleText(schedule: ScheduleDescription | undefined, now: Date): string {
  if (!schedule) return 'none; create it with: npm run client -- schedule apply';
  const { spec, state, info } = schedule;
  const everyMs = spec.intervals?.[0]?.every;
  const every = everyMs === undefined ? 'not at an interval' : `every ${formatDuration(everyMs)}`;
  if (state.paused) return `${every}, paused: ${printable(state.note ?? '')}`;
  const [next] = info.nextActionTimes;
  if (!next) return `${every}, no next run`;
  return `${every}, next ${formatTime(next)}, in ${formatDuration(next.getTime() - now.getTime())}`;
}

function underWayText(underWay: OrgStatus['underWay'], now: Date): string {
  if (!underWay) return 'no';
  const { workflowId, startedAt, progress } = underWay;
  return `${workflowId}, started ${formatAge(startedAt, now)}; ${progressLine(progress)}`;
}

function runText(run: RecordedRun | undefined, now: Date): string {
  if (!run) return 'never';
  const { runNumber, runId, mode, outcome, startedAt, finishedAt } = run;
  if (!finishedAt)
    return `#${runNumber} gone without a report, started ${formatAge(startedAt, now)} (${mode}, run ${runId})`;
  const took = formatDuration(finishedAt.getTime() - startedAt.getTime());
  return `#${runNumber} ${outcome} ${formatAge(finishedAt, now)} (${mode}, took ${took}, run ${runId})`;
}
