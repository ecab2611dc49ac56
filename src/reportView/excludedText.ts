import type { MembershipCounts } from '../contract';
import { formatCount } from '../text/counts';

/** Says how many groups `SYNC_MEMBERS_OF` leaves out, after other numbers of groups; empty for none. */
export function excludedText({ groupsExcluded = 0 }: MembershipCounts): string {
  return groupsExcluded === 0 ? '' : `, ${formatCount(groupsExcluded)} not selected by SYNC_MEMBERS_OF`;
}
