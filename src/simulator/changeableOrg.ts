import { Access } from './access/access';
import { validationFailed } from './errors';
import { type GroupRecord, seedGroupProfile } from './groups';
import { oktaId } from './ids';
import type { JsonObject } from './json';
import { Lagged } from './lagged';
import { Members } from './members';
import { OrgState } from './orgState';
import { profileOf } from './profile';
import { Random } from './random';
import type { ProfileChanges } from './userRecord';
import { LAST_NAMES } from './vocabulary';

const CHANGE_STREAM = 51;

/**
 * An org and the changes that people make to it. All methods take Okta ids, and throw an OktaError, 404 E0000007, for an
 * unknown id.
 */
export class ChangeableOrg extends OrgState {
  readonly access = new Access(this, this.options.access, this.epochMs);
  private readonly random = new Random(this.options.seed, CHANGE_STREAM);

  /** Adds an ACTIVE user, which joins Everyone. @returns its id. */
  addUser(changes: ProfileChanges = {}): string {
    const index = this.users.length;
    const nowMs = this.nowMs();
    const id = oktaId('00u', this.options.seed, index);
    this.insertUser({
      index,
      id,
      status: 'ACTIVE',
      createdMs: nowMs,
      activatedMs: nowMs,
      statusChangedMs: nowMs,
      lastLoginMs: null,
      lastUpdatedMs: nowMs,
      passwordChangedMs: null,
      changes,
    });
    this.changeMembership(this.everyone, index, 'add');
    return id;
  }

  /** Changes profile attributes; by default, the last name and display name. */
  renameUser(id: string, changes: ProfileChanges = this.drawNewName(id)): void {
    const user = this.existingUser(id);
    this.replaceUser(user.index, {
      ...user,
      changes: { ...user.changes, ...changes },
      lastUpdatedMs: this.nowMs(),
    });
  }

  /** Deactivates a user, which keeps its memberships but loses its direct apps and roles, as in Okta. */
  deactivateUser(id: string): void {
    const user = this.existingUser(id);
    if (user.status === 'DEPROVISIONED') return;
    const nowMs = this.nowMs();
    this.replaceUser(user.index, {
      ...user,
      status: 'DEPROVISIONED',
      statusChangedMs: nowMs,
      lastUpdatedMs: nowMs,
    });
    this.access.removeUser(user.index);
  }

  /** @throws OktaError unless the user is DEPROVISIONED. */
  deleteUser(id: string): void {
    const user = this.existingUser(id);
    if (user.status !== 'DEPROVISIONED')
      throw validationFailed('status', `User ${id} is ${user.status}, not DEPROVISIONED`);
    for (const group of this.groups) {
      if (group?.members.remove(user.index) && this.settings.userDeletionMovesStamp)
        this.stampMembership(group);
    }
    this.removeUser(user);
    this.access.removeUser(user.index);
  }

  /** Updates only `lastLogin`. */
  recordLogin(id: string): void {
    const user = this.existingUser(id);
    this.replaceUser(user.index, { ...user, lastLoginMs: this.nowMs() });
  }

  /** Adds an OKTA_GROUP without members. @returns its id. */
  addGroup(profile: JsonObject = {}): string {
    const index = this.groups.length;
    const nowMs = this.nowMs();
    const id = oktaId('00g', this.options.seed, index);
    this.insertGroup({
      index,
      id,
      type: 'OKTA_GROUP',
      createdMs: nowMs,
      lastUpdatedMs: nowMs,
      lastMembershipUpdatedMs: new Lagged(nowMs),
      profile: { ...seedGroupProfile('OKTA_GROUP', index, this.random), ...profile },
      members: new Members(),
    });
    return id;
  }

  renameGroup(id: string, name = `Renamed ${this.random.below(1_000_000)}`): void {
    const group = this.existingGroup(id);
    group.profile = { ...group.profile, name };
    group.lastUpdatedMs = this.nowMs();
  }

  /** @throws OktaError for a BUILT_IN group. */
  deleteGroup(id: string): void {
    const group = this.existingGroup(id);
    if (group.type === 'BUILT_IN') throw validationFailed('type', `Group ${id} is BUILT_IN`);
    this.removeGroup(group);
    this.access.removeGroup(group);
  }

  /**
   * @param movesStamp true to update `lastMembershipUpdated`; by default, depends on `missedStamps`.
   * @returns false if nothing changed; the timestamp is then not updated either.
   */
  addMembership(groupId: string, userId: string, movesStamp?: boolean): boolean {
    return this.changeMembership(
      this.existingGroup(groupId),
      this.existingUser(userId).index,
      'add',
      movesStamp,
    );
  }

  /** Same as {@link addMembership}, for a removal. */
  removeMembership(groupId: string, userId: string, movesStamp?: boolean): boolean {
    return this.changeMembership(
      this.existingGroup(groupId),
      this.existingUser(userId).index,
      'remove',
      movesStamp,
    );
  }

  private changeMembership(
    group: GroupRecord,
    userIndex: number,
    change: 'add' | 'remove',
    movesStamp?: boolean,
  ): boolean {
    const changed = group.members[change](userIndex);
    if (changed && (movesStamp ?? !this.random.chance(this.settings.missedStamps)))
      this.stampMembership(group);
    return changed;
  }

  private stampMembership(group: GroupRecord): void {
    const nowMs = this.nowMs();
    group.lastMembershipUpdatedMs.set(nowMs, nowMs, this.settings.membershipStampLagMs);
  }

  private drawNewName(id: string): ProfileChanges {
    const { firstName } = profileOf(this.existingUser(id), this.options.seed);
    const lastName = `${this.random.pick(LAST_NAMES)}-${this.random.pick(LAST_NAMES)}`;
    return { lastName, displayName: `${String(firstName)} ${lastName}` };
  }
}
