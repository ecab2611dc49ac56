import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { Attempts, MAX_PAUSE_MS, MAX_WAIT_MS, type Client } from '../../../src/console/safety/attempts';
import type { Outcome } from '../../../src/console/safety/turns';
import { ManualClock } from '../support/manualClock';

const HOUR_MS = 3_600_000;

describe('Sign-in attempts', () => {
  let clock: ManualClock;
  let attempts: Attempts;
  /** Times at which wrong passwords were checked. */
  let checked: number[];

  beforeEach(() => {
    clock = new ManualClock();
    attempts = new Attempts(clock);
    checked = [];
  });

  const stay = new AbortController().signal;
  setMaxListeners(0, stay);

  function wrong(client: Client): Promise<Outcome> {
    const verify = () => {
      checked.push(clock.now());
      return Promise.resolve(false);
    };
    return attempts.check(client, { verify, disconnected: stay });
  }

  const right = (client: Client) =>
    attempts.check(client, { verify: () => Promise.resolve(true), disconnected: stay });

  /** Sends the next wrong password after each response, with a delay if it was busy. */
  function attack(client: () => Client): void {
    // Without pauses, it would loop forever.
    if (checked.length > 2_000) return;
    void wrong(client()).then((outcome) => {
      if (outcome === 'busy') clock.after(MAX_PAUSE_MS, () => attack(client));
      else attack(client);
    });
  }

  /** Returns the time until a sign-in with the right password completes, in ms. */
  async function timeUntilIn(client: Client): Promise<number> {
    const beginMs = clock.now();
    let doneMs: number | undefined;
    const outcome = right(client).then((each) => {
      doneMs = clock.now();
      return each;
    });
    await clock.advance(MAX_WAIT_MS);
    assert.equal(await outcome, 'right');
    return (doneMs ?? Infinity) - beginMs;
  }

  async function assertInWithin(maxMs: number, client: Client): Promise<void> {
    const ms = await timeUntilIn(client);
    assert(ms <= maxMs, `the sign-in took ${ms} ms, the limit is ${maxMs} ms`);
  }

  it('are checked immediately until five were wrong, then after pauses that grow to 15 seconds', async () => {
    attack(() => ({ network: '192.0.2.1' }));
    await clock.advance(80_000);
    const pauses = checked.slice(1).map((atMs, i) => (atMs - (checked[i] ?? 0)) / 1_000);
    assert.deepEqual(pauses, [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]);
  });

  it('are limited to 250 an hour from one network, however many it sends at the same time', async () => {
    for (let i = 0; i < 20; i += 1) attack(() => ({ network: '192.0.2.1' }));
    await clock.advance(2 * HOUR_MS);
    assert(maxPerHour() <= 250, String(maxPerHour()));
    assert(maxPerHour() > 200, 'the attack must have continued');
  });

  it('are limited to 265 an hour from all unknown devices together', async () => {
    for (let i = 0; i < 40; i += 1) {
      let next = 0;
      attack(() => ({ network: `10.${i}.0.${(next = (next + 1) % 250)}` }));
    }
    await clock.advance(2 * HOUR_MS);
    assert(maxPerHour() <= 265, String(maxPerHour()));
    assert(maxPerHour() > 200, 'the attack must have continued');
  });

  it('are limited to 250 an hour with the cookie of one device', async () => {
    for (let i = 0; i < 5; i += 1) attack(() => ({ device: 'stolen', network: `192.0.2.${i}` }));
    await clock.advance(2 * HOUR_MS);
    assert(maxPerHour() <= 250, String(maxPerHour()));
    assert(maxPerHour() > 200, 'the attack must have continued');
  });

  it('succeed immediately from a known device during an attack, even from its own network', async () => {
    for (let i = 0; i < 40; i += 1) attack(() => ({ network: `10.0.0.${i}` }));
    await clock.advance(HOUR_MS);
    assert.equal(await timeUntilIn({ device: 'known', network: '10.0.0.1' }), 0);
  });

  it('succeed from a new device within one pause while forty networks attack', async () => {
    for (let i = 0; i < 80; i += 1) attack(() => ({ network: `10.0.0.${i % 40}` }));
    await clock.advance(HOUR_MS);
    await assertInWithin(MAX_PAUSE_MS, { network: '192.0.2.1' });
  });

  it('succeed from a new device after a typo while forty networks attack', async () => {
    for (let i = 0; i < 80; i += 1) attack(() => ({ network: `10.0.0.${i % 40}` }));
    await clock.advance(HOUR_MS);
    void wrong({ network: '192.0.2.1' });
    await assertInWithin(2 * MAX_PAUSE_MS, { network: '192.0.2.1' });
  });

  it('succeed from the attacking network as long as it has a free slot', async () => {
    for (let i = 0; i < 2; i += 1) attack(() => ({ network: '192.0.2.1' }));
    await clock.advance(HOUR_MS);
    await assertInWithin(3 * MAX_PAUSE_MS, { network: '192.0.2.1' });
  });

  it('do not count while they are being checked, nor if they were right', async () => {
    let finish = () => {};
    const verify = () => new Promise<boolean>((resolve) => (finish = () => resolve(true)));
    const client = { network: '192.0.2.1' };
    for (let i = 0; i < 4; i += 1) await wrong(client);
    const slow = attempts.check(client, { verify, disconnected: stay });
    await clock.advance(0);
    assert(!attempts.isSlow(client), 'the next attempt must not have to wait');
    finish();
    assert.equal(await slow, 'right');
    for (let i = 0; i < 30; i += 1) assert.equal(await right(client), 'right');
    assert(!attempts.isSlow(client), 'the next attempt must not have to wait');
    await wrong(client);
    assert(attempts.isSlow(client), 'the next attempt must have to wait');
    assert(!attempts.isSlow({ network: '192.0.2.2' }), 'another network must not have to wait');
  });

  it('are checked one at a time; three of a network may be pending, others are busy', async () => {
    let atOnce = 0;
    let maxAtOnce = 0;
    const verify = async () => {
      maxAtOnce = Math.max(maxAtOnce, (atOnce += 1));
      await new Promise<void>((resolve) => clock.after(100, resolve));
      atOnce -= 1;
      return false;
    };
    const tries = Array.from({ length: 100 }, () =>
      attempts.check({ network: '192.0.2.1' }, { verify, disconnected: stay }),
    );
    await clock.advance(1_000);
    const outcomes = await Promise.all(tries);
    assert.equal(outcomes.filter((outcome) => outcome === 'wrong').length, 3);
    assert.equal(outcomes.filter((outcome) => outcome === 'busy').length, 97);
    assert.equal(maxAtOnce, 1);
  });

  it('wait in a queue of sixteen, where a network without wrong attempts replaces one with some', async () => {
    const outcomes: Outcome[] = [];
    for (let i = 0; i < 20; i += 1) await wrong({ network: `10.0.0.${i}` });
    for (let i = 0; i < 18; i += 1)
      void wrong({ network: `10.0.0.${i}` }).then((outcome) => outcomes.push(outcome));
    await clock.advance(0);
    assert.deepEqual(outcomes, ['busy', 'busy']);
    await assertInWithin(MAX_PAUSE_MS, { network: '192.0.2.1' });
  });

  it('of a newcomer replace one of a network that has no wrong attempts but three pending', async () => {
    const verify = async () => {
      await new Promise<void>((resolve) => clock.after(1_000, resolve));
      return false;
    };
    const outcomes: Outcome[] = [];
    for (let i = 0; i < 18; i += 1) {
      const network = `10.0.0.${Math.floor(i / 3)}`;
      void attempts
        .check({ network }, { verify, disconnected: stay })
        .then((outcome) => outcomes.push(outcome));
    }
    await clock.advance(0);
    assert.deepEqual(outcomes, ['busy'], 'one is being checked, sixteen wait');
    assert.equal(await timeUntilIn({ network: '192.0.2.1' }), 1_000, 'after the one that was being checked');
  });

  it('end as busy after 50 seconds', async () => {
    for (let i = 0; i < 30; i += 1) {
      void wrong({ network: `10.0.0.${i}` });
      await clock.advance(MAX_PAUSE_MS);
    }
    const waiting = Array.from({ length: 10 }, (_, i) => wrong({ network: `10.0.1.${i}` }));
    await clock.advance(MAX_WAIT_MS);
    const outcomes = await Promise.all(waiting);
    assert(outcomes.includes('wrong') && outcomes.includes('busy'), outcomes.join());
  });

  it('free their slot and are not checked if their client disconnects', async () => {
    const client = { network: '192.0.2.1' };
    for (let i = 0; i < 9; i += 1) {
      void wrong(client);
      await clock.advance(i < 8 ? MAX_PAUSE_MS : 0);
    }
    const leaving = new AbortController();
    const verify = () => assert.fail('checked');
    const left = [1, 2, 3].map(() => attempts.check(client, { verify, disconnected: leaving.signal }));
    void wrong(client);
    leaving.abort();
    assert.deepEqual(await Promise.all(left), ['busy', 'busy', 'busy']);
    await assertInWithin(MAX_PAUSE_MS, client);
  });

  it('are not blocked by a check that failed, which counts as wrong', async () => {
    const verify = () => Promise.reject(new Error('out of memory'));
    const client = { network: '192.0.2.1' };
    for (let i = 0; i < 5; i += 1)
      await assert.rejects(attempts.check(client, { verify, disconnected: stay }), /out of memory/);
    assert(attempts.isSlow(client), 'the next attempt must have to wait');
    assert.equal(await timeUntilIn(client), 1_000);
  });

  it('do not wait longer if the clock is set back', async () => {
    const client = { network: '192.0.2.1' };
    for (let i = 0; i < 5; i += 1) await wrong(client);
    const next = right(client);
    clock.setBack(HOUR_MS);
    await clock.advance(MAX_PAUSE_MS);
    assert.equal(await next, 'right');
    clock.setBack(HOUR_MS);
    assert(!attempts.isSlow(client), 'the next attempt must not have to wait');
  });

  it('are forgotten after an hour', async () => {
    const client = { network: '192.0.2.1' };
    for (let i = 0; i < 5; i += 1) await wrong(client);
    await clock.advance(HOUR_MS - 1);
    assert(!attempts.isSlow(client), 'the pause is over');
    void wrong(client);
    await clock.advance(0);
    assert(attempts.isSlow(client), 'the next wrong attempt starts another pause');
    await clock.advance(HOUR_MS);
    await wrong(client);
    assert(!attempts.isSlow(client), 'the next attempt must not have to wait');
  });

  function maxPerHour(): number {
    return Math.max(
      ...checked.map((fromMs) => checked.filter((atMs) => atMs >= fromMs && atMs < fromMs + HOUR_MS).length),
    );
  }
});
