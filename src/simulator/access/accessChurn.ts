import {
  type AccessChange,
  type AccessPlan,
  ACCESS_MIX,
  emptyAccessResult,
  type AccessResult,
} from './accessPlan';
import { type Amount, resolveAmount } from '../amount';
import type { GroupRecord } from '../groups';
import type { ChangeableOrg } from '../changeableOrg';
import { Random } from '../random';
import type { UserRecord } from '../userRecord';
import type { AppRecord } from './apps';
import { LASTING_LABEL } from './catalog';
import { accessTruthOf } from './accessTruth';
import { type Roles, STANDARD_ROLES } from './roles';
import type { RuleRecord } from './rules';

const ACCESS_CHURN_STREAM = 106;
/** Tries per change; a small org can have nothing left to change. */
const TRIES = 10;
const ROLE_TYPES = [...Object.keys(STANDARD_ROLES), 'CUSTOM', 'CUSTOM'];

/** Applies the part of a plan about apps, roles and rules. It draws from a stream of its own. */
export function churnAccess(
  org: ChangeableOrg,
  plan: AccessPlan,
  fraction: number,
  seed: number,
): AccessResult {
  const { counts } = accessTruthOf(org);
  const totals = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const run = new AccessChurn(org, new Random(seed, ACCESS_CHURN_STREAM, totals));
  for (const [change, { of, mix }] of Object.entries(ACCESS_MIX) as [
    AccessChange,
    { of: keyof typeof counts; mix: number },
  ][]) {
    const wanted: Amount = plan[change];
    run.repeat(change, resolveAmount(wanted, counts[of], mix * fraction));
  }
  return run.done;
}

class AccessChurn {
  readonly done = emptyAccessResult();

  constructor(
    private readonly org: ChangeableOrg,
    private readonly random: Random,
  ) {}

  /** Makes a change up to `count` times. */
  repeat(change: AccessChange, count: number): void {
    const { result } = ACCESS_MIX[change];
    for (let left = count, tries = count * TRIES; left > 0 && tries > 0; tries--) {
      if (!this[change]()) continue;
      this.done[result]++;
      left--;
    }
  }

  addApps(): boolean {
    this.org.access.apps.add();
    return true;
  }

  renameApps(): boolean {
    const app = this.anApp();
    if (!app || app.label === LASTING_LABEL) return false;
    this.org.access.apps.rename(app.id, `Renamed ${this.random.below(1_000_000)}`);
    return true;
  }

  deactivateApps(): boolean {
    const app = this.anApp();
    if (app?.status !== 'ACTIVE') return false;
    this.org.access.apps.setStatus(app.id, 'INACTIVE');
    return true;
  }

  /** Deactivates the app first, as Okta requires. */
  deleteApps(): boolean {
    const app = this.anApp();
    if (!app) return false;
    this.org.access.apps.setStatus(app.id, 'INACTIVE');
    this.org.access.apps.delete(app.id);
    return true;
  }

  assignAppUsers(): boolean {
    const [app, user] = [this.anApp(), this.aUser()];
    return app !== undefined && user !== undefined && this.org.access.apps.assignUser(app.id, user.id);
  }

  unassignAppUsers(): boolean {
    const app = this.anApp();
    if (!app || app.users.size === 0) return false;
    const user = this.org.users[app.users.at(this.random.below(app.users.size))];
    return user !== undefined && this.org.access.apps.unassignUser(app.id, user.id);
  }

  assignAppGroups(): boolean {
    const [app, group] = [this.anApp(), this.aGroup()];
    if (!app || !group || this.org.access.apps.isAssigned(app, group)) return false;
    return this.org.access.apps.assignGroup(app.id, group.id);
  }

  unassignAppGroups(): boolean {
    const app = this.anApp();
    if (!app || app.groups.length === 0) return false;
    return this.org.access.apps.unassignGroup(app.id, this.random.pick(app.groups).group.id);
  }

  addRules(): boolean {
    const group = this.aGroup();
    if (group?.type !== 'OKTA_GROUP') return false;
    this.org.access.rules.add({ groupIds: [group.id] });
    return true;
  }

  /** Gives a rule another expression and target, which makes an INVALID one INACTIVE. */
  changeRules(): boolean {
    const [rule, group] = [this.aRule(), this.aGroup()];
    if (!rule || group?.type !== 'OKTA_GROUP') return false;
    this.org.access.rules.change(rule.id, {
      expression: `user.costCenter=="CC-${this.random.between(100, 999)}"`,
      groupIds: [group.id],
      ...(rule.status === 'INVALID' && { status: 'INACTIVE' }),
    });
    return true;
  }

  invalidateRules(): boolean {
    const rule = this.aRule();
    if (!rule || rule.status === 'INVALID') return false;
    this.org.access.rules.change(rule.id, { status: 'INVALID' });
    return true;
  }

  deleteRules(): boolean {
    const rule = this.aRule();
    if (rule) this.org.access.rules.delete(rule.id);
    return rule !== undefined;
  }

  /** Grants a role to a user, or in one case of ten to a group. */
  grantRoles(): boolean {
    const owner = this.random.chance(0.1) ? this.aGroup() : this.aUser();
    const type = this.random.pick(ROLE_TYPES);
    const { roles } = this.org.access;
    if (!owner || roles.direct(owner).some((role) => role.type === type)) return false;
    roles.grant(assigneeOf(owner), { type });
    return true;
  }

  revokeRoles(): boolean {
    const { roles } = this.org.access;
    const all = [...roles.all()];
    if (all.length === 0) return false;
    const { owner, role } = this.random.pick(all);
    return roles.revoke(assigneeOf(owner), role.id);
  }

  private anApp(): AppRecord | undefined {
    return this.draw(this.org.access.apps.all);
  }

  private aRule(): RuleRecord | undefined {
    return this.draw(this.org.access.rules.all);
  }

  /** Draws a user that can have apps and roles. */
  private aUser(): UserRecord | undefined {
    const user = this.draw(this.org.users);
    return user?.status === 'DEPROVISIONED' ? undefined : user;
  }

  /** Draws a group other than Everyone. */
  private aGroup(): GroupRecord | undefined {
    const group = this.draw(this.org.groups);
    return group?.type === 'BUILT_IN' ? undefined : group;
  }

  /** Returns undefined for a hole. */
  private draw<T>(all: readonly (T | undefined)[]): T | undefined {
    return all[this.random.below(all.length)];
  }
}

function assigneeOf(owner: UserRecord | GroupRecord): Parameters<Roles['grant']>[0] {
  return 'members' in owner ? { groupId: owner.id } : { userId: owner.id };
}
