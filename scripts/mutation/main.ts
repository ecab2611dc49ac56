import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { wholeOption } from '../../src/text/wholeOption';
import { readJsonLines } from '../jsonLines';
import { Copy } from './copy';
import { judge, type Judged } from './judge';
import { mutantsOf, type Mutant } from './mutants';
import { Reach } from './reach';
import { Runner } from './runner';

const FOLDERS = ['src/activities', 'src/graph', 'src/okta', 'src/workflows'];

/** What tests reach, which all samples share. */
const REACH = 'mutation.reach.jsonl';

interface Tried extends Mutant, Judged {}

interface Options {
  count: number;
  seed: string;
  only: string;
  out: string;
  seconds: number;
  survivors: boolean;
}

const options = new Command('npm run mutation --')
  .option('--count <n>', 'mutants that compile', wholeOption(1), 100)
  .option('--seed <text>', 'another sample', '1')
  .option('--only <path>', 'of a folder or file, such as src/okta', 'src/')
  .option(
    '--out <file>',
    'where results are added, one JSON on each line; those there are not tried again',
    'mutation.jsonl',
  )
  .option('--seconds <n>', 'of tests that are tried on one mutant, quickest first', wholeOption(1), 90)
  .option('--survivors', 'but for those that survived', false)
  .parse()
  .opts<Options>();

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

/** All mutants in the order of the sample, which is the same for a seed. */
function sample(): Mutant[] {
  const rank = ({ id }: Mutant) => createHash('sha1').update(`${options.seed}/${id}`).digest('hex');
  return sources
    .filter((file) => file.startsWith(options.only))
    .flatMap((file) => mutantsOf(file, readFileSync(file, 'utf8')))
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ mutant }) => mutant);
}

/** Tries mutants until as many as asked for have compiled. */
async function main(): Promise<void> {
  const mutants = sample();
  const known = new Map(readJsonLines<Tried>(options.out).map((tried) => [tried.id, tried]));
  const folder = mkdtempSync(join(tmpdir(), 'okta-graph-mutation-'));
  process.env['TMPDIR'] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const copy = new Copy(join(folder, 'copy'));
  const runner = new Runner(copy);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void runner.stop().then(() => process.exit(130)));
  try {
    const reach = new Reach(REACH, copy, sources);
    await reach.measure(runner);
    const tried: Tried[] = [];
    const open: Mutant[] = [];
    const note = (mutant: Mutant, judged: Judged) => {
      const result = { ...mutant, ...judged };
      appendFileSync(options.out, `${JSON.stringify(result)}\n`);
      if (judged.fate === 'does not compile') return;
      tried.push(result);
      const { file, line, rule } = mutant;
      console.log(`${tried.length}/${options.count} ${judged.fate}: ${file}:${line} ${rule}`);
    };
    for (let next = 0; next < mutants.length;) {
      const missing = options.count - tried.length - open.length;
      if (missing <= 0) break;
      const some = mutants.slice(next, (next += missing));
      const compiling = copy.compiling(some.filter(({ id }) => !known.has(id)));
      for (const mutant of some) {
        const before = known.get(mutant.id);
        const isAgain = options.survivors && (before?.fate === 'survived' || before?.fate === 'not reached');
        if (isAgain || compiling.includes(mutant)) open.push(mutant);
        else if (!before) note(mutant, { fate: 'does not compile' });
        else if (before.fate !== 'does not compile') tried.push({ ...before, ...mutant });
      }
    }
    console.log(`${tried.length} known, ${open.length} to be tried`);
    await judge(open, { copy, runner, reach, maxMs: options.seconds * 1_000 }, note);
    report(tried);
  } finally {
    await runner.stop();
  }
}

function report(tried: readonly Tried[]): void {
  for (const { fate, file, line, rule, before, after, untried = 0 } of tried) {
    if (fate !== 'survived' && fate !== 'not reached') continue;
    const but = untried > 0 ? ` (${untried} slow files of tests not tried)` : '';
    console.log(`\n${fate.toUpperCase()}${but} ${file}:${line} ${rule}\n- ${before}\n+ ${after}`);
  }
  console.log();
  for (const folder of [...FOLDERS, '']) {
    const some = tried.filter(({ file }) => file.startsWith(folder));
    const noticed = some.filter(({ fate }) => fate === 'noticed' || fate === 'timed out').length;
    const share = some.length === 0 ? '' : `  ${((100 * noticed) / some.length).toFixed(1)} %`;
    console.log(`${(folder || 'all').padEnd(16)} ${noticed} of ${some.length} noticed${share}`);
  }
}

void main();
