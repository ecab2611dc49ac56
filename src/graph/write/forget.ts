import { isDeepStrictEqual } from 'node:util';
import { AdvisedError } from '../../faults/fault';
import { isObject } from '../../text/json';
import type { GraphDatabase, Transaction } from '../database';
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

/** Labels of nodes that can have an id of another node in a property. */
const MENTIONING =
  'User|FormerUser|Group|FormerGroup|UserChange|GroupChange|GroupRule|FormerGroupRule|OktaOrg|SyncRun|RemovalApproval|SettingsChange|ConsoleEvent';

/** Cypher: true if any property of node `n` has a text that contains `$id`. */
const CONTAINS_ID = `any(key IN keys(n) WHERE any(text IN CASE WHEN n[key] IS :: LIST<ANY> THEN n[key] ELSE [n[key]] END
    WHERE text IS :: STRING AND text CONTAINS $id))`;

const MENTIONS = `
  MATCH (n:${MENTIONING}) WHERE coalesce(n.okta_domain, n.domain) = $domain AND ${CONTAINS_ID}
  RETURN elementId(n) AS id`;

/** Endings of the properties that say who the manager of a user is, or was before or after a change. */
const MANAGER_ENDINGS = ['', '_before', '_after'];

const managerProperties = (ending: string) => [`manager${ending}`, `manager_id${ending}`];

/** Those of `$names` that mean another user by now. */
const TAKEN = `
  MATCH (u:User {okta_domain: $domain})
  UNWIND [u.login, u.email, u.employee_number] AS name
  WITH DISTINCT toLower(name) AS name WHERE name IN $names
  RETURN name`;

const REPORTS = `
  MATCH (n:User|FormerUser|UserChange {okta_domain: $domain})
  WHERE any(key IN ${JSON.stringify(MANAGER_ENDINGS.flatMap(managerProperties))} WHERE toLower(n[key]) IN $names)
  RETURN elementId(n) AS id`;

/** Deletes the nodes of a user; returns the texts by which other users can name it as their manager. */
const DELETE = (label: 'User' | 'FormerUser') => `
  MATCH (n:${label} {okta_domain: $domain, id: $id})
  WITH n, [name IN [n.id, n.login, n.email, n.employee_number] WHERE name IS NOT NULL | toLower(name)] AS names,
       COLLECT { MATCH (n)-[:CHANGED]->(c) RETURN c } AS changes, COUNT { (n)-[r WHERE type(r) <> 'CHANGED']-() } AS relationships
  FOREACH (c IN changes | DETACH DELETE c)
  DETACH DELETE n
  RETURN names, size(changes) AS changes, relationships`;

interface Deleted {
  names: string[];
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
    const names = new Set(deleted.flatMap((each) => each.names));
    const taken = await tx.run<{ name: string }>(TAKEN, { domain, names: [...names] });
    for (const { name } of taken) names.delete(name);
    const found = [
      ...(await tx.run<{ id: string }>(REPORTS, { domain, names: [...names] })),
      ...(await tx.run<{ id: string }>(MENTIONS, { domain, id })),
    ];
    const elements = [...new Set(found.map((each) => each.id))];
    const { mentions, current } = await clearMentions(tx, elements, { id, names });
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
  return `Forgot a user that Okta has deleted: removed ${nodes} of its nodes, ${relationships} relationships past and present and ${changes} recorded changes, and cleared ${mentions} other nodes of it`;
}

interface Node {
  element: string;
  labels: string[];
  properties: Record<string, unknown>;
}

/** A user to forget: its id, and in lower case, the texts by which other users can name it as their manager. */
interface Person {
  id: string;
  names: ReadonlySet<string>;
}

async function clearMentions(
  tx: Transaction,
  elements: readonly string[],
  person: Person,
): Promise<Pick<Forgotten, 'mentions' | 'current'>> {
  const nodes = await tx.run<Node>(
    `UNWIND $elements AS id MATCH (n) WHERE elementId(n) = id
     RETURN id AS element, labels(n) AS labels, properties(n) AS properties`,
    { elements },
  );
  const rows = nodes
    .map((node) => ({ ...node, changes: clearedProperties(node.properties, person) }))
    .filter(({ changes }) => Object.keys(changes).length > 0);
  await tx.run('UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row.element SET n += row.changes', {
    rows: rows.map(({ element, changes }) => ({ element, changes })),
  });
  const isCurrent = ({ labels }: Node) => labels.includes('User') || labels.includes('GroupRule');
  return { mentions: rows.length, current: rows.filter(isCurrent).length };
}

/** Stands for the id in texts and reports. */
const PLACEHOLDER = '(forgotten)';

/** Returns the properties of a node that change if it must not show a person, nor who reports to it; null removes one. */
export function clearedProperties(
  properties: Readonly<Record<string, unknown>>,
  { id, names }: Person,
): Record<string, unknown> {
  const mention = new RegExp(`(?<![A-Za-z0-9_-])${id}(?![A-Za-z0-9_-])`, 'g');
  const isPerson = (name: string) => names.has(String(properties[name] ?? '').toLowerCase());
  const endings = MANAGER_ENDINGS.filter((ending) => managerProperties(ending).some(isPerson));
  const managers = new Set(endings.flatMap(managerProperties));
  const clearing: Clearing = { id, mention, isReport: endings.includes('') };
  const cleared = Object.entries(properties).flatMap(([name, value]): [string, unknown][] => {
    if (managers.has(name)) return [[name, null]];
    if (Array.isArray(value)) return [[name, clearedJson(value, clearing)]];
    if (typeof value !== 'string') return [];
    const isRaw = name.startsWith('okta_raw_') && name.endsWith('_object');
    if (isRaw) return [[name, JSON.stringify(clearedJson(JSON.parse(value), clearing))]];
    return [[name, value === id ? null : value.replace(mention, PLACEHOLDER)]];
  });
  return Object.fromEntries(cleared.filter(([name, value]) => !isDeepStrictEqual(value, properties[name])));
}

interface Clearing {
  id: string;
  mention: RegExp;
  /** True if the object is of a user whose manager is to be forgotten. */
  isReport: boolean;
}

/** Returns a value of a raw object without the id, and without the profile's manager if that is who is forgotten. */
function clearedJson(value: unknown, clearing: Clearing, name = ''): unknown {
  const { id, mention, isReport } = clearing;
  if (typeof value === 'string') return value.replace(mention, PLACEHOLDER);
  if (Array.isArray(value))
    return value.filter((each) => each !== id).map((each) => clearedJson(each, clearing));
  if (!isObject(value)) return value;
  const isManager = (key: string) => isReport && name === 'profile' && ['manager', 'managerId'].includes(key);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => each !== id && !isManager(key))
      .map(([key, each]) => [key, clearedJson(each, clearing, key)]),
  );
}
