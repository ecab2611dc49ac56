import assert from 'node:assert/strict';
import type { OrgReader } from '../../src/exports/orgReader';
import { writeParquet } from '../../src/exports/parquet';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { contentOf, edgeLine, inOrder, nodeLine, plain, type Content } from './support/content';
import { addAttacks, ATTACKS, openOrg, useSyncedOrg } from './support/exportedOrg';
import { WrittenFolder } from './support/written';

type Row = Record<string, unknown>;

/** The tables of an export, by the name of their file. */
async function exported(org: OrgReader): Promise<Map<string, Row[]>> {
  const { parquetReadObjects } = await import('hyparquet');
  const folder = new WrittenFolder();
  await writeParquet(org, folder);
  const tables = new Map<string, Row[]>();
  for (const [name, data] of folder.files)
    tables.set(
      name.replace(/\.parquet$/, ''),
      await parquetReadObjects({ file: new Uint8Array(data).buffer }),
    );
  return tables;
}

function contentIn(tables: ReadonlyMap<string, readonly Row[]>): Content {
  const plainOf = (row: Row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]));
  const content: Content = { nodes: [], edges: [] };
  for (const [name, rows] of tables)
    for (const row of rows) {
      const [, type] = name.split('-');
      const { id, start_id: from, end_id: to, okta_domain: domain, ...own } = row;
      if (type === undefined)
        content.nodes.push(nodeLine(name, id, { ...plainOf(own), okta_domain: domain }));
      else content.edges.push(edgeLine(type, from, to, plainOf(own)));
    }
  return inOrder(content);
}

describe('An export as Parquet', () => {
  const used = useSyncedOrg();

  it('has each node and relationship of the org once, with values of their types', async () => {
    const { db, sim } = used.org;
    const tables = await exported(await openOrg(db, sim.domain));
    assert.deepEqual(contentIn(tables), await contentOf(db, sim.domain));
    const [group] = tables.get('Group') ?? [];
    assert.ok(group?.['created'] instanceof Date);
    assert.equal(typeof group['users_count'], 'bigint');
    for (const rows of tables.values()) assert.ok(rows.every((row) => row['okta_domain'] === sim.domain));
  });
});

describe('An export as Parquet of a graph', () => {
  const graph = useGraph();
  afterEach(() => graph.clean());

  it('keeps texts that break formats as they are', async () => {
    await addAttacks(graph.db, graph.domain);
    const tables = await exported(await openOrg(graph.db, graph.domain));
    const users = new Map(tables.get('User')?.map((row) => [row['id'], row]));
    for (const [i, text] of ATTACKS.entries()) {
      const user = users.get(`attacker-${i}`);
      assert.deepEqual(
        ['title', 'name', 'level', 'share', 'onSite', 'tags'].map((name) => user?.[name]),
        [text, text, BigInt(i), i % 2 === 0 ? 1.5 : 2, i % 2 === 0, [text, 'a;b', '']],
      );
    }
  });

  it('of an org without objects has the tables without rows', async () => {
    await graph.set('CREATE (:OktaOrg {domain: $domain})');
    const tables = await exported(await openOrg(graph.db, graph.domain));
    assert.deepEqual([tables.size, [...tables.values()].flat()], [12, []]);
  });
});
