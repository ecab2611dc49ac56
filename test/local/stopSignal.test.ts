import assert from 'node:assert/strict';
import { Stopped, stopSignal } from '../../src/local/stopSignal';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type Signal = (typeof SIGNALS)[number];

describe('A signal that ends npm start', () => {
  const { exit } = process;
  const { now } = Date;
  let nowMs: number;
  let exits: unknown[];
  let stop: AbortSignal;
  let added: { signal: Signal; listener: (signal: Signal) => void }[];

  beforeEach(() => {
    [nowMs, exits] = [1_000_000, []];
    Date.now = () => nowMs;
    process.exit = ((code: unknown) => exits.push(code)) as never;
    const before = SIGNALS.flatMap((signal) => process.listeners(signal));
    stop = stopSignal();
    added = SIGNALS.flatMap((signal) =>
      process
        .listeners(signal)
        .filter((listener) => !before.includes(listener))
        .map((listener) => ({ signal, listener: listener as (signal: Signal) => void })),
    );
  });
  afterEach(() => {
    Object.assign(process, { exit });
    Date.now = now;
    for (const { signal, listener } of added) process.off(signal, listener);
  });

  /** Emits a signal without sending it to the process, because the test runner listens too. */
  function receive(signal: Signal, afterMs = 0): void {
    nowMs += afterMs;
    for (const each of added) if (each.signal === signal) each.listener(signal);
  }

  for (const signal of SIGNALS)
    it(`lets it stop in order: ${signal}`, () => {
      assert.equal(stop.aborted, false);
      receive(signal);
      assert.ok(stop.reason instanceof Stopped);
      assert.deepEqual(exits, []);
    });

  it('counts once if npm forwards it to a process that already received it from the terminal', () => {
    receive('SIGINT');
    receive('SIGINT', 1_000);
    assert.deepEqual(exits, []);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    it(`ends it immediately, with ${code}, if ${signal} comes again after a second`, () => {
      receive('SIGINT');
      receive(signal, 1_001);
      assert.deepEqual(exits, [code]);
    });
});
