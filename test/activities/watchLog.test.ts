import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { mock } from 'node:test';
import { ActivityCancellationDetails } from '@temporalio/common';
import type { LogWatch } from '../../src/activities/watchLog';
import type { Ports } from '../../src/activities/ports';
import type { OktaOrg } from '../../src/okta/org';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';

/** What is cut short would last that long. */
const LONG_MS = 60_000;
/** Events on a page of the log. */
const PAGE = 1_000;
const NOTHING = { touched: { users: [], groups: [] }, apps: [] };

describe('The activity that watches the System Log', function () {
  this.timeout(LONG_MS);
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    await neo4j();
  });
  beforeEach(async () => {
    org = await OrgUnderTest.start({ users: 50, groups: 5 });
    org.sim.stats.reset();
  });
  afterEach(() => org.stop());

  const watch = (change: Partial<LogWatch> = {}): LogWatch => ({
    domain: org.sim.domain,
    intervalMs: 20,
    forMs: LONG_MS,
    cursor: { sinceMs: Date.now() - 1_000, recent: [] },
    ...change,
  });
  const polls = () => org.calls['logs'] ?? 0;

  /** Changes a user. @returns its id. */
  function changeUser(): string {
    const [user] = org.sim.org.truth().users();
    assert(user);
    org.sim.org.renameUser(user.id);
    return user.id;
  }

  /** Holds back the second page of a log of more than one. */
  async function heldAtSecondPage() {
    const types = ['user.account.update_profile'] as const;
    org.sim.org.flood({ events: PAGE + 1, concerning: 'users', types: [...types] });
    await sleep(5);
    org.sim.faults.set([{ match: { route: 'logs', nth: 2 }, action: { type: 'delay', delayMs: LONG_MS } }]);
    const attempt = org.attempt();
    return { attempt, call: attempt.call('watchLog', watch()), isHeld: () => polls() === 2 };
  }

  it('returns when its time is over, and keeps its place', async () => {
    const cursor = { next: '/api/v1/logs?after=1', polledMs: Date.now(), recent: ['an-event'] };
    const found = await org.attempt().call('watchLog', watch({ cursor, intervalMs: LONG_MS, forMs: 30 }));
    assert.deepEqual(found, { cursor, ...NOTHING });
    assert.equal(polls(), 0);
  });

  it('polls once if it has only time for that', async () => {
    const found = await org
      .attempt()
      .call('watchLog', watch({ intervalMs: LONG_MS, forMs: 1, isPinged: true }));
    assert.equal(polls(), 1);
    assert(Number(found.cursor.polledMs) > Date.now() - LONG_MS);
  });

  it('waits no longer than its interval after a clock that was ahead', async () => {
    const user = changeUser();
    const cursor = { sinceMs: Date.now() - 1_000, polledMs: Date.now() + 3_600_000, recent: [] };
    const found = await org.attempt().call('watchLog', watch({ cursor, forMs: LONG_MS / 3 }));
    assert.deepEqual(found.touched.users, [user]);
  });

  it('says what the pages before a ping have named, and where the next poll goes on', async () => {
    const { attempt, call, isHeld } = await heldAtSecondPage();
    await until(isHeld);
    attempt.cancel();
    const { touched, cursor, incremental } = await call;
    const ids = [...org.sim.org.truth().users()].map(({ id }) => id);
    assert.deepEqual(touched.users.toSorted(), ids.toSorted());
    assert.deepEqual([incremental, cursor.polledMs], [undefined, undefined]);

    org.sim.faults.clear();
    const rest = await org.attempt().call('watchLog', watch({ cursor, isPinged: true }));
    assert.equal(rest.touched.users.length, 1, 'the page that was held has one event');
    assert.equal(polls(), 3);
  });

  it('reads a page to its end though a ping comes meanwhile: pings can be closer together than pages', async () => {
    const user = changeUser();
    const delay = {
      match: { route: 'logs' as const, nth: 1 },
      action: { type: 'delay' as const, delayMs: 500 },
    };
    org.sim.faults.set([delay]);
    const attempt = org.attempt();
    const call = attempt.call('watchLog', watch());
    await until(() => polls() === 1);
    attempt.cancel();
    const { touched, cursor } = await call;
    assert.deepEqual(touched.users, [user]);
    assert(cursor.next !== undefined && cursor.polledMs !== undefined);
    assert.equal(polls(), 1);
  });

  it('ends a poll at once when the watch is stopped', async () => {
    org.sim.faults.set([{ match: { route: 'logs' }, action: { type: 'delay', delayMs: LONG_MS } }]);
    const attempt = org.attempt();
    const call = attempt.call('watchLog', watch());
    await until(() => polls() === 1);
    attempt.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
    assert.deepEqual((await call).touched, NOTHING.touched);
  });

  it('reads smaller pages where Okta cannot serve a large one, up to the end, and then large ones again', async () => {
    const types = ['user.account.update_profile'] as const;
    org.sim.org.flood({ events: PAGE + 1, concerning: 'users', types: [...types] });
    await sleep(5);
    const tooLarge = {
      match: { route: 'logs', limitOver: 300 },
      action: { type: 'error', status: 500 },
    } as const;
    org.sim.faults.set([{ ...tooLarge, match: { ...tooLarge.match, times: 4 } }]);
    const { cursor, touched } = await org.attempt().call('watchLog', watch());
    assert.equal(touched.users.length, 50);
    assert.match(String(cursor.next), /limit=1000/);
    assert(cursor.polledMs, 'the end was reached');
    const asked = polls();
    changeUser();
    await org.attempt().call('watchLog', watch({ cursor, isPinged: true }));
    assert.equal(polls(), asked + 1);
  });

  it('says nothing when its worker stops, so that another reads the same again', async () => {
    const { attempt, call, isHeld } = await heldAtSecondPage();
    await until(isHeld);
    attempt.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await assert.rejects(call, { type: 'WORKER_SHUTDOWN' });
  });

  it('sends heartbeats while a poll takes its time', async () => {
    const { okta } = org.ports;
    const real = okta.org(org.sim.domain);
    const log: OktaOrg['log'] = async (...asked) => {
      await sleep(1);
      for (let beat = 0; beat < 3; beat += 1) mock.timers.tick(5_000);
      return real.log(...asked);
    };
    const slow = Object.assign(Object.create(real) as OktaOrg, { log });
    const attempt = org.attempt({ ports: { okta: { ...okta, org: () => slow } as Ports['okta'] } });
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      await attempt.call('watchLog', watch({ forMs: 1, isPinged: true }));
    } finally {
      mock.timers.reset();
    }
    assert.equal(attempt.heartbeats.length, 5, 'at its start, one each 5 s, and after the poll');
  });
});
