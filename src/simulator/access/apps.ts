import { notFound, validationFailed } from '../errors';
import type { GroupRecord } from '../groups';
import { oktaId } from '../ids';
import { appTarget, appUserTargets, groupTarget } from '../log/targets';
import { Members } from '../members';
import type { OrgState } from '../orgState';
import type { UserRecord } from '../userRecord';
import { type AppDefinition, CATALOG } from './catalog';
import { unionFrom } from './union';

export type AppStatus = 'ACTIVE' | 'INACTIVE';

export interface AppRecord {
  readonly index: number;
  readonly id: string;
  readonly definition: AppDefinition;
  label: string;
  status: AppStatus;
  readonly createdMs: number;
  /** Not updated by assignments, as in Okta. */
  lastUpdatedMs: number;
  /** Indexes of the directly assigned users. */
  readonly users: Members;
  /** When each of `users` was assigned. */
  readonly assignedMs: Map<number, number>;
  /** In order of their `index`, which is never reused. A group can occur twice. */
  groups: readonly AppGroupRecord[];
}

/** The assignment of a group to an app. */
export interface AppGroupRecord {
  readonly index: number;
  readonly group: GroupRecord;
  readonly priority: number;
  readonly lastUpdatedMs: number;
}

/** A user of an app, direct or through a group. */
export interface AppUserRecord {
  /** That of the user. */
  readonly index: number;
  readonly user: UserRecord;
  /** `USER` if the user is directly assigned, even if a group of the user is assigned too. */
  readonly scope: 'USER' | 'GROUP';
  readonly assignedMs: number;
  /** The assigned group with the highest priority, for the scope `GROUP`. */
  readonly group?: GroupRecord;
}

export type NewApp = Partial<Pick<AppDefinition, 'name' | 'label' | 'signOnMode'>>;

/**
 * The apps of an org, their assignments, and changes to them. All methods take Okta ids, and throw an OktaError, 404
 * E0000007, for an unknown id.
 */
export class Apps {
  /** Holes are deleted apps. */
  readonly all: (AppRecord | undefined)[];
  private readonly indexes = new Map<string, number>();
  private readonly ofGroup = new Map<GroupRecord, Set<number>>();

  constructor(
    private readonly org: OrgState,
    seed: readonly AppRecord[],
  ) {
    this.all = [...seed];
    for (const app of seed) {
      this.indexes.set(app.id, app.index);
      for (const { group } of app.groups) this.assignedTo(group).add(app.index);
    }
  }

  find(id: string): AppRecord | undefined {
    const index = this.indexes.get(id);
    return index === undefined ? undefined : this.all[index];
  }

  /** Adds an ACTIVE app without assignments. @returns its id. */
  add(fields: NewApp = {}): string {
    const index = this.all.length;
    const definition = { ...(CATALOG[index % CATALOG.length] as AppDefinition), ...fields };
    const nowMs = this.org.nowMs();
    const id = oktaId('0oa', this.org.options.seed, index);
    this.indexes.set(id, index);
    const app: AppRecord = {
      index,
      id,
      definition,
      label: fields.label ?? `${definition.label} ${index}`,
      status: 'ACTIVE',
      createdMs: nowMs,
      lastUpdatedMs: nowMs,
      users: new Members(),
      assignedMs: new Map(),
      groups: [],
    };
    this.all.push(app);
    this.org.log.record({ type: 'application.lifecycle.create', targets: [appTarget(app)] });
    return id;
  }

  rename(id: string, label: string): void {
    const app = this.appOf(id);
    app.label = label;
    app.lastUpdatedMs = this.org.nowMs();
    this.org.log.record({ type: 'application.lifecycle.update', targets: [appTarget(app)] });
  }

  /** Activates or deactivates an app, which keeps its assignments, as in Okta. */
  setStatus(id: string, status: AppStatus): void {
    const app = this.appOf(id);
    if (app.status === status) return;
    app.status = status;
    app.lastUpdatedMs = this.org.nowMs();
    const change = status === 'ACTIVE' ? 'activate' : 'deactivate';
    this.org.log.record({ type: `application.lifecycle.${change}`, targets: [appTarget(app)] });
  }

  /** @throws OktaError unless the app is INACTIVE. */
  delete(id: string): void {
    const app = this.appOf(id);
    if (app.status !== 'INACTIVE')
      throw validationFailed('status', `App ${id} is ${app.status}, not INACTIVE`);
    for (const { group } of app.groups) this.assignedTo(group).delete(app.index);
    this.indexes.delete(id);
    this.all[app.index] = undefined;
    this.org.log.record({ type: 'application.lifecycle.delete', targets: [appTarget(app)] });
  }

