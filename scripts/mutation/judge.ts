import type { Copy } from './copy';
import { mutated, type Mutant } from './mutants';
import type { Chosen, Reach } from './reach';
import type { Runner } from './runner';
import { withSwitches } from './switches';
import type { Failure, Try, Verdict } from './testProcess';

export type Fate = 'noticed' | 'timed out' | 'survived' | 'not reached' | 'does not compile';

export interface Judged {
  fate: Fate;
  /** The test that failed. */
  by?: string;
  /** Files of tests that reach it and would have taken too long. */
  untried?: number;
}

/** Allowance for starting a process and its first test. */
const START_MS = 90_000;
/** A try runs its tests once, and what fails twice more. */
const TIMES_SLOWER = 8;
/** Files are loaded together until their tests take this long. */
const CHUNK_MS = 10_000;

interface Tools {
  /** Total time of the tests that are tried on one mutant, measured without it; the rest are not tried. */
  maxMs: number;
  copy: Copy;
  runner: Runner;
  reach: Reach;
}

interface Open {
  mutant: Mutant;
  tests: readonly Chosen[];
  spentMs: number;
  untried: number;
}

const BY_LINT: Judged = { fate: 'noticed', by: 'npm run lint' };

type OnFate = (mutant: Mutant, judged: Judged) => void;

/** What becomes of mutants that compile; `onFate` gets each as soon as it is known. */
export async function judge(mutants: readonly Mutant[], tools: Tools, onFate: OnFate): Promise<void> {
  const { copy, reach } = tools;
  const open = new Map<string, Open>();
  const alone: Pick<Open, 'mutant' | 'tests'>[] = [];
  for (const mutant of mutants) {
    const tests = reach.testsOf(mutant);
    if (tests.length === 0) onFate(mutant, { fate: 'not reached' });
    else if (reach.needsOwnProcess(mutant)) alone.push({ mutant, tests });
    else open.set(mutant.id, { mutant, tests, spentMs: 0, untried: 0 });
  }
  const switched = [...open.values()].map(({ mutant }) => mutant);
  for (const file of new Set(switched.map((mutant) => mutant.file)))
    copy.write(
      file,
      withSwitches(
        copy.read(file),
        switched.filter((mutant) => mutant.file === file),
      ),
    );
  const settle = (id: string, judged: Judged) => {
    const mutant = open.get(id)?.mutant;
    if (mutant && open.delete(id)) onFate(mutant, judged);
  };
  for (const file of reach.quickestFirst()) await tryFile(file, [...open.values()], tools, settle);
  for (const file of new Set(switched.map((mutant) => mutant.file))) copy.restore(file);
  for (const [id, { mutant, untried }] of [...open])
    settle(id, copy.isRefusedByLint(mutant) ? BY_LINT : { fate: 'survived', untried });
  for (const { mutant, tests } of alone) onFate(mutant, await judgeAlone(mutant, tests, tools));
}

/** Tries the tests of one file with all mutants that they reach, one after another in one process while that goes well. */
async function tryFile(
  file: string,
  open: readonly Open[],
  { runner, maxMs }: Tools,
  settle: (id: string, judged: Judged) => void,
): Promise<void> {
  let left: Try[] = [];
  let longestMs = 0;
  for (const one of open) {
    const chosen = one.tests.find((each) => each.file === file);
    if (!chosen) continue;
    if (one.spentMs + chosen.ms > maxMs) {
      one.untried += 1;
      continue;
    }
    one.spentMs += chosen.ms;
    longestMs = Math.max(longestMs, chosen.ms);
    left.push({ mutant: one.mutant.id, titles: chosen.titles });
  }
  const timeoutMs = START_MS + TIMES_SLOWER * longestMs;
  const flaky = new Set<string>();
  while (left.length > 0) {
    const verdicts = new Map<string, Verdict>();
    const tries = left.map(({ mutant, titles }) => ({
      mutant,
      titles: titles.filter((each) => !flaky.has(each)),
    }));
    const ending = await runner.play({ files: [file], tries, timeoutMs }, (verdict) => {
      verdicts.set(verdict.mutant, verdict);
      if (verdict.word === 'failed') settle(verdict.mutant, fateOf(file, verdict.failure));
    });
    left = tries.filter(({ mutant }) => !verdicts.has(mutant));
    const unsure = [...verdicts.values()].find(({ word }) => word === 'unsure');
    if (unsure?.failure) {
      const titles = titlesOf(
        unsure.failure,
        tries.find(({ mutant }) => mutant === unsure.mutant)?.titles ?? [],
      );
      const word = await againInNewProcesses(runner, { files: [file], titles, timeoutMs }, unsure.mutant);
      if (word === 'noticed') settle(unsure.mutant, fateOf(file, unsure.failure));
      if (word === 'fails anyhow') for (const title of titles) flaky.add(title);
    }
    if (ending === 'done') continue;
    const ended = left.shift();
    if (ended && (await passes(runner, { files: [file], titles: ended.titles, timeoutMs })))
      settle(
        ended.mutant,
        ending === 'crashed' ? { fate: 'noticed', by: `${file} crashed` } : { fate: 'timed out', by: file },
      );
  }
}

