import type { NodeLabel } from '../contract';

/** A profile attribute that becomes a node property. */
export interface PromotedAttribute {
  readonly attribute: string;
  readonly property: string;
}

/** What an installation keeps of what Okta sends. Activities pass it to whatever reads an object of Okta. */
export interface DataRules {
  /** `USER_PROPERTIES` and `GROUP_PROPERTIES`. */
  readonly promoted: Readonly<Record<NodeLabel, readonly PromotedAttribute[]>>;
  /** `OMIT_ATTRIBUTES`: profile attributes that are never stored. */
  readonly omitted: readonly string[];
  /** `SYNC_MEMBERS_OF`: groups whose members are read, in addition to those of type BUILT_IN; absent for all groups. */
  readonly membersOf?: GroupPatterns;
}

/** Patterns of group names. */
export interface GroupPatterns {
  /** At least one of these matches the name, if there are any. */
  readonly included: readonly string[];
  /** None of these matches it. */
  readonly excluded: readonly string[];
}

/** Everything is kept, nothing is promoted: what applies if no variable is set. */
export const KEEP_ALL: DataRules = { promoted: { User: [], Group: [] }, omitted: [] };

/** The form of a profile attribute's name, and of a property that Cypher can name without quotes. */
const ATTRIBUTE = /^[A-Za-z][\w-]{0,99}$/;
const PROPERTY = /^[A-Za-z]\w{0,99}$/;

/** Properties that okta-graph writes to nodes of a label itself, in addition to those with an {@link OWN_PREFIX}. */
const OWN_PROPERTIES: Readonly<Record<NodeLabel, ReadonlySet<string>>> = {
  User: words(`id email login display_name first_name last_name status title department division organization
    employee_number user_type manager manager_id created activated status_changed password_changed last_updated
    last_login last_seen_run added_run removed_at removed_run not_removed_run denied_at denied_since denied_run
    denied_twice roles_as_of roles_read_run roles_verify_run roles_due admin_listed_run admin_since_run`),
  Group: words(`id name description type created last_updated last_membership_updated users_count apps_count
    has_admin_privilege last_seen_run added_run removed_at removed_run not_removed_run denied_at denied_since denied_run
    denied_twice roles_as_of roles_read_run roles_verify_run roles_due apps_as_of apps_read_run apps_verify_run
    apps_count_read apps_due`),
};

const OWN_PREFIX = /^(okta|memberships)_/;

/** Attributes that nodes are identified by, for people and in other tools. */
const IDENTITY = words('email login name');

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/** Returns true if okta-graph writes a property of this name itself. */
export function isOwnProperty(label: NodeLabel, property: string): boolean {
  return OWN_PREFIX.test(property) || OWN_PROPERTIES[label].has(property);
}

/**
 * Parses `costCenter,countryCode:country`.
 *
 * @param report is called with each error, in words that follow the name of the variable.
 */
export function parsePromoted(
  label: NodeLabel,
  text: string,
  report: (fault: string) => void,
): PromotedAttribute[] {
  const promoted: PromotedAttribute[] = [];
  for (const entry of text.split(',').map((each) => each.trim())) {
    const [attribute = '', property = attribute, ...more] = entry.split(':').map((each) => each.trim());
    const fault =
      more.length > 0 || !ATTRIBUTE.test(attribute)
        ? `has "${entry}": expected the name of a profile attribute, or attribute:property, with commas between several, such as costCenter,countryCode:country`
        : !PROPERTY.test(property)
          ? `cannot make "${property}" a property: a property begins with a letter and has at most 100 letters, digits and _; add a name for it, such as ${attribute}:${attribute.replaceAll(/\W/g, '_')}`
          : isOwnProperty(label, property)
            ? `cannot use the property ${property}, which okta-graph writes itself; choose another name, such as ${attribute}:profile_${property}`
            : promoted.some((each) => each.property === property)
              ? `has the property ${property} twice; give one of them another name`
              : undefined;
    if (fault === undefined) promoted.push({ attribute, property });
    else report(fault);
  }
  return promoted;
}

