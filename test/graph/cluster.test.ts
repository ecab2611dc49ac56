import assert from 'node:assert/strict';
import type { DatabaseOptions, GraphDatabase } from '../../src/graph/database';
import { explainNeo4jError } from '../../src/graph/errors';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Cluster, Member } from './support/boltCluster';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';

const BEGIN = Buffer.from([0xb1, 0x11]);
const RESET = Buffer.from([0xb0, 0x0f]);

/** How often a message was received. */
function countOf(message: Buffer, received: Buffer): number {
  let count = 0;
  for (let at = received.indexOf(message); at >= 0; at = received.indexOf(message, at + 1)) count += 1;
  return count;
}

describe('A cluster of Neo4j', () => {
  let cluster: Cluster;
  let db: GraphDatabase;

  beforeEach(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    cluster = await Cluster.start((await neo4j()).uri);
  });
  afterEach(async () => {
    await db.close();
    cluster.stop();
  });

  const open = async (options: DatabaseOptions) =>
    (db = await openGraph({ NEO4J_URI: cluster.uri }, options));
  const write = () => db.write((tx) => tx.run('RETURN 1 AS one'));

  it('answers the reads of a worker by the member that takes the writes', async () => {
    await open({ reads: 'leader' });
    await write();
    assert.deepEqual(await db.read('RETURN 1 AS one'), [{ one: 1 }]);
    assert.deepEqual(await db.run('RETURN 2 AS two'), [{ two: 2 }]);
    assert.equal(countOf(BEGIN, cluster.leader.all), 2);
    assert.deepEqual(cluster.follower.received, []);
  });

  it('answers the reads of others by a follower that has what they have written', async () => {
    await open({});
    await db.read('RETURN 1 AS one');
    assert.equal(countOf(BEGIN, cluster.follower.all), 1);
    assert.ok(!cluster.follower.all.includes('bookmarks'), 'the follower is asked for bookmarks');
    await write();
    assert.deepEqual(await db.read('RETURN 1 AS one'), [{ one: 1 }]);
    assert.equal(countOf(BEGIN, cluster.leader.all), 1);
    assert.equal(countOf(BEGIN, cluster.follower.all), 2);
    assert.ok(cluster.follower.all.includes('bookmarks'), 'the read waits for the write before it');
  });

  it('that has no member of the database online is distinguished from one that cannot be reached', async () => {
    cluster.failure = 'Neo.TransientError.General.DatabaseUnavailable';
    await open({});
    const error: unknown = await db.run('RETURN 1').catch((reason: unknown) => reason);
    assert.equal(explainNeo4jError(error)?.code, 'GRAPH_DATABASE_UNAVAILABLE', String(error));
  });
});

describe('A connection to Neo4j that a proxy has dropped without a word', () => {
  const AGE_MS = 500;
  let proxy: Member;
  let db: GraphDatabase;

  beforeEach(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    proxy = await new Member().start((await neo4j()).uri);
  });
  afterEach(async () => {
    await db.close();
    proxy.stop();
  });

  const open = async (options: DatabaseOptions) =>
    (db = await openGraph({ NEO4J_URI: `bolt://${proxy.address}` }, options));
  const age = () => new Promise((resolve) => setTimeout(resolve, AGE_MS + 50));

  it('is not used again once it is old', async () => {
    await open({ maxConnectionAgeMs: AGE_MS });
    await Promise.all([1, 2, 3].map(() => db.read('RETURN 1 AS one')));
    const { length: opened } = proxy.received;
    proxy.dropSilently();
    await age();
    assert.deepEqual(await db.read('RETURN 1 AS one'), [{ one: 1 }]);
    assert.equal(proxy.received.length, opened + 1);
    const dead = Buffer.concat(proxy.received.slice(0, opened));
    assert.equal(countOf(BEGIN, dead), 3, 'no query was lost on one of them');
  });

  it('is tried before it is used, once it was idle', async () => {
    await open({ idleBeforeCheckMs: AGE_MS });
    await db.read('RETURN 1 AS one');
    const { length: before } = proxy.all;
    await db.read('RETURN 1 AS one');
    assert.equal(countOf(RESET, proxy.all.subarray(before)), 0);
    await age();
    const { length: idle } = proxy.all;
    await db.read('RETURN 1 AS one');
    const last = proxy.all.subarray(idle);
    assert.ok(last.includes(RESET) && last.indexOf(RESET) < last.indexOf(BEGIN));
    assert.equal(proxy.received.length, 1);
  });
});
