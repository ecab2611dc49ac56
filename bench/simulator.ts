import { Command, Option } from 'commander';
import { SimulatedOrg } from '../dev/lab/org/simulatedOrg';
import { fetchOnly } from './floor';
import { SIZES, UNLIMITED, type SizeName } from './support/sizes';
import { seconds } from './support/text';

/** How soon a simulated org of a size is up, and what it needs in memory. */
async function main(): Promise<void> {
  const { size, read } = new Command('simulator')
    .description('Measures the simulated org alone. Needs npm run build.')
    .addOption(
      new Option('--size <names...>', 'sizes').choices(Object.keys(SIZES)).default(['large', 'huge']),
    )
    .option('--read', 'also read every page, at no latency; minutes at huge', false)
    .parse()
    .opts<{ size: SizeName[]; read: boolean }>();
  for (const name of size) {
    const startedAt = performance.now();
    const org = await SimulatedOrg.start(SIZES[name], 1, { latencyMs: 0, limits: UNLIMITED });
    const startMs = performance.now() - startedAt;
    const figures = [`up in ${seconds(startMs)} s`, `${org.usage().peakMb.toFixed(0)} MB`];
    try {
      if (read) {
        const readMs = await fetchOnly(org.domain, org.token);
        figures.push(`all pages read in ${seconds(readMs)} s`, `then ${org.usage().peakMb.toFixed(0)} MB`);
      }
    } finally {
      await org.stop();
    }
    console.log(`${name.padEnd(6)}  ${figures.join(', ')}`);
  }
}

if (require.main === module) void main();
