import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeOption } from '../src/text/wholeOption';
import { SIZES, type SizeName } from './support/sizes';

export interface BenchOptions {
  size: SizeName[];
  /** Time to the first byte of an answer of Okta, milliseconds. */
  latency: number;
  warmUps: number;
  times: number;
  /** What is measured. */
  measures: Measure[];
  /** Round trip to Neo4j, milliseconds; used by `remote`. */
  remoteMs: number;
  json?: string;
  svg?: string;
}

export type Measure = 'runs' | 'peer' | 'remote' | 'limited';

interface Parsed extends Omit<BenchOptions, 'size' | 'measures' | 'remoteMs'> {
  size?: SizeName[];
  peer: boolean;
  remote?: number;
  limited: boolean;
}

/** Sizes where none are named. */
const DEFAULT_SIZES: Record<'runs' | 'peer' | 'remote', SizeName[]> = {
  runs: ['small', 'medium'],
  peer: ['5k', 'medium'],
  remote: ['small', 'medium'],
};

/** @throws CommanderError for arguments that are not valid, after it has been printed. */
export function benchOptions(args: readonly string[], command = new Command('bench')): BenchOptions {
  const { peer, remote, limited, size, ...others } = command
    .description('Measures syncs of simulated orgs against what is needed. Needs npm run build.')
    .addOption(new Option('--size <names...>', 'sizes of the orgs').choices(Object.keys(SIZES)))
    .option('--latency <ms>', 'time to the first byte of an answer', numberFrom(0), 20)
    .option('--warm-ups <count>', 'writes of the whole org before those measured', wholeOption(0), 4)
    .option(
      '--times <count>',
      'how often what begins with servers that have just started is measured',
      wholeOption(1),
      1,
    )
    .option('--peer', 'compare with cartography instead, which is installed in .local/tools', false)
    .option(
      '--remote <ms>',
      'compare with a Neo4j that is this many milliseconds per round trip away instead, and count transactions and round trips',
      numberFrom(0),
    )
    .option('--limited', 'a run under rate limits instead; takes minutes', false)
    .option('--json <file>', 'keep all figures')
    .option('--svg <file>', 'draw the runs')
    .parse(args, { from: 'user' })
    .opts<Parsed>();
  const measures: Measure[] = [
    ...(peer ? (['peer'] as const) : []),
    ...(remote === undefined ? [] : (['remote'] as const)),
    ...(limited ? (['limited'] as const) : []),
  ];
  if (measures.length === 0) measures.push('runs');
  if (others.svg !== undefined && !measures.includes('runs'))
    command.error('error: --svg draws the runs, which --peer, --remote and --limited leave out');
  const [first] = measures;
  const sizes = size ?? DEFAULT_SIZES[first === undefined || first === 'limited' ? 'runs' : first];
  return { ...others, size: sizes, measures, remoteMs: remote ?? 0 };
}

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least)
      throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
    return value;
  };
}
