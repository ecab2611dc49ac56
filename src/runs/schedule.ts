import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleSummary,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import type { Config } from '../config';
import { SYNC_WORKFLOW_TYPE, type SyncRequest } from '../contract';
import {
  patchAlone,
  ScheduleContendedError,
  ScheduleError,
  type ScheduleState,
  setPaused,
  updateSchedule,
} from './scheduleChanges';
import { applyWatch, stopWatch } from './watch';

/** Prefix of the ids of all schedules and workflows of this application. */
export const ID_PREFIX = 'okta-sync/';

/** Prefix of the note of a schedule that the feature flag has paused. */
export const FLAG_NOTE = 'Paused by SHOW_OKTA_INTEGRATION=false.';

/** Returns `okta-sync/<domain>`. It is also the prefix of the workflow ids of the schedule's runs, to which Temporal appends the time. */
export function scheduleId(domain: string): string {
  return `${ID_PREFIX}${domain}`;
}

/** Returns the workflow id of all manual runs of a domain. Since it is always the same, Temporal rejects a second concurrent run. */
export function manualRunId(domain: string): string {
  return `${scheduleId(domain)}/manual`;
}

/** Returns true if a workflow id is that of a manual or scheduled run of this domain. */
export function isRunOf(workflowId: string, domain: string): boolean {
  const id = scheduleId(domain);
  return workflowId.startsWith(id) && /^($|\/|-\d{4}-\d\d-\d\dT)/.test(workflowId.slice(id.length));
}

/** Thrown if `SHOW_OKTA_INTEGRATION=false` forbids an operation; the message says why and how to enable it. */
export class IntegrationHiddenError extends ScheduleError {
  override readonly name = 'IntegrationHiddenError';

  constructor(refused: string) {
    super(`SHOW_OKTA_INTEGRATION is false, so ${refused}. Set it to true to sync on a schedule.`);
  }
}

export interface AppliedSchedule {
  scheduleId: string;
  change: 'created' | 'updated';
  paused: boolean;
  /** The note of the operator or of the feature flag. */
  note?: string;
}

/**
 * Creates the schedule of a domain, or updates an existing one to match the configuration, and returns its resulting
 * state. An operator's pause, resume or note is kept, even if it arrives during the call from the Temporal UI or CLI.
 * The watch of the System Log is started or stopped with it, as `WATCH_INTERVAL` says. While the feature flag is off, this pauses an existing schedule. Once the flag is on again, it resumes only a schedule
 * that the flag has paused.
 *
 * @throws IntegrationHiddenError if the flag is off and the schedule does not exist.
 * @throws ScheduleContendedError
 */
export async function applySchedule(
  client: Client,
  config: Config,
  domain: string,
): Promise<AppliedSchedule> {
  const id = scheduleId(domain);
  const definition = scheduleOf(config, domain);
  const { showOktaIntegration: shown } = config;
  // Another client may create or delete the schedule between the two calls, so retry a few times.
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    try {
      const { paused, note } = await updateSchedule(client, id, {
        change: ({ state }) => ({ ...definition, state: underFlag(state, shown) }),
        isApplied: (state) => underFlag(state, shown) === state,
      });
      await applyWatch(client, config, domain, { paused });
      return { scheduleId: id, change: 'updated', paused, ...(note ? { note } : {}) };
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      if (!shown) throw new IntegrationHiddenError(`no schedule can be created for ${domain}`);
    }
    try {
      await client.schedule.create({ scheduleId: id, ...definition });
      await applyWatch(client, config, domain, { paused: false });
      return { scheduleId: id, change: 'created', paused: false };
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
  throw new ScheduleContendedError(id, MAX_ATTEMPTS);
}

const MAX_ATTEMPTS = 3;

/**
 * Pauses a schedule, and returns once the pause is visible. `note` must not be empty, or Temporal ignores the call.
 *
 * @throws ScheduleNotFoundError, ScheduleContendedError.
 */
export async function pauseSchedule(client: Client, domain: string, note: string): Promise<void> {
  await setPaused(client.schedule.getHandle(scheduleId(domain)), true, note);
  await stopWatch(client, domain, 'the schedule was paused');
}

/**
 * Resumes a schedule, no matter who paused it, and returns once that is visible. `note` must not be empty, or Temporal
 * ignores the call.
 *
 * @throws IntegrationHiddenError while the feature flag is off, ScheduleNotFoundError, ScheduleContendedError.
 */
export async function resumeSchedule(
  client: Client,
  config: Config,
  domain: string,
  note: string,
): Promise<void> {
  if (!config.showOktaIntegration) throw new IntegrationHiddenError(`the schedule of ${domain} stays paused`);
  await setPaused(client.schedule.getHandle(scheduleId(domain)), false, note);
  await applyWatch(client, config, domain, { paused: false });
}

/**
 * Starts a run of the schedule now, unless one is already in progress. An earlier or later pause is kept. Of a trigger
 * and another client's pause at the same time, Temporal may keep only one (see {@link setPaused}).
 *
 * @throws ScheduleNotFoundError
 */
export async function triggerSchedule(client: Client, domain: string): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId(domain));
  await patchAlone(handle, () => handle.trigger(ScheduleOverlapPolicy.SKIP));
}

