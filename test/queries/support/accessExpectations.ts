import type { Value } from '../../../src/queries/answer';
import type { AccessState } from './accessState';

/** What the test has made: ids by name, and a time between its two runs. */
export type Made = Record<'ledger' | 'payments' | 'project' | 'ada' | 'eve', string> & { between: string };

export interface AccessExpectation {
  id: string;
  given?: (made: Made) => Record<string, string>;
  columns: readonly string[];
  rows: (now: AccessState, made: Made, before: AccessState) => readonly (readonly Value[])[];
}

const isDisabled = (status: string | undefined) => status === 'SUSPENDED' || status === 'DEPROVISIONED';
const unique = <T>(items: readonly T[]) => [...new Set(items)];

function unexplained({ rules, members }: AccessState): [group: string, user: string][] {
  const targets = unique(rules.flatMap(({ actions }) => actions.assignUserToGroups.groupIds));
  return targets.flatMap((group) =>
    members(group)
      .filter((user) =>
        rules
          .filter(({ actions }) => actions.assignUserToGroups.groupIds.includes(group))
          .every(({ status, conditions }) => {
            const people = conditions['people'] as
              | { users: { exclude: string[] }; groups: { exclude: string[] } }
              | undefined;
            return (
              status !== 'ACTIVE' ||
              people?.users.exclude.includes(user) ||
              people?.groups.exclude.some((excluded) => members(excluded).includes(user))
            );
          }),
      )
      .map((user): [string, string] => [group, user]),
  );
}

