import assert from 'node:assert/strict';
import neo4jDriver, { type Driver } from 'neo4j-driver';
import { BoltCounter } from '../../dev/lab/servers/boltCounts';
import { startRemoteNeo4j, type RemoteNeo4j } from '../../dev/lab/servers/remoteNeo4j';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

describe('The counter of Bolt requests', () => {
  describe('of sessions of the driver', () => {
    let remote: RemoteNeo4j;
    let driver: Driver;

    before(async function () {
      this.timeout(SERVICE_TIMEOUT_MS);
      const server = await neo4j();
      remote = await startRemoteNeo4j(server, 2);
      driver = neo4jDriver.driver(remote.uri, neo4jDriver.auth.basic(server.username, server.password), {
        telemetryDisabled: true,
      });
      await driver.verifyConnectivity();
    });

    beforeEach(() => remote.counter.take());

    after(async () => {
      await driver.close();
      await remote.stop();
    });

    it('counts a transaction of two statements: one transaction, a round trip each for what is waited for', async () => {
      const session = driver.session();
      const tx = await session.beginTransaction();
      await tx.run('RETURN 1');
      await tx.run('RETURN 2');
      await tx.commit();
      const { transactions, roundTrips, requests } = remote.counter.take();
      assert.equal(transactions, 1);
      assert.deepEqual({ ...requests, RESET: 0 }, { BEGIN: 1, RUN: 2, PULL: 2, COMMIT: 1, RESET: 0 });
      assert.equal(roundTrips - (requests.RESET ?? 0), 4);
      await session.close();
    });

    it('counts a statement outside of a transaction as a transaction', async () => {
      const session = driver.session();
      await session.run('RETURN 1');
      const { transactions, roundTrips, requests } = remote.counter.take();
      assert.equal(transactions, 1);
      assert.equal(requests.RUN, 1);
      assert.equal(roundTrips - (requests.RESET ?? 0), 1);
      await session.close();
    });

    it('counts statements that are sent without waiting as one round trip', async () => {
      const session = driver.session();
      const tx = await session.beginTransaction();
      remote.counter.take();
      await Promise.all([tx.run('RETURN 1'), tx.run('RETURN 2'), tx.run('RETURN 3')]);
      const { roundTrips, requests } = remote.counter.take();
      assert.equal(requests.RUN, 3);
      assert.equal(roundTrips, 1);
      await tx.rollback();
      await session.close();
    });

    it('counts a round trip for each batch of a large result', async () => {
      const session = driver.session({ fetchSize: 1_000 });
      const { records } = await session.run('UNWIND range(1, 5000) AS n RETURN n');
      assert.equal(records.length, 5_000);
      const { requests } = remote.counter.take();
      assert.equal(requests.PULL, 5);
      await session.close();
    });

    it('reads requests that are larger than a chunk', async () => {
      const session = driver.session();
      const { records } = await session.run('RETURN size($text) AS size', { text: 'x'.repeat(1_000_000) });
      assert.equal(Number(records[0]?.get('size')), 1_000_000);
      await session.run('RETURN 1');
      assert.equal(remote.counter.take().requests.RUN, 2);
      await session.close();
    });

    it('keeps the connections apart', async () => {
      const sessions = [1, 2, 3].map(() => driver.session());
      const all = await Promise.all(sessions.map((session) => session.beginTransaction()));
      await Promise.all(all.map((tx) => tx.run('RETURN 1')));
      await Promise.all(all.map((tx) => tx.commit()));
      const { transactions, requests } = remote.counter.take();
      assert.equal(transactions, 3);
      assert.equal(requests.COMMIT, 3);
      await Promise.all(sessions.map((session) => session.close()));
    });
  });

  /** Bytes as hex, which may be divided in any way. */
  const CLIENT_START = '6060b017000001ff00080805000204040000000003';
  const message = (signature: string) => `0001b10001${signature}0000`;

  for (const size of [1, 3, 1_000]) {
    it(`reads the handshake that has a list of versions, ${size} bytes at a time`, () => {
      const counter = new BoltCounter();
      const { sent, received } = counter.observe();
      const feed = (to: (bytes: Buffer) => void, hex: string) => {
        const bytes = Buffer.from(hex, 'hex');
        for (let from = 0; from < bytes.length; from += size) to(bytes.subarray(from, from + size));
      };
      feed(sent, CLIENT_START.slice(0, 40));
      feed(received, '000001ff' + '02' + '00080805' + '00020404' + '8001');
      feed(sent, '00000805' + '00' + message('01'));
      feed(received, message('70'));
      feed(sent, message('11') + '0000' + message('10') + message('3f'));
      assert.deepEqual(counter.take(), {
        transactions: 1,
        roundTrips: 2,
        requests: { HELLO: 1, BEGIN: 1, RUN: 1, PULL: 1 },
      });
      assert.deepEqual(counter.take(), { transactions: 0, roundTrips: 0, requests: {} });
    });
  }
});
