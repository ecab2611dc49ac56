import { noUsage } from '../../../src/okta/callContext';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Neo4jError } from 'neo4j-driver';
import { CodedError } from '../../../src/faults/fault';
import type { SyncWarning } from '../../../src/contract';
import { counted } from '../../../src/telemetry/events';
import type { GraphDatabase, Transaction } from '../../../src/graph/database';
import { explainNeo4jError } from '../../../src/graph/errors';
import {
  assertOpen,
  lockOrg,
  recordUsage,
  writeForRun,
  type Run,
  type Tally,
} from '../../../src/graph/write/run';
import { endRun } from '../../../src/graph/write/runs';
import { neo4j } from '../../../dev/lab/servers/services';
import { startCuttingProxy } from '../support/cutAtCommit';
import { openGraph, useGraph } from '../../../dev/lab/graph/graphUnderTest';

const NOTHING: Tally = { counts: {}, warnings: [] };

describe('a write of a run', () => {
  const graph = useGraph();

  const write = (run: Run, work: (tx: Transaction) => Promise<Tally>) => writeForRun(graph.writer(run), work);
  const createUser = (tx: Transaction, id: string) =>
    tx.run('CREATE (:User {okta_domain: $domain, id: $id})', { domain: graph.domain, id });
  const users = () => graph.value<number>('MATCH (u:User {okta_domain: $domain}) RETURN count(u) AS value');

  const stopListening: (() => void)[] = [];
  /** Collects the events of this test's org from now on, in order. */
  const listenTo = (event: typeof counted) => {
    const emitted: Parameters<Parameters<typeof event.listen>[0]>[0][] = [];
    const own = graph.domain;
    stopListening.push(event.listen((message) => void (message.domain === own && emitted.push(message))));
    return emitted;
  };
  afterEach(() => {
    for (const stop of stopListening.splice(0)) stop();
  });

  for (const [title, forgery] of [
    ['a number of its own', { number: Number.MAX_SAFE_INTEGER }],
    ['another mode', { mode: 'incremental' }],
    ['the permission to delete', { allowDeletes: true }],
  ] as const) {
    it(`is refused to the open run with ${title}`, async () => {
      const run = await graph.begin();
      const forged = { ...run, ...forgery };
      const createOne = async (tx: Transaction) => {
        await createUser(tx, 'u1');
        return NOTHING;
      };
      await assert.rejects(write(forged, createOne), { code: 'RUN_ENDED' });
      await assert.rejects(assertOpen(graph.db, forged), { code: 'RUN_ENDED' });
      assert.equal(await users(), 0);
      await assertOpen(graph.db, run);
      await write(run, createOne);
      assert.equal(await users(), 1);
    });
  }

  it('adds what it counted, and what Okta cost, to the run', async () => {
    const run = await graph.begin();
    for (const requests of [2, 3]) {
      graph.usage.requests.users = requests;
      graph.usage.rateLimited = 1;
      graph.usage.waitedMs = 10.75;
      graph.usage.retries = 4;
      await write(run, async () => ({ counts: { users_seen: 7, users_created: 1 }, warnings: [] }));
    }
    const counted = await graph.syncRun(run);
    assert.deepEqual(
      [
        'users_seen',
        'users_created',
        'users_updated',
        'okta_requests_users',
        'okta_rate_limited',
        'okta_retries',
      ].map((name) => counted[name]),
      [14, 2, 0, 5, 2, 8],
    );
    assert.equal(counted['okta_waited_ms'], 20, 'whole milliseconds');
    assert.ok(graph.usage.waitedMs >= 0.5 && graph.usage.waitedMs < 1, 'the rest is for the next time');
    assert.deepEqual(graph.usage.requests, noUsage().requests);
  });

  it('counts in whole numbers', async () => {
    const run = await graph.begin();
    graph.usage.waitedMs = 1.5;
    await write(run, async () => ({ counts: { users_seen: 1 }, warnings: [] }));
    const floats = await graph.value<string[]>(
      `MATCH (r:SyncRun {okta_domain: $domain})
       RETURN [key IN keys(r) WHERE r[key] IS :: FLOAT NOT NULL] AS value`,
    );
    assert.deepEqual(floats, []);
  });

  it('leaves rows, counts and warnings together or not at all, and hands back what Okta cost', async () => {
    const run = await graph.begin();
    Object.assign(graph.usage, { rateLimited: 2, waitedMs: 12.25, retries: 3 });
    graph.usage.requests.groups = 9;
    const before = structuredClone(graph.usage);
    const failing = write(run, async (tx) => {
      await createUser(tx, '00u1');
      throw new Error('the worker fell over');
    });
    await assert.rejects(failing, /fell over/);
    assert.deepEqual(graph.usage, before);
    const counted = await graph.syncRun(run);
    assert.deepEqual([await users(), counted['okta_requests_groups'], counted['warnings']], [0, 0, []]);

    await write(run, async (tx) => {
      await createUser(tx, '00u1');
      return { counts: { users_created: 1 }, warnings: [{ code: 'MALFORMED_USER', message: 'a' }] };
    });
    const after = await graph.syncRun(run);
    assert.deepEqual([await users(), after['users_created'], after['okta_requests_groups']], [1, 1, 9]);
  });

  it('counts once when Neo4j makes it start again, and so do the metrics', async () => {
    const run = await graph.begin();
    graph.usage.requests.users = 5;
    let attempts = 0;
    const contended = Object.create(graph.db) as GraphDatabase;
    contended.write = (work) =>
      graph.db.write(async (tx) => {
        const result = await work(tx);
        attempts += 1;
        if (attempts > 1) return result;
        const code = 'Neo.TransientError.Transaction.DeadlockDetected';
        throw new Neo4jError('deadlock', code, '50N05', '', {} as never);
      });
    const metrics = listenTo(counted);
    await writeForRun({ db: contended, run, usage: graph.usage }, async (tx) => {
      await createUser(tx, '00u1');
      return { counts: { users_created: 1 }, warnings: [{ code: 'MALFORMED_USER', message: 'a' }] };
    });
    const { users_created: created, okta_requests_users: requests, warnings } = await graph.syncRun(run);
    assert.equal(attempts, 2);
    assert.deepEqual([created, requests, (warnings as string[]).length], [1, 5, 1]);
    const emitted = metrics.map(({ counts }) => [counts.users_created, counts.okta_requests_users]);
    assert.deepEqual(emitted, [[1, 5]], 'one event for what was committed');
  });

  it('is not counted by the metrics when it fails', async () => {
    const run = await graph.begin();
    const metrics = listenTo(counted);
    const failing = write(run, () => Promise.reject(new Error('the worker fell over')));
    await assert.rejects(failing, /fell over/);
    assert.deepEqual(metrics, []);
  });

  it('holds up no other for ever when its worker froze in the middle of it', async () => {
    const run = await graph.begin();
    const frozen = await openGraph({}, { transactionTimeoutMs: 1_000 });
    let thaw: () => void = () => undefined;
    const forLong = new Promise<void>((resolve) => (thaw = resolve));
    let isHeld: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const tally = { counts: { users_created: 1 }, warnings: [] };
    try {
      const stuck = writeForRun({ db: frozen, run, usage: graph.usage }, async (tx) => {
        await createUser(tx, '00u1');
        isHeld();
        await forLong;
        return tally;
      }).catch((error: unknown) => error);
      await held;
      await write(run, async (tx) => (await createUser(tx, '00u2'), tally));
      thaw();
      assert.equal(explainNeo4jError(await stuck)?.code, 'GRAPH_TIMED_OUT');
      assert.deepEqual([await users(), (await graph.syncRun(run))['users_created']], [1, 1]);
    } finally {
      thaw();
      await frozen.close();
    }
  });

  it('is done once when only the answer to its commit is lost', async () => {
    const run = await graph.begin();
    const proxy = await startCuttingProxy((await neo4j()).uri);
    const db = await openGraph({ NEO4J_URI: proxy.uri });
    try {
      await db.read('RETURN 1 AS one');
      graph.usage.requests.users = 5;
      const metrics = listenTo(counted);
      proxy.arm();
      const { result } = await writeForRun({ db, run, usage: graph.usage }, async (tx) => {
        await tx.run('CREATE (:Group {okta_domain: $domain, id: randomUUID()})', { domain: graph.domain });
        return { counts: { groups_created: 1 }, warnings: [], result: 'the first attempt' };
      });
      assert.deepEqual([proxy.cuts, result], [1, 'the first attempt']);
      assert.deepEqual(
        metrics.map(({ counts }) => counts.groups_created),
        [1],
        'the metrics count it once',
      );
    } finally {
      await db.close();
      proxy.close();
    }
    const groups = await graph.value('MATCH (g:Group {okta_domain: $domain}) RETURN count(g) AS value');
    const { groups_created: created, okta_requests_users: requests } = await graph.syncRun(run);
    assert.deepEqual([groups, created, requests, graph.usage.requests.users], [1, 1, 5, 0]);
  });

  it('keeps 200 warnings, each once, and counts the rest', async () => {
    const run = await graph.begin();
    const warn = (from: number, to: number) =>
      write(run, async () => ({
        counts: {},
        warnings: Array.from({ length: to - from }, (_, i): SyncWarning => {
          return { code: 'MALFORMED_USER', message: 'left out', userId: `00u${from + i}` };
        }),
      }));
    await warn(0, 150);
    await warn(100, 150);
    await warn(140, 190);
    let kept = await graph.syncRun(run);
    assert.deepEqual([(kept['warnings'] as string[]).length, kept['warnings_omitted']], [190, 0]);
    await warn(180, 230);
    kept = await graph.syncRun(run);
    assert.deepEqual([(kept['warnings'] as string[]).length, kept['warnings_omitted']], [200, 30]);
    await warn(230, 235);
    kept = await graph.syncRun(run);
    assert.deepEqual([(kept['warnings'] as string[]).length, kept['warnings_omitted']], [200, 35]);
    assert.deepEqual(JSON.parse((kept['warnings'] as string[])[199] ?? ''), {
      code: 'MALFORMED_USER',
      message: 'left out',
      userId: '00u199',
    });
  });

  it('is refused once the run has ended: a zombie writes nothing, and keeps what Okta cost', async () => {
    const run = await graph.begin();
    await endRun(graph.db, run);
    graph.usage.requests.users = 1;
    await assert.rejects(
      write(run, async (tx) => {
        await createUser(tx, 'a zombie');
        return NOTHING;
      }),
      (error) =>
        error instanceof CodedError &&
        error.code === 'RUN_ENDED' &&
        error.message.includes(`Run 1 of ${graph.domain} has ended`),
    );
    await assert.rejects(recordUsage(graph.writer(run)), { code: 'RUN_ENDED' });
    assert.deepEqual([await users(), graph.usage.requests.users], [0, 1]);
  });

  it('records the same warning once, also within one write', async () => {
    const run = await graph.begin();
    const warning = {
      code: 'MALFORMED_USER',
      message: 'A user was left out: it is not an object.',
    } as const;
    for (let time = 0; time < 2; time += 1)
      await write(run, async () => ({ counts: {}, warnings: [warning, warning] }));
    assert.deepEqual((await graph.syncRun(run))['warnings'], [JSON.stringify(warning)]);
  });

  it('is refused for a run that ends while it waits for the lock', async () => {
    const run = await graph.begin();
    let late: Promise<unknown> | undefined;
    await graph.db.write(async (tx) => {
      await lockOrg(tx, graph.domain);
      late ??= assert.rejects(
        write(run, async () => NOTHING),
        { code: 'RUN_ENDED' },
      );
      await sleep(100);
      await tx.run("MATCH (r:SyncRun {okta_domain: $domain}) SET r.outcome = 'failed'", {
        domain: graph.domain,
      });
    });
    await late;
  });

  it('is refused for a run that never began', async () => {
    const run = await graph.begin();
    await assert.rejects(
      write({ ...run, id: 'another' }, async () => NOTHING),
      { code: 'RUN_ENDED' },
    );
  });

  it('waits for the one before it on the same org, and sees what that wrote', async () => {
    const [first, second] = [await graph.begin(), await graph.begin()];
    const order: string[] = [];
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));

    const slow = write(first, async (tx) => {
      // Its first answer shows that it has the lock.
      await createUser(tx, '00u1');
      order.push('first in');
      entered();
      await released;
      order.push('first out');
      return NOTHING;
    });
    await inside;
    const other = writeForRun(graph.writer(second), async (tx) => {
      const [row] = await tx.run<{ count: number }>(
        'MATCH (u:User {okta_domain: $domain}) RETURN count(u) AS count',
        { domain: graph.domain },
      );
      order.push(`second sees ${row?.count}`);
      return NOTHING;
    });
    await sleep(150);
    assert.deepEqual(order, ['first in'], 'the second is not let in');
    release();
    await Promise.all([slow, other]);
    assert.deepEqual(order, ['first in', 'first out', 'second sees 1']);
  });

  it('does not wait for another org', async () => {
    const mine = await graph.begin();
    const theirs = await graph.begin({ domain: graph.newDomain() });
    await write(mine, async () => {
      await writeForRun(graph.writer(theirs), async () => NOTHING);
      return NOTHING;
    });
  });

  it('loses no count when many write at once', async () => {
    const run = await graph.begin();
    const writes = Array.from({ length: 20 }, (_, i) =>
      write(run, async (tx) => {
        await createUser(tx, `00u${i}`);
        return { counts: { users_created: 1 }, warnings: [] };
      }),
    );
    await Promise.all(writes);
    assert.deepEqual([await users(), (await graph.syncRun(run))['users_created']], [20, 20]);
  });

  it('is remembered by its id, as the latest fifty are', async () => {
    const run = await graph.begin();
    for (let write = 0; write < 55; write += 1) {
      await writeForRun(graph.writer(run), () => Promise.resolve({ counts: {}, warnings: [] }));
    }
    assert.equal(((await graph.syncRun(run))['recent_writes'] as string[]).length, 50);
  });
});
