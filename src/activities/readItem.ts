import type { SyncWarning, NodeLabel } from '../contract';
import { readGroup, type OktaGroup } from '../okta/group';
import type { RawItem } from '../okta/items';
import { readUser, type Malformed, type OktaUser } from '../okta/user';

/** Reads one object as what it should be. */
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
 * Reads the answer to a request for one object by its id. Something between here and Okta may hand over another one's object,
 * which says nothing of the one that was asked for.
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

/** Names what can be named of an item that is left out. */
export function malformedWarning(label: NodeLabel, { malformed, id }: Malformed): SyncWarning {
  const what = label.toLowerCase();
  return {
    code: label === 'User' ? 'MALFORMED_USER' : 'MALFORMED_GROUP',
    message: `A ${what} was left out: ${malformed}.`,
    ...(id === undefined ? {} : label === 'User' ? { userId: id } : { groupId: id }),
  };
}
