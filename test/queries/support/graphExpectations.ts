import type { ChurnedOrg } from './churnedOrg';
import { endOf, type Expectation } from './expectation';
import type { SnapshotGroup, SnapshotUser } from './orgSnapshot';

const DAY_MS = 86_400_000;
const daysAgo = ({ now }: ChurnedOrg, days: number) => now.atMs - days * DAY_MS;
const DISABLED = ['SUSPENDED', 'DEPROVISIONED'];
const domainOf = (email: string) => email.split('@').at(-1) ?? '';

/** Returns a row per value with its number of users. */
function counted(values: readonly (string | undefined)[]): [string | null, number][] {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value ?? null, (counts.get(value ?? null) ?? 0) + 1);
  return [...counts];
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((one, i) => items.slice(i + 1).map((other): [T, T] => [one, other]));
}

function common(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...a].filter((each) => b.has(each)).length;
}

const usersWithGroups = (org: ChurnedOrg, fits: (user: SnapshotUser) => boolean) =>
  org.now.allUsers.filter(fits).map(({ id }) => [id, org.now.groupsOf(id).length]);

const groupsWithSizes = (org: ChurnedOrg, fits: (group: SnapshotGroup) => boolean) =>
  org.now.allGroups.filter(fits).map(({ id, members }) => [id, members.size]);

