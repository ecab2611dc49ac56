import { Command, Option } from 'commander';
import type { RequestedMode } from '../src/contract';
import { wholeOption } from '../src/text/wholeOption';
import { BuiltStack } from '../dev/lab/org/builtStack';
import { measuredRun } from './measuredRun';
import { assertNone } from './support/assertNone';
import { SIZES, UNLIMITED, type SizeName } from './support/sizes';
import { headerOf, lineOf, seconds, type Column } from './support/text';

/** What apps, admin roles and group rules add to the runs of an org: calls by bucket, and time. */

const RUNS: readonly (readonly [name: string, mode: RequestedMode])[] = [
  ['cold full, fresh Neo4j', 'full'],
  ['unchanged incremental', 'incremental'],
  ['unchanged full', 'full'],
];

const COLUMNS: readonly Column[] = [
  { title: 'SYNC_ACCESS', width: 16, isText: true },
  { title: 'run', width: 22, isText: true },
  { title: 'wall s', width: 7 },
  { title: 'report s', width: 8 },
  { title: 'calls', width: 6 },
  { title: 'by bucket', width: 70, isText: true },
];

interface Options {
  size: SizeName;
  apps: number;
  rules: number;
  roles: number;
}

async function main(): Promise<void> {
  const { size, ...access } = new Command('bench:access')
    .description('Measures what apps, admin roles and group rules add to a sync. Needs npm run build.')
    .addOption(new Option('--size <name>', 'size of the org').choices(Object.keys(SIZES)).default('medium'))
    .option('--apps <count>', 'number of apps', wholeOption(0), 1_000)
    .option('--rules <count>', 'number of group rules', wholeOption(0), 200)
    .option('--roles <count>', 'number of admin role assignments', wholeOption(0), 60)
    .parse()
    .opts<Options>();
  console.log(headerOf(COLUMNS));
  for (const kinds of ['none', 'rules,apps,roles']) {
    const lab = await BuiltStack.start({
      size: { ...SIZES[size], ...access },
      seed: 1,
      settings: { latencyMs: 20, limits: UNLIMITED },
      environment: { SYNC_ACCESS: kinds },
    });
    try {
      const worker = await lab.startWorker();
      for (const [run, mode] of RUNS) {
        const { wallMs, reportMs, calls, byBucket } = await measuredRun(lab, worker, mode);
        const buckets = Object.entries(byBucket)
          .filter(([, count]) => count > 0)
          .map(([bucket, count]) => `${bucket} ${count}`)
          .join(', ');
        console.log(
          lineOf(COLUMNS, [kinds, run, seconds(wallMs), seconds(reportMs), String(calls), buckets]),
        );
      }
      assertNone(await lab.differences());
      await worker.stop();
    } finally {
      await lab.stop();
    }
  }
}

if (require.main === module) void main();
