import type { GraphDatabase, Transaction } from '../database';
import { writeForRun, type Run, type RunWriter } from './run';
import { integer } from '../values';

/** Number of users read in one query. */
const PAGE = 20_000;
/** Maximum number of lines in one transaction. */
const MAX_LINES = 10_000;
/** Maximum number of reported ids of users without a line. */
const MAX_IDS = 20;

/** A user and the manager it names. */
interface Report {
  id: string;
  /** Its `manager_id`, then its `manager`, if present. */
  names: string[];
  /** Ids of the managers that its lines currently point to. */
  to: string[];
}

interface Person {
  id: string;
  login: string | null;
  email: string | null;
  number: string | null;
}

/** A line from a user to its manager. */
type Line = [from: string, to: string];

/**
 * Updates `REPORTS_TO` to match the managers that users name, unless nothing has changed since the last update. A
 * manager is named by Okta ID, login, email or employee number; one that is not found, or is ambiguous, gets no line.
 */
export async function drawReportingLines(writer: RunWriter, beat: () => void): Promise<void> {
  const { db, run } = writer;
  const [versions] = await db.read<{ current: number; drawn: number }>(
    `MATCH (o:OktaOrg {domain: $domain})
     RETURN coalesce(o.managers_version, 0) AS current, coalesce(o.reporting_lines_version, -1) AS drawn`,
    { domain: run.domain },
  );
  if (!versions || versions.current === versions.drawn) return;

  // In pages, none of which stays: a million users at once take a gigabyte.
  const people = new People();
  people.want((await db.read<{ name: string }>(NAMES, { domain: run.domain })).map(({ name }) => name));
  for await (const page of pages<Person>(db, run, PEOPLE, beat))
    for (const person of page) people.add(person);
  const found = new Outcome();
  for await (const page of pages<Report>(db, run, REPORTS, beat)) {
    const { add, remove } = found.linesOf(page, people);
    for (let at = 0; at < Math.max(add.length, remove.length); at += MAX_LINES) {
      await writeForRun(writer, async (tx) => {
        if (!(await isCurrent(tx, run, versions.current))) return { counts: {}, warnings: [] };
        const removed = await change(tx, run, REMOVE, remove.slice(at, at + MAX_LINES));
        const added = await change(tx, run, ADD, add.slice(at, at + MAX_LINES));
        return { counts: { reporting_lines_added: added, reporting_lines_removed: removed }, warnings: [] };
      });
      beat();
    }
  }
  await writeForRun(writer, async (tx) => {
    if (await isCurrent(tx, run, versions.current)) await note(tx, run, versions.current, found);
    return { counts: {}, warnings: [] };
  });
}

/** What was found of all users: the number of lines, and the users without one although they name a manager. */
class Outcome {
  total = 0;
  readonly without = { unresolved: new Some(), ambiguous: new Some() };

  /** Returns the lines of some users that are to be added and removed. */
  linesOf(reports: readonly Report[], people: People): { add: Line[]; remove: Line[] } {
    const add: Line[] = [];
    const remove: Line[] = [];
    for (const { id, names, to } of reports) {
      const manager = people.managerOf(names);
      const isLine = typeof manager === 'object' && manager.id !== id;
      if (isLine) this.total += 1;
      if (isLine && !to.includes(manager.id)) add.push([id, manager.id]);
      for (const old of to) if (!isLine || old !== manager.id) remove.push([id, old]);
      if (typeof manager === 'string') this.without[manager].add(id);
    }
    return { add, remove };
  }
}

/** The number of users, and the ids of the first ones. */
class Some {
  count = 0;
  readonly ids: string[] = [];

  add(id: string): void {
    this.count += 1;
    if (this.ids.length < MAX_IDS) this.ids.push(id);
  }
}

/** Cypher: the next users, and the managers that they name. */
const NEXT = `
  MATCH (u:User {okta_domain: $domain}) WHERE u.id > $after
  WITH u ORDER BY u.id LIMIT $page
  WITH u, [name IN [u.manager_id, u.manager] WHERE name IS NOT NULL] AS names`;

/** Cypher: each name of a manager once. */
const NAMES = `
  MATCH (u:User {okta_domain: $domain})
  UNWIND [u.manager_id, u.manager] AS name
  WITH DISTINCT name WHERE name IS NOT NULL
  RETURN name`;

const REPORTS = `${NEXT} RETURN u.id AS id, names, [(u)-[:REPORTS_TO]->(m) | m.id] AS to`;

const PEOPLE = `
  MATCH (u:User {okta_domain: $domain}) WHERE u.id > $after
  WITH u ORDER BY u.id LIMIT $page
  RETURN u.id AS id, u.login AS login, u.email AS email, u.employee_number AS number`;

