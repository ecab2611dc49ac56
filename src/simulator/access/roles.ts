import { validationFailed } from '../errors';
import type { GroupRecord } from '../groups';
import { oktaId } from '../ids';
import { groupTarget, roleTarget, userTarget } from '../log/targets';
import { Members } from '../members';
import type { OrgState } from '../orgState';
import type { UserRecord } from '../userRecord';
import { unionFrom } from './union';

/** A role that is assigned to a user or a group. */
export interface RoleRecord {
  /** The same for every assignee of a standard role that is not limited to targets; otherwise unique. */
  readonly id: string;
  /** An open set: Okta adds types. */
  readonly type: string;
  readonly label: string;
  readonly assignedMs: number;
  /** Only for the type `CUSTOM`. */
  readonly custom?: { readonly role: string; readonly resourceSet: string };
}

/** The user or group that has a role. */
export type Assignee = { readonly userId: string } | { readonly groupId: string };

export interface RoleToGrant {
  /** Such as `HELP_DESK_ADMIN`, or `CUSTOM`. */
  readonly type: string;
  /** True for a standard role that is limited to targets, and therefore has a unique id. */
  readonly isScoped?: boolean;
}

/** Standard roles and their labels. */
export const STANDARD_ROLES: Readonly<Record<string, string>> = {
  SUPER_ADMIN: 'Super Administrator',
  ORG_ADMIN: 'Organization Administrator',
  APP_ADMIN: 'Application Administrator',
  USER_ADMIN: 'Group Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  READ_ONLY_ADMIN: 'Read-only Administrator',
  MOBILE_ADMIN: 'Mobile Administrator',
  API_ACCESS_MANAGEMENT_ADMIN: 'API Access Management Administrator',
  REPORT_ADMIN: 'Report Administrator',
  GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
};

/** Custom roles of the org; the index determines the id. */
const CUSTOM_ROLES = ['Access Reviewer', 'Onboarding Helper', 'App Owner'] as const;

/**
 * The admin roles of an org and changes to them. All methods take Okta ids, and throw an OktaError, 404 E0000007, for an
 * unknown id.
 */
export class Roles {
  private readonly ofUser = new Map<number, readonly RoleRecord[]>();
  private readonly ofGroup = new Map<GroupRecord, readonly RoleRecord[]>();
  private granted = 0;

  constructor(private readonly org: OrgState) {}

  /**
   * Grants a role.
   *
   * @returns the id of the role assignment.
   * @throws OktaError, 400, if the assignee already has the role, or is a DEPROVISIONED user.
   */
  grant(assignee: Assignee, role: RoleToGrant): string {
    const record = this.add(assignee, role, this.org.nowMs());
    this.record(this.ownerOf(assignee), record, 'grant');
    return record.id;
  }

  /** Same as {@link grant}, at a given time and without an event. */
  add(assignee: Assignee, role: RoleToGrant, assignedMs: number): RoleRecord {
    const { seed } = this.org.options;
    const record = newRole(role, seed, this.granted, assignedMs);
    const owner = this.ownerOf(assignee);
    if ('status' in owner && owner.status === 'DEPROVISIONED')
      throw validationFailed('id', `User ${owner.id} is DEPROVISIONED`);
    const roles = this.direct(owner);
    if (roles.some(({ id }) => id === record.id))
      throw validationFailed('type', `${owner.id} already has the role ${record.type}`);
    this.granted++;
    this.replace(owner, [...roles, record]);
    return record;
  }

  /** @returns false if the assignee does not have the role. */
  revoke(assignee: Assignee, roleId: string): boolean {
    const owner = this.ownerOf(assignee);
    const roles = this.direct(owner);
    const revoked = roles.find(({ id }) => id === roleId);
    if (!revoked) return false;
    this.replace(
      owner,
      roles.filter((role) => role !== revoked),
    );
    this.record(owner, revoked, 'revoke');
    return true;
  }

  /** Removes the direct roles of a deactivated or deleted user. */
  removeUser(user: UserRecord): void {
    this.removeAll(user);
  }

  removeGroup(group: GroupRecord): void {
    this.removeAll(group);
  }

