import { KEEP_ALL } from '../config/dataRules';
import type { SyncWarning } from '../contract';
import type { GraphDatabase } from '../graph/database';
import type { Run } from '../graph/write/run';
import {
  countsMore,
  deniedBuiltInGroup,
  groupsThatCountTheDenied,
  type CountedGroup,
} from '../graph/write/scope';
import { countOf } from '../text/counts';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import type { Attempt } from './context';
import { readOwn } from './readItem';

/** Input for comparing what Okta reports as not found to its counts. */
export interface CountCheck {
  graph: GraphDatabase;
  run: Run;
  org: OktaOrg;
  attempt: Attempt<unknown>;
  /** The users to check: all that Okta has not found in the run, or those it has not found twice. */
  which: 'denied' | 'denied twice';
}

/**
 * Returns a warning if groups still count users that Okta does not find, undefined otherwise. The counts of this run's list
 * decide; groups that seem to contradict are requested again, since users may have been deleted after the list was
 * read.
 */
export async function contradictionOf(check: CountCheck): Promise<SyncWarning | undefined> {
  const groups = await groupsThatCountTheDenied(check.graph, check.run, check.which);
  const isStill = await Promise.all(groups.map((group) => stillCounts(check, group)));
  const [first, ...more] = groups.filter((_, index) => isStill[index]);
  if (!first) return undefined;
  const others = more.length === 0 ? '' : `, nor has that of ${countOf(more.length, 'other group')}`;
  return {
    code: 'SCOPE_SHRANK',
    message: `Okta's count of this group has not fallen by the members that Okta no longer shows${others}; no user was removed.`,
    groupId: first.id,
  };
}

/**
 * Returns true unless a fresh count no longer includes the users. If Okta returns no count, the listed one decides; if
 * a group that certainly exists is not found, the credentials no longer see it.
 */
async function stillCounts({ org, attempt }: CountCheck, group: CountedGroup): Promise<boolean> {
  try {
    const found = await org.group(group.id, attempt);
    if (!found) return group.isCertain;
    const count = readOwn('Group', group.id, found, KEEP_ALL)?.usersCount ?? group.usersCount;
    return count !== null && countsMore(group, count);
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (!(error instanceof OktaError)) throw error;
    return true;
  }
}

/**
 * Returns a warning if Okta does not find a group such as Everyone, which cannot be deleted: the credentials see less
 * than before.
 */
export async function deniedBuiltIn(graph: GraphDatabase, run: Run): Promise<SyncWarning | undefined> {
  const id = await deniedBuiltInGroup(graph, run);
  if (id === undefined) return undefined;
  return {
    code: 'SCOPE_SHRANK',
    message:
      'Okta no longer shows this built-in group, which cannot be deleted. The credentials see less than before; no group was removed.',
    groupId: id,
  };
}
