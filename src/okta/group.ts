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
  const usersCount = isObject(stats) ? stats['usersCount'] : undefined;
  return {
    id,
    name: text(profile['name']),
    description: text(profile['description']),
    type: text(item['type']),
    created: instant(item['created']),
    lastUpdated: instant(item['lastUpdated']),
    lastMembershipUpdated: instant(item['lastMembershipUpdated']),
    usersCount:
      typeof usersCount === 'number' && Number.isSafeInteger(usersCount) && usersCount >= 0
        ? usersCount
        : undefined,
    raw:
      _embedded === undefined
        ? (json ?? JSON.stringify(item))
        : JSON.stringify(isEmpty(embedded) ? own : { ...own, _embedded: embedded }),
  };
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
