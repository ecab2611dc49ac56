import neo4j from 'neo4j-driver';
import type { GraphDatabase } from '../graph/database';
import { integer } from '../graph/values';
import { countOf } from '../text/counts';
import { brief } from '../text/printable';
import { UsageError } from '../text/usageError';
import { howToRead } from './accessProof';
import { appEver, groupEver, person, personEver } from './cypher';
import { cypherParameters, type Given } from './parameters';
import { parseTime } from '../text/parseTime';
import { formatTime } from '../text/times';
import { historyStart, proofOf, type Proof } from './proof';
import type { Question } from './question';
import { HAS_ACCESS } from './reach';

/** A value in a row. Times are ISO 8601 in UTC. */
export type Value = string | number | boolean | null | readonly Value[];

export interface Answer {
  question: Question;
  /** The values passed to the Cypher statement. */
  parameters: Record<string, Value>;
  rows: Record<string, Value>[];
  /** What to know about the answer: that a name means several, or why it is empty. */
  note?: string;
  /** The parameters whose value several users, groups or apps share. */
  shared?: readonly Shared[];
  proof: Proof;
}

/** A parameter that means several users, groups or apps. */
export interface Shared {
  parameter: string;
  /** The ids of the first of them. */
  ids: readonly string[];
}

/** Maximum number of ids in {@link Shared}. */
const MAX_SHARED = 20;

/** The org, parameters and time of a question. */
export interface Asking {
  domain: string;
  given: Given;
  now: Date;
  /** How long history is kept, in ms; 0 if it is not kept. */
  historyRetentionMs: number;
}

/** Thrown when no user, group or app matches the given name, so that a typo is not mistaken for an empty result. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';

  /** @param given the name. */
  constructor(
    message: string,
    readonly given: string,
  ) {
    super(message);
  }
}

/**
 * Runs a question against the graph.
 *
 * @param limit maximum number of rows; no limit by default.
 * @throws UsageError if a parameter is invalid.
 * @throws UnknownNameError if the graph has no such user, group or app.
 */
export async function answer(
  db: GraphDatabase,
  question: Question,
  asking: Asking,
  limit?: number,
): Promise<Answer> {
  const { domain, now, historyRetentionMs } = asking;
  const parameters = await boundParameters(db, question, asking);
  const cypher = limit === undefined ? question.cypher : `${question.cypher}\nLIMIT $limit`;
  const bound = { domain, ...parameters, ...(limit !== undefined && { limit: integer(limit) }) };
  const rows = await db.read<Record<string, unknown>>(cypher, bound);
  return {
    question,
    parameters: plainRow(parameters),
    rows: rows.map(plainRow),
    ...(await noteOf(db, question, bound, rows.length === 0)),
    proof: await proofOf(db, domain, now, historyRetentionMs, question.access),
  };
}

/** Same as {@link Answer}, but the rows are streamed. */
export interface StreamedAnswer extends Omit<Answer, 'rows'> {
  rows: AsyncGenerator<Record<string, Value>, void, undefined>;
}

/**
 * Runs a question whose answer may be too large to hold in memory. Rows are read from Neo4j as they are consumed.
 *
 * @param timeoutMs time limit for the whole answer; the default is the time limit for reads.
 * @throws UsageError if a parameter is invalid.
 * @throws UnknownNameError if the graph has no such user, group or app.
 */
export async function streamedAnswer(
  db: GraphDatabase,
  question: Question,
  asking: Asking,
  timeoutMs?: number,
): Promise<StreamedAnswer> {
  const { domain, now, historyRetentionMs } = asking;
  const parameters = await boundParameters(db, question, asking);
  const proof = await proofOf(db, domain, now, historyRetentionMs, question.access);
  const bound = { domain, ...parameters };
  const note = await noteOf(db, question, bound, true);
  const found = db.stream<Record<string, unknown>>(question.cypher, bound, timeoutMs);
  return { question, parameters: plainRow(parameters), rows: plainRows(found), ...note, proof };
}

