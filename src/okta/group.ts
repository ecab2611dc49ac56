import { KEEP_ALL, type DataRules } from '../config/dataRules';
import { instant, isObject, text, type JsonObject } from '../text/json';
import { keptOf, type Malformed, type Promoted } from './profile';

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
  /** The JSON text of the object as sent by Okta, without the requested `_embedded.stats` and what is never stored. */
  raw: string;
  /** Absent if the installation keeps everything and promotes nothing. */
  promoted?: Promoted;
}

/** Reads one item of a group list; `json` is its original text. */
export function readGroup(sent: unknown, json?: string, rules: DataRules = KEEP_ALL): OktaGroup | Malformed {
  const kept = keptOf('Group', sent, rules);
  if ('malformed' in kept) return kept;
  const { id, item, profile, promoted } = kept;

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
        ? item === sent && json !== undefined
          ? json
          : JSON.stringify(item)
        : JSON.stringify(isEmpty(embedded) ? own : { ...own, _embedded: embedded }),
    ...(promoted && { promoted }),
  };
}

function countIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
