import type { Position } from './cursors';
import type { GroupRecord } from './groups';
import type { Org } from './org';
import { type Page, type PageAsked, pageOf } from './pages';
import type { UserRecord } from './userRecord';
import { isHidden } from './visibility';

/**
 * `GET /api/v1/groups/{id}/users`, including DEPROVISIONED users.
 *
 * @param hiddenShare share of the users that are hidden; always the same ones.
 */
export function listMembers(
  org: Org,
  group: GroupRecord,
  hiddenShare: number,
  { from, limit }: PageAsked,
): Page<UserRecord> {
  return pageOf(membersFrom(org, group, hiddenShare, from), limit);
}

function* membersFrom(
  org: Org,
  { members }: GroupRecord,
  hiddenShare: number,
  from: Position | undefined,
): Generator<UserRecord> {
  for (let position = from ? members.positionFrom(from.index + 1) : 0; position < members.size; position++) {
    const user = org.users[members.at(position)];
    if (user && !isHidden(org, user, hiddenShare)) yield user;
  }
}
