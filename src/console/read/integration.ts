import type { ScheduleDescription } from '@temporalio/client';
import { findRunningSync, type SyncRef } from '../../runs/inProgress';
import { lastReports, type RecordedRun } from '../../graph/read/reports';
import { orgSize, type OrgSize } from '../../graph/read/orgSize';
import { settingsChanges, type SettingsChange } from '../../graph/write/settingsChanges';
import { describeSchedule } from '../../runs/schedule';
import type { Services } from '../env';
import { healthOf, isLate } from './health';
import { unrecordedRuns, type UnrecordedRun } from './unrecorded';

export const INTEGRATION_STATES = [
  'running',
  'paused',
  'error',
  'late',
  'warning',
  'unverified',
  'active',
] as const;
export type IntegrationState = (typeof INTEGRATION_STATES)[number];

/** An org's state, read from Temporal and the graph. */
export interface Integration {
  domain: string;
  state: IntegrationState;
  schedule?: ScheduleDescription;
  /** The run in progress. */
  currentRun?: SyncRef;
  /** Newest first. */
  runs: RecordedRun[];
  /** Runs that ended without a record in the graph. */
  unrecorded: UnrecordedRun[];
  lastSuccess?: RecordedRun;
  /** Settings changes made in the console, newest first. */
  changes: SettingsChange[];
  size: OrgSize;
}

const MAX_RUNS_SHOWN = 30;

export async function readIntegration(
  { client, db }: Services,
  domain: string,
  limit = MAX_RUNS_SHOWN,
): Promise<Integration> {
  const described = describeSchedule(client, domain);
  const [schedule, running, runs, successes, size, changes] = await Promise.all([
    described,
    findRunningSync(client, domain, described),
    lastReports(db, domain, limit),
    lastReports(db, domain, 1, 'succeeded'),
    orgSize(db, domain),
    settingsChanges(db, domain, limit),
  ]);
  const unrecorded = await unrecordedRuns(client, domain, runs);
  const [lastSuccess] = successes;
  // A run with a report has ended for those who look, though its workflow may still count what the graph has.
  const hasReport = runs.some(({ runId, report }) => report && runId === running?.runId);
  const currentRun = hasReport ? undefined : running;
  const integration = {
    domain,
    ...(schedule && { schedule }),
    ...(currentRun && { currentRun }),
    runs,
    unrecorded,
    changes,
    ...(lastSuccess && { lastSuccess }),
    size,
  };
  return { ...integration, state: stateOf(integration) };
}

function stateOf(integration: Omit<Integration, 'state'>): IntegrationState {
  if (integration.currentRun) return 'running';
  if (integration.schedule?.state.paused) return 'paused';
  const health = healthOf(integration);
  return health !== 'error' && isLate(integration, new Date()) ? 'late' : health;
}
