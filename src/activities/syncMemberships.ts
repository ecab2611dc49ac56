import { randomUUID } from 'node:crypto';
import { decideDeferred, type SecondLook } from '../graph/write/deferred';
import { canBeClaimed, claimGroups, groupsByState, type ClaimedGroup } from '../graph/write/workList';
import type { Run, RunWriter } from '../graph/write/run';
import { Attempt } from './context';
import { GroupFailures } from './groupFailures';
import { GroupQueue } from './groupQueue';
import { GroupReader, isKnownEmpty } from './groupReader';
import { MembershipWriter } from './membershipWriter';
import type { Ports } from './ports';
import { recordingUsage } from './usage';

export interface MembershipChunk {
  /** True if no group is left to try, or if trying more is in vain. */
  done: boolean;
  groupsDone: number;
  groupsTotal: number;
}

/** Groups taken off the list at once. */
const CLAIM = 100;

/**
 * Reads the members of groups on the work list, several at a time, and writes the difference, for a chunk's
 * time. What it holds nobody else can write; a group that was begun is finished, however long its pages take. When the
 * list is empty, the next chunk looks again at groups that were put off.
 */
export async function syncMemberships(ports: Ports, run: Run): Promise<MembershipChunk> {
  const { okta, graph, sync, chunkMs } = ports;
  const org = okta.org(run.domain);
  const attempt = new Attempt<{ groupsDone: number }>(chunkMs);
  const writer: RunWriter = { db: graph, run, usage: attempt.usage };
  const claimant = randomUUID();
  let hasClaimed = false;
  // An object: TypeScript narrows a variable that only a callback sets to undefined.
  const look: { second?: SecondLook } = {};
  const claim = async (): Promise<ClaimedGroup[]> => {
    const claiming = { attempt: claimant, atMost: CLAIM };
    if (!look.second) {
      const groups = await claimGroups(writer, claiming);
      hasClaimed ||= groups.length > 0;
      if (hasClaimed) return groups;
      // Nobody may still be at the first look at a group: what it puts off counts as well.
      const { left, deferred } = await graph.write((tx) => groupsByState(tx, run));
      if (left > 0 || deferred === 0) return [];
      look.second = await decideDeferred(writer, sync);
    }
    if (look.second.groups === 0) return [];
    return claimGroups(writer, { ...claiming, deferred: true });
  };
  const queue = new GroupQueue(claim, () => attempt.isOver());
  const failures = new GroupFailures(org, writer, attempt);
  const reader = new GroupReader(org, graph, run, attempt);
  const isApproved = () => look.second?.isApproved ?? false;
  const memberships = new MembershipWriter({ org, writer, attempt, failures, isApproved });

  const work = async (): Promise<void> => {
    for (let group = await queue.next(); group; group = await queue.next()) {
      attempt.signal.throwIfAborted();
      const members = await reader.read(group).catch((error: unknown) => failures.take(group, error));
      if (members) {
        if (!isKnownEmpty(group)) failures.reset();
        await memberships.add(members);
      } else if (failures.areAllForbidden) queue.stop();
    }
  };

  await recordingUsage(writer, async () => {
    try {
      await allSettled(
        Array.from({ length: org.parallelism }, () => work()),
        () => queue.stop(),
      );
      await memberships.flush();
    } finally {
      // Nothing may be written behind the attempt's end.
      await memberships.settled();
    }
  });
  return graph.write(async (tx) => {
    const { tried, left, deferred } = await groupsByState(tx, run);
    // What this attempt holds it has tried; what a later run holds is not this run's to read. Each attempt claims for a
    // chunk's time only, so those that were given up cannot keep the drain from its end.
    const isStopped =
      failures.areAllForbidden ||
      (queue.isExhausted && !(await canBeClaimed(tx, run, { attempt: claimant, deferred: left === 0 })));
    const hasLookedAgain = look.second !== undefined;
    const done = left > 0 ? isStopped : deferred === 0 || (hasLookedAgain && isStopped);
    return { done, groupsDone: tried, groupsTotal: tried + left };
  });
}

/** Like `Promise.all`, but a failure is told only after all have stopped, so that nothing writes on behind it. */
async function allSettled(workers: readonly Promise<void>[], stop: () => void): Promise<void> {
  for (const worker of workers) worker.catch(stop);
  const failure = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
