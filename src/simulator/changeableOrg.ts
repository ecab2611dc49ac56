import { Access } from './access/access';
import { validationFailed } from './errors';
import { type GroupRecord, seedGroupProfile } from './groups';
import { oktaId } from './ids';
import type { JsonObject } from './json';
import { Lagged } from './lagged';
import type { EventType } from './log/eventTypes';
import { groupTarget, userTarget } from './log/targets';
import { Members } from './members';
import { OrgState } from './orgState';
import { profileOf } from './profile';
import { Random } from './random';
import type { ProfileChanges, UserRecord } from './userRecord';
import { LAST_NAMES } from './vocabulary';

const CHANGE_STREAM = 51;

/**
 * An org and the changes that people make to it. All methods take Okta ids, and throw an OktaError, 404 E0000007, for an
 * unknown id.
 */
export class ChangeableOrg extends OrgState {
  readonly access = new Access(this, this.options.access, this.epochMs);
  private readonly random = new Random(this.options.seed, CHANGE_STREAM);

  /** Adds an ACTIVE user, which joins Everyone; its display name follows from both names, if given. @returns its id. */
  addUser(changes: ProfileChanges = {}): string {
    const index = this.users.length;
    const nowMs = this.nowMs();
    const id = oktaId('00u', this.options.seed, index);
    const user: UserRecord = {
      index,
      id,
      status: 'ACTIVE',
      createdMs: nowMs,
      activatedMs: nowMs,
      statusChangedMs: nowMs,
      lastLoginMs: null,
      lastUpdatedMs: nowMs,
      passwordChangedMs: null,
      changes: withDisplayName(changes),
    };
    this.insertUser(user);
    this.log.record({ type: 'user.lifecycle.create', targets: [userTarget(user)] });
    this.log.record({ type: 'user.lifecycle.activate', targets: [userTarget(user)] });
    this.changeMembership(this.everyone, user, 'add');
    return id;
  }

  /** Changes profile attributes; by default, the last name and display name. */
  renameUser(id: string, changes: ProfileChanges = this.drawNewName(id)): void {
    const user = this.existingUser(id);
    const renamed = {
      ...user,
      changes: { ...user.changes, ...changes },
      lastUpdatedMs: this.nowMs(),
    };
    this.replaceUser(user.index, renamed);
    this.log.record({
      type: 'user.account.update_profile',
      targets: [userTarget(renamed)],
      debugData: { changedAttributes: Object.keys(changes).join(',') },
    });
  }

  /** Suspends an ACTIVE user. @throws OktaError, 400, for another status. */
  suspendUser(id: string): void {
    this.changeStatus(id, { from: ['ACTIVE'], to: 'SUSPENDED', event: 'user.lifecycle.suspend' });
  }

  /** Makes a SUSPENDED user ACTIVE. @throws OktaError, 400, for another status. */
  unsuspendUser(id: string): void {
    this.changeStatus(id, { from: ['SUSPENDED'], to: 'ACTIVE', event: 'user.lifecycle.unsuspend' });
  }

  /** Makes a STAGED, PROVISIONED or DEPROVISIONED user ACTIVE. @throws OktaError, 400, for another status. */
  activateUser(id: string): void {
    const from = ['STAGED', 'PROVISIONED', 'DEPROVISIONED'];
    this.changeStatus(id, { from, to: 'ACTIVE', event: 'user.lifecycle.activate' });
  }

  /** Deactivates a user, which keeps its memberships but loses its direct apps and roles, as in Okta. */
  deactivateUser(id: string): void {
    const user = this.existingUser(id);
    if (user.status === 'DEPROVISIONED') return;
    this.changeStatus(id, { from: [user.status], to: 'DEPROVISIONED', event: 'user.lifecycle.deactivate' });
    this.access.removeUser(user);
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
    this.access.removeUser(user);
    this.log.record({ type: 'user.lifecycle.delete.initiated', targets: [userTarget(user)] });
    this.log.record({
      type: 'user.lifecycle.delete.completed',
      targets: [userTarget(user)],
      actor: 'system',
    });
  }

  /** Updates only `lastLogin`. */
  recordLogin(id: string): void {
    const user = this.existingUser(id);
    this.replaceUser(user.index, { ...user, lastLoginMs: this.nowMs() });
    this.log.record({ type: 'user.session.start', targets: [], actor: userTarget(user) });
  }

