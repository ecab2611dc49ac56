import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import Mocha from 'mocha';
import type { Hook, Test } from 'mocha';

/** Tests to run with a mutant. */
export interface Try {
  /** Empty: the files as they are. */
  mutant: string;
  titles: readonly string[];
}

export interface Job {
  files: readonly string[];
  tries: readonly Try[];
  /** Runs all tests and says what each one reaches, in place of the tries. */
  isMeasured: boolean;
}

export interface Failure {
  title: string;
  error: string;
  /** Undefined for a hook. */
  isTest: boolean;
}

/** How a try went. `unsure`: what failed does so without the mutant too. */
export interface Verdict {
  mutant: string;
  word: 'passed' | 'failed' | 'unsure';
  failure?: Failure;
}

/** A test, or a hook that is run once for all tests around it, with the statements that it ran. */
export interface Reached {
  /** Undefined for hooks and the loading of the file. */
  title?: string;
  ms: number;
  isGood: boolean;
  statements: string[];
}

const { Runner } = Mocha;
const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
const mocha = new Mocha({ timeout: 60_000, bail: !job.isMeasured, reporter: 'min' });

/** Runs tests until one fails; returns its failure. */
function run(
  titles?: readonly string[],
  listen?: (runner: Mocha.Runner) => void,
): Promise<Failure | undefined> {
  const chosen = new Set(titles);
  if (titles) mocha.grep({ test: (title: string) => chosen.has(title) } as RegExp);
  let failure: Failure | undefined;
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(failure));
    runner.on(Runner.constants.EVENT_TEST_FAIL, (what: Test, error: unknown) => {
      failure ??= { title: what.fullTitle(), isTest: what.type === 'test', error: inspect(error) };
    });
    listen?.(runner);
  });
}

async function attempt({ mutant, titles }: Try): Promise<Verdict> {
  const runWith = (id: string, some: readonly string[]) => {
    globalThis.activeMutant = id;
    return run(some);
  };
  const failure = await runWith(mutant, titles);
  if (!failure) return { mutant, word: 'passed' };
  if (!mutant) return { mutant, word: 'failed', failure };
  const some = failure.isTest ? [failure.title] : titles;
  // What an earlier mutant left behind in this process, and tests that fail at times, must not count.
  const isMutants = !(await runWith('', some)) && (await runWith(mutant, some)) !== undefined;
  return { mutant, word: isMutants ? 'failed' : 'unsure', failure };
}

async function measure(): Promise<void> {
  const note = (ms = 0, isGood = true, title?: string) => {
    const statements = [...(globalThis.reachedByTest ?? [])];
    globalThis.reachedByTest = new Set();
    void send({ ...(title !== undefined && { title }), ms, isGood, statements });
  };
  note();
  await run(undefined, (runner) => {
    runner.on(Runner.constants.EVENT_TEST_END, (test: Test) =>
      note(test.duration, test.state === 'passed', test.fullTitle()),
    );
    runner.on(Runner.constants.EVENT_HOOK_END, ({ title, duration }: Hook) => {
      if (/"(?:before|after) all"/.test(title)) note(duration);
    });
  });
}

async function main(): Promise<void> {
  mocha.cleanReferencesAfterRun(false);
  for (const file of job.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  if (job.isMeasured) await measure();
  else
    for (const each of job.tries) {
      const verdict = await attempt(each);
      await send(verdict);
      if (verdict.word === 'unsure') break;
    }
}

function send(message: Verdict | Reached): Promise<unknown> {
  return new Promise((resolve) => process.send?.(message, resolve));
}

void main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
