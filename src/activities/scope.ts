import type { SyncWarning } from '../contract';
import type { GraphDatabase } from '../graph/database';
import type { Run } from '../graph/write/run';
import {
  countsMore,
  deniedBuiltInGroup,
  groupsThatCountTheDenied,
  type CountedGroup,
} from '../graph/write/scope';
import { OktaError } from '../okta/errors';
import type { OktaOrg } from '../okta/org';
import type { Attempt } from './context';
import { readOwn } from './readItem';

/** What it takes to hold denials against Okta's counts. */
export interface CountCheck {
  graph: GraphDatabase;
  run: Run;
  org: OktaOrg;
  attempt: Attempt<unknown>;
  /** Users to check: all that Okta has denied to the run, or those it has denied twice. */
  which: 'denied' | 'denied twice';
}

/**
 * A warning where groups still count users that Okta denies, undefined otherwise. The counts of this run's list decide;
 * those that seem to contradict are asked for again, since users may have been deleted after the list was read.
 */
export async function contradictionOf(check: CountCheck): Promise<SyncWarning | undefined> {
  const groups = await groupsThatCountTheDenied(check.graph, check.run, check.which);
  const isStill = await Promise.all(groups.map((group) => stillCounts(check, group)));
  const [first, ...more] = groups.filter((_, index) => isStill[index]);
  if (!first) return undefined;
  const others = more.length === 0 ? '' : `, nor of ${more.length} other groups`;
  return {
    code: 'SCOPE_SHRANK',
    message: `Okta's count of this group has not fallen by the members that Okta no longer shows${others}; no user was removed.`,
    groupId: first.id,
  };
}

/**
 * True unless a fresh count no longer has them. Where Okta gives none, the listed one decides; and a group that is there for
 * certain and answers as if it were not belongs to those that the token no longer sees.
 */
async function stillCounts({ org, attempt }: CountCheck, group: CountedGroup): Promise<boolean> {
  try {
    const found = await org.group(group.id, attempt);
    if (!found) return group.isCertain;
    const count = readOwn('Group', group.id, found)?.usersCount ?? group.usersCount;
    return count !== null && countsMore(group, count);
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (!(error instanceof OktaError)) throw error;
    return true;
  }
}

/** A warning where Okta denies a group such as Everyone, which cannot be deleted: the token sees less than before. */
export async function deniedBuiltIn(graph: GraphDatabase, run: Run): Promise<SyncWarning | undefined> {
  const id = await deniedBuiltInGroup(graph, run);
  if (id === undefined) return undefined;
  return {
    code: 'SCOPE_SHRANK',
    message:
      'Okta no longer shows this built-in group, which cannot be deleted. The token sees less than before; no group was removed.',
    groupId: id,
  };
}
