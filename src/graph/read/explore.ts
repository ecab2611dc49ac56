import { everNode, heldAt, LIMITS } from './asOf';
import type { GraphDatabase } from '../database';
import { SEARCH_INDEX } from '../schema/exploreIndexes';
import { dateTime, integer } from '../values';

/** A user or group in a list. */
export interface Found {
  domain: string;
  label: 'User' | 'Group';
  id: string;
  name: string | null;
  /** A user's email, a group's description. */
  detail: string | null;
  /** A user's status, a group's type. */
  kind: string | null;
  /** True if it was deleted in Okta; its data is the last known. */
  isDeleted: boolean;
  /** True if Okta has answered that it does not have it, and it was not removed: unconfirmed yet, or withheld. */
  isMissing: boolean;
}

const IS_MISSING = (label: 'User' | 'Group') => `n:${label} AND n.denied_at IS NOT NULL AS isMissing`;

/** Cypher: {@link Found} of node `n`. */
export const FOUND = {
  User: `n.okta_domain AS domain, 'User' AS label, n.id AS id, n.display_name AS name, n.email AS detail, n.status AS kind, NOT n:User AS isDeleted, ${IS_MISSING('User')}`,
  Group: `n.okta_domain AS domain, 'Group' AS label, n.id AS id, n.name AS name, n.description AS detail, n.type AS kind, NOT n:Group AS isDeleted, ${IS_MISSING('Group')}`,
} as const;

/** Cypher: binds `n` to what a search finds, at most `$atMost` by its words. */
const matching = (label: 'User' | 'Group') =>
  `CALL () {
     MATCH (n:${label}) WHERE n.okta_domain IN $domains AND n.id = $id RETURN n
     UNION
     MATCH (n:Former${label}) WHERE n.okta_domain IN $domains AND n.id = $id RETURN n
     UNION
     CALL db.index.fulltext.queryNodes('${SEARCH_INDEX[label]}', $query) YIELD node
     WITH node AS n WHERE n.okta_domain IN $domains RETURN n LIMIT $atMost
   }`;

function searchParameters(domains: readonly string[], text: string, atMost: number) {
  const query = wordsOf(text)
    .map((word) => `+${word}*`)
    .join(' ');
  return query === '' ? undefined : { domains, id: text.trim(), query, atMost: integer(atMost) };
}

/**
 * Returns users and groups for which each word of `text` is a prefix of a word of their name, email or login, or whose
 * id is `text`. Users come before groups, deleted ones last within each kind.
 */
export async function search(
  db: GraphDatabase,
  domains: readonly string[],
  text: string,
  atMostOfEach: number,
): Promise<Found[]> {
  const parameters = searchParameters(domains, text, atMostOfEach);
  if (!parameters) return [];
  const searchIn = (label: 'User' | 'Group') =>
    db.read<Found>(
      `${matching(label)} RETURN ${FOUND[label]} ORDER BY isDeleted, name, id LIMIT $atMost`,
      parameters,
    );
  return (await Promise.all([searchIn('User'), searchIn('Group')])).flat();
}

/** Returns how many users and groups a search finds; counting of each stops at `atMost`. */
export async function searchCounts(
  db: GraphDatabase,
  domains: readonly string[],
  text: string,
  atMost: number,
): Promise<Record<'User' | 'Group', number>> {
  const parameters = searchParameters(domains, text, atMost);
  const countOf = async (label: 'User' | 'Group') => {
    if (!parameters) return 0;
    const [row] = await db.read<{ count: number }>(`${matching(label)} RETURN count(n) AS count`, parameters);
    return row?.count ?? 0;
  };
  const [users, groups] = await Promise.all([countOf('User'), countOf('Group')]);
  return { User: users, Group: groups };
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'word' });

/** The index splits scripts without spaces into single characters. */
const TERMS = /[\p{Script=Han}\p{Script=Hiragana}]|[^\p{Script=Han}\p{Script=Hiragana}]+/gu;

const MAX_WORDS = 12;

/**
 * The index's tokenizer cuts words at this length; the query language rejects prefixes of more than 1,000 characters.
 */
const MAX_WORD_LENGTH = 255;

/** Latin letters that are not a base letter plus an accent. */
const LIGATURES: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Removes accents from Latin letters, as the index does; Neo4j does not do this for prefix queries. */
function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{Mn}+/gu, '$1')
    .normalize('NFC')
    .replace(/[ßæœøłđðþı]/g, (letter) => LIGATURES[letter] ?? letter);
}