async function* pages<Row extends { id: string }>(
  db: GraphDatabase,
  { domain }: Run,
  query: string,
  beat: () => void,
): AsyncGenerator<Row[]> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Row[] = await db.read<Row>(query, { domain, after, page: integer(PAGE) });
    beat();
    yield page;
    after = page.length < PAGE ? undefined : page.at(-1)?.id;
  }
}

/** Looks up users by the names that are used for managers. Only Okta IDs are case-sensitive. */
class People {
  private readonly wanted = new Set<string>();
  private readonly ids = new Set<string>();
  private readonly logins = new Map<string, Set<string>>();
  private readonly emails = new Map<string, Set<string>>();
  private readonly numbers = new Map<string, Set<string>>();

  /** Names some managers, before the users are added. */
  want(names: readonly string[]): void {
    for (const name of names) this.wanted.add(keyOf(name));
  }

  add({ id, login, email, number }: Person): void {
    if (this.wanted.has(keyOf(id))) this.ids.add(id);
    this.index(this.logins, login, id);
    this.index(this.emails, email, id);
    this.index(this.numbers, number, id);
  }

  /**
   * Returns the first manager that matches exactly one user; without one, `ambiguous` if a name matched several users,
   * else `unresolved`; undefined without names.
   */
  managerOf(names: readonly string[]): { id: string } | 'unresolved' | 'ambiguous' | undefined {
    let failure: 'unresolved' | 'ambiguous' | undefined;
    for (const name of names) {
      const ids = this.named(name);
      const [id] = ids;
      if (ids.size === 1 && id !== undefined) return { id };
      if (failure !== 'ambiguous') failure = ids.size > 1 ? 'ambiguous' : 'unresolved';
    }
    return failure;
  }

  private named(name: string): ReadonlySet<string> {
    if (this.ids.has(name.trim())) return new Set([name.trim()]);
    const key = keyOf(name);
    return this.logins.get(key) ?? this.emails.get(key) ?? this.numbers.get(key) ?? new Set();
  }

  private index(by: Map<string, Set<string>>, name: string | null, id: string): void {
    if (name === null) return;
    const key = keyOf(name);
    if (!this.wanted.has(key)) return;
    const ids = by.get(key);
    if (ids) ids.add(id);
    else by.set(key, new Set([id]));
  }
}

function keyOf(name: string): string {
  return name.trim().toLowerCase();
}

/** Returns true if no other process has changed a line since the users were read; the lock is held. */
async function isCurrent(tx: Transaction, { domain }: Run, version: number): Promise<boolean> {
  const [org] = await tx.run<{ version: number }>(
    'MATCH (o:OktaOrg {domain: $domain}) RETURN coalesce(o.managers_version, 0) AS version',
    { domain },
  );
  return org?.version === version;
}

const ENDS = `
  UNWIND $lines AS line
  MATCH (u:User {okta_domain: $domain, id: line[0]})
  MATCH (m:User {okta_domain: $domain, id: line[1]})`;

const ADD = `${ENDS} WHERE NOT EXISTS { (u)-[:REPORTS_TO]->(m) }
  CREATE (u)-[:REPORTS_TO]->(m)
  RETURN count(*) AS count`;

const REMOVE = `${ENDS}
  MATCH (u)-[l:REPORTS_TO]->(m)
  DELETE l
  RETURN count(*) AS count`;

async function change(
  tx: Transaction,
  { domain }: Run,
  statement: string,
  lines: readonly Line[],
): Promise<number> {
  if (lines.length === 0) return 0;
  const [changed] = await tx.run<{ count: number }>(statement, { domain, lines });
  return changed?.count ?? 0;
}

/** Stores on the org the numbers for its reports, including reports of runs that had no lines to update. */
async function note(
  tx: Transaction,
  { domain }: Run,
  version: number,
  { total, without: { unresolved, ambiguous } }: Outcome,
): Promise<void> {
  await tx.run(
    `MATCH (o:OktaOrg {domain: $domain})
     SET o.reporting_lines_version = $version, o.reporting_lines = $total,
         o.managers_unresolved = $unresolved, o.managers_unresolved_users = $unresolvedUsers,
         o.managers_ambiguous = $ambiguous, o.managers_ambiguous_users = $ambiguousUsers`,
    {
      domain,
      version: integer(version),
      total: integer(total),
      unresolved: integer(unresolved.count),
      unresolvedUsers: unresolved.ids,
      ambiguous: integer(ambiguous.count),
      ambiguousUsers: ambiguous.ids,
    },
  );
}
