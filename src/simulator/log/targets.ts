import type { GroupRecord } from '../groups';
import type { UserRecord } from '../userRecord';
import type { NamedTarget, UserTarget } from './event';

export function userTarget({ id, index, changes }: UserRecord): UserTarget {
  return { type: 'User', id, index, ...(changes && { changes }) };
}

export function groupTarget({ id, profile }: Pick<GroupRecord, 'id' | 'profile'>): NamedTarget {
  return { type: 'UserGroup', id, name: String(profile.name) };
}

export function appTarget({ id, label }: { id: string; label: string }): NamedTarget {
  return { type: 'AppInstance', id, name: label, alternateId: label };
}

/** Returns the targets of an assignment of a user to an app. The id of the account is not that of the user. */
export function appUserTargets(app: { id: string; label: string }, user: UserRecord) {
  const id = `0ua${app.id.slice(-8)}${user.id.slice(-9)}`;
  const target = userTarget(user);
  return [{ ...target, type: 'AppUser' as const, id }, appTarget(app), target];
}

/** Returns a role as a target. As in Okta, its id identifies neither the role's assignment nor the assignee. */
export function roleTarget({ id, type }: { id: string; type: string }): NamedTarget {
  return { type: 'ROLE', id, name: type };
}

export function ruleTarget({ id, name }: { id: string; name: string }): NamedTarget {
  return { type: 'GroupRule', id, name };
}
