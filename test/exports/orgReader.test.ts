import assert from 'node:assert/strict';
import neo4jDriver from 'neo4j-driver';
import { OrgReader } from '../../src/exports/orgReader';
import type { GraphDatabase } from '../../src/graph/database';
import { explain } from '../../dev/lab/graph/plan';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4j } from '../../dev/lab/servers/services';
import { openOrg, PAGE_SIZE } from './support/exportedOrg';

async function readAll(org: OrgReader): Promise<{ nodes: string[]; edges: string[] }> {
  const nodes: string[] = [];
  const edges: string[] = [];
  for (const table of org.nodeTables)
    for await (const page of org.nodes(table)) nodes.push(...page.map(({ id }) => id));
  for (const table of org.edgeTables)
    for await (const page of org.edges(table)) edges.push(...page.map(({ from, to }) => `${from} ${to}`));
  return { nodes, edges };
}

describe('The reader of an org', () => {
  const graph = useGraph();
  afterEach(() => graph.clean());

  beforeEach(() =>
    graph.set(
      `CREATE (:OktaOrg {domain: $domain}), (g:Group {okta_domain: $domain, id: 'g'}) WITH g
       UNWIND range(1, ${3 * PAGE_SIZE}) AS i
       CREATE (:User {okta_domain: $domain, id: 'u' + i})-[:MEMBER_OF]->(g)`,
    ),
  );

  it('reads each node and relationship once where the last page is full, not full or empty', async () => {
    for (const pageSize of [PAGE_SIZE - 1, PAGE_SIZE, 3 * PAGE_SIZE, 1000]) {
      const { nodes, edges } = await readAll(await openOrg(graph.db, graph.domain, { pageSize }));
      assert.deepEqual([nodes.length, new Set(nodes).size], [3 * PAGE_SIZE + 1, 3 * PAGE_SIZE + 1]);
      assert.deepEqual([edges.length, new Set(edges).size], [3 * PAGE_SIZE, 3 * PAGE_SIZE]);
    }
  });

  it('leaves out relationships to nodes that a run has added or removed meanwhile, and counts them', async () => {
    const org = await openOrg(graph.db, graph.domain);
    for (const table of org.nodeTables) for await (const page of org.nodes(table)) assert.ok(page.length > 0);
    await graph.set(
      `MATCH (g:Group {okta_domain: $domain})
       CREATE (new:User {okta_domain: $domain, id: 'added'})-[:MEMBER_OF]->(g), (:User {okta_domain: $domain, id: 'u0'})-[:MEMBER_OF]->(g)`,
    );
    await graph.set("MATCH (u:User {okta_domain: $domain, id: 'u1'}) DETACH DELETE u");
    const [table] = org.edgeTables;
    const found: string[] = [];
    if (table) for await (const page of org.edges(table)) found.push(...page.map(({ from }) => from));
    assert.deepEqual([found.length, org.leftOut], [3 * PAGE_SIZE - 1, 2]);
    assert.ok(!found.includes('added'));
  });

  it('leaves out values that have another type than at its start', async () => {
    await graph.set("MATCH (o:OktaOrg {domain: $domain}) SET o.user_properties = ['level', 'tags']");
    await graph.set("MATCH (u:User {okta_domain: $domain}) SET u.level = 1, u.tags = ['a']");
    const org = await openOrg(graph.db, graph.domain, { pageSize: 1000 });
    await graph.set("MATCH (u:User {okta_domain: $domain, id: 'u2'}) SET u.level = 1.5, u.tags = 'a'");
    const users: unknown[] = [];
    const [table] = org.nodeTables;
    if (table)
      for await (const page of org.nodes(table)) users.push(...page.map(({ values }) => values.slice(-2)));
    assert.deepEqual(
      users.slice(0, 13).filter((values) => JSON.stringify(values) !== '[1,["a"]]'),
      [[null, null]],
    );
  });

  it('knows if a run has changed the graph since its start', async () => {
    const org = await openOrg(graph.db, graph.domain);
    assert.equal(await org.mayBeMixed(), false);
    const begin = `MATCH (o:OktaOrg {domain: $domain}) SET o.last_run = coalesce(o.last_run, 0) + 1
      CREATE (:SyncRun {okta_domain: $domain, id: randomUUID(), number: o.last_run, outcome: 'running'})`;
    await graph.set(begin);
    assert.equal(await org.mayBeMixed(), true, 'a run has begun');
    const during = await openOrg(graph.db, graph.domain);
    await graph.set("MATCH (r:SyncRun {okta_domain: $domain}) SET r.outcome = 'succeeded'");
    assert.deepEqual(
      [await org.mayBeMixed(), await during.mayBeMixed()],
      [true, true],
      'it has ended meanwhile',
    );
    assert.equal(await (await openOrg(graph.db, graph.domain)).mayBeMixed(), false);
  });

  it('knows of a run in progress after which another one, of the watch, has begun and ended', async () => {
    await graph.set(`MATCH (o:OktaOrg {domain: $domain}) SET o.last_run = 2
      CREATE (:SyncRun {okta_domain: $domain, id: randomUUID(), number: 1, outcome: 'running'}),
             (:SyncRun {okta_domain: $domain, id: randomUUID(), number: 2, outcome: 'succeeded'})`);
    assert.equal(await (await openOrg(graph.db, graph.domain)).mayBeMixed(), true);
  });

  it('begins each page at an index, in its order', async () => {
    const server = await neo4j();
    const driver = neo4jDriver.driver(server.uri, neo4jDriver.auth.basic(server.username, server.password));
    const session = driver.session();
    try {
      const asked: string[] = [];
      const db = Object.create(graph.db, {
        read: {
          value: (cypher: string, parameters: object) => {
            asked.push(cypher);
            return graph.db.read(cypher, { ...parameters });
          },
        },
      }) as GraphDatabase;
      await readAll(await openOrg(db, graph.domain, { pageSize: 1000 }));
      const pages = asked.filter((cypher) => /\((n|s):(User|Group)\b/.test(cypher));
      assert.ok(pages.length >= 6);
      for (const cypher of pages) {
        const steps = await explain(session, cypher, {
          domain: graph.domain,
          after: '',
          size: neo4jDriver.int(7),
        });
        const operators = steps.map(({ operator }) => operator).join();
        assert.match(operators, /Index/, cypher);
        assert.doesNotMatch(operators, /Sort|Top|LabelScan|AllNodes/, cypher);
      }
    } finally {
      await session.close();
      await driver.close();
    }
  });

  it('stops before the next page if it is told to', async () => {
    const stop = new AbortController();
    const read: string[] = [];
    const org = await openOrg(graph.db, graph.domain, {
      signal: stop.signal,
      onRead: (table, rows) => {
        read.push(`${table} ${rows}`);
        stop.abort();
      },
    });
    await assert.rejects(readAll(org), { name: 'AbortError' });
    assert.deepEqual(read, [`User ${PAGE_SIZE}`]);
  });

  it('does not know an org that the graph has never had', async () => {
    assert.equal(await OrgReader.open(graph.db, 'unknown.okta.com'), undefined);
  });
});
