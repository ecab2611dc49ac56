import {
  type Client,
  isGrpcServiceError,
  ScheduleClient,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleUpdateOptions,
  type WorkflowService,
} from '@temporalio/client';

/** Maximum attempts at one change. An attempt fails only if another change arrives at the same time, so this many failures in a row are not a coincidence. */
const MAX_ATTEMPTS = 20;

/** gRPC's `FAILED_PRECONDITION`, with which a scheduler that responds synchronously rejects a conflict token. */
const FAILED_PRECONDITION = 9;

export type ScheduleState = ScheduleDescription['state'];

/** Thrown if a schedule was not changed; the message says what to do. */
export abstract class ScheduleError extends Error {}

/** Thrown if other clients keep changing a schedule, so that every attempt at a change is lost. */
export class ScheduleContendedError extends ScheduleError {
  override readonly name = 'ScheduleContendedError';

  constructor(scheduleId: string, attempts = MAX_ATTEMPTS) {
    super(
      `The schedule ${scheduleId} was not changed: other clients changed it at the same time in each of ` +
        `${attempts} attempts. Try again, and look for a program that keeps changing it.`,
    );
  }
}

export interface ScheduleUpdate {
  /** Returns the full schedule that replaces the current one. */
  change(current: ScheduleDescription): ScheduleUpdateOptions;
  /** Returns true if the state is the intended one; otherwise the update is repeated. */
  isApplied(state: ScheduleState): boolean;
}

/**
 * Replaces a schedule with the result of `change`, and returns its state once the scheduler has applied the update.
 *
 * An update replaces everything, including the pause and its note, and Temporal accepts it before it applies it.
 * Temporal's scheduler, a workflow, applies pauses before updates regardless of their order of arrival. To keep a pause
 * that arrives in between, the update carries the conflict token of the description that it is based on: the scheduler
 * drops the update if the pause or the definition has changed since then. Because it does so silently, the schedule is
 * described again, and if the time of its last update has not changed, the update is repeated with the current schedule.
 * A description shows every change that was accepted before it.
 *
 * Not covered: another client's update without a conflict token (Temporal's SDKs and CLI send none) overwrites a pause
 * that it has not read, and one that replaces this update at the same time is mistaken for it. Temporal offers no
 * protection against either.
 *
 * @throws ScheduleNotFoundError, ScheduleContendedError.
 */
export async function updateSchedule(
  client: Client,
  scheduleId: string,
  { change, isApplied }: ScheduleUpdate,
): Promise<ScheduleState> {
  const schedules = new CheckedScheduleClient({
    ...client.schedule.options,
    connection: client.connection,
  });
  const handle = schedules.getHandle(scheduleId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    let updatedBefore: Date | undefined;
    try {
      await handle.update((current) => {
        schedules.conflictToken = current.raw.conflictToken ?? null;
        updatedBefore = current.info.lastUpdatedAt;
        return change(current);
      });
    } catch (error) {
      if (!isConflict(error)) throw error;
      continue;
    }
    const { state, info } = await handle.describe();
    if (info.lastUpdatedAt?.getTime() !== updatedBefore?.getTime() && isApplied(state)) return state;
  }
  throw new ScheduleContendedError(scheduleId);
}

/**
 * Pauses or resumes a schedule, and returns once the scheduler has applied the change. If two clients do so at the same
 * time, the later one wins.
 *
 * A pause is a patch: it changes only the pause and its note. The scheduler holds one pending patch. If several arrive
 * together, it applies the last one, so a trigger can replace a pause. The patch is therefore sent when no other is
 * pending, and sent again as long as the state has not changed.
 *
 * @throws ScheduleNotFoundError, ScheduleContendedError.
 */
export async function setPaused(handle: ScheduleHandle, paused: boolean, note: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const [before, after] = await patchAlone(handle, () =>
      paused ? handle.pause(note) : handle.unpause(note),
    );
    const isApplied = after.paused === paused && after.note === note;
    const isChanged = after.paused !== before.paused || after.note !== before.note;
    if (isApplied || isChanged) return;
  }
  throw new ScheduleContendedError(handle.scheduleId);
}

/**
 * Sends a patch after the scheduler has applied all earlier changes, and waits until it has applied the patch.
 *
 * @returns the states before and after the patch.
 * @throws ScheduleNotFoundError
 */
export async function patchAlone(
  handle: ScheduleHandle,
  patch: () => Promise<void>,
): Promise<[before: ScheduleState, after: ScheduleState]> {
  const before = await handle.describe();
  await patch();
  const after = await handle.describe();
  return [before.state, after.state];
}

/** Sends updates with a conflict token, which Temporal's own client does not. */
class CheckedScheduleClient extends ScheduleClient {
  /** Token of the description that the next update is based on. */
  conflictToken: Uint8Array | null = null;

  override get workflowService(): WorkflowService {
    const service = super.workflowService;
    const updateSchedule = (request: UpdateRequest) =>
      service.updateSchedule({ ...request, conflictToken: this.conflictToken });
    return Object.assign(Object.create(service) as WorkflowService, { updateSchedule });
  }
}

type UpdateRequest = Parameters<WorkflowService['updateSchedule']>[0];

function isConflict(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && cause.code === FAILED_PRECONDITION;
}
