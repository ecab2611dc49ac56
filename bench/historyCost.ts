import { Command, Option } from 'commander';
import { BuiltStack } from '../dev/lab/org/builtStack';
import { median } from './support/median';
import { SIZES, UNLIMITED, type SizeName } from './support/sizes';
import { number } from './support/number';

/** Workers that differ in one setting. */
const SIDES = { 'history kept': '400d', 'no history': '0' } as const;

type Side = keyof typeof SIDES;

/** In the order in which they are made. */
const RUNS = ['cold full', 'unchanged full', 'unchanged incremental'] as const;

interface Options {
  size: SizeName;
  latency: number;
  rounds: number;
  warmUps: number;
}

/** Both sides in turn on the same servers, so that a server that gets faster meanwhile is so for both. */
async function main(): Promise<void> {
  const { size, latency, rounds, warmUps } = new Command('history')
    .description('Measures what keeping history costs, side by side. Needs npm run build.')
    .addOption(new Option('--size <name>').choices(Object.keys(SIZES)).default('medium'))
    .option('--latency <ms>', 'time to the first byte of an answer', number, 20)
    .option('--rounds <count>', 'how often both sides are measured', number, 5)
    .option('--warm-ups <count>', 'rounds before those', number, 2)
    .parse()
    .opts<Options>();
  const lab = await BuiltStack.start({
    size: SIZES[size],
    seed: 1,
    settings: { latencyMs: latency, limits: UNLIMITED },
  });
  const times = Object.fromEntries(
    RUNS.map((run) => [run, { 'history kept': [], 'no history': [] }]),
  ) as unknown as Record<(typeof RUNS)[number], Record<Side, number[]>>;
  try {
    for (let round = 0; round < warmUps + rounds; round += 1) {
      // Neither side is always the first of the two.
      const sides = Object.keys(SIDES) as Side[];
      for (const side of round % 2 === 0 ? sides : sides.reverse()) {
        const worker = await lab.startWorker({ HISTORY_RETENTION: SIDES[side] });
        await lab.emptyGraph();
        for (const run of RUNS) {
          const report = await lab.sync({ mode: run === 'unchanged incremental' ? 'incremental' : 'full' });
          if (report.outcome !== 'succeeded') throw new Error(JSON.stringify(report));
          if (round >= warmUps) times[run][side].push(report.durationMs);
        }
        await worker.stop();
      }
    }
  } finally {
    await lab.stop();
  }
  console.log(
    `| ${size}, ${latency} ms | history kept, s | no history, s | ratio of the medians |\n| --- | --: | --: | --: |`,
  );
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const told = (figures: readonly number[]) =>
    `${seconds(median(figures))} (${seconds(Math.min(...figures))} to ${seconds(Math.max(...figures))})`;
  for (const run of RUNS) {
    const { 'history kept': kept, 'no history': none } = times[run];
    console.log(`| ${run} | ${told(kept)} | ${told(none)} | ${(median(kept) / median(none)).toFixed(2)} |`);
  }
}

void main();