/** Expected answers about the present, computed from the org. */
export const GRAPH_EXPECTATIONS: readonly Expectation[] = [
  {
    id: 'inactive-users',
    columns: ['user_id', 'groups'],
    rows: (org) =>
      usersWithGroups(
        org,
        ({ isEnabled, lastLoginMs, activatedMs, createdMs }) =>
          isEnabled &&
          (lastLoginMs === undefined || lastLoginMs < daysAgo(org, 90)) &&
          (activatedMs ?? createdMs) < daysAgo(org, 90),
      ),
  },
  {
    id: 'inactive-users',
    given: () => ({ since: '180d' }),
    columns: ['user_id'],
    rows: (org) =>
      org.now.allUsers
        .filter(
          ({ isEnabled, lastLoginMs, activatedMs, createdMs }) =>
            isEnabled &&
            (lastLoginMs ?? 0) < daysAgo(org, 180) &&
            (activatedMs ?? createdMs) < daysAgo(org, 180),
        )
        .map(({ id }) => [id]),
  },
  {
    id: 'never-signed-in',
    columns: ['user_id', 'groups'],
    rows: (org) =>
      usersWithGroups(org, ({ isEnabled, lastLoginMs }) => isEnabled && lastLoginMs === undefined),
  },
  {
    id: 'group-members',
    given: () => ({ group: 'Project X' }),
    columns: ['group_id', 'user_id', 'email', 'status', 'department'],
    rows: ({ now, ids }) =>
      now.allUsers
        .filter(({ id }) => now.has(id, ids.project))
        .map(({ id, email, status, department }) => [
          ids.project,
          id,
          email ?? null,
          status ?? null,
          department ?? null,
        ]),
  },
  {
    id: 'person-groups',
    given: () => ({ person: 'Ada@partner.EXAMPLE' }),
    columns: ['user_id', 'group_id', 'group'],
    rows: ({ now, ids }) => now.groupsOf(ids.guest).map(({ id, name }) => [ids.guest, id, name]),
  },
  {
    id: 'person-groups',
    given: ({ ids }) => ({ person: ids.manager }),
    columns: ['group_id'],
    rows: ({ now, ids }) => now.groupsOf(ids.manager).map(({ id }) => [id]),
  },
  {
    id: 'sensitive-groups',
    columns: ['group_id', 'user_id'],
    rows: ({ now }) =>
      now.allGroups
        .filter(({ name }) => /^.*(admin|root|owner|prod|payroll|vpn).*$/i.test(name))
        .flatMap(({ id, members }) => [...members].map((user) => [id, user])),
  },
  {
    id: 'sensitive-groups',
    given: ({ ids }) => ({ groups: ['Everyone', ids.copy] }),
    columns: ['group_id', 'user_id'],
    rows: ({ now, ids }) =>
      now.allGroups
        .filter(({ id, isEveryone }) => isEveryone || id === ids.copy)
        .flatMap(({ id, members }) => [...members].map((user) => [id, user])),
  },
  {
    id: 'disabled-in-groups',
    columns: ['user_id', 'groups'],
    rows: ({ now }) =>
      now.allUsers
        .filter(({ status }) => DISABLED.includes(status ?? ''))
        .map(({ id }) => [id, now.groupsOf(id, now.realGroups).length])
        .filter(([, groups]) => groups !== 0),
  },
  {
    id: 'joiners',
    given: (org) => ({ since: endOf(org, 0) }),
    columns: ['user_id', 'groups'],
    rows: (org) => usersWithGroups(org, ({ createdMs }) => createdMs >= org.at(0).atMs),
  },
  {
    id: 'users-by-status',
    columns: ['status', 'users'],
    rows: ({ now }) => counted(now.allUsers.map(({ status }) => status)),
  },
  {
    id: 'users-by',
    columns: ['value', 'users'],
    rows: ({ now }) => counted(now.allUsers.map(({ department }) => department)),
  },
  {
    id: 'group-sizes',
    columns: ['group_id', 'members', 'okta_counts'],
    rows: ({ now }) => now.allGroups.map(({ id, members }) => [id, members.size, members.size]),
  },
  {
    id: 'empty-groups',
    columns: ['group_id'],
    rows: ({ now }) => now.allGroups.filter(({ members }) => members.size === 0).map(({ id }) => [id]),
  },
  {
    id: 'single-member-groups',
    columns: ['group_id', 'user_id'],
    rows: ({ now }) =>
      now.allGroups.filter(({ members }) => members.size === 1).map(({ id, members }) => [id, ...members]),
  },
  {
    id: 'old-passwords',
    columns: ['user_id', 'groups'],
    rows: (org) =>
      usersWithGroups(
        org,
        ({ isEnabled, passwordChangedMs }) =>
          isEnabled && passwordChangedMs !== undefined && passwordChangedMs < daysAgo(org, 365),
      ),
  },
  {
    id: 'manager-reports',
    given: ({ ids }) => ({ person: ids.manager }),
    columns: ['user_id', 'groups'],
    rows: ({ now, ids }) =>
      now.allUsers
        .filter(({ managerId }) => managerId === ids.manager)
        .map(({ id }) => [id, now.groupsOf(id, now.realGroups).length]),
  },
  {
    id: 'managers-gone',
    columns: ['user_id', 'manager_id'],
    rows: ({ now }) =>
      now.allUsers
        .filter(
          ({ isEnabled, managerId }) =>
            isEnabled && DISABLED.includes(now.users.get(managerId ?? '')?.status ?? ''),
        )
        .map(({ id, managerId }) => [id, managerId ?? null]),
  },
  {
    id: 'foreign-emails',
    columns: ['email_domain', 'user_id', 'groups'],
    rows: ({ now }) =>
      now.allUsers
        .filter(({ email }) => email !== undefined && domainOf(email) !== 'acme.example')
        .map(({ id, email = '' }) => [domainOf(email), id, now.groupsOf(id, now.realGroups).length]),
  },
  {
    id: 'foreign-emails',
    given: () => ({ domains: 'partner.example, other.example' }),
    columns: ['user_id'],
    rows: ({ now }) =>
      now.allUsers
        .filter(({ email }) => email !== undefined && domainOf(email) !== 'partner.example')
        .map(({ id }) => [id]),
  },
  {
    id: 'data-freshness',
    columns: [
      'users',
      'users_without_email',
      'groups',
      'memberships',
      'okta_counts',
      'groups_to_read_again',
      'last_run',
    ],
    rows: ({ now, snapshots }) => {
      const memberships = now.allGroups.reduce((sum, { members }) => sum + members.size, 0);
      const withoutEmail = now.allUsers.filter(({ email }) => email === undefined).length;
      return [[now.users.size, withoutEmail, now.groups.size, memberships, memberships, 0, snapshots.length]];
    },
  },
  {
    id: 'unchanged-groups',
    columns: ['group_id', 'members'],
    rows: (org) => groupsWithSizes(org, ({ lastChangedMs }) => lastChangedMs < daysAgo(org, 30)),
  },
  {
    id: 'changed-groups',
    given: (org) => ({ since: endOf(org, 2) }),
    columns: ['group_id', 'members'],
    rows: (org) => groupsWithSizes(org, ({ lastChangedMs }) => lastChangedMs >= org.at(2).atMs),
  },
  {
    id: 'missing-attributes',
    columns: ['user_id', 'no_department', 'no_manager'],
    rows: ({ now }) =>
      now.allUsers
        .filter(({ isEnabled, department, hasManager }) => isEnabled && (!department || !hasManager))
        .map(({ id, department, hasManager }) => [id, department === undefined, !hasManager]),
  },
  {
    id: 'only-everyone',
    columns: ['user_id'],
    rows: ({ now }) =>
      now.allUsers
        .filter(({ id, isEnabled }) => isEnabled && now.groupsOf(id, now.realGroups).length === 0)
        .map(({ id }) => [id]),
  },
  {
    id: 'compare-people',
    given: ({ ids }) => ({ person: ids.comer, other: ids.mover }),
    columns: ['group_id', 'person_is_in', 'other_is_in'],
    rows: ({ now, ids }) =>
      now.allGroups
        .map(({ id, members }): [string, boolean, boolean] => [
          id,
          members.has(ids.comer),
          members.has(ids.mover),
        ])
        .filter(([, one, other]) => one || other),
  },
  {
    id: 'in-both-groups',
    given: ({ ids }) => ({ group: 'Project X', other: ids.copy }),
    columns: ['user_id', 'group_id', 'other_id'],
    rows: ({ now, ids }) =>
      now.allUsers
        .filter(({ id }) => now.has(id, ids.project) && now.has(id, ids.copy))
        .map(({ id }) => [id, ids.project, ids.copy]),
  },
  {
    id: 'lone-of-department',
    columns: ['user_id', 'group_id'],
    rows: ({ now }) =>
      now.realGroups
        .filter(({ members }) => members.size >= 3 && members.size <= 50)
        .flatMap(({ id, members }) => {
          const people = [...members]
            .map((user) => now.user(user))
            .filter((user) => user.isEnabled && user.department);
          return people
            .filter(
              ({ department }) => people.filter((other) => other.department === department).length === 1,
            )
            .map((user) => [user.id, id]);
        }),
  },
  ...['0.9', '0.3'].map((share): Expectation => ({
    id: 'similar-groups',
    given: () => ({ share }),
    columns: ['group_id', 'other_id', 'common'],
    rows: ({ now }) =>
      pairs(now.realGroups.filter(({ members }) => members.size >= 3)).flatMap(([a, b]) => {
        const both = common(a.members, b.members);
        const [one, other] = [a.id, b.id].sort();
        const isLike = both / (a.members.size + b.members.size - both) >= Number(share);
        return isLike ? [[one ?? '', other ?? '', both]] : [];
      }),
  })),
  {
    id: 'shared-emails',
    columns: ['user_id', 'email'],
    rows: ({ now }) =>
      now.allUsers
        .filter(
          ({ id, email }) =>
            email !== undefined && now.allUsers.some((other) => other.id !== id && other.email === email),
        )
        .map(({ id, email }) => [id, email ?? null]),
  },
];
