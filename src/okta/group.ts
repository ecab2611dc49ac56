import { instant, isObject, isOktaId, isTooDeep, text, type JsonObject } from '../text/json';
import { TOO_DEEP, type Malformed } from './user';

/** A group's data for the graph. Times are milliseconds since the epoch. */
export interface OktaGroup {
  id: string;
  name: string | undefined;
  description: string | undefined;
  /** An open set of values: OKTA_GROUP, APP_GROUP, BUILT_IN. */
  type: string | undefined;
  created: number | undefined;
  lastUpdated: number | undefined;
  lastMembershipUpdated: number | undefined;
  /** Undefined means unknown, not 0. */
  usersCount: number | undefined;
  /** Number of apps that the group is assigned to; undefined means unknown. */
  appsCount: number | undefined;
  /** True if the group has an admin role; undefined means unknown. */
  hasAdminPrivilege: boolean | undefined;
  /** The JSON text of the object as sent by Okta, without the requested `_embedded.stats`. */
  raw: string;
}

/** Reads one item of a group list; `json` is its original text. */
export function readGroup(item: unknown, json?: string): OktaGroup | Malformed {
  if (!isObject(item)) return { malformed: 'it is not an object' };
  if (!isOktaId(item['id'])) return { malformed: 'it has no usable id' };
  const { id, profile } = item as { id: string; profile?: unknown };
  if (!isObject(profile)) return { malformed: 'it has no profile', id };
  if (isTooDeep(item)) return { malformed: TOO_DEEP, id };

  const { _embedded, ...own } = item;
  const { stats, ...embedded } = isObject(_embedded) ? _embedded : {};
  const counts = isObject(stats) ? stats : {};
  // Okta's own specification misspells it.
  const hasAdminPrivilege = counts['hasAdminPrivilege'] ?? counts['hasAdminPrivlege'];
  return {
    id,
    name: text(profile['name']),
    description: text(profile['description']),
    type: text(item['type']),
    created: instant(item['created']),
    lastUpdated: instant(item['lastUpdated']),
    lastMembershipUpdated: instant(item['lastMembershipUpdated']),
    usersCount: countIn(counts['usersCount']),
    appsCount: countIn(counts['appsCount']),
    hasAdminPrivilege: typeof hasAdminPrivilege === 'boolean' ? hasAdminPrivilege : undefined,
    raw:
      _embedded === undefined
        ? (json ?? JSON.stringify(item))
        : JSON.stringify(isEmpty(embedded) ? own : { ...own, _embedded: embedded }),
  };
}

function countIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
