import type { Simulator } from '../../../src/simulator';

type Json = Record<string, unknown>;

/** A user in Okta, parsed from its raw object without the code under test. */
export interface SnapshotUser {
  id: string;
  email: string | undefined;
  status: string | undefined;
  department: string | undefined;
  hasManager: boolean;
  managerId: string | undefined;
  /** True if the user can sign in. */
  isEnabled: boolean;
  createdMs: number;
  activatedMs: number | undefined;
  lastLoginMs: number | undefined;
  passwordChangedMs: number | undefined;
  statusChangedMs: number | undefined;
}

export interface SnapshotGroup {
  id: string;
  name: string;
  isEveryone: boolean;
  createdMs: number;
  lastChangedMs: number;
  members: ReadonlySet<string>;
}

/** The state of a simulated org at one time. */
export class OrgSnapshot {
  readonly users = new Map<string, SnapshotUser>();
  readonly groups = new Map<string, SnapshotGroup>();

  private constructor(
    /** Okta's clock. */
    readonly atMs: number,
  ) {}

  static of(sim: Simulator): OrgSnapshot {
    const snapshot = new OrgSnapshot(sim.org.nowMs());
    const truth = sim.org.truth();
    const members = new Map<string, Set<string>>();
    for (const [user, group] of truth.edges()) {
      members.set(group, (members.get(group) ?? new Set()).add(user));
    }
    for (const user of truth.users()) snapshot.users.set(user.id, userOf(user));
    for (const group of truth.groups()) {
      snapshot.groups.set(group.id, {
        id: group.id,
        name: String(group.profile['name']),
        isEveryone: group.type === 'BUILT_IN',
        createdMs: Date.parse(String(group['created'])),
        lastChangedMs: Date.parse(group.lastMembershipUpdated),
        members: members.get(group.id) ?? new Set(),
      });
    }
    return snapshot;
  }

  get allUsers(): SnapshotUser[] {
    return [...this.users.values()];
  }

  get allGroups(): SnapshotGroup[] {
    return [...this.groups.values()];
  }

  /** Groups other than Everyone. */
  get realGroups(): SnapshotGroup[] {
    return this.allGroups.filter(({ isEveryone }) => !isEveryone);
  }

  user(id: string): SnapshotUser {
    const user = this.users.get(id);
    if (!user) throw new Error(`no user ${id}`);
    return user;
  }

  groupsOf(userId: string, among = this.allGroups): SnapshotGroup[] {
    return among.filter(({ members }) => members.has(userId));
  }

  has(userId: string, groupId: string): boolean {
    return this.groups.get(groupId)?.members.has(userId) ?? false;
  }
}

function userOf(raw: Json): SnapshotUser {
  const profile = raw['profile'] as Json;
  const status = text(raw['status']);
  return {
    id: String(raw['id']),
    email: text(profile['email'])?.trim().toLowerCase(),
    status,
    department: text(profile['department']),
    hasManager: text(profile['manager']) !== undefined || text(profile['managerId']) !== undefined,
    managerId: text(profile['managerId']),
    isEnabled: !['STAGED', 'SUSPENDED', 'DEPROVISIONED'].includes(status ?? ''),
    createdMs: Date.parse(String(raw['created'])),
    activatedMs: time(raw['activated']),
    lastLoginMs: time(raw['lastLogin']),
    passwordChangedMs: time(raw['passwordChanged']),
    statusChangedMs: time(raw['statusChanged']),
  };
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function time(value: unknown): number | undefined {
  return typeof value === 'string' ? Date.parse(value) : undefined;
}
