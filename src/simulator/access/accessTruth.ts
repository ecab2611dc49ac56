import type { ChangeableOrg } from '../changeableOrg';
import {
  type OktaApp,
  type OktaAppGroup,
  type OktaAppUser,
  toOktaApp,
  toOktaAppGroup,
  toOktaAppUser,
} from './appJson';
import { type OktaRole, toOktaRole } from './roleJson';
import { type OktaRule, toOktaRule } from './rules';

export interface AccessCounts {
  readonly apps: number;
  readonly appUsers: number;
  /** Assigned groups of all apps; a group that is assigned to an app twice counts once. */
  readonly appGroups: number;
  readonly roles: number;
  readonly rules: number;
}

/** The org's apps, roles and rules. Each property and generator reads the current state. */
export interface AccessTruth {
  readonly counts: AccessCounts;
  /** As served. */
  apps(): Generator<OktaApp>;
  /** Direct assignments of users, as served, with the app's id. */
  appUsers(): Generator<{ appId: string; user: OktaAppUser }>;
  /** Assignments of groups, as served, with the app's id. A group can occur twice, with another priority. */
  appGroups(): Generator<{ appId: string; group: OktaAppGroup }>;
  /** Roles, as served, of the users and groups that have them directly. */
  roles(): Generator<{ assigneeId: string; role: OktaRole }>;
  /** As served; `actions.assignUserToGroups.groupIds` can contain deleted groups. */
  rules(): Generator<OktaRule>;
}

export function accessTruthOf({ access, options }: ChangeableOrg): AccessTruth {
  const { apps, roles, rules } = access;
  const { origin } = options;
  return {
    get counts() {
      const all = apps.all.flatMap((app) => (app ? [app] : []));
      return {
        apps: all.length,
        appUsers: all.reduce((sum, app) => sum + app.users.size, 0),
        appGroups: all.reduce((sum, app) => sum + new Set(app.groups.map(({ group }) => group)).size, 0),
        roles: [...roles.all()].length,
        rules: rules.all.filter((rule) => rule !== undefined).length,
      };
    },
    *apps() {
      for (const app of apps.all) if (app) yield toOktaApp(app, origin);
    },
    *appUsers() {
      for (const app of apps.all) {
        for (const index of app?.assignedMs.keys() ?? []) {
          const appUser = app && apps.userOf(app, index);
          if (appUser) yield { appId: app.id, user: toOktaAppUser(app, appUser, options) };
        }
      }
    },
    *appGroups() {
      for (const app of apps.all) {
        for (const assigned of app?.groups ?? [])
          if (app) yield { appId: app.id, group: toOktaAppGroup(app, assigned, origin) };
      }
    },
    *roles() {
      for (const { owner, role } of roles.all())
        yield { assigneeId: owner.id, role: toOktaRole(role, owner, origin) };
    },
    *rules() {
      for (const rule of rules.all) if (rule) yield toOktaRule(rule, origin);
    },
  };
}