  /** Adds an OKTA_GROUP without members. @returns its id. */
  addGroup(profile: JsonObject = {}): string {
    const index = this.groups.length;
    const nowMs = this.nowMs();
    const id = oktaId('00g', this.options.seed, index);
    const group: GroupRecord = {
      index,
      id,
      type: 'OKTA_GROUP',
      createdMs: nowMs,
      lastUpdatedMs: nowMs,
      lastMembershipUpdatedMs: new Lagged(nowMs),
      profile: { ...seedGroupProfile('OKTA_GROUP', index, this.random), ...profile },
      members: new Members(),
    };
    this.insertGroup(group);
    this.log.record({ type: 'group.lifecycle.create', targets: [groupTarget(group)] });
    return id;
  }

  renameGroup(id: string, name = `Renamed ${this.random.below(1_000_000)}`): void {
    const group = this.existingGroup(id);
    group.profile = { ...group.profile, name };
    group.lastUpdatedMs = this.nowMs();
    this.log.record({ type: 'group.profile.update', targets: [groupTarget(group)] });
  }

  /** @throws OktaError for a BUILT_IN group. */
  deleteGroup(id: string): void {
    const group = this.existingGroup(id);
    if (group.type === 'BUILT_IN') throw validationFailed('type', `Group ${id} is BUILT_IN`);
    this.removeGroup(group);
    this.access.removeGroup(group);
    this.log.record({ type: 'group.lifecycle.delete', targets: [groupTarget(group)] });
  }

  /**
   * @param movesStamp true to update `lastMembershipUpdated`; by default, depends on `missedStamps`.
   * @param ruleId the group rule that the change is due to, for the System Log. Default: an admin makes it.
   * @returns false if nothing changed; the timestamp is then not updated either.
   */
  addMembership(groupId: string, userId: string, movesStamp?: boolean, ruleId?: string): boolean {
    const [group, user] = [this.existingGroup(groupId), this.existingUser(userId)];
    return this.changeMembership(group, user, 'add', movesStamp, ruleId);
  }

  /** Same as {@link addMembership}, for a removal. */
  removeMembership(groupId: string, userId: string, movesStamp?: boolean, ruleId?: string): boolean {
    const [group, user] = [this.existingGroup(groupId), this.existingUser(userId)];
    return this.changeMembership(group, user, 'remove', movesStamp, ruleId);
  }

  private changeMembership(
    group: GroupRecord,
    user: UserRecord,
    change: 'add' | 'remove',
    movesStamp?: boolean,
    ruleId?: string,
  ): boolean {
    if (!group.members[change](user.index)) return false;
    if (movesStamp ?? !this.random.chance(this.settings.missedStamps)) this.stampMembership(group);
    // Okta keeps the members of Everyone itself.
    if (group.type !== 'BUILT_IN') {
      this.log.record({
        type: `group.user_membership.${change}`,
        targets: [userTarget(user), groupTarget(group)],
        ...(ruleId !== undefined && {
          debugData: { triggeredByGroupRuleId: ruleId },
          actor: 'system' as const,
        }),
      });
    }
    return true;
  }

  private changeStatus(
    id: string,
    { from, to, event }: { from: readonly string[]; to: string; event: EventType },
  ): void {
    const user = this.existingUser(id);
    if (!from.includes(user.status))
      throw validationFailed('status', `User ${id} is ${user.status}, not ${from.join(' or ')}`);
    const nowMs = this.nowMs();
    const changed = { ...user, status: to, statusChangedMs: nowMs, lastUpdatedMs: nowMs };
    this.replaceUser(user.index, changed);
    this.log.record({ type: event, targets: [userTarget(changed)] });
  }

  private stampMembership(group: GroupRecord): void {
    const nowMs = this.nowMs();
    group.lastMembershipUpdatedMs.set(nowMs, nowMs, this.settings.membershipStampLagMs);
  }

  private drawNewName(id: string): ProfileChanges {
    const { firstName } = profileOf(this.existingUser(id), this.options.seed);
    const lastName = `${this.random.pick(LAST_NAMES)}-${this.random.pick(LAST_NAMES)}`;
    return { lastName, displayName: fullName(firstName, lastName) };
  }
}

function withDisplayName(changes: ProfileChanges): ProfileChanges {
  if (!('firstName' in changes && 'lastName' in changes)) return changes;
  return { displayName: fullName(changes.firstName, changes.lastName), ...changes };
}

/** Joins those of the names that are texts; other values are among the awkward profiles. */
function fullName(...names: unknown[]): string {
  return names.filter((name) => typeof name === 'string' && name.trim() !== '').join(' ');
}
