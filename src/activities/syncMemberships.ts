import { randomUUID } from 'node:crypto';
import { decideDeferred, type SecondLook } from '../graph/write/deferred';
import { endExcludedMemberships } from '../graph/write/excludedGroups';
import {
  canBeClaimed,
  claimGroups,
  groupsByState,
  isKnownEmpty,
  type ClaimedGroup,
} from '../graph/write/workList';
import type { Run, RunWriter } from '../graph/write/run';
import { Attempt } from './context';
import { GroupFailures } from './groupFailures';
import { GroupQueue } from './groupQueue';
import { GroupReader } from './groupReader';
import { MembershipWriter } from './membershipWriter';
import type { Ports } from './ports';
import { allSettled } from './allSettled';
import { recordingUsage } from './usage';

export interface MembershipChunk {
  /** True if no group is left to try, or if more attempts would be useless. */
  done: boolean;
  groupsDone: number;
  groupsTotal: number;
}

/**
 * Number of groups claimed in one transaction: it doubles up to the most, since each claim goes through all groups of
 * the org, and an attempt that is slow should not hold many.
 */
const CLAIM = { first: 100, most: 1_600 };

/**
 * Reads the members of groups on the work list, several at a time, and writes the differences, for the time of a chunk.
 * No other attempt can write the groups it has claimed; a group that was started is finished, however long its pages
 * take. When the list is empty, the next chunk reads the deferred groups again.
 */
export async function syncMemberships(ports: Ports, run: Run): Promise<MembershipChunk> {
  const { okta, graph, sync, chunkMs } = ports;
  const org = okta.org(run.domain);
  const attempt = new Attempt<{ groupsDone: number }>(chunkMs);
  const writer: RunWriter = { db: graph, run, usage: attempt.usage };
  const claimant = randomUUID();
  let atMost = CLAIM.first;
  let hasClaimed = false;
  // An object, because TypeScript narrows a variable that only a callback sets to undefined.
  const look: { second?: SecondLook } = {};
  const claim = async (): Promise<ClaimedGroup[]> => {
    const claiming = { attempt: claimant, atMost };
    atMost = Math.min(CLAIM.most, atMost * 2);
    if (!look.second) {
      const groups = await claimGroups(writer, claiming);
      hasClaimed ||= groups.length > 0;
      if (hasClaimed) return groups;
      // No attempt may still be at the first read of a group: the removals that it defers count as well.
      const { left, deferred } = await graph.write((tx) => groupsByState(tx, run));
      if (left > 0 || deferred === 0) return [];
      look.second = await decideDeferred(writer, sync);
    }
    if (look.second.groups === 0) return [];
    return claimGroups(writer, { ...claiming, deferred: true });
  };
  const queue = new GroupQueue(claim, () => attempt.isOver());
  const failures = new GroupFailures(org, writer, attempt);
  const reader = new GroupReader(org, graph, run, attempt, sync.data);
  const isApproved = () => look.second?.isApproved ?? false;
  const memberships = new MembershipWriter({ org, writer, attempt, failures, isApproved });

  const work = async (): Promise<void> => {
    for (let group = await queue.next(); group; group = await queue.next()) {
      attempt.signal.throwIfAborted();
      const members = await reader.read(group).catch((error: unknown) => failures.record(group, error));
      if (members) {
        if (!isKnownEmpty(group)) failures.reset();
        await memberships.add(members);
      } else if (failures.isReadingForbidden) queue.stop();
    }
  };

  await recordingUsage(writer, async () => {
    await attempt.during(
      endExcludedMemberships(writer, () => {
        attempt.signal.throwIfAborted();
        attempt.beat();
      }),
    );
    try {
      await allSettled(
        Array.from({ length: org.parallelism }, () => work()),
        () => queue.stop(),
      );
      await memberships.flush();
    } finally {
      // Nothing may be written after the attempt's end.
      await Promise.all([memberships.settled(), queue.settled()]);
    }
  });
  return graph.write(async (tx) => {
    const { tried, left, deferred } = await groupsByState(tx, run);
    // This attempt has tried the groups it holds; those held by a later run are not this run's to read. Each attempt
    // claims groups only for the time of a chunk, so abandoned attempts cannot prevent the drain from ending.
    const isStopped =
      failures.isReadingForbidden ||
      (queue.isExhausted && !(await canBeClaimed(tx, run, { attempt: claimant, deferred: left === 0 })));
    const hasLookedAgain = look.second !== undefined;
    const done = left > 0 ? isStopped : deferred === 0 || (hasLookedAgain && isStopped);
    return { done, groupsDone: tried, groupsTotal: tried + left };
  });
}
