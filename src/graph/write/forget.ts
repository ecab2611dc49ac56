import { promotedIn } from '../../config/dataRules';
import { AdvisedError } from '../../faults/fault';
import { countOf } from '../../text/counts';
import type { GraphDatabase, Transaction } from '../database';
import { clearedProperties, MANAGER_ENDINGS, type Person } from './clearPerson';
import { lockOrg } from './run';
import { noteStaleLines } from './staleLines';
import { recordSettingsChange } from './settingsChanges';

/** What the graph has of a user: a current node, one of a deleted user, or neither. */
export type KnownUser = 'current' | 'former' | 'unknown';

/** What was removed with a user. */
export interface Forgotten {
  nodes: number;
  /** Relationships of all types, past and present. */
  relationships: number;
  /** Recorded changes. */
  changes: number;
  /** Other nodes that had the user's id, or the user as manager. */
  mentions: number;
  /** Those of them that Okta can bring back, since they are current users or group rules. */
  current: number;
}

const KNOWN = `
  RETURN CASE WHEN EXISTS { MATCH (:User {okta_domain: $domain, id: $id}) } THEN 'current'
              WHEN EXISTS { MATCH (:FormerUser {okta_domain: $domain, id: $id}) } THEN 'former'
              ELSE 'unknown' END AS known`;

/** Returns what the graph has of a user. */
export async function knownUser(db: GraphDatabase, domain: string, id: string): Promise<KnownUser> {
  const [row] = await db.read<{ known: KnownUser }>(KNOWN, { domain, id });
  return row?.known ?? 'unknown';
}

/** The user cannot be forgotten in the graph's current state; nothing was removed. */
export class ForgetRefusedError extends AdvisedError {
  override readonly name = 'ForgetRefusedError';

  /** @param endsSoon true if it is for a run that takes seconds. */
  constructor(
    fact: string,
    advice: string,
    readonly endsSoon = false,
  ) {
    super(`${fact} Nothing was removed.`, advice);
  }
}

/** Labels of nodes that can name a user, with a property that all of them have and that an index can lead to. */
const NAMING = {
  User: 'id',
  FormerUser: 'id',
  Group: 'id',
  FormerGroup: 'id',
  GroupRule: 'id',
  FormerGroupRule: 'id',
  UserChange: 'run',
  GroupChange: 'run',
  SyncRun: 'id',
  RemovalApproval: 'okta_domain',
  SettingsChange: 'okta_domain',
  ConsoleEvent: 'okta_domain',
} as const;

type NamingLabel = keyof typeof NAMING | 'OktaOrg';

/** Labels of what okta-graph records of itself: an ID can be in it, and an email is that of someone who uses it. */
const RECORDS: ReadonlySet<NamingLabel> = new Set([
  'OktaOrg',
  'SyncRun',
  'RemovalApproval',
  'SettingsChange',
  'ConsoleEvent',
]);

/** Labels of what has the properties that say who a manager is or was. */
const REPORTING: ReadonlySet<NamingLabel> = new Set(['User', 'FormerUser', 'UserChange']);

const MANAGER_PROPERTIES = MANAGER_ENDINGS.flatMap((ending) => [`manager${ending}`, `manager_id${ending}`]);

/**
 * Cypher: the nodes of a label and of the org that may name a person, by text `$id`, one of `$texts`, or as a manager by
 * one of `$managers`.
 */
function namingNodes(label: NamingLabel): string {
  const match =
    label === 'OktaOrg'
      ? 'MATCH (n:OktaOrg {domain: $domain}) WHERE'
      : `MATCH (n:${label} {okta_domain: $domain}) WHERE n.${NAMING[label]} IS NOT NULL AND`;
  const hasText = RECORDS.has(label)
    ? 'text CONTAINS $id'
    : `text CONTAINS $id OR text CONTAINS $escape OR any(lowered IN [toLower(text)] WHERE any(each IN $texts WHERE lowered CONTAINS each))`;
  const hasManager = `any(key IN ${JSON.stringify(MANAGER_PROPERTIES)} WHERE toLower(n[key]) IN $managers)`;
  return `
  ${match} (any(key IN keys(n) WHERE any(text IN CASE WHEN n[key] IS :: LIST<ANY> THEN n[key] ELSE [n[key]] END
    WHERE text IS :: STRING AND (${hasText})))${REPORTING.has(label) ? ` OR ${hasManager}` : ''})
  RETURN elementId(n) AS id`;
}