/**
 * Splits text into words as the index does, by Unicode's rules (UAX #29): `ada.king.2@acme.com` becomes `ada.king`, `2`
 * and `acme.com`. Special characters of the query language are escaped.
 */
function wordsOf(text: string): string[] {
  return [...SEGMENTER.segment(folded(text))]
    .flatMap(({ segment, isWordLike }) => (isWordLike ? (segment.match(TERMS) ?? []) : []))
    .slice(0, MAX_WORDS)
    .map((word) =>
      word
        .slice(0, MAX_WORD_LENGTH)
        .toWellFormed()
        .replace(/[^\p{L}\p{N}\p{M}]/gu, '\\$&'),
    );
}

/** Returns the name of a user or group, null if it has none; undefined if the graph never had it. */
export async function nameEver(
  db: GraphDatabase,
  domain: string,
  { label, id }: { label: 'User' | 'Group'; id: string },
): Promise<string | null | undefined> {
  const name = label === 'User' ? 'coalesce(n.display_name, n.email)' : 'n.name';
  const [found] = await db.read<{ name: string | null }>(
    `${everNode(label, 'n', '$id')} RETURN ${name} AS name LIMIT 1`,
    { domain, id },
  );
  return found?.name;
}

/** A membership seen from one of its ends. Times are milliseconds since the epoch on Okta's clock; null if unknown. */
export interface Membership extends Found {
  /** Time of the first read of the group that showed it; `notBeforeMs` is the read before, which did not. */
  validFromMs: number | null;
  notBeforeMs: number | null;
  /** Time of the first read that no longer showed it, and of the read before; both null while it is valid. */
  validToMs: number | null;
  endedAfterMs: number | null;
}

export interface NodePage {
  label: 'User' | 'Group';
  id: string;
  /** True if deleted in Okta; the data is the last known. */
  isDeleted: boolean;
  isMissing: boolean;
  properties: Record<string, string>;
  /** Total number of memberships at that time, and one page of them. */
  total: number;
  memberships: Membership[];
}

export interface NodeRequest {
  label: 'User' | 'Group';
  id: string;
  /** Milliseconds since the epoch; now if absent. */
  atMs?: number;
  skip?: number;
  atMost: number;
}

/** Cypher: binds `n` to a user or group of `$domain`, including deleted ones. */
const nodeOf = (label: 'User' | 'Group') => `${everNode(label, 'n', '$id')} WITH n LIMIT 1`;

const NOW = 'MATCH (n)-[m:MEMBER_OF]-(other)';

const AT = `MATCH (n)-[m:MEMBER_OF|WAS_MEMBER_OF]-(other) WHERE ${heldAt('$at')}`;

/** Larger groups are not sorted by name: reading all names would exceed the time for a page. */
export const MAX_SORTED = 5_000;

/** Returns a user or group with its memberships, now or at a given time; undefined if the graph never had it. */
export async function nodePage(
  db: GraphDatabase,
  domain: string,
  { label, id, atMs, skip = 0, atMost }: NodeRequest,
): Promise<NodePage | undefined> {
  const parameters = { domain, id, at: dateTime(atMs), skip: integer(skip), atMost: integer(atMost) };
  const [node] = await db.read<{
    properties: Record<string, unknown>;
    isDeleted: boolean;
    isMissing: boolean;
    now: number;
  }>(
    `${nodeOf(label)} RETURN properties(n) AS properties, NOT n:${label} AS isDeleted, ${IS_MISSING(label)}, COUNT { (n)-[:MEMBER_OF]-() } AS now`,
    parameters,
  );
  if (!node) return undefined;
  const held = atMs === undefined ? NOW : AT;
  const total = atMs === undefined ? node.now : await countOf(db, label, held, parameters);
  const order = total > MAX_SORTED ? '' : 'ORDER BY name, id';
  return {
    label,
    id,
    isDeleted: node.isDeleted,
    isMissing: node.isMissing,
    properties: texts(node.properties),
    total,
    memberships: await membershipsOf(db, label, { matched: held, order }, parameters),
  };
}

/** Returns the memberships of a user or group that have ended, latest first. */
export async function endedMemberships(
  db: GraphDatabase,
  domain: string,
  { label, id, atMost }: NodeRequest,
): Promise<Membership[]> {
  const parameters = { domain, id, skip: integer(0), atMost: integer(atMost) };
  const past = 'MATCH (n)-[m:WAS_MEMBER_OF]-(other)';
  return membershipsOf(db, label, { matched: past, order: 'ORDER BY validToMs DESC, id' }, parameters);
}

