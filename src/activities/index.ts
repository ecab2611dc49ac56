import { optional, type ZodMiniType } from 'zod/mini';
import type { NotifyRequest, SyncReport, SyncRequest, Ending, Touched } from '../contract';
import { assertOpen, beginPhase, type Run, type RunPhase } from '../graph/write/run';
import {
  ACCESS_PART,
  DOMAIN,
  ENDING,
  LIST_CURSOR,
  LOG_WATCH,
  NOTIFY_REQUEST,
  REQUEST,
  RUN,
  RUN_ID,
  SWEEP_CURSOR,
  TOUCHED,
} from '../boundary/inputs';
import { syncAccess, type AccessChunk, type AccessPart } from './access/syncAccess';
import { guarded } from './failures';
import { drainList, type ListChunk, type ListCursor } from './lists';
import { announcing, notifier, type Notified } from './notify';
import type { Ports } from './ports';
import { begin, end, type BegunRun } from './runs';
import { sweep, type SweepCursor } from './sweep';
import { syncMemberships, type MembershipChunk } from './syncMemberships';
import { syncTouched, type TouchedCursor } from './syncTouched';
import { awaitTurn } from './awaitTurn';
import { watchLog, type LogChunk, type LogWatch } from './watchLog';

/** Returns the activities by the names that Temporal registers them under. */
export function createActivities(ports: Ports) {
  const { okta, graph } = ports;
  const notify = notifier(ports);

  /**
   * Wraps an activity of a run: it only starts if the run is open in the graph. `inputs` are the schemas of the
   * arguments after the run.
   */
  const ofOpenRun = <Args extends unknown[], Result>(
    phase: RunPhase,
    inputs: readonly ZodMiniType[],
    work: (run: Run, ...args: Args) => Promise<Result>,
  ) =>
    guarded([RUN, ...inputs], async (run: Run, ...args: Args): Promise<Result> => {
      await Promise.all([assertOpen(graph, run), beginPhase(graph, run, phase)]);
      return work(run, ...args);
    });

  return {
    beginRun: announcing(
      ports,
      guarded([REQUEST, RUN_ID], (request: SyncRequest, runId: string): Promise<BegunRun> =>
        begin(ports, request, runId),
      ),
    ),

    syncUsers: ofOpenRun('lists', [LIST_CURSOR], (run, cursor: ListCursor): Promise<ListChunk> => {
      const org = okta.org(run.domain);
      return drainList(ports, run, {
        label: 'User',
        from: cursor,
        read: (next, attempt) => org.users(next, attempt, run.usersChangedSinceMs),
      });
    }),

    syncGroups: ofOpenRun('lists', [LIST_CURSOR], (run, cursor: ListCursor): Promise<ListChunk> => {
      const org = okta.org(run.domain);
      return drainList(ports, run, {
        label: 'Group',
        from: cursor,
        read: (next, attempt) => org.groups(next, attempt, run.groupsChangedSinceMs),
      });
    }),

    syncMemberships: ofOpenRun('memberships', [], (run): Promise<MembershipChunk> =>
      syncMemberships(ports, run),
    ),

    syncTouched: ofOpenRun('lists', [TOUCHED], (run, touched: Touched): Promise<TouchedCursor> =>
      syncTouched(ports, run, touched),
    ),

    syncAccess: ofOpenRun('access', [ACCESS_PART], (run, part: AccessPart): Promise<AccessChunk> =>
      syncAccess(ports, run, part),
    ),

    sweep: ofOpenRun(
      'sweep',
      [optional(SWEEP_CURSOR)],
      (run, cursor?: SweepCursor): Promise<SweepCursor | undefined> => sweep(ports, run, cursor),
    ),

    endRun: guarded([RUN, optional(ENDING)], (run: Run, ending?: Ending): Promise<SyncReport> =>
      end(ports, run, ending),
    ),

    watchLog: guarded([LOG_WATCH], (watch: LogWatch): Promise<LogChunk> => watchLog(ports, watch)),

    awaitTurn: guarded([DOMAIN], (domain: string): Promise<void> => awaitTurn(ports, domain)),

    notify: guarded([NOTIFY_REQUEST], (request: NotifyRequest): Promise<Notified> => notify(request)),
  };
}

export type Activities = ReturnType<typeof createActivities>;
