import { instant, isObject, isOktaId, text } from '../text/json';
import type { Malformed } from './profile';

/**
 * Apps, group rules and admin roles. Only named fields are read: an app, its users and their profiles can hold secrets.
 * Times are milliseconds since the epoch.
 */

/** An app: what Okta's API calls an application. */
export interface OktaApp {
  id: string;
  label: string | undefined;
  /** The key of its definition in Okta's catalog, such as `salesforce`. */
  name: string | undefined;
  /** ACTIVE or INACTIVE; an inactive one keeps its assignments. */
  status: string | undefined;
  signOnMode: string | undefined;
  created: number | undefined;
  lastUpdated: number | undefined;
}

/** A rule that adds the users who match its expression to groups. */
export interface OktaRule {
  id: string;
  name: string | undefined;
  /** ACTIVE, INACTIVE or INVALID. */
  status: string | undefined;
  expression: string | undefined;
  excludedUsers: string[];
  excludedGroups: string[];
  /** Ids of the groups that it adds users to; a deleted one stays among them. */
  groups: string[];
  created: number | undefined;
  lastUpdated: number | undefined;
}

/** An admin role of a user or a group. */
export interface OktaRole {
  /** Unique only together with the user or group: standard roles without a scope have the same id everywhere. */
  assignmentId: string;
  /** Identifies the role: the type of a standard one, the id of a custom one. */
  id: string;
  type: string | undefined;
  label: string | undefined;
  status: string | undefined;
  /** Id of the resources that a custom role covers. */
  resourceSet: string | undefined;
  /** False for a role of a user that comes through a group. */
  isDirect: boolean;
}

export function readApp(item: unknown): OktaApp | Malformed {
  if (!isObject(item) || !isOktaId(item['id'])) return NO_ID;
  return {
    id: item['id'],
    label: text(item['label']),
    name: text(item['name']),
    status: text(item['status']),
    signOnMode: text(item['signOnMode']),
    created: instant(item['created']),
    lastUpdated: instant(item['lastUpdated']),
  };
}

export function readRule(item: unknown): OktaRule | Malformed {
  if (!isObject(item) || !isOktaId(item['id'])) return NO_ID;
  const conditions = objectIn(item, 'conditions');
  const people = objectIn(conditions, 'people');
  return {
    id: item['id'],
    name: text(item['name']),
    status: text(item['status']),
    expression: text(objectIn(conditions, 'expression')['value']),
    excludedUsers: idsIn(objectIn(people, 'users')['exclude']),
    excludedGroups: idsIn(objectIn(people, 'groups')['exclude']),
    groups: idsIn(objectIn(objectIn(item, 'actions'), 'assignUserToGroups')['groupIds']),
    created: instant(item['created']),
    lastUpdated: instant(item['lastUpdated']),
  };
}

/** @param label of the owner: a group's roles are its own, whatever Okta says of their kind. */
export function readRole(item: unknown, label: 'User' | 'Group'): OktaRole | Malformed {
  if (!isObject(item) || !isOktaId(item['id'])) return NO_ID;
  const through = label === 'Group' ? 'USER' : item['assignmentType'];
  if (through !== 'USER' && through !== 'GROUP') return NO_WAY;
  const type = text(item['type']);
  const custom = isOktaId(item['role']) ? item['role'] : undefined;
  return {
    assignmentId: item['id'],
    id: custom ?? type ?? item['id'],
    type,
    label: text(item['label']),
    status: text(item['status']),
    resourceSet: text(item['resource-set']),
    isDirect: through === 'USER',
  };
}

/** Reads one user of an app. @returns the user's id; undefined for one who has the app through a group. */
export function readAppUser(item: unknown): string | Malformed | undefined {
  if (!isObject(item) || !isOktaId(item['id'])) return NO_ID;
  if (item['scope'] === 'USER') return item['id'];
  return item['scope'] === 'GROUP' ? undefined : NO_WAY;
}

const NO_ID: Malformed = { malformed: 'it has no usable id' };
const NO_WAY: Malformed = { malformed: 'it does not say if it comes through a group' };

function objectIn(object: object, name: string): Readonly<Record<string, unknown>> {
  const value = (object as Record<string, unknown>)[name];
  return isObject(value) ? value : {};
}

function idsIn(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter(isOktaId))].sort() : [];
}
