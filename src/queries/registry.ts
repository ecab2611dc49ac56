import { inactiveUsers } from './questions/inactive-users';
import { neverSignedIn } from './questions/never-signed-in';
import { groupMembers } from './questions/group-members';
import { personGroups } from './questions/person-groups';
import { sensitiveGroups } from './questions/sensitive-groups';
import { disabledInGroups } from './questions/disabled-in-groups';
import { membershipChanges } from './questions/membership-changes';
import { groupChanges } from './questions/group-changes';
import { groupMembersAt } from './questions/group-members-at';
import { personGroupsAt } from './questions/person-groups-at';
import { personHistory } from './questions/person-history';
import { joiners } from './questions/joiners';
import { movers } from './questions/movers';
import { leavers } from './questions/leavers';
import { usersByStatus } from './questions/users-by-status';
import { usersBy } from './questions/users-by';
import { groupSizes } from './questions/group-sizes';
import { emptyGroups } from './questions/empty-groups';
import { singleMemberGroups } from './questions/single-member-groups';
import { oldPasswords } from './questions/old-passwords';
import { managerReports } from './questions/manager-reports';
import { managersGone } from './questions/managers-gone';
import { foreignEmails } from './questions/foreign-emails';
import { dataFreshness } from './questions/data-freshness';
import { unchangedGroups } from './questions/unchanged-groups';
import { changedGroups } from './questions/changed-groups';
import { missingAttributes } from './questions/missing-attributes';
import { onlyEveryone } from './questions/only-everyone';
import { comparePeople } from './questions/compare-people';
import { inBothGroups } from './questions/in-both-groups';
import { loneOfDepartment } from './questions/lone-of-department';
import { similarGroups } from './questions/similar-groups';
import { sharedEmails } from './questions/shared-emails';
import { rejoiners } from './questions/rejoiners';
import { longestMembers } from './questions/longest-members';
import { groupChurn } from './questions/group-churn';
import type { Question } from './question';

/** All questions, in the order they are listed: the common ones first. */
export const QUESTIONS: readonly Question[] = [
  inactiveUsers,
  neverSignedIn,
  groupMembers,
  personGroups,
  sensitiveGroups,
  disabledInGroups,
  membershipChanges,
  groupChanges,
  groupMembersAt,
  personGroupsAt,
  personHistory,
  joiners,
  movers,
  leavers,
  usersByStatus,
  usersBy,
  groupSizes,
  emptyGroups,
  singleMemberGroups,
  oldPasswords,
  managerReports,
  managersGone,
  foreignEmails,
  dataFreshness,
  unchangedGroups,
  changedGroups,
  missingAttributes,
  onlyEveryone,
  comparePeople,
  inBothGroups,
  loneOfDepartment,
  similarGroups,
  sharedEmails,
  rejoiners,
  longestMembers,
  groupChurn,
];

/** Returns the question with an id, or undefined. */
export function findQuestion(id: string): Question | undefined {
  return QUESTIONS.find((question) => question.id === id);
}