/** Returns a note if a name means several users, groups or apps, or if the answer leaves out a deactivated user. */
async function noteOf(
  db: GraphDatabase,
  { parameters, needs, leavesOutDeactivated }: Question,
  bound: Record<string, unknown>,
  mayBeEmpty: boolean,
): Promise<Pick<Answer, 'note' | 'shared'>> {
  const notes: string[] = [];
  const shared: Shared[] = [];
  for (const [name, { type }] of Object.entries(parameters)) {
    if (type !== 'person' && type !== 'group' && type !== 'app') continue;
    const { label, kind, named, ever } = NAMED[type];
    const own = needs === 'history' ? '' : `WHERE n:${label}`;
    const [found] = await db.read<{ count: number; ids: string[] }>(
      `${ever('n', name)} WITH DISTINCT n ${own} WITH n ORDER BY n.id
       RETURN count(n) AS count, collect(n.id)[..${MAX_SHARED}] AS ids`,
      bound,
    );
    if (!found || found.count < 2) continue;
    notes.push(`${countOf(found.count, kind)} have this ${named}; the answer is about all of them.`);
    shared.push({ parameter: name, ids: found.ids });
  }
  const name = Object.keys(parameters).find((each) => parameters[each]?.type === 'person');
  if (mayBeEmpty && name !== undefined && leavesOutDeactivated) {
    const having = await db.read(`${person('u', name)} WITH u WHERE ${HAS_ACCESS} RETURN 1 LIMIT 1`, bound);
    if (having.length === 0) notes.push(DEACTIVATED);
  }
  return { ...(notes.length > 0 && { note: notes.join(' ') }), ...(shared.length > 0 && { shared }) };
}

const DEACTIVATED =
  'This user is deactivated and has no access now; see blast-radius for what reactivation would give back.';

async function* plainRows(
  rows: AsyncIterable<Record<string, unknown>>,
): AsyncGenerator<Record<string, Value>, void, undefined> {
  for await (const row of rows) yield plainRow(row);
}

/**
 * Returns the Cypher parameters of a question, except `$domain`.
 *
 * @throws UsageError if a parameter is invalid.
 * @throws UnknownNameError if the graph has no such user, group or app.
 */
export async function boundParameters(
  db: GraphDatabase,
  question: Question,
  { domain, given, now, historyRetentionMs }: Asking,
): Promise<Record<string, unknown>> {
  const parameters = cypherParameters(question, given, now);
  await checkNames(db, question, domain, parameters);
  await checkCovered(db, question, { domain, given, now, historyRetentionMs });
  await checkPatterns(db, question, parameters);
  return parameters;
}

/** Rejects a time before the history that is kept: nobody knows what was then, and an answer would look like a fact. */
async function checkCovered(
  db: GraphDatabase,
  { needs, parameters }: Question,
  { domain, given, now, historyRetentionMs }: Asking,
): Promise<void> {
  const text = given['at']?.[0] ?? parameters['at']?.default;
  if (needs !== 'history' || text === undefined) return;
  if (historyRetentionMs === 0)
    throw new UsageError(
      'No history is kept, so past states are not known. To keep it, set HISTORY_RETENTION',
    );
  const sinceMs = await historyStart(db, domain, now, historyRetentionMs);
  if (sinceMs !== undefined && parseTime(text.trim(), now).getTime() < sinceMs)
    throw new UsageError(
      `at is before the history, which begins at ${formatTime(new Date(sinceMs))}: what was before is not known`,
    );
}

/**
 * Returns true if a regular expression may take exponential time. Neo4j cannot interrupt a match, so its time limit for
 * reads does not apply.
 */
