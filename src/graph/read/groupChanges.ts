import { selects, type GroupPatterns } from '../../config/dataRules';
import type { GraphDatabase } from '../database';
import { integer } from '../values';
import type { Person } from './reports';

/** A user, with name and email if they were asked for. */
export interface KnownPerson extends Person {
  id: string;
}

/** Memberships of one group that a run has added or removed. */
export interface MemberChanges {
  count: number;
  /** Some of them, by Okta ID. */
  people: KnownPerson[];
}

/** What a run has changed in one group. */
export interface GroupChanges {
  id: string;
  name: string;
  isCreated: boolean;
  isDeleted: boolean;
  /** True if the group has an admin role, or had one when it was deleted. */
  isAdmin: boolean;
  added: MemberChanges;
  removed: MemberChanges;
}

interface Row {
  key: string;
  id: string;
  name: string | null;
  isCreated: boolean;
  isDeleted: boolean;
  isAdmin: boolean;
}

const CHANGED = ['Group', 'FormerGroup']
  .map(
    (label) => `
  MATCH (t:${label} {okta_domain: $domain})
  WHERE t.memberships_changed_run >= $run OR t.added_run = $run OR t.removed_run = $run
  RETURN elementId(t) AS key, t.id AS id, t.name AS name, coalesce(t.added_run = $run, false) AS isCreated,
         coalesce(t.removed_run = $run, false) AS isDeleted,
         EXISTS { (t)-[:HAS_ROLE]->() } OR EXISTS { (t)-[had:HAD_ROLE]->() WHERE had.closed_by = $run } AS isAdmin`,
  )
  .join(' UNION ALL ');

/** Sides of a membership: the property that has the run that added or removed it. */
const SIDES = { added: 'opened_by', removed: 'closed_by' } as const;

type Side = keyof typeof SIDES;

/** A group can have a million changes, so those that are not listed are counted, and not collected. */
const MEMBERS = (withNames: boolean) => {
  const user = `u {.id${withNames ? ', displayName: u.display_name, .email' : ''}}`;
  const columns = (Object.keys(SIDES) as Side[]).map((side) => {
    const found = `(t)<-[m:MEMBER_OF|WAS_MEMBER_OF]-(u) WHERE m.${SIDES[side]} = $run`;
    return `{count: COUNT { ${found} },
    people: COLLECT { MATCH ${found} RETURN ${user} ORDER BY u.id LIMIT $atMost }} AS ${side}`;
  });
  return `
  MATCH (t) WHERE elementId(t) IN $keys
  RETURN elementId(t) AS key, ${columns.join(',\n  ')}`;
};

/** Number of groups whose memberships are read in one query. */
const TOGETHER = 100;

/**
 * Returns what a run has changed in the groups that the patterns select, and in those with an admin role, by name;
 * a group in which it has changed nothing is left out.
 *
 * @param atMost number of people that are listed of each change, in about the first `inGroups` groups.
 */
export async function groupChanges(
  db: GraphDatabase,
  domain: string,
  runNumber: number,
  {
    patterns,
    withNames,
    atMost,
    inGroups,
  }: { patterns: GroupPatterns | undefined; withNames: boolean; atMost: number; inGroups: number },
): Promise<GroupChanges[]> {
  const run = integer(runNumber);
  const rows = (await db.read<Row>(CHANGED, { domain, run }))
    .map((row) => ({ ...row, name: row.name ?? '' }))
    .filter(({ name, isAdmin }) => isAdmin || (patterns && selects(patterns, name)))
    .sort((a, b) => a.name.localeCompare(b.name));
  const found: GroupChanges[] = [];
  for (let at = 0; at < rows.length; at += TOGETHER) {
    const some = rows.slice(at, at + TOGETHER);
    const changes = await db.read<{ key: string } & Record<Side, MemberChanges>>(MEMBERS(withNames), {
      run,
      keys: some.map(({ key }) => key),
      atMost: integer(found.length < inGroups ? atMost : 0),
    });
    const byKey = new Map(changes.map(({ key, ...sides }) => [key, sides]));
    for (const { key, ...group } of some) {
      const { added = NONE, removed = NONE } = byKey.get(key) ?? {};
      if (group.isCreated || group.isDeleted || added.count + removed.count > 0)
        found.push({ ...group, added: known(added), removed: known(removed) });
    }
  }
  return found;
}

const NONE: MemberChanges = { count: 0, people: [] };

/** Leaves out names and emails that users do not have. */
function known({ count, people }: MemberChanges): MemberChanges {
  const withoutNulls = (person: KnownPerson) =>
    Object.fromEntries(
      Object.entries(person).filter(([, value]) => value !== null),
    ) as unknown as KnownPerson;
  return { count, people: people.map(withoutNulls) };
}
