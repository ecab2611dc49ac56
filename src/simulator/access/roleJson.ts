import type { GroupRecord } from '../groups';
import { isoTime } from '../isoTime';
import type { JsonObject } from '../json';
import type { UserRecord } from '../userRecord';
import type { RoleRecord, Roles } from './roles';

/** A role of a user or group as served. */
export interface OktaRole extends JsonObject {
  id: string;
  type: string;
  label: string;
  status: string;
  created: string;
  lastUpdated: string;
  assignmentType: 'USER' | 'GROUP';
}

/** Returns the roles of a user, also those through groups, or of a group. */
export function oktaRolesOf(roles: Roles, owner: UserRecord | GroupRecord, origin: string): OktaRole[] {
  const direct = roles.direct(owner).map((role) => toOktaRole(role, owner, origin));
  if ('members' in owner) return direct;
  return [...direct, ...roles.throughGroups(owner).map(({ group, role }) => toOktaRole(role, group, origin))];
}

/** @param owner the user or group that has the role itself. */
export function toOktaRole(role: RoleRecord, owner: UserRecord | GroupRecord, origin: string): OktaRole {
  const isGroup = 'members' in owner;
  const assigned = isoTime(role.assignedMs);
  return {
    id: role.id,
    label: role.label,
    type: role.type,
    status: 'ACTIVE',
    created: assigned,
    lastUpdated: assigned,
    assignmentType: isGroup ? 'GROUP' : 'USER',
    ...(role.custom && { 'resource-set': role.custom.resourceSet, role: role.custom.role }),
    _links: {
      assignee: { href: `${origin}/api/v1/${isGroup ? 'groups' : 'users'}/${owner.id}` },
      ...(role.custom && {
        role: { href: `${origin}/api/v1/iam/roles/${role.custom.role}` },
        'resource-set': { href: `${origin}/api/v1/iam/resource-sets/${role.custom.resourceSet}` },
      }),
    },
  };
}

/** Returns an item of `GET /api/v1/iam/assignees/users`. */
export function toOktaAssignee({ id }: UserRecord, origin: string): JsonObject {
  return {
    id,
    orn: `orn:okta:directory:simulated:users:${id}`,
    _links: {
      self: { href: `${origin}/api/v1/users/${id}` },
      roles: { href: `${origin}/api/v1/users/${id}/roles` },
    },
  };
}