/** Deletes a schedule and stops the watch; a run that it started continues. @throws ScheduleNotFoundError */
export async function deleteSchedule(client: Client, domain: string): Promise<void> {
  await stopWatch(client, domain, 'the schedule was deleted');
  await client.schedule.getHandle(scheduleId(domain)).delete();
}

/** Reads the current schedule of a domain; undefined if there is none. */
export async function describeSchedule(
  client: Client,
  domain: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId(domain)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Lists every schedule of this application in the namespace. Temporal's visibility list, its source, lags by about a second. */
export async function listSchedules(client: Client): Promise<ScheduleSummary[]> {
  const found: ScheduleSummary[] = [];
  for await (const summary of client.schedule.list()) {
    if (summary.scheduleId.startsWith(ID_PREFIX)) found.push(summary);
  }
  return found.sort((a, b) => a.scheduleId.localeCompare(b.scheduleId));
}

/** The summary and details of a run in the Temporal UI until the workflow sets its own. */
export function staticTexts(
  domain: string,
  started: 'manually' | 'by its schedule',
): { staticSummary: string; staticDetails: string } {
  return {
    staticSummary: `Okta sync of ${domain}`,
    staticDetails: `Keeps the graph of ${domain} in sync; started ${started}. The result is the report of the run, which \`okta-graph report\` also prints.`,
  };
}

type ScheduleDefinition = Omit<ScheduleUpdateOptions, 'state'>;

function scheduleOf(config: Config, domain: string): ScheduleDefinition {
  const request: SyncRequest = { domain };
  return {
    spec: { intervals: [{ every: config.sync.intervalMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: SYNC_WORKFLOW_TYPE,
      workflowId: scheduleId(domain),
      taskQueue: config.temporal.taskQueue,
      args: [request],
      ...staticTexts(domain, 'by its schedule'),
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      // After an outage only the latest missed run is started; earlier ones would only read the same changes again.
      catchupWindow: config.sync.intervalMs,
      // An Okta outage must not stop future syncs: the next run continues where the failed one stopped.
      pauseOnFailure: false,
    },
  };
}

/** Returns the state that matches the feature flag. The previous note is kept after the flag's own. */
function underFlag(state: ScheduleState, shown: boolean): ScheduleState {
  const note = state.note ?? '';
  const pausedByFlag = state.paused && note.startsWith(FLAG_NOTE);
  if (!shown && !state.paused) return { ...state, paused: true, note: `${FLAG_NOTE} ${note}`.trim() };
  if (shown && pausedByFlag) return { ...state, paused: false, note: note.slice(FLAG_NOTE.length).trim() };
  return state;
}

/** Deletes the schedules of removed orgs, if they exist. */
export async function deleteSchedulesOf(client: Client, domains: readonly string[]): Promise<void> {
  for (const domain of domains) {
    try {
      await deleteSchedule(client, domain);
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
}
