import { type AccessTruth, accessTruthOf } from './access/accessTruth';
import type { OktaGroup } from './groups';
import { type OktaUser, toOktaUser } from './oktaUser';
import type { ChangeableOrg } from './changeableOrg';

export interface TruthCounts {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
}

/** The org's content. Each property and generator reads the current state. */
export interface Truth {
  readonly counts: TruthCounts;
  /** Users of every status, as served. */
  users(): Generator<OktaUser>;
  /** Groups as served, without `_embedded`, with their number of members. */
  groups(): Generator<OktaGroup & { usersCount: number }>;
  edges(): Generator<[userId: string, groupId: string]>;
  /** Apps, admin roles and group rules. */
  readonly access: AccessTruth;
}

export interface CallsNeeded {
  readonly userPages: number;
  readonly groupPages: number;
  /** Includes one page per empty group. */
  readonly memberPages: number;
  /** Those of `memberPages` that a client can skip. */
  readonly emptyGroups: number;
  /** Of users, groups and memberships. */
  readonly total: number;
  /** Calls for apps, admin roles and group rules, which are not in `total`. */
  readonly access: number;
}

export function truthOf(org: ChangeableOrg): Truth {
  return {
    get counts() {
      return countsOf(org);
    },
    access: accessTruthOf(org),
    *users() {
      for (const user of org.users) if (user) yield toOktaUser(user, org.options);
    },
    *groups() {
      for (const group of org.groups) {
        if (group) yield { ...org.groupObject(group), usersCount: group.members.size };
      }
    },
    *edges() {
      for (const group of org.groups) {
        if (!group) continue;
        for (let position = 0; position < group.members.size; position++) {
          const user = org.users[group.members.at(position)];
          if (user) yield [user.id, group.id];
        }
      }
    },
  };
}

/**
 * Returns the number of calls with pages of 200 users, 200 groups (as Okta recommends), 1,000 members, 200 apps or group
 * rules, 500 users of an app and 100 admins.
 */
export function callsNeeded(org: ChangeableOrg): CallsNeeded {
  const { users, groups } = countsOf(org);
  const userPages = Math.max(1, Math.ceil(users / 200));
  const groupPages = Math.ceil(groups / 200);
  let memberPages = 0;
  let emptyGroups = 0;
  for (const group of org.groups) {
    if (!group) continue;
    memberPages += Math.max(1, Math.ceil(group.members.size / 1000));
    if (group.members.size === 0) emptyGroups++;
  }
  const total = userPages + groupPages + memberPages;
  return { userPages, groupPages, memberPages, emptyGroups, total, access: accessCallsNeeded(org) };
}

function accessCallsNeeded({ access: { apps, rules, roles }, groups }: ChangeableOrg): number {
  const pages = (count: number, limit: number) => Math.max(1, Math.ceil(count / limit));
  const present = apps.all.filter((app) => app !== undefined);
  const admins = [...roles.admins()].length;
  const ofGroup = groups.map((group) =>
    group ? Math.ceil(present.filter((app) => apps.isAssigned(app, group)).length / 200) : 0,
  );
  const adminGroups = groups.filter((group) => group && roles.direct(group).length > 0);
  return (
    pages(rules.all.filter((rule) => rule !== undefined).length, 200) +
    pages(present.length, 200) +
    present.reduce((sum, { users }) => sum + pages(users.size, 500), 0) +
    ofGroup.reduce((sum, count) => sum + count, 0) +
    pages(admins, 100) +
    admins +
    adminGroups.length
  );
}

function countsOf(org: ChangeableOrg): TruthCounts {
  const groups = org.groups.filter((group) => group !== undefined);
  return {
    users: org.users.filter((user) => user !== undefined).length,
    groups: groups.length,
    memberships: groups.reduce((sum, group) => sum + group.members.size, 0),
  };
}