/** Those of `$texts` that mean another current user. */
const TAKEN = `
  MATCH (u:User {okta_domain: $domain}) WHERE u.id IS NOT NULL
  UNWIND [u.login, u.email, u.employee_number, u.display_name] AS text
  WITH DISTINCT toLower(text) AS text WHERE text IN $texts
  RETURN text`;

/** Deletes the nodes of a user; returns the texts that identify it, and its names. */
const DELETE = (label: 'User' | 'FormerUser') => `
  MATCH (n:${label} {okta_domain: $domain, id: $id})
  WITH n, COLLECT { MATCH (n)-[:CHANGED]->(c) RETURN c } AS changes, COUNT { (n)-[r WHERE type(r) <> 'CHANGED']-() } AS relationships
  WITH n, changes, relationships, [n.id, n.login, n.email, n.employee_number] +
         reduce(emails = [], c IN changes | emails + [c.email_before, c.email_after]) AS references,
       [n.display_name, n.first_name + ' ' + n.last_name, n.last_name + ', ' + n.first_name] AS names
  FOREACH (c IN changes | DETACH DELETE c)
  DETACH DELETE n
  RETURN references, names, size(changes) AS changes, relationships`;

interface Deleted {
  references: (string | null)[];
  names: (string | null)[];
  changes: number;
  relationships: number;
}

/**
 * A run in progress can have read the user before Okta deleted it, and would write it again. That its workflow is gone is
 * no proof that no worker still writes for it: only its end in the graph is.
 *
 * @throws ForgetRefusedError
 */
async function assertNoRun(tx: Transaction, domain: string): Promise<void> {
  const [run] = await tx.run<{ number: number; mode: string }>(
    `MATCH (r:SyncRun {okta_domain: $domain, outcome: 'running'})
     RETURN r.number AS number, r.mode AS mode ORDER BY r.mode = 'touched', r.number LIMIT 1`,
    { domain },
  );
  if (!run) return;
  throw new ForgetRefusedError(
    `Run ${run.number} of ${domain} is in progress: it may have read the user, and would write it again.`,
    'Wait until it has ended, or end it: okta-graph cancel. Then try again. If its workflow was terminated, the next run closes it: okta-graph run --wait',
    run.mode === 'touched',
  );
}

/** @throws ForgetRefusedError if the graph no longer has of the user what it had when Okta was asked. */
async function assertUnchanged(tx: Transaction, domain: string, id: string, known: KnownUser): Promise<void> {
  const [now] = await tx.run<{ known: KnownUser }>(KNOWN, { domain, id });
  if (now?.known === known || (known === 'current' && now?.known === 'former')) return;
  throw new ForgetRefusedError(
    now?.known === 'current'
      ? `A run has found user ${id} in Okta again.`
      : `User ${id} was removed from the graph meanwhile.`,
    'Try again, to check it with Okta again.',
  );
}

/**
 * Removes everything that the graph has of a user: its node, its relationships past and present, its recorded changes,
 * and its id wherever another node has it, also as someone's manager. It records that this was done, and by whom, without
 * the user. All of it in one transaction, which no run can begin in.
 *
 * @param known what the graph had of the user when Okta was asked for it.
 * @param by who does it, for the record.
 * @throws ForgetRefusedError
 */
export async function forgetUser(
  db: GraphDatabase,
  domain: string,
  { id, known }: { id: string; known: KnownUser },
  by: string,
): Promise<Forgotten> {
  return db.write(async (tx) => {
    await lockOrg(tx, domain);
    await assertNoRun(tx, domain);
    await assertUnchanged(tx, domain, id, known);
    const deleted = [
      ...(await tx.run<Deleted>(DELETE('User'), { domain, id })),
      ...(await tx.run<Deleted>(DELETE('FormerUser'), { domain, id })),
    ];
    const person = await personOf(tx, domain, id, deleted);
    const { mentions, current } = await clearNodes(tx, domain, person);
    await noteStaleLines(tx, { domain });
    const sum = (of: 'changes' | 'relationships') => deleted.reduce((total, each) => total + each[of], 0);
    const forgotten = {
      nodes: deleted.length,
      relationships: sum('relationships'),
      changes: sum('changes'),
      mentions,
      current,
    };
    await recordSettingsChange(tx, domain, { what: forgottenText(forgotten), by });
    return forgotten;
  });
}

