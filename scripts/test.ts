import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { timeSkippingServer } from '../dev/lab/servers/timeSkippingServer';
import { NO_SERVERS, Servers, shareServers } from '../dev/lab/servers/servers';
import { reportCoverage } from './coverage/report';
import { readJsonLines } from './jsonLines';
import type { Outcome } from './reporter';
import { summaryOf, type Part } from './summary';
import { choose, type Choice } from './testChoice';
import { ALONE, kindOf, type TestKind } from './testFiles';

const USAGE = `npm test                         lint, types, build and all tests
npm test -- test/graph           the tests of a folder or file
npm test -- 'keeps its members'  the tests whose name has these words
npm run test:unit                those that start no server; likewise test:graph, test:workflows, test:e2e
npm run coverage                 all tests, and how much of src they run; takes a folder, file or words too`;

/** For each part, far above what all tests take on two cores: what hangs is stopped, and its output is kept. */
const DEADLINE_MS = 45 * 60_000;
/** Many tests wait for a server or a process most of their time. */
const JOBS = availableParallelism() + 2;
const BUNDLE = join(__dirname, '../dist/workflow-bundle.js');
const MOCHA = require.resolve('mocha/bin/mocha.js');

const folder = mkdtempSync(join(tmpdir(), 'okta-graph-outcomes-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
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

/** Undefined after printing which argument matches no test. */
function chosen(words: readonly string[]): Choice | undefined {
  try {
    return choose(words);
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

/**
 * The files that have tests of a name. Mocha loads them without running a test, since names can be computed.
 *
 * @returns all files if one cannot be loaded; the run then shows why.
 */
async function filesWith(name: string, files: readonly string[]): Promise<readonly string[]> {
  const found = join(folder, 'found');
  const options = ['--dry-run', '--grep', name, '--reporter', 'json', '--reporter-option', `output=${found}`];
  await run('names', [process.execPath, MOCHA, ...files, ...options], 'pipe');
  if (!existsSync(found)) return files;
  const { tests } = JSON.parse(readFileSync(found, 'utf8')) as { tests: { file: string }[] };
  const named = new Set(tests.map(({ file }) => relative('', file)));
  return files.filter((file) => named.has(file));
}

async function main(given: readonly string[]): Promise<boolean> {
  if (given.includes('--help')) return console.log(USAGE) === undefined;
  const words = given.filter((word) => word !== '--coverage');
  const isCounted = words.length < given.length;
  const choice = chosen(words);
  if (choice === undefined) return false;
  const { options, isAll, name } = choice;
  const files = name === undefined ? choice.files : await filesWith(name, choice.files);
  if (files.length === 0) {
    console.error(`No test has '${name}' in its name, and no file is at that path`);
    return false;
  }
  const kinds = new Set(files.map(kindOf));
  const needsServers = [...kinds].some((kind) => kind !== 'unit');
  const servers = new Servers();
  try {
    beginToStart(servers, kinds);
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
      const command = [process.execPath, MOCHA, ...some, ...options, ...parallel, ...counting];
      return [await run(name, command, 'inherit', env)];
    };
    const alone = files.filter((file) => ALONE.includes(file));
    const units = files.filter((file) => kindOf(file) === 'unit');
    const others = files.filter((file) => !alone.includes(file) && !units.includes(file));
    const tests = await Promise.all([
      // Unit tests need no database, so they do not disturb those that need it alone.
      mocha('unit tests', units, alone.length > 0 ? JOBS - 1 : JOBS),
      mocha('tests that need the database alone', alone, 1).then(async (first) => [
        ...first,
        ...(await mocha('tests', others, JOBS)),
      ]),
    ]);
    const isGood = report([...build, ...(await checks), ...tests.flat()]);
    if (isCounted) reportCoverage({ root: join(__dirname, '..'), data: coverageData });
    return isGood;
  } finally {
    await servers.stop();
  }
}

/** While the build is made, what tests will want first. A server that does not start fails the tests that use it. */
function beginToStart(servers: Servers, kinds: ReadonlySet<TestKind>): void {
  const begun: Promise<unknown>[] = [];
  if (kinds.has('graph') || kinds.has('e2e')) begun.push(servers.get('neo4j'));
  if (kinds.has('workflows') || kinds.has('e2e')) begun.push(servers.get('temporal'), timeSkippingServer());
  for (const each of begun) each.catch(() => undefined);
}

/** One after another next to the tests, so that those keep a core. */
async function check(): Promise<Part[]> {
  return [
    await run('lint', ['npm', 'run', '-s', 'lint'], 'pipe'),
    await run('types', ['npm', 'run', '-s', 'types'], 'pipe'),
  ];
}

function report(parts: readonly Part[]): boolean {
  const { text, isGood } = summaryOf(parts, readJsonLines<Outcome>(outcomesFile));
  console.log(text);
  return isGood;
}

void main(process.argv.slice(2)).then((isGood) => (process.exitCode = isGood ? 0 : 1));
