import type { Simulator } from '../../../src/simulator';
import type { OrgSnapshot } from './orgSnapshot';

/** One way of a user to an app or role, `through` a group or directly (null). */
export interface Way {
  user: string;
  target: string;
  through: string | null;
}

/** The apps, roles and rules of a simulated org at one time, apart from the code under test. */
export function accessState({ org }: Simulator, snapshot: OrgSnapshot) {
  const { access } = org.truth();
  const has = (user: string) => snapshot.users.get(user)?.status !== 'DEPROVISIONED';
  const members = (group: string) => [...(snapshot.groups.get(group)?.members ?? [])];
  const waysOf = (edges: readonly (readonly [string, string])[]): Way[] =>
    edges.flatMap(([source, target]): Way[] =>
      snapshot.users.has(source)
        ? [{ user: source, target, through: null }]
        : members(source).map((user) => ({ user, target, through: source })),
    );
  const direct = [...access.appUsers()].map(({ appId, user }) => [user.id, appId] as const);
  const groups = [...new Set([...access.appGroups()].map(({ appId, group }) => `${group.id} ${appId}`))].map(
    (pair): readonly [string, string] => [pair.split(' ')[0] ?? '', pair.split(' ')[1] ?? ''],
  );
  const roles = [...access.roles()].map(
    ({ assigneeId, role }) => [assigneeId, String((role as { role?: string }).role ?? role.type)] as const,
  );
  const allWays = waysOf([...direct, ...groups]);
  return {
    snapshot,
    apps: [...access.apps()],
    rules: [...access.rules()],
    direct,
    groups,
    roles,
    /** Also of deactivated users. */
    allWays,
    ways: allWays.filter(({ user }) => has(user)),
    allRoleWays: waysOf(roles),
    roleWays: waysOf(roles).filter(({ user }) => has(user)),
    members,
    has,
  };
}

export type AccessState = ReturnType<typeof accessState>;
