import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { noUsage, type CallContext } from '../../../src/okta/callContext';
import { OktaError } from '../../../src/okta/errors';
import { Gate, LONGEST_WAIT_MS } from '../../../src/okta/limits/gate';
import { backOffMs } from '../../../src/okta/limits/pause';
import { until } from '../../../dev/lab/until';

const newContext = (signal = new AbortController().signal): CallContext => ({
  signal,
  beat: () => undefined,
  usage: noUsage(),
});

const answer = (limit: number, remaining: number, untilResetMs: number, reset = 100) => ({
  limit,
  remaining,
  reset,
  untilResetMs,
});

/** A gate whose `users` bucket has had its first answer. */
async function gateWith(
  headers: ReturnType<typeof answer>,
  { capacityPercent = 100, maxConcurrency = 10, basePauseMs = 500 } = {},
): Promise<Gate> {
  const gate = new Gate({ capacityPercent, maxConcurrency, basePauseMs });
  await gate.enter('users', newContext());
  gate.leave('users', headers, 'ok');
  return gate;
}

/** Whether a promise has been kept by the next turn of the event loop. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await turn();
  return done;
}

describe('the gate', () => {
  it('lets the first request of a bucket go alone, and the others after its answer', async () => {
    const gate = new Gate({ capacityPercent: 100, maxConcurrency: 10, basePauseMs: 500 });
    await gate.enter('users', newContext());
    const others = [gate.enter('users', newContext()), gate.enter('users', newContext())];
    assert.equal(await isDone(Promise.race(others)), false);
    gate.leave('users', answer(100, 99, 60_000), 'ok');
    await Promise.all(others);
  });

  it('keeps buckets apart', async () => {
    const gate = await gateWith(answer(100, 0, 60_000));
    await gate.enter('groups', newContext());
  });

  it('waits for the window to end, and counts the time as waited', async () => {
    const gate = await gateWith(answer(10, 0, 40));
    const context = newContext();
    const startedAt = performance.now();
    await gate.enter('users', context);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 35 && tookMs < 1000, `${tookMs} ms`);
    assert.ok(
      context.usage.waitedMs >= 35 && context.usage.waitedMs <= tookMs + 1,
      `${context.usage.waitedMs} ms`,
    );
  });

  it('continues at once when an answer shows a new window', async () => {
    const gate = await gateWith(answer(10, 1, 60_000));
    await gate.enter('users', newContext());
    const waiting = gate.enter('users', newContext());
    assert.equal(await isDone(waiting), false);
    gate.leave('users', answer(10, 9, 60_000, 160), 'ok');
    await waiting;
  });

  it('does not count waiting for room among its own requests as waiting for Okta', async () => {
    const gate = await gateWith(answer(100, 99, 60_000), { maxConcurrency: 2 });
    await gate.enter('users', newContext());
    await gate.enter('users', newContext());
    const context = newContext();
    const third = gate.enter('users', context);
    assert.equal(await isDone(third), false);
    gate.leave('users', answer(100, 98, 60_000), 'ok');
    await third;
    assert.equal(context.usage.waitedMs, 0);
  });

  it('halves what runs at once when Okta says that it is too much', async () => {
    const gate = await gateWith(answer(100, 99, 60_000), { maxConcurrency: 4 });
    const enter = () => gate.enter('users', newContext());
    await Promise.all([enter(), enter(), enter(), enter()]);
    gate.leave('users', undefined, 'tooManyAtOnce');
    gate.leave('users', undefined, 'failed');
    const next = enter();
    assert.equal(await isDone(next), false, 'two still run, and two is all there may be');
    gate.leave('users', answer(100, 90, 60_000), 'ok');
    await next;
  });

  it('does not take a request that was sent before a pause and answered after it for the end of refusals', async () => {
    const gate = await gateWith(answer(100, 99, 60_000), { basePauseMs: 5 });
    const slow = await gate.enter('users', newContext());
    await gate.enter('users', newContext());
    assert.equal(gate.leave('users', undefined, 'rejected'), 1);
    const pausedUntil = performance.now() + backOffMs(1, 5);
    const next = gate.enter('users', newContext());
    await until(() => performance.now() >= pausedUntil);
    gate.leave('users', undefined, 'ok', slow);
    await next;
    assert.equal(gate.leave('users', undefined, 'rejected'), 2);
  });

  const LONG_WAITS: readonly [pauseMs: number, isLong: boolean][] = [
    [LONGEST_WAIT_MS + 5000, true],
    [3_600_000, true],
    [LONGEST_WAIT_MS - 1000, false],
  ];
  for (const [pauseMs, isLong] of LONG_WAITS) {
    it(`${isLong ? 'hands on' : 'sleeps out'} a wait of ${pauseMs / 1000} s`, async () => {
      // The first pause is of two base pauses.
      const gate = await gateWith(answer(10, 9, 60_000), { basePauseMs: pauseMs / 2 });
      await gate.enter('users', newContext());
      gate.leave('users', undefined, 'rejected');
      const abort = new AbortController();
      const waiting = gate.enter('users', newContext(abort.signal));
      if (isLong) {
        await assert.rejects(
          waiting,
          (error) =>
            error instanceof OktaError &&
            error.code === 'OKTA_RATE_LIMITED' &&
            error.retryable &&
            Math.abs((error.retryAfterMs ?? 0) - pauseMs) < 1000 &&
            error.message.includes(`${Math.round(pauseMs / 1000)} s`),
        );
      } else {
        assert.equal(await isDone(waiting), false);
        abort.abort(new Error('enough'));
        await assert.rejects(waiting, /enough/);
      }
    });
  }

  it('ends a wait at once when the caller gives up, with the reason of the caller', async () => {
    const gate = await gateWith(answer(10, 0, 60_000));
    const abort = new AbortController();
    const waiting = gate.enter('users', newContext(abort.signal));
    abort.abort(new Error('the worker shuts down'));
    await assert.rejects(waiting, /the worker shuts down/);
    await assert.rejects(gate.enter('users', newContext(abort.signal)), /the worker shuts down/);
  });

  it('gives back no place that it never gave: one that gave up is not counted', async () => {
    const gate = await gateWith(answer(100, 99, 60_000), { maxConcurrency: 1 });
    await gate.enter('users', newContext());
    const abort = new AbortController();
    const givingUp = gate.enter('users', newContext(abort.signal));
    const patient = gate.enter('users', newContext());
    abort.abort(new Error('gave up'));
    await assert.rejects(givingUp, /gave up/);
    assert.equal(await isDone(patient), false);
    gate.leave('users', answer(100, 98, 60_000), 'ok');
    await patient;
  });

  it('leaves no timer and no listener', async () => {
    const gate = await gateWith(answer(10, 0, 20));
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(signal, args);
    }) as typeof addEventListener;
    signal.removeEventListener = ((...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(signal, args);
    }) as typeof removeEventListener;
    await gate.enter('users', newContext(signal));
    assert.equal(listeners, 0);
  });
});
