import assert from 'node:assert/strict';
import { writeFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { neo4jImport, writeNeo4jCsv } from '../../src/exports/neo4jCsv';
import { GraphDatabase } from '../../src/graph/database';
import { run } from '../../src/local/command';
import { startNeo4j, type Neo4jServer } from '../../src/local/neo4j';
import { neo4jClassPath } from '../../src/local/neo4jJars';
import { neo4jVariables, orgVariables } from '../../dev/lab/environment';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { contentOf } from './support/content';
import { addAttacks, ATTACKS, openOrg, useSyncedOrg } from './support/exportedOrg';
import { WrittenFolder } from './support/written';

const ATTACKED = 'attacked.okta.com';
const EMPTY = 'empty.okta.com';

/** Adds the files of several orgs to the command that imports those of one. */
function commandOf(commands: readonly string[], folders: readonly string[]): string[] {
  const own = commands.map((command, index) =>
    command
      .replaceAll(/ \\\n\s*/g, ' ')
      .split(' ')
      .map((word) => word.replace(/^(--\w+=)(.*\.csv)$/, `$1${folders[index]}-$2`)),
  );
  const files = own.flatMap((words) => words.filter((word) => word.endsWith('.csv')));
  const [first = []] = own;
  return [...first.filter((word) => !word.endsWith('.csv')), ...files].slice(1);
}

describe('An export as CSV for Neo4j', () => {
  const used = useSyncedOrg();
  let dataDir: string;
  let server: Neo4jServer;
  let imported: GraphDatabase;
  let attackedEdges: string[];

  before(async function () {
    this.timeout(2 * SERVICE_TIMEOUT_MS);
    dataDir = await mkdtemp(join(tmpdir(), 'okta-graph-import-'));
    const { db, sim } = used.org;
    await addAttacks(db, ATTACKED);
    await db.run('CREATE (:OktaOrg {domain: $domain})', { domain: EMPTY });
    const domains = [sim.domain, ATTACKED, EMPTY];
    const commands: string[] = [];
    for (const [index, domain] of domains.entries()) {
      const folder = new WrittenFolder();
      const org = await openOrg(db, domain, { includesRaw: true });
      await writeNeo4jCsv(org, folder);
      commands.push(neo4jImport(org));
      for (const [name, data] of folder.files) await writeFile(join(dataDir, `${index}-${name}`), data);
    }
    attackedEdges = (await contentOf(db, ATTACKED)).edges;
    await emptyGraph(db, [ATTACKED, EMPTY]);
    const classPath = await neo4jClassPath(() => undefined);
    const admin = ['-Xmx512m', '-cp', classPath, 'org.neo4j.cli.AdminTool'];
    const env = { ...process.env, NEO4J_HOME: dataDir, NEO4J_CONF: join(dataDir, 'conf') };
    const args = commandOf(commands, ['0', '1', '2']);
    await run('java', [...admin, ...args], { cwd: dataDir, env });
    server = await startNeo4j({ dataDir });
    imported = GraphDatabase.open(loadConfig({ ...orgVariables(sim), ...neo4jVariables(server) }).neo4j);
  });
  after(async () => {
    await imported?.close();
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is imported as the same graph by neo4j-admin', async () => {
    const { db, sim } = used.org;
    const expected = await contentOf(db, sim.domain);
    // The import cannot read an empty list; its property is absent.
    expected.nodes = expected.nodes.map((line) => line.replaceAll(/\["excluded_\w+",\[\]\],?/g, ''));
    assert.deepEqual(await contentOf(imported, sim.domain), expected);
  });

  it('keeps the labels, the JSON of Okta and the types of values', async () => {
    const { db, sim } = used.org;
    const asked = `MATCH (n:User {okta_domain: $domain}) WHERE n.created IS NOT NULL
      RETURN n.id AS id, labels(n) AS labels, n.okta_raw_user_object AS raw, valueType(n.created) AS created ORDER BY id`;
    const parameters = { domain: sim.domain };
    const found = await imported.read<{ labels: string[]; raw: string }>(asked, parameters);
    assert.deepEqual(found, await db.read(asked, parameters));
    assert.deepEqual([...(found[0]?.labels ?? [])].sort(), ['OktaUser', 'User']);
    assert.ok(found.every(({ raw }) => raw.startsWith('{')));
  });

  it('keeps texts that break formats, and orgs apart', async () => {
    const rows = await imported.read<{ node: Record<string, unknown> }>(
      `MATCH (n {okta_domain: $domain}) WHERE n.id STARTS WITH 'attacker-' RETURN properties(n) AS node
       ORDER BY toInteger(split(n.id, '-')[1])`,
      { domain: ATTACKED },
    );
    for (const [i, text] of ATTACKS.entries()) {
      const node = rows[i]?.node;
      assert.deepEqual(
        [node?.['title'], node?.['name'], node?.['level'], node?.['onSite']],
        [text, text, i, i % 2 === 0],
      );
      assert.deepEqual(node?.['tags'], [text.replaceAll('\u001f', ' '), 'a;b', '']);
    }
    assert.deepEqual((await contentOf(imported, ATTACKED)).edges, attackedEdges);
  });

  it('of an org without objects has none', async () => {
    assert.deepEqual(await contentOf(imported, EMPTY), { nodes: [], edges: [] });
  });
});
