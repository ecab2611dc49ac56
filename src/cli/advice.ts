const CHECK = 'npm run client -- check';

/**
 * What an operator can do about a failure or a warning, by its code. It goes on from the message, which says what is
 * wrong; a code without a line needs no more than that.
 */
export const ADVICE: Readonly<Record<string, string>> = {
  OKTA_UNAUTHORIZED: `A token dies with the admin who made it. Replace its file, or set the new one and restart the worker, then: ${CHECK}`,
  OKTA_FORBIDDEN:
    'If rights are missing: The role must reach all users and all groups. okta.groups.read covers members; a scope okta.groups.members.read ' +
    `does not exist. Then: ${CHECK}`,
  OKTA_UNREACHABLE: `It is the worker that has to reach Okta. Nothing is lost, the next run goes on from here: ${CHECK}`,
  OKTA_NOT_AN_ORG: `Write the org's own address, such as acme.okta.com, without -admin. Then: ${CHECK}`,
  OKTA_ENDLESS_LIST:
    'What the graph holds was kept, and nothing was deleted. The next run starts the list again; report it to Okta if it stays.',
  OKTA_RATE_LIMITED: "Others use up the org's limits. Lower OKTA_MAX_CONCURRENCY, or sync at a quieter time.",
  MISSING_EMAIL: 'Fill in the primary email in Okta, or in the directory that Okta takes it from.',
  DUPLICATE_EMAIL: 'If they are one person, delete the account that is out of use in Okta.',
  MANAGER_UNRESOLVED:
    "Fill in managerId in Okta with the manager's login, email, employee number or Okta id.",
  MANAGER_AMBIGUOUS: 'Name the manager by a login or an employee number that only one user has.',
  EMPTY_USER_LIST: `Give the token's admin a role over all users. Then: ${CHECK}`,
  EMPTY_GROUP_LIST: `Give the token's admin a role over all groups. Then: ${CHECK}`,
  GROUP_FAILED:
    "These keep the members of their last whole read and come first in the next run. If one fails again, see the worker's log.",
  GROUPS_LEFT: 'If groups are left each time, raise SYNC_RUN_DEADLINE or OKTA_MAX_API_CAPACITY.',
  MEMBERS_MISSING:
    'Okta counts more members than it lists to this token, so none was removed. Give its admin a role over all users; if it has one, look for a proxy that cuts lists.',
  MEMBERS_WITHOUT_USER: 'The next run reads these groups again.',
  ROW_TOO_LARGE:
    'Raise dbms.memory.transaction.total.max or the heap of Neo4j; the next full run takes it in.',
  KEPT_UNPROVEN:
    "Often the token's role no longer reaches them: give its admin a role over all users and all groups. They go once Okta says that they are gone.",
  REMOVALS_WITHHELD:
    'Look in Okta first. If it is right: npm run client -- run --mode full --allow-deletes --wait',
  SCOPE_SHRANK:
    "Compare the role and the resource set of the token's admin with those of before. If the users are really deleted, wait for Okta's counts, or: npm run client -- run --mode full --allow-deletes --wait",
  NOT_REMOVED:
    'Raise dbms.memory.transaction.total.max or the heap of Neo4j, or look for what else holds on to them: a FormerUser or FormerGroup of the same id.',
  MALFORMED_USER: 'Look the user up in the Okta console by its id, and report it with this warning.',
  MALFORMED_GROUP: 'Look the group up in the Okta console by its id, and report it with this warning.',
  DEADLINE_REACHED:
    'The next run takes up the rest. To finish in one, raise SYNC_RUN_DEADLINE or OKTA_MAX_API_CAPACITY, or ask Okta for a higher limit.',
  GRAPH_UNREACHABLE: `It is the worker that has to reach Neo4j. Nothing is lost, the next run goes on from here: ${CHECK}`,
  GRAPH_DATABASE_UNAVAILABLE: `Nothing is lost, the next run goes on from here. Once it is online: ${CHECK}`,
  GRAPH_UNAUTHORIZED: `Set NEO4J_PASSWORD for the worker and restart it, or replace its file, then: ${CHECK}`,
};
