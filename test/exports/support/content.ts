import type { GraphDatabase } from '../../../src/graph/database';

type Json = Record<string, unknown>;

/** A graph as a sorted list of lines, one for each node and relationship; times are milliseconds since the epoch. */
export interface Content {
  nodes: string[];
  edges: string[];
}

export const nodeLine = (label: string, id: unknown, properties: Json) =>
  `${label} ${String(id)} ${sorted(properties)}`;

export const edgeLine = (type: string, from: unknown, to: unknown, properties: Json) =>
  `${String(from)} ${type} ${String(to)} ${sorted(properties)}`;

function sorted(properties: Json): string {
  const entries = Object.entries(properties).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const inOrder = ({ nodes, edges }: Content): Content => ({ nodes: nodes.sort(), edges: edges.sort() });

const LABELS = ['User', 'Group', 'App', 'AdminRole', 'GroupRule'];
const TYPES = ['MEMBER_OF', 'REPORTS_TO', 'ASSIGNED_TO', 'HAS_ROLE', 'ADDS_TO'];

/** Properties that are the sync's own state, not the org's. */
const OWN_STATE =
  /_run$|_as_of$|_read_at$|^okta_raw_|^memberships_(?!excluded)|^denied_|^missing_|^opened_by$|_count_read$|^users_due$/;

/** What an export of an org has to have, read apart from the code under test. */
export async function contentOf(db: GraphDatabase, domain: string): Promise<Content> {
  const kept = (properties: Json) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => !OWN_STATE.test(name) && name !== 'id')
        .map(([name, value]) => [name, plain(value)]),
    );
  const nodes = await db.read<{ labels: string[]; node: Json }>(
    `MATCH (n:${LABELS.join('|')} {okta_domain: $domain}) RETURN labels(n) AS labels, properties(n) AS node`,
    { domain },
  );
  const edges = await db.read<{ type: string; from: string; to: string; edge: Json }>(
    `MATCH (a {okta_domain: $domain})-[e:${TYPES.join('|')}]->(b) WHERE a:${LABELS.join('|')}
     RETURN type(e) AS type, a.id AS from, b.id AS to, properties(e) AS edge`,
    { domain },
  );
  return inOrder({
    nodes: nodes.map(({ labels, node }) =>
      nodeLine(labels.find((label) => LABELS.includes(label)) ?? '', node['id'], kept(node)),
    ),
    edges: edges.map(({ type, from, to, edge }) => edgeLine(type, from, to, kept(edge))),
  });
}

/** Text of a time as a format has it, as a number; any other value as it is. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return Date.parse(value);
  const { toStandardDate } = (value ?? {}) as { toStandardDate?: () => Date };
  return toStandardDate ? toStandardDate.call(value).getTime() : value;
}
