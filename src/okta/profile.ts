import { profileKey, readsMembers, type DataRules } from '../config/dataRules';
import type { NodeLabel } from '../contract';
import { isObject, isOktaId, isTooDeep, MAX_TEXT_BYTES, text, type JsonObject } from '../text/json';

/** A value of a property that was made from a profile attribute. */
export type PromotedValue = string | number | boolean | readonly string[];

/** What the rules of an installation make of a profile. */
export interface Promoted {
  /** `profileKey` of the rules. */
  key: string;
  /** Values by property; null if the profile has none, or none that can be a property. */
  values: Readonly<Record<string, PromotedValue | null>>;
  /** Attributes whose value cannot be a property. */
  leftOut: readonly string[];
}

/** An invalid item of a list. `id` is present if the item has one. */
export interface Malformed {
  malformed: string;
  id?: string;
}

/** What an installation keeps of an item of a list. */
interface Kept {
  id: string;
  /** The item itself if nothing of it is left out. */
  item: JsonObject;
  profile: JsonObject;
  promoted: Promoted | undefined;
}

/** Returns what is kept of a user or group as Okta sent it. */
export function keptOf(label: NodeLabel, sent: unknown, rules: DataRules): Kept | Malformed {
  if (!isObject(sent)) return { malformed: 'it is not an object' };
  const { id } = sent;
  if (!isOktaId(id)) return { malformed: 'it has no usable id' };
  if (!isObject(sent['profile'])) return { malformed: 'it has no profile', id };
  if (isTooDeep(sent)) return { malformed: 'it is nested too deeply', id };
  const item = withoutOmitted(withoutSecrets(sent), rules.omitted);
  return { id, item, profile: item['profile'] as JsonObject, promoted: promotedOf(label, item, rules) };
}

/**
 * Returns an object of Okta without the security question, which Okta sends with users that have one, and without anything
 * of a password, of which Okta sends an empty object.
 */
function withoutSecrets(item: JsonObject): JsonObject {
  const { credentials } = item;
  if (!isObject(credentials)) return item;
  const { password, recovery_question: question, ...others } = credentials;
  const isEmpty = password === undefined || (isObject(password) && Object.keys(password).length === 0);
  if (isEmpty && question === undefined) return item;
  return { ...item, credentials: isEmpty && password !== undefined ? { password, ...others } : others };
}

/** Returns an object of Okta without the attributes that are never stored. */
function withoutOmitted(item: JsonObject, omitted: DataRules['omitted']): JsonObject {
  const { profile, credentials } = item;
  if (omitted.length === 0 || !isObject(profile)) return item;
  const kept = Object.fromEntries(Object.entries(profile).filter(([name]) => !omitted.includes(name)));
  const isSecondary = (email: unknown) =>
    isObject(email) && (email['type'] === 'SECONDARY' || email['value'] === profile['secondEmail']);
  // Okta sends the secondary email there, too.
  const hasSecondary =
    omitted.includes('secondEmail') && isObject(credentials) && Array.isArray(credentials['emails']);
  if (!hasSecondary) return { ...item, profile: kept };
  const emails = (credentials['emails'] as unknown[]).filter((email) => !isSecondary(email));
  return { ...item, profile: kept, credentials: { ...credentials, emails } };
}

/** The property of groups whose members are not read, true there and absent from all others. */
export const EXCLUDED = 'memberships_excluded';

/** Returns the properties that an object gets from the rules; undefined if everything is kept and nothing promoted. */
function promotedOf(label: NodeLabel, item: JsonObject, rules: DataRules): Promoted | undefined {
  const key = profileKey(rules, label);
  if (key === '') return undefined;
  const profile = item['profile'] as JsonObject;
  const values: Record<string, PromotedValue | null> = {};
  if (label === 'Group' && rules.membersOf) {
    const group = { name: text(profile['name']), type: text(item['type']) };
    values[EXCLUDED] = readsMembers(rules, group) ? null : true;
  }
  const leftOut: string[] = [];
  for (const { attribute, property } of rules.promoted[label]) {
    const value = Object.hasOwn(profile, attribute) ? propertyOf(profile[attribute]) : null;
    values[property] = value ?? null;
    if (value === undefined) leftOut.push(attribute);
  }
  return { key, values, leftOut };
}

/** Converts a value to a property, null if it is empty; undefined if it is of a kind that a property cannot have. */
export function propertyOf(value: unknown): PromotedValue | null | undefined {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) return undefined;
  const texts = value.map((each) => each.toWellFormed());
  // As for a text, an index must be able to hold it; a list that was cut would seem complete.
  const bytes = texts.reduce((sum, each) => sum + Buffer.byteLength(each) + 8, 0);
  return texts.length === 0 ? null : bytes > MAX_TEXT_BYTES ? undefined : texts;
}
