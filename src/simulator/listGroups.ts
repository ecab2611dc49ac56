import type { Position } from './cursors';
import type { GroupRecord } from './groups';
import type { Org } from './org';
import { predicateOf, itemsAfter, type Page, pageOf } from './pages';

const FIELDS = { times: ['lastUpdated', 'lastMembershipUpdated'], texts: ['id', 'type'] };

/**
 * `GET /api/v1/groups`. `q` matches the beginning of names.
 *
 * @throws OktaError, 400, for an unsupported expression.
 */
export function listGroups(
  org: Org,
  query: URLSearchParams,
  from: Position | undefined,
  limit: number,
): Page<GroupRecord> {
  const matches = predicateOf(query, FIELDS);
  const q = query.get('q')?.toLowerCase();
  const nowMs = org.nowMs();
  const isListed = (group: GroupRecord): boolean => {
    const { id, type, lastUpdatedMs: lastUpdated, profile } = group;
    const lastMembershipUpdated = group.lastMembershipUpdatedMs.get(nowMs);
    if (matches && !matches({ id, type, lastUpdated, lastMembershipUpdated })) return false;
    return q === undefined || String(profile.name).toLowerCase().startsWith(q);
  };
  return pageOf(
    itemsAfter(from, org.groups.length, (index) => org.groups[index], isListed),
    limit,
  );
}