const titlesOf = ({ isTest, title }: Failure, all: readonly string[]) => (isTest ? [title] : all);

/** For tests that pass once in a process only. */
async function againInNewProcesses(
  runner: Runner,
  job: PlainJob,
  mutant: string,
): Promise<'noticed' | 'passes' | 'fails anyhow'> {
  if (!(await passes(runner, job))) {
    console.log(`Fails without a mutant too: ${job.files.join(' ')}: ${job.titles.join(', ')}`);
    await runner.restartServers();
    return 'fails anyhow';
  }
  return (await passes(runner, job, mutant)) ? 'passes' : 'noticed';
}

/** Tries a mutant of what is run when a file is loaded, or of the workflows' bundle: a process has one of them for good. */
async function judgeAlone(
  mutant: Mutant,
  tests: readonly Chosen[],
  { copy, runner, reach, maxMs }: Tools,
): Promise<Judged> {
  const isInBundle = reach.workflowSources.includes(mutant.file);
  const change = (text: string) => {
    copy.write(mutant.file, text);
    if (isInBundle) copy.makeBundle();
  };
  try {
    const tried = chunks(tests, maxMs);
    for (const chunk of tried) {
      const files = chunk.map(({ file }) => file);
      const timeoutMs = START_MS + TIMES_SLOWER * chunk.reduce((sum, { ms }) => sum + ms, 0);
      const titles = chunk.flatMap((each) => each.titles);
      change(mutated(copy.read(mutant.file), mutant));
      let verdict: Verdict | undefined;
      const ending = await runner.play(
        { files, tries: [{ mutant: '', titles }], timeoutMs },
        (each) => (verdict = each),
      );
      if (verdict?.word === 'passed') continue;
      change(copy.read(mutant.file));
      const failure = verdict?.failure;
      const again = { files, titles: failure ? titlesOf(failure, titles) : titles, timeoutMs };
      if (await passes(runner, again))
        return ending === 'timed out'
          ? { fate: 'timed out', by: files.join(' ') }
          : fateOf(files.join(' '), failure);
      console.log(`Fails without a mutant too: ${nameOf(files.join(' '), failure)}`);
      await runner.restartServers();
    }
    if (copy.isRefusedByLint(mutant)) return BY_LINT;
    return { fate: 'survived', untried: tests.length - tried.flat().length };
  } finally {
    change(copy.read(mutant.file));
  }
}

interface PlainJob {
  files: readonly string[];
  titles: readonly string[];
  timeoutMs: number;
}

async function passes(runner: Runner, { titles, ...job }: PlainJob, mutant = ''): Promise<boolean> {
  let hasPassed = false;
  await runner.play({ ...job, tries: [{ mutant, titles }] }, ({ word }) => (hasPassed = word === 'passed'));
  return hasPassed;
}

/** Cypher is compiled by Neo4j only. */
function fateOf(file: string, failure: Verdict['failure']): Judged {
  const isCompiled = !failure?.error.includes('Statement.SyntaxError');
  return { fate: isCompiled ? 'noticed' : 'does not compile', by: nameOf(file, failure) };
}

const nameOf = (file: string, failure: Verdict['failure']) => `${file}: ${failure?.title ?? 'crashed'}`;

function chunks(tests: readonly Chosen[], maxMs: number): Chosen[][] {
  const result: Chosen[][] = [];
  let total = 0;
  let room = 0;
  for (const test of tests) {
    if (total > 0 && total + test.ms > maxMs) break;
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
