import type { GroupRecord } from '../groups';
import { oktaId } from '../ids';
import { Members } from '../members';
import type { OrgState } from '../orgState';
import { Random } from '../random';
import { DEPARTMENTS, OFFICES } from '../vocabulary';
import type { AppGroupRecord, AppRecord } from './apps';
import { type AppDefinition, CATALOG, DIRECTORY } from './catalog';
import { type Roles, STANDARD_ROLES } from './roles';
import type { RuleRecord, RuleStatus } from './rules';

const APP_STREAM = 101;
const ASSIGNMENT_STREAM = 102;
const ROLE_STREAM = 103;
const RULE_STREAM = 104;
const DAY_MS = 86_400_000;
const MAX_DIRECT_ASSIGNMENTS = 20_000;
/** Index of a group that no org has, for the target of an invalid rule. */
const DELETED_GROUP_INDEX = 400_000_000;

/** Labels that can break programs, for the apps after the first ones. */
const AWKWARD_LABELS = new Map([
  [4, '<b>Acme</b> "Portal" & \'Co\' \\ ${x}'],
  [5, '🍜 Mittagsmenü Nu\u0000ll'],
]);

/**
 * Returns the apps of the seed. Most users get them through groups; there is one direct assignment for every four users.
 */
export function seedApps(org: OrgState, count: number, epochMs: number): AppRecord[] {
  const { seed, users } = org.options;
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const direct = Math.min(MAX_DIRECT_ASSIGNMENTS, users / 4);
  return weights.map((weight, index) => {
    const random = new Random(seed, APP_STREAM, index);
    const definition = index === 0 ? DIRECTORY : (CATALOG[(index - 1) % CATALOG.length] as AppDefinition);
    const lastUpdatedMs = epochMs - 3 * DAY_MS - random.below(197 * DAY_MS);
    const label = index <= CATALOG.length ? definition.label : `${definition.label} ${index}`;
    const assignments = new Random(seed, ASSIGNMENT_STREAM, index);
    const users = drawUsers(org, Math.round((direct * weight) / total), assignments);
    return {
      index,
      id: oktaId('0oa', seed, index),
      definition,
      label: (org.options.awkward ? AWKWARD_LABELS.get(index) : undefined) ?? label,
      status: index % 11 === 7 ? 'INACTIVE' : 'ACTIVE',
      createdMs: lastUpdatedMs - random.below(4 * 365 * DAY_MS),
      lastUpdatedMs,
      users: new Members(Uint32Array.from(users)),
      assignedMs: new Map(
        users.map((user) => [user, epochMs - 2 * DAY_MS - assignments.below(198 * DAY_MS)]),
      ),
      groups: index === 0 ? [] : drawGroups(org, index, epochMs, assignments),
    };
  });
}

