import { oktaId } from './ids';
import { isoTime } from './isoTime';
import type { JsonObject } from './json';
import { Lagged } from './lagged';
import type { Members } from './members';
import { Random } from './random';
import { ACCESS, APPLICATIONS, DEPARTMENTS, OFFICES } from './vocabulary';

const GROUP_STREAM = 41;
const DAY_MS = 86_400_000;

export type GroupType = 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN';

export interface GroupRecord {
  readonly index: number;
  readonly id: string;
  readonly type: GroupType;
  readonly createdMs: number;
  lastUpdatedMs: number;
  /** Okta shows a new timestamp some seconds late. */
  readonly lastMembershipUpdatedMs: Lagged<number>;
  profile: JsonObject;
  readonly members: Members;
}

/** A group as served, without `_embedded`. */
export interface OktaGroup extends JsonObject {
  id: string;
  type: GroupType;
  lastUpdated: string;
  lastMembershipUpdated: string;
  profile: JsonObject;
}

/** Returns a group of the seed, last changed 3 to 200 days before `epochMs`. The first one is `Everyone`. */
export function seedGroup(seed: number, index: number, epochMs: number, members: Members): GroupRecord {
  const random = new Random(seed, GROUP_STREAM, index);
  const type = index === 0 ? 'BUILT_IN' : index % 4 === 3 ? 'APP_GROUP' : 'OKTA_GROUP';
  const lastUpdatedMs = epochMs - 3 * DAY_MS - random.below(197 * DAY_MS);
  return {
    index,
    id: oktaId('00g', seed, index),
    type,
    createdMs: lastUpdatedMs - random.below(4 * 365 * DAY_MS),
    lastUpdatedMs,
    lastMembershipUpdatedMs: new Lagged(epochMs - 3 * DAY_MS - random.below(197 * DAY_MS)),
    profile: seedGroupProfile(type, index, random),
    members,
  };
}

/** Returns a group profile. Names sometimes repeat, as in Okta. */
export function seedGroupProfile(type: GroupType, index: number, random: Random): JsonObject {
  if (type === 'BUILT_IN') return { name: 'Everyone', description: 'All users in your organization' };
  const department = random.pick(DEPARTMENTS).name;
  const office = random.pick(OFFICES).city;
  if (type === 'OKTA_GROUP') {
    const name = random.chance(0.5)
      ? `${department} ${office}`
      : `app-${random.pick(APPLICATIONS)}-${random.pick(ACCESS)}-${index}`;
    return { name, description: random.chance(0.2) ? null : `Made by the identity team for ${department}` };
  }
  const samAccountName = `GRP-${department.replace(/ /g, '')}-${index}`;
  return {
    name: samAccountName,
    description: `${department} in ${office}`,
    dn: `CN=${samAccountName},OU=${office},OU=Groups,DC=acme,DC=example`,
    externalId: Buffer.from(`group ${index} guid`).toString('base64'),
    samAccountName,
    windowsDomainQualifiedName: `ACME\\${samAccountName}`,
  };
}

/** @param nowMs Okta's time, which determines the visible timestamp. */
export function toOktaGroup(group: GroupRecord, seed: number, origin: string, nowMs: number): OktaGroup {
  const self = `${origin}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: isoTime(group.createdMs),
    lastUpdated: isoTime(group.lastUpdatedMs),
    lastMembershipUpdated: isoTime(group.lastMembershipUpdatedMs.get(nowMs)),
    objectClass: [group.type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type: group.type,
    profile: group.profile,
    _links: {
      logo: [
        { name: 'medium', href: `${origin}/img/logos/groups/${group.type}-medium.png`, type: 'image/png' },
        { name: 'large', href: `${origin}/img/logos/groups/${group.type}-large.png`, type: 'image/png' },
      ],
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
      ...(group.type === 'APP_GROUP' && {
        source: { href: `${origin}/api/v1/apps/${oktaId('0oa', seed, 0)}` },
      }),
    },
  };
}

/**
 * Returns the stats that `expand=stats` embeds.
 *
 * @param access with `isMisspelled` true for `hasAdminPrivlege`, as in Okta's published specification.
 */
export function groupStats(
  group: GroupRecord,
  origin: string,
  access: { appsCount: number; isAdmin: boolean; isMisspelled: boolean },
): JsonObject {
  const self = `${origin}/api/v1/groups/${group.id}`;
  return {
    usersCount: group.members.size,
    appsCount: access.appsCount,
    groupPushMappingsCount: 0,
    [access.isMisspelled ? 'hasAdminPrivlege' : 'hasAdminPrivilege']: access.isAdmin,
    _links: { users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
  };
}