/** Parses a list of attributes that are never stored; reports errors as {@link parsePromoted} does. */
export function parseOmitted(text: string, report: (fault: string) => void): string[] {
  const omitted = new Set<string>();
  for (const attribute of text.split(',').map((each) => each.trim())) {
    if (IDENTITY.has(attribute))
      report(
        `cannot omit ${attribute}: users are identified by email and login, and groups by name, in the graph and for the people who use it`,
      );
    else if (ATTRIBUTE.test(attribute)) omitted.add(attribute);
    else
      report(
        `has "${attribute}": expected names of profile attributes with commas between them, such as mobilePhone,secondEmail`,
      );
  }
  return [...omitted];
}

/** Parses `Engineering*,!*-test`; reports errors as {@link parsePromoted} does. */
export function parsePatterns(text: string, report: (fault: string) => void): GroupPatterns {
  const included: string[] = [];
  const excluded: string[] = [];
  for (const entry of text.split(',').map((each) => each.trim())) {
    const isExcluded = entry.startsWith('!');
    const pattern = isExcluded ? entry.slice(1).trim() : entry;
    if (pattern === '')
      report(
        `has "${entry}": expected patterns of group names with commas between them, such as Engineering*,!*-test; write ? for a comma in a name`,
      );
    else (isExcluded ? excluded : included).push(pattern);
  }
  return { included, excluded };
}

/** Returns true if the members of a group are read. */
export function readsMembers(
  { membersOf }: DataRules,
  { name = '', type }: { name: string | undefined; type: string | undefined },
): boolean {
  return !membersOf || type === 'BUILT_IN' || selects(membersOf, name);
}

/** Returns true if patterns select a group of this name. */
export function selects({ included, excluded }: GroupPatterns, name: string): boolean {
  const matches = (pattern: string) => matcher(pattern)(name);
  return (included.length === 0 || included.some(matches)) && !excluded.some(matches);
}

const MATCHERS = new Map<string, (name: string) => boolean>();

/** Returns what tells if a pattern matches: `*` is any text, `?` any one character, and case does not matter. */
function matcher(pattern: string): (name: string) => boolean {
  const found = MATCHERS.get(pattern) ?? matcherOf(pattern);
  MATCHERS.set(pattern, found);
  return found;
}

/**
 * The texts between `*` are looked for one after another. One expression with several `.*` would try all ways to split a
 * name, which takes seconds for a long one.
 */
function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern
    .split(/\*+/)
    .map((part) => part.replaceAll(/[.+^${}()|[\]\\/]/g, String.raw`\$&`).replaceAll('?', '.'));
  const expressions = parts.map(
    (part, at) => new RegExp(`${at === 0 ? '^' : ''}${part}${at === parts.length - 1 ? '$' : ''}`, 'isu'),
  );
  return (name) => {
    let rest = name;
    return expressions.every((expression) => {
      const found = expression.exec(rest);
      if (found) rest = rest.slice(found.index + found[0].length);
      return found !== null;
    });
  };
}

/** Returns an error for each attribute that is both promoted and omitted. */
export function contradictions({ promoted, omitted }: DataRules): string[] {
  return (['User', 'Group'] as const).flatMap((label) =>
    promoted[label]
      .filter(({ attribute }) => omitted.includes(attribute))
      .map(
        ({ attribute }) =>
          `OMIT_ATTRIBUTES has ${attribute}, which ${label.toUpperCase()}_PROPERTIES makes a property; remove it from one of them`,
      ),
  );
}

/**
 * Returns a text that changes if the rules change what is stored of a label's objects; empty if everything is kept and
 * nothing promoted. It is stored in the graph.
 */
export function profileKey({ promoted, omitted, membersOf }: DataRules, label: NodeLabel): string {
  const properties = promoted[label].map(({ attribute, property }) => `${attribute}:${property}`);
  const patterns = label === 'Group' ? membersOf : undefined;
  if (properties.length + omitted.length === 0 && !patterns) return '';
  return JSON.stringify([properties, [...omitted].sort(), ...(patterns ? [patterns] : [])]);
}

/** Returns what a {@link profileKey} says is promoted; nothing for another text. */
export function promotedIn(key: string): PromotedAttribute[] {
  if (!key.startsWith('[[')) return [];
  const [properties] = JSON.parse(key) as [string[]];
  return properties.map((entry) => {
    const [attribute = '', property = attribute] = entry.split(':');
    return { attribute, property };
  });
}
