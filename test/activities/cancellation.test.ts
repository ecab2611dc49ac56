import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ActivityCancellationDetails,
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import { KEEP_ALL } from '../../src/config/dataRules';
import { LIST_START, type ListCursor } from '../../src/activities/lists';
import { MAX_ROWS } from '../../src/graph/write/nodes';
import type { SimulatorOptions } from '../../src/simulator';
import { until } from '../../dev/lab/until';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { steered, type Steer } from './support/steered';

/** What is cut short would last for a minute, or ten times as long; a slow machine takes some seconds to say so. */
const WAIT_MS = 60_000;
const AT_ONCE_MS = WAIT_MS / 3;

describe('A cancel of an activity', () => {
  let org: OrgUnderTest;

  const start = async (options: SimulatorOptions = {}, retryPauseMs?: number) =>
    void (org = await OrgUnderTest.start({ users: 600, groups: 20, ...options }, retryPauseMs));

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    await neo4j();
  });
  afterEach(() => org.stop());

  it('is met at once while a rate limit is waited for', async () => {
    await start({ limits: { users: 2 }, windowMs: WAIT_MS });
    await assertCancelledAtOnce(() => org.calls['users'] === 2);
  });

  it('takes effect at once while a request is in progress', async () => {
    await start();
    org.sim.faults.set([{ match: { route: 'users', nth: 2 }, action: { type: 'delay', delayMs: WAIT_MS } }]);
    await assertCancelledAtOnce(() => org.calls['users'] === 2);
  });

  it('is met at once while the next attempt at a request is waited for', async () => {
    // A pause is half the base at the least.
    await start({}, 2 * WAIT_MS);
    org.sim.faults.set([{ match: { route: 'users', after: 1 }, action: { type: 'reset' } }]);
    await assertCancelledAtOnce(() => (org.calls['users'] ?? 0) >= 2);
  });

  it('takes effect while a run of the watch applies other rules for data to the whole graph', async () => {
    await start();
    await org.lists(await org.begin());
    const run = await org.begin({ mode: 'touched' });
    const sync = { ...org.ports.sync, data: { ...KEEP_ALL, omitted: ['department'] } };
    const attempt = org.attempt({ ports: { sync } });
    const failure = await attempt.cancelledWhen(() => true, 'syncTouched', run, { users: [], groups: [] });
    assert(failure instanceof CancelledFailure);
    const [left] = await org.db.read<{ isUnfinished: boolean }>(
      'MATCH (o:OktaOrg {domain: $domain}) RETURN o.user_rules_next IS NOT NULL AS isUnfinished',
      { domain: org.sim.domain },
    );
    assert.deepEqual(left, { isUnfinished: true });
  });

  it('takes effect after the write in progress, which stays whole', async () => {
    await start({ users: 3 * MAX_ROWS });
    const run = await org.begin();
    const attempt = org.attempt();
    const locked = await lock();
    const failure = attempt.failure(attempt.call('syncUsers', run, LIST_START));
    try {
      await until(() => (org.calls['users'] ?? 0) >= 2);
      attempt.cancel();
    } finally {
      await locked.release();
    }
    assertCancelled(await failure);
    const written = Number((await org.counted(run))['users_seen']);
    assert(written > 0 && written <= MAX_ROWS && written % 200 === 0, String(written));
    assert.equal((attempt.heartbeats.at(-1) as ListCursor).seen, written);
  });

  it('leaves no membership write running', async () => {
    await start();
    const run = await org.begin();
    await org.lists(run);
    const attempt = org.attempt();
    let hasEnded = false;
    let writesBehindIt = 0;
    const { read, write } = org.db;
    org.db.read = async (...args) => (await sleep(100), read.apply(org.db, args)) as never;
    org.db.write = (work) => ((writesBehindIt += hasEnded ? 1 : 0), write.call(org.db, work)) as never;
    const failure = attempt.failure(attempt.call('syncMemberships', run));
    await until(() => attempt.heartbeats.length > 0);
    attempt.cancel();
    assertCancelled(await failure);
    hasEnded = true;
    await sleep(300);
    assert.equal(writesBehindIt, 0);
  });

  it('waits for the membership write in progress, so that nothing is written after it', async () => {
    await start();
    const run = await org.begin();
    await org.lists(run);
    let haveMembersCome = false;
    let release: (() => void) | undefined;
    const steer: Steer = async (what, call) => {
      if (what === 'write' && haveMembersCome && !release)
        await new Promise<void>((resolve) => (release = resolve));
      const result = await call();
      haveMembersCome ||= what.startsWith('members');
      return result;
    };
    const attempt = org.attempt({ ports: steered(org.ports, 2, steer) });
    let hasEnded = false;
    const failure = attempt.failure(attempt.call('syncMemberships', run)).finally(() => (hasEnded = true));
    await until(() => release !== undefined);
    attempt.cancel();
    await sleep(300);
    assert.equal(hasEnded, false, 'it ended while a write was in progress');
    release?.();
    assertCancelled(await failure);
  });

  it('by the shutdown of the worker is a failure from which another worker recovers', async () => {
    await start();
    org.sim.faults.set([{ match: { route: 'users', nth: 2 }, action: { type: 'delay', delayMs: WAIT_MS } }]);
    const run = await org.begin();
    const attempt = org.attempt();
    const failure = attempt.failure(attempt.call('syncUsers', run, LIST_START));
    await until(() => org.calls['users'] === 2);
    attempt.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    const error = await failure;
    assert(error instanceof ApplicationFailure, String(error));
    assert.equal(error.type, 'WORKER_SHUTDOWN');
    assert.equal(error.nonRetryable, false);
    assert.equal(error.category, ApplicationFailureCategory.BENIGN);
  });

  /** Cancels a read of the users once it is stuck, after its first page. */
  async function assertCancelledAtOnce(isStuck: () => boolean): Promise<void> {
    const run = await org.begin();
    const attempt = org.attempt();
    const failure = attempt.failure(attempt.call('syncUsers', run, LIST_START));
    await until(() => isStuck() && attempt.heartbeats.length > 0);
    await sleep(100);
    const cancelledAt = performance.now();
    attempt.cancel();
    assertCancelled(await failure);
    assert(
      performance.now() - cancelledAt < AT_ONCE_MS,
      `it took ${performance.now() - cancelledAt} ms to stop`,
    );
  }

  /** Holds the org's lock, so that no write of a run gets through until it is released. */
  async function lock() {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let taken: () => void = () => undefined;
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const transaction = org.db.write(async (tx) => {
      await tx.run('MATCH (o:OktaOrg {domain: $domain}) SET o.lock = 1', { domain: org.sim.domain });
      taken();
      await held;
    });
    await isTaken;
    return { release: () => (release(), transaction) };
  }
});

function assertCancelled(failure: unknown): void {
  assert(failure instanceof CancelledFailure, `it has failed with ${String(failure)}`);
}