/** Expected answers about apps, roles and rules, computed from the simulated org. */
export const ACCESS_EXPECTATIONS: readonly AccessExpectation[] = [
  {
    id: 'person-apps',
    given: ({ ada }) => ({ person: ada }),
    columns: ['app_id', 'group_id'],
    rows: ({ ways }, { ada }) =>
      ways.filter(({ user }) => user === ada).map(({ target, through }) => [target, through]),
  },
  {
    id: 'person-apps-at',
    given: ({ ada, between }) => ({ person: ada, at: between }),
    columns: ['app_id', 'group_id'],
    rows: (_, { ada }, { allWays }) =>
      allWays.filter(({ user }) => user === ada).map(({ target, through }) => [target, through]),
  },
  {
    id: 'app-people',
    given: () => ({ app: 'Ledger' }),
    columns: ['user_id', 'group_id'],
    rows: ({ ways }, { ledger }) =>
      ways.filter(({ target }) => target === ledger).map(({ user, through }) => [user, through]),
  },
  {
    id: 'app-people-at',
    given: ({ payments, between }) => ({ app: payments, at: between }),
    columns: ['user_id', 'group_id'],
    rows: (_, { payments }, { allWays }) =>
      allWays.filter(({ target }) => target === payments).map(({ user, through }) => [user, through]),
  },
  {
    id: 'group-loss',
    given: ({ ada, project }) => ({ person: ada, group: project }),
    columns: ['kind', 'id'],
    rows: ({ ways, roleWays }, { ada, project }) => {
      const lost = (all: typeof ways) =>
        all
          .filter(({ user, through }) => user === ada && through === project)
          .filter(
            ({ target }) => !all.some((w) => w.user === ada && w.target === target && w.through !== project),
          )
          .map(({ target }) => target);
      return [...lost(ways).map((id) => ['app', id]), ...lost(roleWays).map((id) => ['admin role', id])];
    },
  },
  {
    id: 'toxic-pair',
    given: () => ({ app: 'Ledger', other: 'Payments' }),
    columns: ['user_id'],
    rows: ({ ways }, { ledger, payments }) =>
      unique(ways.filter(({ target }) => target === ledger).map(({ user }) => user))
        .filter((user) => ways.some((way) => way.user === user && way.target === payments))
        .map((user) => [user]),
  },
  {
    id: 'direct-assignments',
    columns: ['app_id', 'users', 'also_through_groups'],
    rows: ({ direct, allWays }) =>
      unique(direct.map(([, app]) => app)).map((app) => {
        const users = direct.filter(([, each]) => each === app).map(([user]) => user);
        const both = users.filter((user) =>
          allWays.some((way) => way.user === user && way.target === app && way.through !== null),
        );
        return [app, users.length, both.length];
      }),
  },
  {
    id: 'apps-outside-groups',
    columns: ['user_id', 'app_id'],
    rows: ({ direct, allWays }) =>
      direct.filter(
        ([user, app]) =>
          !allWays.some((way) => way.user === user && way.target === app && way.through !== null),
      ),
  },
  {
    id: 'unreachable-apps',
    columns: ['app_id'],
    rows: ({ apps, ways }) =>
      apps.filter(({ id }) => !ways.some(({ target }) => target === id)).map(({ id }) => [id]),
  },
  {
    id: 'inactive-app-assignments',
    columns: ['app_id', 'users', 'groups'],
    rows: ({ apps, direct, groups }) =>
      apps
        .filter(({ status }) => status === 'INACTIVE')
        .map(({ id }) => [
          id,
          direct.filter(([, app]) => app === id).length,
          groups.filter(([, app]) => app === id).length,
        ])
        .filter(([, users, through]) => users !== 0 || through !== 0),
  },
  {
    id: 'leavers-access',
    columns: ['user_id', 'app_id', 'group_id'],
    rows: ({ allWays, snapshot }) =>
      allWays
        .filter(({ user }) => isDisabled(snapshot.users.get(user)?.status))
        .filter(({ through }) => through === null || !snapshot.groups.get(through)?.isEveryone)
        .map(({ user, target, through }) => [user, target, through]),
  },
  {
    id: 'admins',
    columns: ['role_id', 'user_id', 'group_id'],
    rows: ({ roleWays }) => roleWays.map(({ user, target, through }) => [target, user, through]),
  },
  {
    id: 'risky-admins',
    columns: ['user_id'],
    rows: ({ allRoleWays, snapshot }) =>
      unique(allRoleWays.map(({ user }) => user))
        .filter((id) => {
          const { status, lastLoginMs } = snapshot.user(id);
          return isDisabled(status) || (lastLoginMs ?? 0) < snapshot.atMs - 90 * 86_400_000;
        })
        .map((id) => [id]),
  },
  {
    id: 'admin-groups',
    columns: ['group_id', 'role_id', 'admins'],
    rows: ({ roles, snapshot, members, has }) =>
      roles
        .filter(([owner]) => !snapshot.users.has(owner))
        .map(([group, role]) => [group, role, members(group).filter(has).length]),
  },
  {
    id: 'new-super-admins',
    columns: ['user_id', 'how'],
    rows: (_, { eve }) => [[eve, 'was given the role']],
  },
  {
    id: 'rule-groups',
    columns: ['group_id', 'members', 'unexplained'],
    rows: (now) =>
      unique(now.rules.flatMap(({ actions }) => actions.assignUserToGroups.groupIds))
        .filter((id) => now.snapshot.groups.has(id))
        .map((id) => [id, now.members(id).length, unexplained(now).filter(([group]) => group === id).length]),
  },
  { id: 'unexplained-members', columns: ['group_id', 'user_id'], rows: unexplained },
  {
    id: 'invalid-rules',
    columns: ['rule_id'],
    rows: ({ rules }) => rules.filter(({ status }) => status === 'INVALID').map(({ id }) => [id]),
  },
  {
    id: 'blast-radius',
    given: ({ ada }) => ({ person: ada }),
    columns: ['kind', 'id'],
    rows: ({ ways, roleWays, snapshot }, { ada }) => [
      ...snapshot.groupsOf(ada).map(({ id }) => ['group', id]),
      ...unique(ways.filter(({ user }) => user === ada).map(({ target }) => target)).map((id) => ['app', id]),
      ...unique(roleWays.filter(({ user }) => user === ada).map(({ target }) => target)).map((id) => [
        'admin role',
        id,
      ]),
      ...snapshot.allUsers.filter(({ managerId }) => managerId === ada).map(({ id }) => ['report', id]),
    ],
  },
];
