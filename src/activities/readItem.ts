import type { DataRules } from '../config/dataRules';
import type { SyncWarning, NodeLabel } from '../contract';
import { readGroup, type OktaGroup } from '../okta/group';
import type { RawItem } from '../okta/items';
import type { Malformed } from '../okta/profile';
import { readUser, type OktaUser } from '../okta/user';

/** Reads what is kept of one object of a label. */
export function readItem(
  label: NodeLabel,
  item: RawItem,
  rules: DataRules,
): OktaUser | OktaGroup | Malformed {
  const { json } = item;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { malformed: 'it is not JSON' };
  }
  return label === 'User' ? readUser(value, json, rules) : readGroup(value, json, rules);
}

/**
 * Reads the response to a request for a single object by id. A proxy between here and Okta may return a different
 * object, which says nothing about the requested one.
 *
 * @returns undefined for anything but that object.
 */
export function readOwn<Label extends NodeLabel>(
  label: Label,
  id: string,
  answer: RawItem,
  rules: DataRules,
): (Label extends 'User' ? OktaUser : OktaGroup) | undefined;
export function readOwn(
  label: NodeLabel,
  id: string,
  answer: RawItem,
  rules: DataRules,
): OktaUser | OktaGroup | undefined {
  const read = readItem(label, answer, rules);
  return 'malformed' in read || read.id !== id ? undefined : read;
}

/**
 * Returns a warning for each attribute whose value cannot be a property. It is the same for all nodes of a label, so
 * that a report has it once.
 */
export function leftOutWarnings(label: NodeLabel, { promoted }: OktaUser | OktaGroup): SyncWarning[] {
  return (promoted?.leftOut ?? []).map((attribute) => ({
    code: 'PROPERTY_LEFT_OUT',
    message: `Some ${label.toLowerCase()}s have a value of ${attribute}, named in ${label.toUpperCase()}_PROPERTIES, that cannot be a property.`,
  }));
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