  /** Returns the roles that a user or group has itself. */
  direct(owner: UserRecord | GroupRecord): readonly RoleRecord[] {
    return ('members' in owner ? this.ofGroup.get(owner) : this.ofUser.get(owner.index)) ?? [];
  }

  /** Returns the roles that a user has through groups. */
  throughGroups({ index, status }: UserRecord): { group: GroupRecord; role: RoleRecord }[] {
    if (status === 'DEPROVISIONED') return [];
    return [...this.ofGroup].flatMap(([group, roles]) =>
      group.members.has(index) ? roles.map((role) => ({ group, role })) : [],
    );
  }

  /** Yields the users with a role, direct or through a group, whose index is `from` or later, in order of creation. */
  *admins(from = 0): Generator<UserRecord> {
    const direct = new Members(Uint32Array.from(this.ofUser.keys()).sort());
    const groups = [...this.ofGroup.keys()].map(({ members }) => members);
    for (const index of unionFrom([direct, ...groups], from)) {
      const user = this.org.users[index];
      // A deactivated user is no admin, but is still a member of its groups.
      if (user && user.status !== 'DEPROVISIONED') yield user;
    }
  }

  /** Yields the roles with the user or group that has each itself. */
  *all(): Generator<{ owner: UserRecord | GroupRecord; role: RoleRecord }> {
    for (const [index, roles] of this.ofUser) {
      const owner = this.org.users[index];
      if (owner) for (const role of roles) yield { owner, role };
    }
    for (const [owner, roles] of this.ofGroup) for (const role of roles) yield { owner, role };
  }

  private removeAll(owner: UserRecord | GroupRecord): void {
    const roles = this.direct(owner);
    this.replace(owner, []);
    for (const role of roles) this.record(owner, role, 'revoke');
  }

  /** Records a change. Okta has other events for custom roles than for standard ones. */
  private record(owner: UserRecord | GroupRecord, role: RoleRecord, change: 'grant' | 'revoke'): void {
    const { log } = this.org;
    const isGroup = 'members' in owner;
    const assignee = isGroup ? groupTarget(owner) : userTarget(owner);
    if (role.custom) {
      const { resourceSet } = role.custom;
      log.record({
        type: `iam.resourceset.bindings.${change === 'grant' ? 'add' : 'delete'}`,
        targets: [
          { type: 'RESOURCE_SET', id: resourceSet, name: `Resources of ${role.label}` },
          roleTarget({ id: role.custom.role, type: role.label }),
          assignee,
        ],
      });
      return;
    }
    log.record({
      type: `${isGroup ? 'group' : 'user.account'}.privilege.${change}`,
      targets: [assignee, roleTarget(role)],
      debugData: { [change === 'grant' ? 'privilegeGranted' : 'privilegeRevoked']: role.label },
    });
  }

  private replace(owner: UserRecord | GroupRecord, roles: readonly RoleRecord[]): void {
    const isGroup = 'members' in owner;
    if (roles.length === 0) {
      if (isGroup) this.ofGroup.delete(owner);
      else this.ofUser.delete(owner.index);
    } else if (isGroup) this.ofGroup.set(owner, roles);
    else this.ofUser.set(owner.index, roles);
  }

  private ownerOf(assignee: Assignee): UserRecord | GroupRecord {
    return 'userId' in assignee
      ? this.org.existingUser(assignee.userId)
      : this.org.existingGroup(assignee.groupId);
  }
}

/** @param number of roles that were granted before, which determines unique ids. */
function newRole(
  { type, isScoped = false }: RoleToGrant,
  seed: number,
  number: number,
  assignedMs: number,
): RoleRecord {
  if (type === 'CUSTOM') {
    const kind = number % CUSTOM_ROLES.length;
    return {
      id: oktaId('irb', seed, number),
      type,
      label: CUSTOM_ROLES[kind] as string,
      assignedMs,
      custom: { role: oktaId('cr0', seed, kind), resourceSet: oktaId('iam', seed, kind) },
    };
  }
  const id = isScoped ? oktaId('ra1', seed, number) : base32(type);
  return { id, type, label: STANDARD_ROLES[type] ?? type, assignedMs };
}

/** Encodes text as RFC 4648 base32 without padding; recorded ids of unscoped roles are their types in this form. */
function base32(text: string): string {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,5}/g) ?? [];
  return digits
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}
