import { isDeepStrictEqual } from 'node:util';
import { propertyOf } from '../../okta/profile';
import { isObject } from '../../text/json';

/** What identifies a user to forget; all texts but the ID in lower case. */
export interface Person {
  id: string;
  /** Its emails and the logins that have the form of one, earlier ones too: they mean nobody else, wherever they are. */
  emails: ReadonlySet<string>;
  /** Texts by which other users can name it as their manager: those, the ID, other logins, the employee number. */
  references: ReadonlySet<string>;
  /** Its names, for where a manager is named by nothing else. */
  names: ReadonlySet<string>;
}

/** Stands for the person in texts and reports. */
export const PLACEHOLDER = '(forgotten)';

/** Endings of the properties that say who the manager of a user is, or was before or after a change. */
export const MANAGER_ENDINGS = ['', '_before', '_after'];

/** Names of profile attributes that say who someone reports to, such as `managerEmail`. */
const MANAGER_ATTRIBUTE = /manager|supervisor/i;

/**
 * Attributes and properties that identify the object itself: another one can have, or have had, the same email. Also who
 * did something as a user of okta-graph.
 */
const OWN_IDENTITY = new Set(
  'email email_before email_after login name name_before name_after by'.split(' '),
);

/**
 * Returns the properties of a node that change if it must not show a person, nor who reports to it; null removes one.
 *
 * @param promoted attributes by the property that is made from them.
 */
export function clearedProperties(
  properties: Readonly<Record<string, unknown>>,
  person: Person,
  promoted: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const clearing = new Clearing(person);
  const cleared = Object.entries(properties).map(([name, value]): [string, unknown] => {
    if (isRaw(name, value)) return [name, clearing.json(value)];
    // Not a time, which the driver returns as an object.
    const hasText = typeof value === 'string' || Array.isArray(value);
    return [name, hasText ? (clearing.value(value, name) ?? null) : value];
  });
  const changes = Object.fromEntries(
    cleared.filter(([name, value]) => !isDeepStrictEqual(value, properties[name])),
  );
  for (const ending of MANAGER_ENDINGS) {
    const [name, key] = [`manager${ending}`, `manager_id${ending}`];
    if (clearing.isManager(properties[name], properties[key]))
      for (const each of [name, key]) if (Object.hasOwn(properties, each)) changes[each] = null;
  }
  return { ...changes, ...promotedChanges(properties, changes, promoted) };
}

function isRaw(name: string, value: unknown): value is string {
  return typeof value === 'string' && name.startsWith('okta_raw_') && name.endsWith('_object');
}

/** Returns what becomes of promoted properties whose attribute has changed in the raw object. */
function promotedChanges(
  properties: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
  promoted: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, raw] of Object.entries(changes)) {
    if (!isRaw(name, raw)) continue;
    const [before, after] = [profileOf(properties[name]), profileOf(raw)];
    for (const [property, attribute] of promoted) {
      if (!Object.hasOwn(properties, property) || isDeepStrictEqual(before[attribute], after[attribute]))
        continue;
      found[property] = propertyOf(after[attribute]) ?? null;
    }
  }
  return found;
}

function profileOf(raw: unknown): Record<string, unknown> {
  return (JSON.parse(String(raw)) as { profile?: Record<string, unknown> }).profile ?? {};
}

class Clearing {
  private readonly id: RegExp;
  private readonly emails: RegExp | undefined;

  constructor(private readonly person: Person) {
    this.id = new RegExp(`(?<![A-Za-z0-9_-])${person.id}(?![A-Za-z0-9_-])`, 'g');
    const emails = [...person.emails].map((email) =>
      email.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`),
    );
    if (emails.length > 0)
      this.emails = new RegExp(`(?<![\\w.+-])(?:${emails.join('|')})(?![\\w-]|\\.\\w)`, 'gi');
  }

  /** Returns true if a manager's name and identifier are those of the person; another identifier is of someone else. */
  isManager(name: unknown, key: unknown): boolean {
    const { references, names } = this.person;
    if (references.has(lower(key)) || references.has(lower(name))) return true;
    return lower(key) === '' && names.has(lower(name));
  }

  /** Returns JSON without the person, as it is if it does not name the person. */
  json(json: string): string {
    const sent = JSON.parse(json) as unknown;
    const cleared = this.value(sent);
    return isDeepStrictEqual(cleared, sent) ? json : JSON.stringify(cleared);
  }

  /** Returns a value without the person; undefined if nothing is left. */
  value(value: unknown, name = ''): unknown {
    if (typeof value === 'string') return this.text(value, name);
    if (Array.isArray(value))
      return value.map((each) => this.value(each, name)).filter((each) => each !== undefined);
    if (!isObject(value)) return value;
    // Of the emails in the credentials, the primary one is the object's own.
    const inner = value['type'] === 'PRIMARY' ? 'email' : undefined;
    const isReport = name === 'profile' && this.isManager(value['manager'], value['managerId']);
    const kept = Object.entries(value)
      .filter(([key, each]) => !(name === 'profile' && this.namesManager(key, each, isReport)))
      .map(([key, each]) => [key, this.value(each, inner ?? key)] as const)
      .filter(([, each]) => each !== undefined);
    return name === 'emails' && kept.length < Object.keys(value).length
      ? undefined
      : Object.fromEntries(kept);
  }

  /** Returns true if an attribute of a profile says that the person is the manager. */
  private namesManager(attribute: string, value: unknown, isReport: boolean): boolean {
    if (attribute === 'manager' || attribute === 'managerId') return isReport;
    if (!MANAGER_ATTRIBUTE.test(attribute)) return false;
    return this.person.references.has(lower(value)) || this.person.names.has(lower(value));
  }

  private text(text: string, name: string): string | undefined {
    if (text === this.person.id) return undefined;
    const withoutId = text.replace(this.id, PLACEHOLDER);
    if (!this.emails || OWN_IDENTITY.has(name)) return withoutId;
    if (this.person.emails.has(lower(text))) return undefined;
    return withoutId.replace(this.emails, PLACEHOLDER);
  }
}

function lower(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
}