/** Returns distinct indexes of users that can have apps and roles, in ascending order, at most `count`. */
function drawUsers({ users }: OrgState, count: number, random: Random): number[] {
  const drawn = new Set<number>();
  for (let tries = 0; tries < 4 * count && drawn.size < count; tries++) {
    const index = random.below(users.length);
    if (users[index]?.status !== 'DEPROVISIONED') drawn.add(index);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** Everyone has one app in twenty, and one in thirteen has the same group twice. */
function drawGroups(org: OrgState, appIndex: number, epochMs: number, random: Random): AppGroupRecord[] {
  const drawn = new Set<GroupRecord>(appIndex % 20 === 1 ? [org.everyone] : []);
  const wanted = random.between(1, 4);
  for (let i = 0; i < wanted; i++) {
    const group = drawGroup(org, random);
    if (group) drawn.add(group);
  }
  const groups = [...drawn];
  if (appIndex % 13 === 2 && groups[0]) groups.push(groups[0]);
  return groups.map((group, index) => ({
    index,
    group,
    priority: index,
    lastUpdatedMs: epochMs - 3 * DAY_MS - random.below(197 * DAY_MS),
  }));
}

/** Returns any group other than Everyone, or undefined if there is no other. */
function drawGroup({ groups }: OrgState, random: Random): GroupRecord | undefined {
  return groups.length > 1 ? groups[1 + random.below(groups.length - 1)] : undefined;
}

/** Adds the roles of the seed, the last two to groups. If awkward, one of them has a type that is not documented. */
export function seedRoles(org: OrgState, roles: Roles, count: number, epochMs: number): void {
  const random = new Random(org.options.seed, ROLE_STREAM);
  const ofGroups = adminGroups(org, Math.min(2, Math.floor(count / 4)), random);
  const types = [...Object.keys(STANDARD_ROLES), ...(org.options.awkward ? ['QUANTUM_ADMIN'] : [])];
  const assignedMs = (): number => epochMs - 5 * DAY_MS - random.below(600 * DAY_MS);
  // The second and fifth have custom roles, and every third role that can be limited to targets is.
  const typeAt = (i: number): string =>
    i % 5 === 1 ? 'CUSTOM' : (types[(i - Math.floor((i + 3) / 5)) % types.length] as string);
  for (const [i, index] of drawUsers(org, count - ofGroups.length, random).entries()) {
    const type = typeAt(i);
    const isScoped = i % 3 === 0 && ['USER_ADMIN', 'HELP_DESK_ADMIN', 'APP_ADMIN'].includes(type);
    roles.add({ userId: org.users[index]?.id ?? '' }, { type, isScoped }, assignedMs());
  }
  for (const [i, { id }] of ofGroups.entries())
    roles.add({ groupId: id }, { type: i === 0 ? 'HELP_DESK_ADMIN' : 'CUSTOM' }, assignedMs());
}

/** Returns groups that are small enough for admins, as far as there are some. */
function adminGroups({ groups, options }: OrgState, count: number, random: Random): GroupRecord[] {
  const small = groups.filter((group): group is GroupRecord => {
    const size = group?.members.size ?? 0;
    return group !== undefined && group.index > 0 && size > 0 && size <= Math.max(5, options.users / 50);
  });
  return random.shuffle(small).slice(0, count);
}

/** Returns the group rules of the seed. Without a group that rules can have as a target, there are none. */
export function seedRules(org: OrgState, count: number, epochMs: number): RuleRecord[] {
  const { seed } = org.options;
  const targets = org.groups.flatMap((group) => (group?.type === 'OKTA_GROUP' ? [group.id] : []));
  if (targets.length === 0) return [];
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seed, RULE_STREAM, index);
    const lastUpdatedMs = epochMs - 3 * DAY_MS - random.below(197 * DAY_MS);
    const department = random.pick(DEPARTMENTS).name;
    const { city, country } = random.pick(OFFICES);
    const status: RuleStatus = index % 8 === 6 ? 'INVALID' : index % 6 === 4 ? 'INACTIVE' : 'ACTIVE';
    const excludedUsers = drawUsers(org, random.below(3), random);
    const groupIds = [...new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(targets)))];
    return {
      index,
      id: oktaId('0pr', seed, index),
      name: `${department} in ${city}`,
      status,
      createdMs: lastUpdatedMs - random.below(4 * 365 * DAY_MS),
      lastUpdatedMs,
      expression: random.chance(0.3)
        ? `user.userType=="Contractor" AND isMemberOfGroupName("${department} ${city}")`
        : `user.department=="${department}" AND user.countryCode=="${country}"`,
      groupIds:
        status === 'INVALID' ? [...groupIds, oktaId('00g', seed, DELETED_GROUP_INDEX + index)] : groupIds,
      ...(index % 5 !== 3 && {
        excluded: {
          userIds: excludedUsers.map((user) => org.users[user]?.id ?? ''),
          groupIds: index % 7 === 2 ? [random.pick(targets)] : [],
        },
      }),
    };
  });
}