  /**
   * @returns false if the user is already directly assigned.
   * @throws OktaError, 400, for a DEPROVISIONED user, which cannot have apps.
   */
  assignUser(appId: string, userId: string): boolean {
    const app = this.appOf(appId);
    const user = this.org.existingUser(userId);
    const { index, status } = user;
    if (status === 'DEPROVISIONED') throw validationFailed('id', `User ${userId} is ${status}`);
    if (!app.users.add(index)) return false;
    app.assignedMs.set(index, this.org.nowMs());
    this.org.log.record({ type: 'application.user_membership.add', targets: appUserTargets(app, user) });
    return true;
  }

  /** @returns false if the user is not directly assigned. */
  unassignUser(appId: string, userId: string): boolean {
    return this.removeFrom(this.appOf(appId), this.org.existingUser(userId));
  }

  /** @returns false if the group is already assigned with this priority. */
  assignGroup(appId: string, groupId: string, priority?: number): boolean {
    const app = this.appOf(appId);
    const group = this.org.existingGroup(groupId);
    const previous = app.groups.filter((assigned) => assigned.group === group);
    if (previous.some((assigned) => assigned.priority === (priority ?? assigned.priority))) return false;
    app.groups = [
      ...app.groups,
      {
        index: (app.groups.at(-1)?.index ?? -1) + 1,
        group,
        priority: priority ?? app.groups.length,
        lastUpdatedMs: this.org.nowMs(),
      },
    ];
    this.assignedTo(group).add(app.index);
    this.recordGroup(app, group, previous.length === 0 ? 'add' : 'update');
    return true;
  }

  /** Removes all assignments of the group to the app. @returns false if there are none. */
  unassignGroup(appId: string, groupId: string): boolean {
    const app = this.appOf(appId);
    const group = this.org.existingGroup(groupId);
    const count = app.groups.length;
    app.groups = app.groups.filter((assigned) => assigned.group !== group);
    this.assignedTo(group).delete(app.index);
    if (app.groups.length === count) return false;
    this.recordGroup(app, group, 'remove');
    return true;
  }

  /** Removes the direct assignments of a deactivated or deleted user. */
  removeUser(user: UserRecord): void {
    for (const app of this.all) if (app) this.removeFrom(app, user);
  }

  removeGroup(group: GroupRecord): void {
    for (const index of this.ofGroup.get(group) ?? []) {
      const app = this.all[index];
      if (!app) continue;
      app.groups = app.groups.filter((assigned) => assigned.group !== group);
      this.recordGroup(app, group, 'remove');
    }
    this.ofGroup.delete(group);
  }

  /** Returns the number of apps that a group is assigned to. */
  countOf(group: GroupRecord): number {
    return this.ofGroup.get(group)?.size ?? 0;
  }

  isAssigned(app: AppRecord, group: GroupRecord): boolean {
    return this.ofGroup.get(group)?.has(app.index) ?? false;
  }

  /** Yields the users of an app, direct and through groups, whose index is `from` or later, in order of creation. */
  *usersOf(app: AppRecord, from = 0): Generator<AppUserRecord> {
    for (const index of unionFrom([app.users, ...app.groups.map(({ group }) => group.members)], from)) {
      const appUser = this.userOf(app, index);
      if (appUser) yield appUser;
    }
  }

  /** Returns the user of an app with an index, or undefined if there is none. */
  userOf(app: AppRecord, index: number): AppUserRecord | undefined {
    const user = this.org.users[index];
    // A deactivated user loses its apps, but not its groups.
    if (!user || user.status === 'DEPROVISIONED') return undefined;
    const directMs = app.assignedMs.get(index);
    if (directMs !== undefined) return { index, user, scope: 'USER', assignedMs: directMs };
    const [through] = app.groups
      .filter(({ group }) => group.members.has(index))
      .sort((a, b) => a.priority - b.priority);
    if (!through) return undefined;
    const { group, lastUpdatedMs } = through;
    return { index, user, scope: 'GROUP', assignedMs: Math.max(lastUpdatedMs, user.createdMs), group };
  }

  private removeFrom(app: AppRecord, user: UserRecord): boolean {
    if (!app.users.remove(user.index)) return false;
    app.assignedMs.delete(user.index);
    this.org.log.record({ type: 'application.user_membership.remove', targets: appUserTargets(app, user) });
    return true;
  }

  private recordGroup(app: AppRecord, group: GroupRecord, change: 'add' | 'update' | 'remove'): void {
    const targets = [groupTarget(group), appTarget(app)];
    this.org.log.record({ type: `group.application_assignment.${change}`, targets });
  }

  private appOf(id: string): AppRecord {
    const app = this.find(id);
    if (!app) throw notFound(id, 'AppInstance');
    return app;
  }

  private assignedTo(group: GroupRecord): Set<number> {
    const apps = this.ofGroup.get(group) ?? new Set();
    this.ofGroup.set(group, apps);
    return apps;
  }
}
