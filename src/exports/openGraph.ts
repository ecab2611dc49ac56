import type { EdgeRow, NodeRow, OrgReader, Value } from './orgReader';
import { writeLines, type Write } from './output';
import type { Column, EdgeTable, Label, NodeTable } from './tables';

/**
 * Kinds of BloodHound OpenGraph. Those that SpecterOps' collector OktaHound has too are named as it names them, so that
 * its extension and its queries apply.
 */
const NODE_KINDS: Readonly<Record<Label, string>> = {
  User: 'Okta_User',
  Group: 'Okta_Group',
  App: 'Okta_Application',
  AdminRole: 'Okta_Role',
  GroupRule: 'Okta_GroupRule',
};

const CUSTOM_ROLE = 'Okta_CustomRole';

const EDGE_KINDS: Readonly<Record<string, string>> = {
  MEMBER_OF: 'Okta_MemberOf',
  // From the manager to the user.
  REPORTS_TO: 'Okta_ManagerOf',
  ASSIGNED_TO: 'Okta_AppAssignment',
  HAS_ROLE: 'Okta_HasRole',
  ADDS_TO: 'Okta_AddsTo',
};

/** The property that BloodHound shows as a node's name, and finds it by; the first that a node has. */
const NAMES: Readonly<Record<Label, readonly string[]>> = {
  User: ['login', 'email', 'display_name'],
  Group: ['name'],
  App: ['label', 'name'],
  AdminRole: ['label', 'type'],
  GroupRule: ['name'],
};

/** Properties that BloodHound sets, removes or converts to upper case: here they get the prefix `okta_`. */
const RESERVED = new Set([
  ...['objectid', 'name', 'displayname', 'environmentid', 'lastseen', 'reconcile'],
  ...['operatingsystem', 'distinguishedname'],
]);

/** Properties that each node has. */
const OWN = ['name', 'displayname', 'okta_id', 'okta_domain'] as const;

/** Writes an org as one JSON object, a line for each node and relationship. */
export async function writeOpenGraph(org: OrgReader, write: Write): Promise<void> {
  await write('{"metadata":{"source_kind":"Okta"},"graph":{"nodes":[');
  await writeLines(write, separated(nodeItems(org)));
  await write('\n],"edges":[');
  await writeLines(write, separated(edgeItems(org)));
  await write('\n]}}\n');
}

async function* separated(pages: AsyncIterable<Iterable<object>>): AsyncGenerator<Iterable<string>> {
  let separator = '\n';
  const lines = function* (page: Iterable<object>) {
    for (const item of page) {
      yield separator + JSON.stringify(item);
      separator = ',\n';
    }
  };
  for await (const page of pages) yield lines(page);
}

async function* nodeItems(org: OrgReader): AsyncGenerator<object[]> {
  for (const table of org.nodeTables) {
    const item = nodeItem(org.domain, table);
    for await (const rows of org.nodes(table)) yield rows.map(item);
  }
}

async function* edgeItems(org: OrgReader): AsyncGenerator<object[]> {
  for (const table of org.edgeTables) {
    const item = edgeItem(org.domain, table);
    for await (const rows of org.edges(table)) yield rows.map(item);
  }
}

function nodeItem(domain: string, { name: label, columns }: NodeTable): (row: NodeRow) => object {
  const keys = keysOf(columns);
  const places = new Map(columns.map(({ name }, index) => [name, index]));
  return ({ id, values }) => {
    const valueOf = (column: string) => values[places.get(column) ?? -1] ?? undefined;
    const name = NAMES[label].map(valueOf).find((value) => value !== undefined) ?? id;
    const own: Record<(typeof OWN)[number], unknown> = {
      name,
      displayname: valueOf('display_name') ?? name,
      okta_id: id,
      okta_domain: domain,
    };
    return {
      id: nodeId(domain, label, id),
      kinds: [label === 'AdminRole' && valueOf('type') === 'CUSTOM' ? CUSTOM_ROLE : NODE_KINDS[label]],
      properties: { ...properties(keys, values), ...own },
    };
  };
}

function edgeItem(domain: string, { from, type, to, columns }: EdgeTable): (row: EdgeRow) => object {
  const keys = keysOf(columns);
  return (row) => {
    const ends = [{ value: nodeId(domain, from, row.from) }, { value: nodeId(domain, to, row.to) }];
    const [start, end] = type === 'REPORTS_TO' ? ends.reverse() : ends;
    return { kind: EDGE_KINDS[type], start, end, properties: properties(keys, row.values) };
  };
}

/** Okta's id; that of a standard role, such as `SUPER_ADMIN`, is the same in every org. */
function nodeId(domain: string, label: Label, id: string): string {
  return label === 'AdminRole' && /^[A-Z_]+$/.test(id) ? `${id}@${domain}` : id;
}

/**
 * Returns what the values of columns are called: in lower case, as BloodHound asks for. If another one is called so
 * already, `_2` follows.
 */
function keysOf(columns: readonly Column[]): string[] {
  const taken = new Set<string>(OWN);
  return columns.map(({ name }) => {
    const lower = name.toLowerCase();
    const wanted = RESERVED.has(lower) ? `okta_${lower}` : lower;
    let key = wanted;
    for (let n = 2; taken.has(key); n += 1) key = `${wanted}_${n}`;
    taken.add(key);
    return key;
  });
}

const properties = (keys: readonly string[], values: readonly Value[]): object =>
  Object.fromEntries(
    keys.map((key, index) => [key, values[index] ?? null]).filter(([, value]) => value !== null),
  );
