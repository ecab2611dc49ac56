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
import { personApps } from './questions/person-apps';
import { appPeople } from './questions/app-people';
import { personAppsAt } from './questions/person-apps-at';
import { appPeopleAt } from './questions/app-people-at';
import { groupLoss } from './questions/group-loss';
import { blastRadius } from './questions/blast-radius';
import { toxicPair } from './questions/toxic-pair';
import { leaversAccess } from './questions/leavers-access';
import { directAssignments } from './questions/direct-assignments';
import { appsOutsideGroups } from './questions/apps-outside-groups';
import { unreachableApps } from './questions/unreachable-apps';
import { inactiveAppAssignments } from './questions/inactive-app-assignments';
import { admins } from './questions/admins';
import { riskyAdmins } from './questions/risky-admins';
import { adminGroups } from './questions/admin-groups';
import { newSuperAdmins } from './questions/new-super-admins';
import { ruleGroups } from './questions/rule-groups';
import { unexplainedMembers } from './questions/unexplained-members';
import { invalidRules } from './questions/invalid-rules';
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
  personApps,
  appPeople,
  personAppsAt,
  appPeopleAt,
  groupLoss,
  blastRadius,
  toxicPair,
  leaversAccess,
  directAssignments,
  appsOutsideGroups,
  unreachableApps,
  inactiveAppAssignments,
  admins,
  riskyAdmins,
  adminGroups,
  newSuperAdmins,
  ruleGroups,
  unexplainedMembers,
  invalidRules,
];

/** Returns the question with an id, or undefined. */
export function findQuestion(id: string): Question | undefined {
  return QUESTIONS.find((question) => question.id === id);
}