/** Says how much was removed, without of whom. */
export function forgottenText({ nodes, relationships, changes, mentions }: Forgotten): string {
  const removed = [
    countOf(nodes, 'node'),
    countOf(relationships, 'relationship'),
    countOf(changes, 'change'),
  ];
  return `Removed all data of a deleted user: ${removed.join(', ')}; cleared from ${countOf(mentions, 'other node')}`;
}

/** Returns what identifies a deleted user, and nobody who is in Okta now. */
async function personOf(
  tx: Transaction,
  domain: string,
  id: string,
  deleted: readonly Deleted[],
): Promise<Person> {
  const lowered = (texts: readonly (string | null)[]) =>
    texts.flatMap((text) => text?.trim().toLowerCase() || []);
  const references = new Set(lowered(deleted.flatMap((each) => each.references)));
  const names = new Set(lowered(deleted.flatMap((each) => each.names)));
  const taken = await tx.run<{ text: string }>(TAKEN, { domain, texts: [...references, ...names] });
  for (const { text } of taken) for (const texts of [references, names]) texts.delete(text);
  const emails = new Set([...references].filter((text) => /^[^@\s]+@[^@\s]+$/.test(text)));
  return { id, emails, references, names };
}

/** Number of nodes that are in memory at a time, with their raw objects. */
const TOGETHER = 500;

async function clearNodes(
  tx: Transaction,
  domain: string,
  person: Person,
): Promise<Pick<Forgotten, 'mentions' | 'current'>> {
  const managers = [...person.references, ...person.names];
  // In a raw object, a whole value is between quotes.
  const texts = [...person.emails, ...managers.map((text) => JSON.stringify(text))];
  const promoted = {
    user: await promotedAttributes(tx, domain, 'user'),
    group: await promotedAttributes(tx, domain, 'group'),
  };
  const sum = { mentions: 0, current: 0 };
  for (const label of [...Object.keys(NAMING), 'OktaOrg'] as NamingLabel[]) {
    const found = await tx.run<{ id: string }>(namingNodes(label), {
      domain,
      id: person.id,
      texts,
      managers,
      // JSON can have any character of a name or an email as its number.
      escape: String.raw`\u`,
    });
    for (let at = 0; at < found.length; at += TOGETHER) {
      const elements = found.slice(at, at + TOGETHER).map(({ id }) => id);
      const cleared = await clearPortion(
        tx,
        elements,
        person,
        promoted[label.endsWith('Group') ? 'group' : 'user'],
      );
      sum.mentions += cleared;
      if (label === 'User' || label === 'GroupRule') sum.current += cleared;
    }
  }
  return sum;
}

/** Clears nodes of a person; returns how many of them change. */
async function clearPortion(
  tx: Transaction,
  elements: readonly string[],
  person: Person,
  promoted: ReadonlyMap<string, string>,
): Promise<number> {
  const nodes = await tx.run<{ element: string; properties: Record<string, unknown> }>(
    'UNWIND $elements AS id MATCH (n) WHERE elementId(n) = id RETURN id AS element, properties(n) AS properties',
    { elements },
  );
  const rows = nodes
    .map(({ element, properties }) => ({ element, changes: clearedProperties(properties, person, promoted) }))
    .filter(({ changes }) => Object.keys(changes).length > 0);
  await tx.run('UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row.element SET n += row.changes', {
    rows,
  });
  return rows.length;
}

/** Returns the attributes of users or groups that properties are made from, by property, as the last runs did. */
async function promotedAttributes(
  tx: Transaction,
  domain: string,
  kind: 'user' | 'group',
): Promise<Map<string, string>> {
  const [org] = await tx.run<{ keys: (string | null)[] }>(
    `MATCH (o:OktaOrg {domain: $domain})
     RETURN [o.${kind}_rules, o.${kind}_rules_next] AS keys`,
    { domain },
  );
  return new Map(
    (org?.keys ?? [])
      .flatMap((key) => (key ? promotedIn(key) : []))
      .map(({ attribute, property }) => [property, attribute]),
  );
}