async function countOf(
  db: GraphDatabase,
  label: 'User' | 'Group',
  matched: string,
  parameters: Record<string, unknown>,
): Promise<number> {
  const [row] = await db.read<{ count: number }>(
    `${nodeOf(label)} ${matched} RETURN count(m) AS count`,
    parameters,
  );
  return row?.count ?? 0;
}

async function membershipsOf(
  db: GraphDatabase,
  label: 'User' | 'Group',
  { matched, order }: { matched: string; order: string },
  parameters: Record<string, unknown>,
): Promise<Membership[]> {
  const other = label === 'User' ? 'Group' : 'User';
  return db.read<Membership>(
    `${nodeOf(label)} ${matched}
     WITH other AS n, m ${order === '' ? 'SKIP $skip LIMIT $atMost' : ''}
     RETURN ${FOUND[other]}, ${LIMITS} ${order === '' ? '' : `${order} SKIP $skip LIMIT $atMost`}`,
    parameters,
  );
}

/** Labels of the nodes that a picture of a neighborhood can show. */
export type DrawnLabel = 'User' | 'Group' | 'App' | 'AdminRole';

export interface Neighbor {
  label: DrawnLabel;
  id: string;
  name: string | null;
  status: string | null;
  /** Of a user. */
  department: string | null;
}

const DRAWN_LINKS = '[:MEMBER_OF|ASSIGNED_TO|HAS_ROLE]';

/** Cypher: {@link Neighbor} of node `n`. An app's `name` is the key of its definition. */
const NEIGHBOR = `[each IN labels(n) WHERE each IN ['User', 'Group', 'App', 'AdminRole']][0] AS label, n.id AS id,
  coalesce(n.display_name, n.label, n.name) AS name, n.status AS status, n.department AS department`;

/**
 * Returns a node's neighbors for a picture, at most the number that it shows: those with the fewest neighbors of their
 * own first, since large groups say least, or in any order if there are very many; of an app or admin role, groups before
 * users; a user's manager before all.
 */
export async function neighbors(
  db: GraphDatabase,
  domain: string,
  { label, id }: { label: DrawnLabel; id: string },
  atMost: number,
): Promise<{ node: Neighbor; neighbors: Neighbor[]; total: number } | undefined> {
  const parameters = { domain, id, atMost: integer(atMost) };
  const [node] = await db.read<Neighbor & { total: number }>(
    `MATCH (n:${label} {okta_domain: $domain, id: $id}) RETURN ${NEIGHBOR}, COUNT { (n)-${DRAWN_LINKS}-() } + COUNT { (n)-[:REPORTS_TO]->() } AS total`,
    parameters,
  );
  if (!node) return undefined;
  const { total, ...itself } = node;
  const choice =
    total > MAX_SORTED
      ? 'WITH DISTINCT n LIMIT $atMost'
      : `WITH DISTINCT n, COUNT { (n)-${DRAWN_LINKS}-() } AS degree ORDER BY degree, n.id LIMIT $atMost`;
  const parts = label === 'App' || label === 'AdminRole' ? [':Group', ':User'] : [''];
  const matches = [
    'MATCH (c)-[:REPORTS_TO]->(n) RETURN n, -1 AS part, 0 AS degree',
    ...parts.map(
      (part, i) =>
        `MATCH (c)-${DRAWN_LINKS}-(n${part}) ${choice} RETURN n, ${i} AS part, ${total > MAX_SORTED ? '0' : 'degree'} AS degree`,
    ),
  ];
  const found = await db.read<Neighbor>(
    `MATCH (c:${label} {okta_domain: $domain, id: $id})
     CALL (c) { ${matches.join(' UNION ALL ')} }
     WITH n, part, degree ORDER BY part, degree, n.id LIMIT $atMost
     RETURN ${NEIGHBOR}`,
    parameters,
  );
  // An admin role can be assigned to one user several times.
  return { node: itself, neighbors: found, total: found.length < atMost ? found.length : total };
}

/**
 * Returns the properties as text, without those that only a sync needs. Neo4j's times print as ISO 8601 with
 * nanoseconds, which Okta does not have.
 */
function texts(properties: Record<string, unknown>): Record<string, string> {
  const shown = Object.entries(properties).filter(
    ([name]) => !/^okta_|^memberships_(?!excluded$)|_run$|^denied_|^apps_(as_of|count_read)$/.test(name),
  );
  return Object.fromEntries(
    shown.map(([name, value]) => [name, String(value).replace(/(\.\d{3})0{6}Z$/, '$1Z')]),
  );
}
