import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { timeSkippingServer } from '../src/local/testServer';
import type { Outcome } from './reporter';
import { NO_SERVERS, Servers, shareServers } from '../dev/lab/servers/servers';
import { reportCoverage } from './coverage/report';
import { readJsonLines } from './jsonLines';
import { ALONE, kindOf, testFiles } from './testFiles';

const USAGE = `npm test                         lint, types, build and all tests
npm test -- test/graph           the tests of a folder or file
npm test -- 'keeps its members'  the tests whose name has these words
npm run test:unit                those that start no server; likewise test:graph, test:workflows, test:e2e
npm run coverage                 all tests, and how much of src they run; takes a folder, file or words too`;

/** Far above what all tests take on two cores: what hangs is stopped, and what was printed till then is kept. */
const DEADLINE_MS = 25 * 60_000;
/** Many tests wait for a server or a process most of their time. */
const JOBS = availableParallelism() + 2;
const BUNDLE = join(__dirname, '../dist/workflow-bundle.js');
const MOCHA = require.resolve('mocha/bin/mocha.js');

interface Part {
  name: string;
  isGood: boolean;
  seconds: number;
  /** Empty where it was printed at once. */
  output: string;
}

interface Choice {
  files: readonly string[];
  options: readonly string[];
  /** Everything, with lint and types. */
  isAll: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'okta-graph-outcomes-'));
const outcomesFile = join(folder, 'outcomes');
const coverageData = join(folder, 'coverage');

/** Runs a command; its output is printed at once or kept. */
function run(
  name: string,
  [command = '', ...args]: readonly string[],
  output: 'inherit' | 'pipe',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Part> {
  const start = Date.now();
  const child = spawn(command, args, {
    stdio: ['ignore', output, output],
    env,
    timeout: DEADLINE_MS,
    killSignal: 'SIGINT',
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({
        name,
        isGood: code === 0,
        seconds: (Date.now() - start) / 1_000,
        output: Buffer.concat(chunks).toString(),
      }),
    );
  });
}

function choose(words: readonly string[]): Choice {
  const all = testFiles();
  const [first = ''] = words;
  const kind = /^--kind=(.+)$/.exec(first)?.[1];
  if (kind !== undefined)
    return { files: all.filter((file) => kindOf(file) === kind), options: words.slice(1), isAll: false };
  const paths = words.filter((word) => existsSync(word)).map((word) => normalize(word));
  const names = words.filter((word) => !existsSync(word));
  const files = all.filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path)));
  const [grep] = names;
  const options = grep === undefined || grep.startsWith('-') ? names : ['--grep', ...names];
  return { files, options, isAll: words.length === 0 };
}

async function main(given: readonly string[]): Promise<boolean> {
  if (given.includes('--help')) return console.log(USAGE) === undefined;
  const words = given.filter((word) => word !== '--coverage');
  const isCounted = words.length < given.length;
  const { files, options, isAll } = choose(words);
  const needsServers = files.some((file) => kindOf(file) !== 'unit');
  const servers = new Servers();
  try {
    if (needsServers) beginToStart(servers);
    const build = needsServers ? [await run('build', ['npm', 'run', '-s', 'build'], 'pipe')] : [];
    if (build.some(({ isGood }) => !isGood)) return report(build);
    const checks = isAll && !isCounted ? check() : Promise.resolve([]);
    const env = {
      ...process.env,
      ...(needsServers && { OKTA_GRAPH_TEST_BUNDLE: BUNDLE }),
      OKTA_GRAPH_TEST_SERVERS: needsServers ? await shareServers(servers) : NO_SERVERS,
      OKTA_GRAPH_TEST_OUTCOMES: outcomesFile,
      // Node hands it down to each process that a test starts, whatever its environment.
      ...(isCounted && { NODE_V8_COVERAGE: coverageData }),
    };
    const counting = isCounted ? ['--require', 'scripts/coverage/finishWriting.ts'] : [];
    const mocha = async (name: string, some: readonly string[], jobs: number): Promise<Part[]> => {
      if (some.length === 0) return [];
      const parallel = jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : [];
      return [
        await run(
          name,
          [process.execPath, MOCHA, ...some, ...options, ...parallel, ...counting],
          'inherit',
          env,
        ),
      ];
    };
    const alone = files.filter((file) => ALONE.includes(file));
    const units = files.filter((file) => kindOf(file) === 'unit');
    const others = files.filter((file) => !alone.includes(file) && !units.includes(file));
    // Unit tests need no database, so they do not disturb those that need it alone.
    const first = await Promise.all([
      mocha('tests that need the database alone', alone, 1),
      mocha('unit tests', units, alone.length > 0 ? 2 : JOBS),
    ]);
    const tests = [...first.flat(), ...(await mocha('tests', others, JOBS))];
    const isGood = report([...build, ...(await checks), ...tests]);
    if (isCounted) reportCoverage({ root: join(__dirname, '..'), data: coverageData });
    return isGood;
  } finally {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** While the build is made, what tests will want first. A server that does not start fails the tests that use it. */
function beginToStart(servers: Servers): void {
  for (const begun of [servers.get('temporal'), servers.get('neo4j'), timeSkippingServer()])
    begun.catch(() => undefined);
}

/** One after another next to the tests, so that those keep a core. */
async function check(): Promise<Part[]> {
  return [
    await run('lint', ['npx', 'oxlint'], 'pipe'),
    await run('format', ['npx', 'oxfmt', '--check'], 'pipe'),
    await run('types', ['npm', 'run', '-s', 'types'], 'pipe'),
  ];
}

/** What failed and why, last of all, so that nobody has to look for it. */
function report(parts: readonly Part[]): boolean {
  const outcomes = readJsonLines<Outcome>(outcomesFile);
  const ran = outcomes.filter(({ isTest }) => isTest).length;
  const failed = outcomes.filter(({ error }) => error !== undefined);
  printSlowest(outcomes);
  for (const { file, title, error } of failed) console.log(`\nFAILED ${file}\n  ${title}\n${error}`);
  for (const { name, isGood, output } of parts)
    if (!isGood && output) console.log(`\nFAILED ${name}\n${output}`);
  console.log();
  for (const { name, isGood, seconds } of parts)
    console.log(`${isGood ? 'passed' : 'FAILED'}  ${name} (${seconds.toFixed(0)} s)`);
  console.log(ran === 0 ? 'No test was run' : `${ran} tests, ${failed.length} failures`);
  // Mocha exits with 0 when it is interrupted.
  return ran > 0 && failed.length === 0 && parts.every(({ isGood }) => isGood);
}

function printSlowest(outcomes: readonly Outcome[]): void {
  const times = new Map<string, number>();
  for (const { file, ms } of outcomes) times.set(file, (times.get(file) ?? 0) + ms);
  const slowest = [...times].sort(([, a], [, b]) => b - a).slice(0, 10);
  if (slowest.length < 10) return;
  console.log('\nSlowest files:');
  for (const [file, ms] of slowest) console.log(`${(ms / 1_000).toFixed(1).padStart(7)} s  ${file}`);
}

void main(process.argv.slice(2)).then((isGood) => (process.exitCode = isGood ? 0 : 1));
