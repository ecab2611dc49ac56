import {
  type Client,
  isGrpcServiceError,
  ScheduleClient,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleUpdateOptions,
  type WorkflowService,
} from '@temporalio/client';

/** Attempts at one change. Each is lost only to another change at the same moment, so this many in a row are not chance. */
const MAX_ATTEMPTS = 20;

/** `FAILED_PRECONDITION` of gRPC: how a scheduler that answers at once refuses a conflict token. */
const FAILED_PRECONDITION = 9;

export type ScheduleState = ScheduleDescription['state'];

/** Why a schedule was not changed; `message` says what to do. */
export abstract class ScheduleError extends Error {}

/** Thrown when other clients change a schedule so often that a change never gets through. */
export class ScheduleContendedError extends ScheduleError {
  override readonly name = 'ScheduleContendedError';

  constructor(scheduleId: string, attempts = MAX_ATTEMPTS) {
    super(
      `The schedule ${scheduleId} was not changed: other clients changed it at the same time in each of ` +
        `${attempts} attempts. Try again, and look for a program that keeps changing it.`,
    );
  }
}

/** An update of a schedule. */
export interface ScheduleUpdate {
  /** The whole schedule that replaces the current one. */
  change(current: ScheduleDescription): ScheduleUpdateOptions;
  /** Returns true if the state is what the update is for; it is repeated otherwise. */
  isMeant(state: ScheduleState): boolean;
}

/**
 * Replaces a schedule with what `change` makes of it, and returns its state once the scheduler has applied that.
 *
 * An update replaces everything, including the pause and its note, and Temporal accepts it before it applies it. The
 * workflow that is Temporal's scheduler applies pauses before updates, whatever arrived first. To keep a pause that
 * arrives in between, the update carries the conflict token of the description that it was made from: the scheduler
 * drops it if the pause or the definition has changed since then. It drops it silently, so the schedule is described
 * again, and if the time of its last update has not changed, the update is repeated from what is there now. A
 * description shows every change that was accepted before it.
 *
 * Not covered: another client's update without a conflict token (Temporal's SDKs and CLI send none) overwrites a pause
 * that it has not read, and one that replaces this update at the same moment passes for it. Temporal offers no protection
 * against either.
 *
 * @throws ScheduleNotFoundError, ScheduleContendedError.
 */
export async function updateSchedule(
  client: Client,
  scheduleId: string,
  { change, isMeant }: ScheduleUpdate,
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
    if (info.lastUpdatedAt?.getTime() !== updatedBefore?.getTime() && isMeant(state)) return state;
  }
  throw new ScheduleContendedError(scheduleId);
}

/**
 * Pauses or resumes a schedule, and returns once the scheduler has applied that. Of two clients that do so at the same
 * time the later wins.
 *
 * A pause is a patch: it changes the pause and its note only. The scheduler has room for one patch. Of several that
 * arrive together it applies the last, so a trigger can replace a pause. The patch is therefore sent when no other is
 * waiting, and sent again while the state is still what it was before.
 *
 * @throws ScheduleNotFoundError, ScheduleContendedError.
 */
export async function setPaused(handle: ScheduleHandle, paused: boolean, note: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const [before, after] = await patchAlone(handle, () =>
      paused ? handle.pause(note) : handle.unpause(note),
    );
    const isMeant = after.paused === paused && after.note === note;
    const isChanged = after.paused !== before.paused || after.note !== before.note;
    if (isMeant || isChanged) return;
  }
  throw new ScheduleContendedError(handle.scheduleId);
}

/**
 * Sends a patch once the scheduler has applied everything that was accepted before, and waits until it has applied this.
 *
 * @returns the state before and after. @throws ScheduleNotFoundError
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

/** Sends its updates with a conflict token; Temporal's own client sends none. */
class CheckedScheduleClient extends ScheduleClient {
  /** That of the description which the next update is made from. */
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
