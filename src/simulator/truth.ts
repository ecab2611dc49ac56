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
  readonly total: number;
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

/** Returns the number of calls with pages of 200 users, 200 groups (as Okta recommends) and 1,000 members. */
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
  return { userPages, groupPages, memberPages, emptyGroups, total: userPages + groupPages + memberPages };
}

function countsOf(org: ChangeableOrg): TruthCounts {
  const groups = org.groups.filter((group) => group !== undefined);
  return {
    users: org.users.filter((user) => user !== undefined).length,
    groups: groups.length,
    memberships: groups.reduce((sum, group) => sum + group.members.size, 0),
  };
}
