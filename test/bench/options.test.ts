import assert from 'node:assert/strict';
import { Command, CommanderError } from 'commander';
import { benchOptions } from '../../bench/options';

describe('The options of the benchmark', () => {
  let printed: string;

  beforeEach(() => {
    printed = '';
  });

  const parse = (...args: string[]) =>
    benchOptions(
      args,
      new Command('bench').exitOverride().configureOutput({ writeErr: (text) => void (printed += text) }),
    );

  it('measure runs of a small and a medium org once by default', () => {
    assert.deepEqual(parse(), {
      size: ['small', 'medium'],
      latency: 20,
      warmUps: 4,
      times: 1,
      measures: ['runs'],
      remoteMs: 0,
    });
  });

  it('compare with the peer at its own sizes', () => {
    const { measures, size } = parse('--peer');
    assert.deepEqual(measures, ['peer']);
    assert.deepEqual(size, ['5k', 'medium']);
  });

  it('take sizes, times and files', () => {
    const options = parse('--size', 'large', 'huge', '--times', '3', '--warm-ups', '0', '--json', 'a.json');
    assert.deepEqual(options.size, ['large', 'huge']);
    assert.equal(options.times, 3);
    assert.equal(options.warmUps, 0);
    assert.equal(options.json, 'a.json');
  });

  it('take a round trip of 0 ms, which only counts', () => {
    assert.deepEqual(parse('--remote', '0').measures, ['remote']);
    const { measures, remoteMs } = parse('--remote', '10', '--peer');
    assert.deepEqual(measures, ['peer', 'remote']);
    assert.equal(remoteMs, 10);
  });

  for (const [args, says] of [
    [['--size', 'tiny'], /tiny.*Allowed choices are small, 5k, medium, large, huge/],
    [['--times', '0'], /--times <count>' argument '0' is invalid. It must be a whole number from 1 to/],
    [['--times', '1.5'], /must be a whole number from 1/],
    [['--remote', 'far'], /must be a number of at least 0/],
    [['--latency', '-1'], /must be a number of at least 0/],
    [['--peer', '--svg', 'a.svg'], /--svg draws the runs/],
  ] as const) {
    it(`refuse ${args.join(' ')}`, () => {
      assert.throws(() => parse(...args), CommanderError);
      assert.match(printed, says);
    });
  }
});
