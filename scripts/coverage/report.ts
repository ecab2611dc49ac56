import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collect, type Places } from './collect';
import { coverageTable, missedLines } from './table';

const MISSED = 'coverage/missed.txt';

const FOOTNOTE = `A line counts if a statement begins on it, and is covered if all statements that begin on it were run. Branches are
those of if, ?:, switch, &&, || and ??. Worker threads and processes that tests start count too, except those that are
killed. The workflows count as what a worker runs: their bundle. src/console/static, which browsers run, does not count.
Lines that were not run: ${MISSED}`;

/** Prints what was run of src, and writes the lines that were not to a file. */
export function reportCoverage({ root, data }: Places): void {
  const { files, cut } = collect({ root, data });
  const missed = join(root, MISSED);
  mkdirSync(dirname(missed), { recursive: true });
  writeFileSync(missed, missedLines(files));
  console.log(`\n${coverageTable(files)}\n\n${FOOTNOTE}`);
  if (cut > 0)
    console.log(`What ${cut} processes ran is missing: they were ended while they wrote it to disk.`);
}
