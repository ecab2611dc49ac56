import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeNeo4jCsv } from '../../src/exports/neo4jCsv';
import { writeOpenGraph } from '../../src/exports/openGraph';
import { OrgReader } from '../../src/exports/orgReader';
import type { Folder, Write } from '../../src/exports/output';
import { writeParquet } from '../../src/exports/parquet';
import type { GraphDatabase } from '../../src/graph/database';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

const USERS = 120;
const RAW_LENGTH = 400_000;

describe('An export with long JSON of Okta', () => {
  const graph = useGraph();
  afterEach(() => graph.clean());
  beforeEach(() =>
    graph.set(
      `CREATE (:OktaOrg {domain: $domain}) WITH *
       UNWIND range(1, ${USERS}) AS i
       CREATE (:User {okta_domain: $domain, id: 'u' + i, okta_raw_user_object: $raw + i})`,
      // Text that can hardly be compressed.
      { raw: randomBytes(RAW_LENGTH / 2).toString('base64') },
    ),
  );

  /** Returns the lengths of what is read and written at a time. */
  async function lengthsOf(work: (org: OrgReader, write: Write) => Promise<void>) {
    const [read, written]: [number[], number[]] = [[], []];
    const db = Object.create(graph.db, {
      read: {
        value: async (cypher: string, parameters: object) => {
          const rows = await graph.db.read(cypher, { ...parameters });
          if (cypher.includes('okta_raw_user_object')) read.push(rows.length);
          return rows;
        },
      },
    }) as GraphDatabase;
    const org = await OrgReader.open(db, graph.domain, { includesRaw: true });
    assert.ok(org);
    await work(org, async (data) => void written.push(data.length));
    return { read, written };
  }
  const folderOf = (write: Write): Folder => ({ file: async (_, work) => work(write) });

  for (const [format, work, atMost] of [
    ['OpenGraph', writeOpenGraph, 1_500_000],
    ['CSV', (org: OrgReader, write: Write) => writeNeo4jCsv(org, folderOf(write)), 1_500_000],
    ['Parquet', (org: OrgReader, write: Write) => writeParquet(org, folderOf(write)), 20_000_000],
  ] as const)
    it(`reads and writes ${format} in pieces that fit into memory`, async () => {
      const { read, written } = await lengthsOf(work);
      assert.deepEqual(read, [100, 20]);
      assert.ok(Math.max(...written) <= atMost, `${Math.max(...written)} at a time`);
    });
});
