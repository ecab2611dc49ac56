import type { SyncWarning } from '../contract';
import type { NodeLabel } from '../graph/nodes';
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

/** Names what can be named of an item that is left out. */
export function malformedWarning(label: NodeLabel, { malformed, id }: Malformed): SyncWarning {
  const what = label.toLowerCase();
  return {
    code: label === 'User' ? 'MALFORMED_USER' : 'MALFORMED_GROUP',
    message: `A ${what} was left out: ${malformed}.`,
    ...(id === undefined ? {} : label === 'User' ? { userId: id } : { groupId: id }),
  };
}
