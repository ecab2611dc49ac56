import type { SyncWarning, NodeLabel } from '../contract';
import { readGroup, type OktaGroup } from '../okta/group';
import type { RawItem } from '../okta/items';
import { readUser, type Malformed, type OktaUser } from '../okta/user';

/** Reads one object of a label. */
export function readItem(label: NodeLabel, item: RawItem): OktaUser | OktaGroup | Malformed {
  const { json } = item;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { malformed: 'it is not JSON' };
  }
  return label === 'User' ? readUser(value, json) : readGroup(value, json);
}

/**
 * Reads the response to a request for a single object by id. A proxy between here and Okta may return a different
 * object, which says nothing about the requested one.
 *
 * @returns undefined for anything but that object.
 */
export function readOwn(label: 'User', id: string, answer: RawItem): OktaUser | undefined;
export function readOwn(label: 'Group', id: string, answer: RawItem): OktaGroup | undefined;
export function readOwn(label: NodeLabel, id: string, answer: RawItem): OktaUser | OktaGroup | undefined;
export function readOwn(label: NodeLabel, id: string, answer: RawItem): OktaUser | OktaGroup | undefined {
  const read = readItem(label, answer);
  return 'malformed' in read || read.id !== id ? undefined : read;
}

/** Returns the warning for an item that is left out. */
export function malformedWarning(label: NodeLabel, { malformed, id }: Malformed): SyncWarning {
  const what = label.toLowerCase();
  return {
    code: label === 'User' ? 'MALFORMED_USER' : 'MALFORMED_GROUP',
    message: `A ${what} was left out: ${malformed}.`,
    ...(id === undefined ? {} : label === 'User' ? { userId: id } : { groupId: id }),
  };
}
