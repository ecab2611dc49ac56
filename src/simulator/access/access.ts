import type { GroupRecord } from '../groups';
import type { OrgState } from '../orgState';
import type { UserRecord } from '../userRecord';
import { Apps } from './apps';
import { Roles } from './roles';
import { Rules } from './rules';
import type { AccessSize } from './accessSize';
import { seedApps, seedRoles, seedRules } from './seedAccess';

/** The apps, admin roles and group rules of an org. */
export class Access {
  readonly apps: Apps;
  readonly roles: Roles;
  readonly rules: Rules;

  /**
   * @param org with the users and groups of its seed.
   * @param epochMs that the timestamps of the seed are based on.
   */
  constructor(org: OrgState, size: AccessSize, epochMs: number) {
    this.apps = new Apps(org, seedApps(org, size.apps, epochMs));
    this.roles = new Roles(org);
    seedRoles(org, this.roles, size.roles, epochMs);
    this.rules = new Rules(org, seedRules(org, size.rules, epochMs));
  }

  /** Removes what a deactivated or deleted user has directly, as in Okta. */
  removeUser(user: UserRecord): void {
    this.apps.removeUser(user);
    this.roles.removeUser(user);
  }

  /** Removes what a deleted group has, and makes rules with it as a target INVALID. */
  removeGroup(group: GroupRecord): void {
    this.apps.removeGroup(group);
    this.roles.removeGroup(group);
    this.rules.removeGroup(group);
  }
}
