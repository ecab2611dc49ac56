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

/** What every schedule id and every workflow id made here begins with. */
export const ID_PREFIX = 'okta-sync/';

/** Begins the note of a schedule that the feature flag paused, and of no other. */
export const FLAG_NOTE = 'Paused by SHOW_OKTA_INTEGRATION=false.';

/** `okta-sync/<domain>`; also the workflow id of its runs, to which Temporal appends the time. */
export function scheduleId(domain: string): string {
  return `${ID_PREFIX}${domain}`;
}

/** The same for all runs by hand of a domain, so that Temporal refuses a second one at once. */
export function manualRunId(domain: string): string {
  return `${scheduleId(domain)}/manual`;
}

/** Whether a workflow id is one that a run by hand, or the schedule, of this domain has. */
export function isRunOf(workflowId: string, domain: string): boolean {
  const id = scheduleId(domain);
  return workflowId.startsWith(id) && /^($|\/|-\d{4}-\d\d-\d\dT)/.test(workflowId.slice(id.length));
}

/** Thrown where `SHOW_OKTA_INTEGRATION=false` forbids what was asked for; `message` says why and how to mend it. */
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
  /** Why it is paused, as an operator or the feature flag put it. */
  note?: string;
}

/**
 * Creates the schedule of a domain, or makes an existing one match the configuration, and returns what is there then. An
 * operator's pause, resume or note stays, also one that arrives during the call, from the Temporal UI and CLI too. While
 * the feature flag is off an existing schedule is paused instead; once it is on again, this resumes what the flag paused
 * and nothing else.
 *
 * @throws IntegrationHiddenError when the flag is off and there is no schedule yet, ScheduleContendedError.
 */
export async function applySchedule(
  client: Client,
  config: Config,
  domain: string,
): Promise<AppliedSchedule> {
  const id = scheduleId(domain);
  const definition = scheduleOf(config, domain);
  const { showOktaIntegration: shown } = config;
  // Another client may create or delete the schedule between the two calls, so try a few times.
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    try {
      const { paused, note } = await updateSchedule(client, id, {
        change: ({ state }) => ({ ...definition, state: underFlag(state, shown) }),
        isMeant: (state) => underFlag(state, shown) === state,
      });
      return { scheduleId: id, change: 'updated', paused, ...(note ? { note } : {}) };
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      if (!shown) throw new IntegrationHiddenError(`no schedule can be created for ${domain}`);
    }
    try {
      await client.schedule.create({ scheduleId: id, ...definition });
      return { scheduleId: id, change: 'created', paused: false };
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
  throw new ScheduleContendedError(id, MAX_ATTEMPTS);
}

const MAX_ATTEMPTS = 3;

/**
 * Pauses a schedule, and returns once that shows; `note` MUST NOT be empty, or Temporal ignores the call.
 *
 * @throws ScheduleNotFoundError, ScheduleContendedError.
 */
export async function pauseSchedule(client: Client, domain: string, note: string): Promise<void> {
  await setPaused(client.schedule.getHandle(scheduleId(domain)), true, note);
}

/**
 * Resumes a schedule, whoever paused it, and returns once that shows; `note` MUST NOT be empty, or Temporal ignores the
 * call.
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
}

/**
 * Takes the schedule's action now, unless a run that it started is in progress. A pause before or after it stays; of a
 * trigger and another client's pause at the same moment Temporal may keep only one (see {@link setPaused}).
 *
 * @throws ScheduleNotFoundError
 */
export async function triggerSchedule(client: Client, domain: string): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId(domain));
  await patchAlone(handle, () => handle.trigger(ScheduleOverlapPolicy.SKIP));
}

/** Deletes a schedule; a run that it started goes on. @throws ScheduleNotFoundError */
export async function deleteSchedule(client: Client, domain: string): Promise<void> {
  await client.schedule.getHandle(scheduleId(domain)).delete();
}

/** The schedule of a domain as it is at this moment, or undefined when there is none. */
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

/** Every schedule of this application in the namespace, from the visibility list, which trails changes by a second or so. */
export async function listSchedules(client: Client): Promise<ScheduleSummary[]> {
  const found: ScheduleSummary[] = [];
  for await (const summary of client.schedule.list()) {
    if (summary.scheduleId.startsWith(ID_PREFIX)) found.push(summary);
  }
  return found.sort((a, b) => a.scheduleId.localeCompare(b.scheduleId));
}

/** What the Temporal UI shows of a run before it has anything to tell itself. */
export function staticTexts(
  domain: string,
  started: 'by hand' | 'by its schedule',
): { staticSummary: string; staticDetails: string } {
  return {
    staticSummary: `Okta sync of ${domain}`,
    staticDetails: `Keeps the graph of ${domain} true; started ${started}. Its result is its report, which \`okta-graph report\` prints as well.`,
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
      // After an outage the latest missed run is made up at once; earlier ones would only read the same changes again.
      catchupWindow: config.sync.intervalMs,
      // One bad night at Okta must not end the syncing: the next run takes up what this one left.
      pauseOnFailure: false,
    },
  };
}

/** The state that follows from a change of the feature flag; the note from before is kept behind the flag's own. */
function underFlag(state: ScheduleState, shown: boolean): ScheduleState {
  const note = state.note ?? '';
  const pausedByFlag = state.paused && note.startsWith(FLAG_NOTE);
  if (!shown && !state.paused) return { ...state, paused: true, note: `${FLAG_NOTE} ${note}`.trim() };
  if (shown && pausedByFlag) return { ...state, paused: false, note: note.slice(FLAG_NOTE.length).trim() };
  return state;
}

/** Deletes the schedules of orgs that are no more; there may be none. */
export async function deleteSchedulesOf(client: Client, domains: readonly string[]): Promise<void> {
  for (const domain of domains) {
    try {
      await deleteSchedule(client, domain);
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
}