function isCostly(pattern: string): boolean {
  const count = (quantifiers: RegExp) => (pattern.match(quantifiers) ?? []).length;
  // Flags in a group, such as `(?x)`, can hide a repetition behind a comment.
  return /\)\s*[*+?{]|\(\?[^:]|\\[1-9k]|\{/.test(pattern) || count(/[*+]/g) > 2 || count(/\?/g) > 8;
}

async function checkPatterns(
  db: GraphDatabase,
  { parameters: types }: Question,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [name, { type }] of Object.entries(types)) {
    if (type !== 'pattern') continue;
    const value = String(parameters[name]);
    if (isCostly(value)) {
      const advice =
        'without repeated groups, flags, backreferences or counts, and with at most two of * and +';
      throw new UsageError(`${name} must be a simple regular expression, ${advice}: ${brief(value)}`);
    }
    await db.read("RETURN '' =~ '(?i)' + $value AS matches", { value }).catch((error: Error) => {
      if (!error.message.includes('Invalid Regex')) throw error;
      throw new UsageError(`${name} is not a regular expression: ${brief(value)}`);
    });
  }
}

async function checkNames(
  db: GraphDatabase,
  { parameters: types, needs }: Question,
  domain: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [name, { type }] of Object.entries(types)) {
    if (type !== 'person' && type !== 'group' && type !== 'app') continue;
    const { label, kind, named, ever, forHistory } = NAMED[type];
    const value = String(parameters[name]);
    const found = await db.read<{ isFormer: boolean }>(
      `${ever('n', 'value')} RETURN n:Former${label} AS isFormer`,
      { domain, value },
    );
    const isKnown = found.some(({ isFormer }) => needs === 'history' || !isFormer);
    if (isKnown) continue;
    if (found.length > 0)
      throw new UnknownNameError(
        `Okta has deleted ${kind} ${value}. For its history, use ${forHistory}.`,
        value,
      );
    if (type === 'app' && !(await hasApps(db, domain)))
      throw new UnknownNameError(`The graph has no apps of ${domain}. ${howToRead('apps')}`, value);
    throw new UnknownNameError(
      `The graph has no ${kind} of ${domain} with the ${named} or ID ${value}.${await suggestions(db, domain, type, value)}`,
      value,
    );
  }
}

/** What can be named in a question, and the question that also answers for a deleted one. */
const NAMED = {
  person: {
    label: 'User',
    kind: 'user',
    named: 'email',
    ever: personEver,
    forHistory: 'person-history',
  },
  group: {
    label: 'Group',
    kind: 'group',
    named: 'name',
    ever: groupEver,
    forHistory: 'group-members-at',
  },
  app: { label: 'App', kind: 'app', named: 'label', ever: appEver, forHistory: 'app-people-at' },
} as const;

async function hasApps(db: GraphDatabase, domain: string): Promise<boolean> {
  const apps = await db.read('MATCH (a:App {okta_domain: $domain}) WHERE a.id IS NOT NULL RETURN 1 LIMIT 1', {
    domain,
  });
  return apps.length > 0;
}

/** Returns a hint with up to five groups or apps whose names contain the value, or an empty string. */
async function suggestions(
  db: GraphDatabase,
  domain: string,
  type: keyof typeof NAMED,
  value: string,
): Promise<string> {
  if (type === 'person') return '';
  const { label, named } = NAMED[type];
  const similar = await db.read<{ name: string }>(
    `MATCH (n:${label} {okta_domain: $domain}) WHERE n.id IS NOT NULL AND toLower(n.${named}) CONTAINS toLower($value)
     RETURN DISTINCT n.${named} AS name ORDER BY name LIMIT 5`,
    { domain, value },
  );
  return similar.length === 0 ? '' : ` Similar ${named}s: ${similar.map(({ name }) => name).join(', ')}.`;
}

function plainRow(row: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (neo4j.isDateTime(value)) return value.toStandardDate().toISOString();
  if (neo4j.isInt(value)) return value.toNumber();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return String(value);
}
