import { writeFile } from 'node:fs/promises';
import { barChart } from './chart';
import { benchLimited, type LimitedRow } from './limited';
import { benchOptions, type BenchOptions } from './options';
import { benchPeer, type PeerRow } from './peer';
import { benchRemote, type RemoteRow } from './remote';
import { benchRuns, type BenchRow } from './runs';

/** What `--json` keeps: all figures of what was measured, in milliseconds and bytes unless named otherwise. */
export interface BenchResults {
  runs?: BenchRow[];
  peer?: PeerRow[];
  remote?: RemoteRow[];
  limited?: LimitedRow;
}

async function measured(options: BenchOptions): Promise<BenchResults> {
  const results: BenchResults = {};
  for (const measure of options.measures) {
    if (measure === 'runs') results.runs = await benchRuns(options);
    if (measure === 'peer') results.peer = await benchPeer(options);
    if (measure === 'remote') results.remote = await benchRemote(options);
    if (measure === 'limited') results.limited = await benchLimited();
  }
  return results;
}

async function main(): Promise<void> {
  const options = benchOptions(process.argv.slice(2));
  const results = await measured(options);
  if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  if (options.svg) await writeFile(options.svg, barChart(results.runs ?? [], options.latency));
}

if (require.main === module) void main();
