import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kindOf } from '../testFiles';
import { Copy } from './copy';
import { Mocha } from './mocha';
import { mutantsOf, mutated, type Mutant } from './mutants';
import { Reach, type Chosen } from './reach';

const USAGE = `npm run mutation -- [options]

  --count N       mutants that compile (default 100)
  --seed TEXT     another sample (default 1)
  --only PATH     of a folder or file, such as src/okta
  --out FILE      where results are added, one JSON on each line (default mutation.jsonl)
  --resume        go on with the results in that file; without, they are made anew
  --survivors     with --resume: try those again that survived`;

const FOLDERS = ['src/activities', 'src/graph', 'src/okta', 'src/workflows'];

/** What tests reach, which all samples share. */
const REACH = 'mutation.reach.jsonl';

type Fate = 'noticed' | 'timed out' | 'survived' | 'not reached' | 'does not compile';

interface Tried extends Mutant {
  fate: Fate;
  /** The test that failed. */
  by?: string;
  seconds: number;
}

/** Files are tried together until their tests take this long. */
const CHUNK_MS = 10_000;
/** Of tests without a mutant: one that these do not notice has survived. */
const MOST_MS = 150_000;
const START_MS = 20_000;
const TIMES_SLOWER = 4;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'src/' },
    out: { type: 'string', default: 'mutation.jsonl' },
    resume: { type: 'boolean', default: false },
    survivors: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const sources = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

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

function earlier(): Map<string, Tried> {
  if (!options.resume) rmSync(options.out, { force: true });
  const lines = existsSync(options.out) ? readFileSync(options.out, 'utf8').split('\n').filter(Boolean) : [];
  return new Map(lines.map((line) => JSON.parse(line) as Tried).map((tried) => [tried.id, tried]));
}

/** Tries mutants until as many as asked for have compiled. */
async function main(): Promise<void> {
  if (options.help) return console.log(USAGE);
  const mutants = sample();
  const known = earlier();
  const folder = mkdtempSync(join(tmpdir(), 'okta-graph-mutation-'));
  process.env['TMPDIR'] = folder;
  const copy = new Copy(join(folder, 'copy'));
  const mocha = new Mocha(copy);
  const end = async () => {
    await mocha.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().then(() => process.exit(130)));
  try {
    const reach = new Reach(REACH, copy, sources);
    await reach.measure(mocha);
    const tried: Tried[] = [];
    for (const mutant of mutants) {
      if (tried.length >= Number(options.count)) break;
      const before = known.get(mutant.id);
      const isAgain = options.survivors && (before?.fate === 'survived' || before?.fate === 'not reached');
      const result = before && !isAgain ? { ...before, ...mutant } : await tryOne(mutant, copy, mocha, reach);
      if (before === undefined || isAgain) appendFileSync(options.out, `${JSON.stringify(result)}\n`);
      if (result.fate === 'does not compile') continue;
      tried.push(result);
      console.log(
        `${tried.length}/${options.count} ${result.fate}: ${result.file}:${result.line} ${result.rule} (${result.seconds} s)`,
      );
    }
    report(tried);
  } finally {
    await end();
  }
}

async function tryOne(mutant: Mutant, copy: Copy, mocha: Mocha, reach: Reach): Promise<Tried> {
  const start = Date.now();
  copy.write(mutant.file, mutated(copy.read(mutant.file), mutant));
  const isInBundle = reach.workflowSources.includes(mutant.file);
  try {
    if (!copy.compiles(mutant.file)) return { ...mutant, fate: 'does not compile', seconds: 0 };
    if (isInBundle) copy.makeBundle();
    const found = await judge(mutant, copy, mocha, reach.testsOf(mutant.file, mutant.start));
    return { ...mutant, ...found, seconds: Math.round((Date.now() - start) / 1_000) };
  } finally {
    copy.restore(mutant.file);
    if (isInBundle) copy.makeBundle();
  }
}

async function judge(
  mutant: Mutant,
  copy: Copy,
  mocha: Mocha,
  tests: readonly Chosen[],
): Promise<Pick<Tried, 'fate' | 'by'>> {
  if (tests.length === 0) return { fate: 'not reached' };
  for (const chunk of chunks(tests)) {
    const timeoutMs = START_MS + TIMES_SLOWER * chunk.reduce((sum, { ms }) => sum + ms, 0);
    const run = (some: readonly Chosen[]) =>
      mocha.run(
        some.map(({ file }) => file),
        { titles: some.flatMap(({ titles }) => titles), timeoutMs },
      );
    const { isGood, isTimedOut, failed, output } = await run(chunk);
    if (isGood) continue;
    const [first] = failed;
    if (first?.error?.includes('Statement.SyntaxError')) return { fate: 'does not compile' };
    // Not the mutant's doing if it fails without it as well.
    const again = chunk.filter(({ file }) => !first || file === first.file);
    if (isTimedOut || (first && kindOf(first.file) !== 'unit')) {
      copy.restore(mutant.file);
      const { isGood: isMutantsDoing } = await run(again);
      copy.write(mutant.file, mutated(copy.read(mutant.file), mutant));
      if (!isMutantsDoing) {
        console.log(`Not counted, since it fails without the mutant too: ${first?.title ?? output}`);
        await mocha.restartServers();
        continue;
      }
    }
    return {
      fate: isTimedOut ? 'timed out' : 'noticed',
      by: first ? `${first.file}: ${first.title}` : output.slice(-300),
    };
  }
  return { fate: 'survived' };
}

function chunks(tests: readonly Chosen[]): Chosen[][] {
  const result: Chosen[][] = [];
  let total = 0;
  let room = 0;
  for (const test of tests) {
    if (total > 0 && total + test.ms > MOST_MS) break;
    total += test.ms;
    if (room <= 0) {
      result.push([]);
      room = CHUNK_MS;
    }
    result.at(-1)?.push(test);
    room -= test.ms;
  }
  return result;
}

function report(tried: readonly Tried[]): void {
  for (const { fate, file, line, rule, before, after } of tried)
    if (fate === 'survived' || fate === 'not reached')
      console.log(`\n${fate.toUpperCase()} ${file}:${line} ${rule}\n- ${before}\n+ ${after}`);
  console.log();
  for (const folder of [...FOLDERS, '']) {
    const some = tried.filter(({ file }) => file.startsWith(folder));
    const noticed = some.filter(({ fate }) => fate === 'noticed' || fate === 'timed out').length;
    const share = some.length === 0 ? '' : `  ${((100 * noticed) / some.length).toFixed(1)} %`;
    console.log(`${(folder || 'all').padEnd(16)} ${noticed} of ${some.length} noticed${share}`);
  }
}

void main();
