import { stronger, type AccessKind, type IncrementalReason, type Touched } from '../contract';
import { isObject, isOktaId } from '../text/json';

/** What events of the System Log ask to be read again. */
export interface Pings extends Touched {
  /** Okta IDs of apps whose assignments may have changed. */
  apps: string[];
  /** Users and groups whose admin roles or apps may have changed; absent if there are none. */
  owners?: Touched;
  /** Why an incremental run is needed; absent if reading the objects is enough. */
  incremental?: IncrementalReason;
}

/** What an event type is about. */
interface Meaning {
  type: RegExp;
  /** Types of targets whose objects are read again. */
  reads?: readonly ('User' | 'UserGroup')[];
  /** Types of targets whose lists of roles or apps are read again. */
  owners?: readonly ('User' | 'UserGroup')[];
  incremental?: IncrementalReason;
  /** The kind in `SYNC_ACCESS` without which the event does not matter. */
  of?: AccessKind;
}

/** The first row that matches an event's type applies; the others, such as sign-ins, change nothing that is synced. */
const MEANINGS: readonly Meaning[] = [
  { type: /^user\.lifecycle\.delete\./, reads: ['User'], incremental: 'user deleted' },
  { type: /^user\.account\.privilege\./, owners: ['User'], incremental: 'access', of: 'roles' },
  { type: /^user\.(lifecycle|account)\./, reads: ['User'] },
  { type: /^group\.lifecycle\.delete$/, reads: ['UserGroup'], incremental: 'group deleted' },
  { type: /^group\.user_membership\.rule\./, incremental: 'access', of: 'rules' },
  { type: /^group\.(lifecycle|profile|user_membership)\./, reads: ['UserGroup'] },
  { type: /^directory\.external\.group\.membership\./, reads: ['UserGroup'] },
  {
    type: /^group\.application_assignment\./,
    ...{ reads: ['UserGroup'], owners: ['UserGroup'], incremental: 'access', of: 'apps' },
  },
  { type: /^application\.(lifecycle|user_membership)\./, incremental: 'access', of: 'apps' },
  {
    type: /^group\.privilege\./,
    ...{ reads: ['UserGroup'], owners: ['UserGroup'], incremental: 'access', of: 'roles' },
  },
  { type: /^iam\./, owners: ['User', 'UserGroup'], incremental: 'access', of: 'roles' },
  { type: /^system\.import\..*complete/, incremental: 'import' },
];

/** Returns the uuid of an event; undefined for anything else. */
export function uuidOf(event: unknown): string | undefined {
  const uuid = isObject(event) ? event['uuid'] : undefined;
  return typeof uuid === 'string' && uuid.length <= 100 ? uuid : undefined;
}

/**
 * Returns what events of the System Log ask to be read again: the ids of their targets, each once, and nothing else that
 * they say. An event that is not understood asks for nothing; an incremental run finds what it stands for.
 *
 * @param access the kinds that are synced in addition to users, groups and memberships.
 */
export function pings(events: readonly unknown[], access: readonly AccessKind[] = []): Pings {
  const ids = idsByType();
  const owners = idsByType();
  let incremental: IncrementalReason | undefined;
  for (const event of events) {
    if (!isObject(event)) continue;
    const { eventType: type, target } = event;
    const meaning = typeof type === 'string' && MEANINGS.find((each) => each.type.test(type));
    if (!meaning || (meaning.of && !access.includes(meaning.of))) continue;
    incremental = stronger(incremental, meaning.incremental);
    for (const each of Array.isArray(target) ? (target as unknown[]) : []) {
      const { type: of, id } = isObject(each) ? each : {};
      if (!isTargetType(of) || !isOktaId(id)) continue;
      if (of === 'AppInstance' ? meaning.of === 'apps' : meaning.reads?.includes(of)) ids[of].add(id);
      if (of !== 'AppInstance' && meaning.owners?.includes(of)) owners[of].add(id);
    }
  }
  return {
    users: [...ids.User],
    groups: [...ids.UserGroup],
    apps: [...ids.AppInstance],
    ...(owners.User.size + owners.UserGroup.size > 0 && {
      owners: { users: [...owners.User], groups: [...owners.UserGroup] },
    }),
    ...(incremental && { incremental }),
  };
}

const TARGET_TYPES = ['User', 'UserGroup', 'AppInstance'] as const;

type TargetType = (typeof TARGET_TYPES)[number];

const isTargetType = (type: unknown): type is TargetType => TARGET_TYPES.some((each) => each === type);

const idsByType = (): Record<TargetType, Set<string>> => ({
  User: new Set(),
  UserGroup: new Set(),
  AppInstance: new Set(),
});

/** Returns true if an event asks for anything. */
export function isPing(event: unknown, access: readonly AccessKind[]): boolean {
  const { users, groups, apps, incremental } = pings([event], access);
  return users.length + groups.length + apps.length > 0 || incremental !== undefined;
}
