import type { ScheduleDescription } from '@temporalio/client';
import { findSyncUnderWay, type SyncRef } from '../../cli/underWay';
import { lastReports, type RecordedRun } from '../../graph/reports';
import { orgSize, type OrgSize } from '../../graph/orgSize';
import { settingsChanges, type SettingsChange } from '../../graph/settingsChanges';
import { describeSchedule } from '../../schedule';
import type { Services } from '../env';
import { unrecordedRuns, type UnrecordedRun } from './unrecorded';

export type IntegrationState = 'running' | 'paused' | 'error' | 'warning' | 'unverified' | 'active';

/** One org, as Temporal and the graph have it at this moment. */
export interface Integration {
  domain: string;
  state: IntegrationState;
  schedule?: ScheduleDescription;
  underWay?: SyncRef;
  /** Newest first. */
  runs: RecordedRun[];
  /** Runs that ended before the graph had a record of them. */
  unrecorded: UnrecordedRun[];
  lastSuccess?: RecordedRun;
  /** What was changed in the settings here, newest first. */
  changes: SettingsChange[];
  size: OrgSize;
}

/** Runs that a page shows. */
const SHOWN_RUNS = 30;

export async function readIntegration(
  { client, db }: Services,
  domain: string,
  atMost = SHOWN_RUNS,
): Promise<Integration> {
  const described = describeSchedule(client, domain);
  const [schedule, underWay, runs, successes, size, changes] = await Promise.all([
    described,
    findSyncUnderWay(client, domain, described),
    lastReports(db, domain, atMost),
    lastReports(db, domain, 1, 'succeeded'),
    orgSize(db, domain),
    settingsChanges(db, domain, atMost),
  ]);
  const unrecorded = await unrecordedRuns(client, domain, runs);
  const [lastSuccess] = successes;
  return {
    domain,
    state: stateOf(schedule, underWay, runs, unrecorded),
    ...(schedule && { schedule }),
    ...(underWay && { underWay }),
    runs,
    unrecorded,
    changes,
    ...(lastSuccess && { lastSuccess }),
    size,
  };
}

function stateOf(
  schedule: ScheduleDescription | undefined,
  underWay: SyncRef | undefined,
  runs: readonly RecordedRun[],
  unrecorded: readonly UnrecordedRun[],
): IntegrationState {
  if (underWay) return 'running';
  if (schedule?.state.paused) return 'paused';
  const [last] = runs;
  const [lost] = unrecorded;
  if (lost && (!last || lost.startedAt > last.startedAt)) return 'error';
  if (!last) return 'unverified';
  if (last.outcome === 'succeeded') return 'active';
  return last.outcome === 'partial' ? 'warning' : 'error';
}
