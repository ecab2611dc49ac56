import { churnAccess } from './access/accessChurn';
import type { AccessResult } from './access/accessPlan';
import { type Amount, resolveAmount } from './amount';
import type { ChurnPlan, ChurnResult } from './churnPlan';
import type { GroupRecord } from './groups';
import type { ChangeableOrg } from './changeableOrg';
import { Random } from './random';
import { truthOf } from './truth';
import type { UserRecord } from './userRecord';

const CHURN_STREAM = 61;

/** Applies the changes of a plan in a fixed order, deletions last. */
export function churn(org: ChangeableOrg, plan: ChurnPlan): ChurnResult {
  const counts = truthOf(org).counts;
  const fraction = plan.fraction ?? 0;
  const random = new Random(plan.seed ?? org.options.seed, CHURN_STREAM, counts.memberships);
  const ofUsers = (wanted: Amount, mix: number): number =>
    resolveAmount(wanted, counts.users, mix * fraction);
  const ofGroups = (wanted: Amount, mix: number): number =>
    resolveAmount(wanted, counts.groups, mix * fraction);
  const groupsTouched = ofGroups(plan.groupsTouched, 1);

  const run = new Churn(org, random);
  run.addUsers(ofUsers(plan.addUsers, 0.1));
  run.renameUsers(ofUsers(plan.renameUsers, 1));
  run.recordLogins(ofUsers(plan.recordLogins, 3));
  run.addGroups(ofGroups(plan.addGroups, 0.1));
  run.renameGroups(ofGroups(plan.renameGroups, 0.3));
  run.changeMemberships(
    plan.groupsTouched === undefined && fraction === 0 ? counts.groups : groupsTouched,
    resolveAmount(plan.addMemberships, counts.memberships, 0, fraction === 0 ? 0 : groupsTouched * 2),
    resolveAmount(plan.removeMemberships, counts.memberships, 0, fraction === 0 ? 0 : groupsTouched),
  );
  run.deactivateUsers(ofUsers(plan.deactivateUsers, 0.1));
  run.deleteUsers(ofUsers(plan.deleteUsers, 0.05));
  run.deleteGroups(ofGroups(plan.deleteGroups, 0.05));
  const access = churnAccess(org, plan, fraction, plan.seed ?? org.options.seed);
  return { ...run.result(), ...access };
}

class Churn {
  private readonly usersChanged = new Set<string>();
  private readonly groupsTouched = new Set<string>();
  private readonly done = {
    usersAdded: 0,
    usersRenamed: 0,
    usersDeactivated: 0,
    usersDeleted: 0,
    loginsRecorded: 0,
    groupsAdded: 0,
    groupsRenamed: 0,
    groupsDeleted: 0,
    membershipsAdded: 0,
    membershipsRemoved: 0,
    membershipsRemovedWithUsers: 0,
    membershipsRemovedWithGroups: 0,
  };

  constructor(
    private readonly org: ChangeableOrg,
    private readonly random: Random,
  ) {}

  addUsers(count: number): void {
    for (let i = 0; i < count; i++) {
      this.usersChanged.add(this.org.addUser());
      this.groupsTouched.add(this.org.everyone.id);
      this.done.usersAdded++;
      this.done.membershipsAdded++;
    }
  }

  renameUsers(count: number): void {
    for (const { id } of this.drawUsers(count)) {
      this.org.renameUser(id);
      this.usersChanged.add(id);
      this.done.usersRenamed++;
    }
  }

  recordLogins(count: number): void {
    for (const { id } of this.drawUsers(count, (user) => user.status === 'ACTIVE')) {
      this.org.recordLogin(id);
      this.done.loginsRecorded++;
    }
  }

  addGroups(count: number): void {
    for (let i = 0; i < count; i++) {
      this.org.addGroup();
      this.done.groupsAdded++;
    }
  }

  renameGroups(count: number): void {
    for (const { id } of this.drawGroups(count)) {
      this.org.renameGroup(id);
      this.done.groupsRenamed++;
    }
  }

  changeMemberships(groupCount: number, additions: number, removals: number): void {
    const groups = this.drawGroups(groupCount);
    const users = this.org.users.flatMap((user) => (user ? [user] : []));
    if (users.length === 0) return;
    this.spread(groups, additions, (group) => {
      if (!this.org.addMembership(group.id, this.random.pick(users).id)) return false;
      this.done.membershipsAdded++;
      return true;
    });
    this.spread(groups, removals, (group) => {
      const { members } = group;
      if (members.size === 0) return false;
      const member = this.org.users[members.at(this.random.below(members.size))];
      if (!member || !this.org.removeMembership(group.id, member.id)) return false;
      this.done.membershipsRemoved++;
      return true;
    });
  }

  deactivateUsers(count: number): void {
    for (const { id } of this.drawUsers(count, (user) => user.status !== 'DEPROVISIONED'))
      this.deactivate(id);
  }

  deleteUsers(count: number): void {
    const deactivated = this.drawUsers(count, (user) => user.status === 'DEPROVISIONED');
    const others = this.drawUsers(count - deactivated.length, (user) => user.status !== 'DEPROVISIONED');
    for (const { id } of others) this.deactivate(id);
    for (const user of [...deactivated, ...others]) {
      for (const group of this.org.groups) {
        if (!group?.members.has(user.index)) continue;
        this.groupsTouched.add(group.id);
        this.done.membershipsRemovedWithUsers++;
      }
      this.org.deleteUser(user.id);
      this.usersChanged.delete(user.id);
      this.done.usersDeleted++;
    }
  }

  deleteGroups(count: number): void {
    for (const { id, members } of this.drawGroups(count)) {
      this.done.membershipsRemovedWithGroups += members.size;
      this.org.deleteGroup(id);
      this.groupsTouched.delete(id);
      this.done.groupsDeleted++;
    }
  }

  result(): Omit<ChurnResult, keyof AccessResult> {
    return {
      ...this.done,
      usersChanged: this.usersChanged.size,
      groupsWithMembershipChanges: this.groupsTouched.size,
    };
  }

  private deactivate(id: string): void {
    this.org.deactivateUser(id);
    this.usersChanged.add(id);
    this.done.usersDeactivated++;
  }

  /** Changes the groups in turn, so that each is touched. Stops if only full or empty groups are left. */
  private spread(
    groups: readonly GroupRecord[],
    count: number,
    change: (group: GroupRecord) => boolean,
  ): void {
    let left = count;
    let fruitless = 0;
    for (let i = 0; left > 0 && fruitless < groups.length * 10; i++) {
      const group = groups[i % groups.length] as GroupRecord;
      if (change(group)) {
        this.groupsTouched.add(group.id);
        left--;
        fruitless = 0;
      } else {
        fruitless++;
      }
    }
  }

  private drawUsers(count: number, fits: (user: UserRecord) => boolean = () => true): UserRecord[] {
    const users = this.org.users.filter((user): user is UserRecord => user !== undefined && fits(user));
    return this.draw(users, count);
  }

  private drawGroups(count: number): GroupRecord[] {
    const groups = this.org.groups.filter(
      (group): group is GroupRecord => group !== undefined && group.type !== 'BUILT_IN',
    );
    return this.draw(groups, count);
  }

  /** Draws distinct items with a partial shuffle. */
  private draw<T>(from: T[], count: number): T[] {
    const wanted = Math.max(0, Math.min(count, from.length));
    for (let i = 0; i < wanted; i++) {
      const j = i + this.random.below(from.length - i);
      [from[i], from[j]] = [from[j] as T, from[i] as T];
    }
    return from.slice(0, wanted);
  }
}
