import type { EdgeRow, NodeRow, OrgReader, Value } from './orgReader';
import type { Write } from './output';
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

type Properties = Record<string, unknown>;

/** Writes an org as one JSON object. */
export async function writeOpenGraph(org: OrgReader, write: Write): Promise<void> {
  await write('{"metadata":{"source_kind":"Okta"},"graph":{"nodes":[');
  await writeItems(write, nodeItems(org));
  await write('\n],"edges":[');
  await writeItems(write, edgeItems(org));
  await write('\n]}}\n');
}

async function writeItems(write: Write, pages: AsyncIterable<readonly object[]>): Promise<void> {
  let separator = '\n';
  for await (const page of pages) {
    if (page.length === 0) continue;
    await write(separator + page.map((item) => JSON.stringify(item)).join(',\n'));
    separator = ',\n';
  }
}

async function* nodeItems(org: OrgReader): AsyncGenerator<object[]> {
  for (const table of org.nodeTables)
    for await (const rows of org.nodes(table)) yield rows.map((row) => nodeItem(org.domain, table, row));
}

async function* edgeItems(org: OrgReader): AsyncGenerator<object[]> {
  for (const table of org.edgeTables)
    for await (const rows of org.edges(table)) yield rows.map((row) => edgeItem(org.domain, table, row));
}

function nodeItem(domain: string, { name: label, columns }: NodeTable, { id, values }: NodeRow): object {
  const own = propertiesOf(columns, values);
  const name = NAMES[label].map((each) => own[each]).find((value) => value !== undefined) ?? id;
  const properties: Properties = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [RESERVED.has(key) ? `okta_${key}` : key, value]),
  );
  return {
    id: nodeId(domain, label, id),
    kinds: [label === 'AdminRole' && own['type'] === 'CUSTOM' ? CUSTOM_ROLE : NODE_KINDS[label]],
    properties: {
      ...properties,
      name,
      displayname: own['display_name'] ?? name,
      okta_id: id,
      okta_domain: domain,
    },
  };
}

function edgeItem(domain: string, { from, type, to, columns }: EdgeTable, row: EdgeRow): object {
  const ends = [{ value: nodeId(domain, from, row.from) }, { value: nodeId(domain, to, row.to) }];
  const [start, end] = type === 'REPORTS_TO' ? ends.reverse() : ends;
  return { kind: EDGE_KINDS[type], start, end, properties: propertiesOf(columns, row.values) };
}

/** Okta's id; that of a standard role, such as `SUPER_ADMIN`, is the same in every org. */
function nodeId(domain: string, label: Label, id: string): string {
  return label === 'AdminRole' && /^[A-Z_]+$/.test(id) ? `${id}@${domain}` : id;
}

/** Returns the values by name; names are in lower case, as BloodHound asks for. Of two equal ones, the first counts. */
function propertiesOf(columns: readonly Column[], values: readonly Value[]): Properties {
  const properties: Properties = {};
  for (const [index, { name }] of columns.entries()) {
    const value = values[index] ?? null;
    if (value !== null) properties[name.toLowerCase()] ??= value;
  }
  return properties;
}
