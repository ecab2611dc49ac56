import { formatCount } from '../text/counts';
import type { MembershipCounts } from '../contract';

/** Returns a text such as ` (12 to verify)` to follow the number of groups that were read; empty for none. */
export function verifiedText({ groupsVerified = 0 }: Pick<MembershipCounts, 'groupsVerified'>): string {
  return groupsVerified === 0 ? '' : ` (${formatCount(groupsVerified)} to verify)`;
}
