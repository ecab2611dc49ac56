import type { Given } from './parameters';
import type { Question } from './question';
import { directAssignments } from './questions/direct-assignments';
import { disabledInGroups } from './questions/disabled-in-groups';
import { emptyGroups } from './questions/empty-groups';
import { inactiveAppAssignments } from './questions/inactive-app-assignments';
import { inactiveUsers } from './questions/inactive-users';
import { invalidRules } from './questions/invalid-rules';
import { managersGone } from './questions/managers-gone';
import { neverSignedIn } from './questions/never-signed-in';
import { newSuperAdmins } from './questions/new-super-admins';
import { riskyAdmins } from './questions/risky-admins';
import { sharedEmails } from './questions/shared-emails';
import { singleMemberGroups } from './questions/single-member-groups';
import { unreachableApps } from './questions/unreachable-apps';
import { ENABLED, NOT_EVERYONE } from './cypher';

/** How much a finding matters for a review of access. */
export type Severity = 'high' | 'medium' | 'low';

/** Something that a review of access looks for, counted at the end of each run. */
export interface Finding {
  /** Identifies the finding in measures and metrics. */
  name: string;
  title: string;
  severity: Severity;
  /** Lists what the finding counts. */
  question: Question;
  /** Parameters of the question; those with a default may be absent. */
  given: Given;
  /** Cypher with the question's parameters: the number of rows of its answer, as `count`. */
  count: string;
  /** Days of history that the count needs. */
  historyDays: number;
}

/** Cypher: what a question finds, of which each has a row, without what is shown of it. */
const foundBy = ({ find }: Question, counted = '*'): string => `${find}\nRETURN count(${counted}) AS count`;

const NEW_DAYS = 30;

type Definition = Omit<Finding, 'given' | 'count' | 'historyDays'> & Partial<Finding>;

const finding = (definition: Definition): Finding => ({
  given: {},
  count: foundBy(definition.question),
  historyDays: 0,
  ...definition,
});

/** All findings, the most severe first. */
export const FINDINGS: readonly Finding[] = [
  finding({
    name: 'admins_disabled',
    title: 'Admins who are suspended or deactivated',
    severity: 'high',
    question: riskyAdmins,
    count: foundBy(riskyAdmins, 'DISTINCT u'),
    given: { reasons: ['suspended', 'deactivated'] },
  }),
  finding({
    name: 'admins_inactive',
    title: 'Admins without a sign-in in 90 days',
    severity: 'high',
    question: riskyAdmins,
    count: foundBy(riskyAdmins, 'DISTINCT u'),
    given: { since: ['90d'], reasons: ['never signed in', 'no recent sign-in'] },
  }),
  finding({
    name: 'new_super_admins',
    title: `Super admins added in ${NEW_DAYS} days`,
    severity: 'high',
    question: newSuperAdmins,
    given: { since: [`${NEW_DAYS}d`] },
    historyDays: NEW_DAYS,
  }),
  finding({
    name: 'disabled_in_groups',
    title: 'Suspended or deactivated users with group memberships',
    severity: 'high',
    question: disabledInGroups,
    count: `${disabledInGroups.find}
  AND EXISTS { MATCH (u)-[:MEMBER_OF]->(g:Group) WHERE ${NOT_EVERYONE} }
RETURN count(*) AS count`,
  }),
  finding({
    name: 'inactive_users',
    title: 'Enabled users without a sign-in in 90 days',
    severity: 'medium',
    question: inactiveUsers,
    given: { since: ['90d'] },
  }),
  finding({
    name: 'never_signed_in',
    title: 'Enabled users who have never signed in',
    severity: 'medium',
    question: neverSignedIn,
  }),
  finding({
    name: 'managers_gone',
    title: 'Users whose manager is suspended or deactivated',
    severity: 'medium',
    question: managersGone,
    // From the managers, of whom few have left.
    count: `MATCH (manager:User {okta_domain: $domain}) WHERE manager.id IS NOT NULL AND manager.status IN ['SUSPENDED', 'DEPROVISIONED']
MATCH (u:User)-[:REPORTS_TO]->(manager) WHERE ${ENABLED}
RETURN count(*) AS count`,
  }),
  finding({
    name: 'shared_emails',
    title: 'Users who share an email address',
    severity: 'medium',
    question: sharedEmails,
  }),
  finding({
    name: 'invalid_rules',
    title: 'Group rules that are invalid',
    severity: 'medium',
    question: invalidRules,
    count: foundBy(invalidRules, 'DISTINCT rule'),
  }),
  finding({
    name: 'inactive_app_assignments',
    title: 'Inactive apps with assignments',
    severity: 'medium',
    question: inactiveAppAssignments,
  }),
  finding({
    name: 'direct_assignments',
    title: 'Apps that users are assigned to one by one',
    severity: 'low',
    question: directAssignments,
  }),
  finding({
    name: 'unreachable_apps',
    title: 'Apps without users',
    severity: 'low',
    question: unreachableApps,
  }),
  finding({ name: 'empty_groups', title: 'Groups without members', severity: 'low', question: emptyGroups }),
  finding({
    name: 'single_member_groups',
    title: 'Groups with a single member',
    severity: 'low',
    question: singleMemberGroups,
  }),
];
