import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { readJsonLines } from '../jsonLines';
import { cached, directImportsOf, importsOf, testFiles } from '../testFiles';
import type { Copy } from './copy';
import type { Mutant } from './mutants';
import { probeAt, withProbes } from './probes';
import type { Runner } from './runner';

/** A file of tests, as one run of it without a mutant was. */
interface Measured {
  file: string;
  /** Of the file and all that it imports. */
  hash: string;
  /** Of the hooks that are run once. */
  hooksMs: number;
  /** What those and the loading of the file run. */
  shared: string[];
  tests: { title: string; ms: number; statements: string[] }[];
}

/** Tests of one file that a mutant is tried with. */
export interface Chosen {
  file: string;
  titles: string[];
  ms: number;
}

/** Tests of a file that have not run by then are left out: they would be too slow to try mutants with. */
const DEADLINE_MS = 90_000;
/** Tests of other folders run these sources on their way to something else, and take long. */
const FOLDERS = /^test\/(?:activities|cli|console|failures|graph|okta|queries|sync|workflows)\//;
const WORKFLOWS = 'src/workflows/index.ts';
const WORKFLOW_BUNDLE = 'dev/lab/servers/bundle.ts';

/** Which tests run which statements. */
export class Reach {
  readonly #measured: Map<string, Measured>;
  readonly workflowSources = importsOf(WORKFLOWS);

  /** @param path of the file that keeps what was measured for the next start. */
  constructor(
    private readonly path: string,
    private readonly copy: Copy,
    private readonly sources: readonly string[],
  ) {
    this.#measured = new Map(readJsonLines<Measured>(path).map((measured) => [measured.file, measured]));
  }

  /** Runs each file of tests that imports one of the sources, unless nothing in it has changed since it was measured. */
  async measure(runner: Runner): Promise<void> {
    const files = testFiles()
      .reverse()
      .filter((file) => FOLDERS.test(file) && importsOf(file).some((name) => this.sources.includes(name)));
    for (const file of this.#measured.keys()) if (!files.includes(file)) this.#measured.delete(file);
    const stale = files.filter((file) => this.#measured.get(file)?.hash !== hashOf(file));
    if (stale.length === 0) return;
    for (const source of this.sources) this.copy.write(source, withProbes(source, this.copy.read(source)));
    for (const [n, file] of stale.entries()) {
      console.log(`What ${file} reaches (${n + 1} of ${stale.length})`);
      const reached = await runner.measure(file, DEADLINE_MS);
      const hooks = reached.filter(({ title }) => title === undefined);
      const tests = reached.flatMap(({ title, ms, isGood, statements }) => {
        if (title !== undefined && !isGood) console.log(`  not used, since it fails: ${title}`);
        return title !== undefined && isGood ? [{ title, ms, statements }] : [];
      });
      const hooksMs = hooks.reduce((sum, { ms }) => sum + ms, 0);
      const shared = [...new Set(hooks.flatMap(({ statements }) => statements))];
      const measured = { file, hash: hashOf(file), hooksMs, shared, tests };
      this.#measured.set(file, measured);
      appendFileSync(this.path, `${JSON.stringify(measured)}\n`);
    }
    for (const source of this.sources) this.copy.restore(source);
  }

  /** True if the code is run at the load of its file, or in the workflows' sandbox. */
  needsOwnProcess({ file, start }: Mutant): boolean {
    return this.workflowSources.includes(file) || probeAt(file, this.copy.read(file), start) === undefined;
  }

  /** Files of tests. */
  quickestFirst(): string[] {
    const msOf = ({ hooksMs, tests }: Measured) => tests.reduce((sum, { ms }) => sum + ms, hooksMs);
    return [...this.#measured.values()].sort((a, b) => msOf(a) - msOf(b)).map(({ file }) => file);
  }

  /**
   * Tests that run the code at this place, quickest files first. What is run at the load of a file, such as a constant, is
   * used by whatever runs that file or one that imports it.
   */
  testsOf({ file, start }: Mutant): Chosen[] {
    const probe = probeAt(file, this.copy.read(file), start);
    const users = this.sources.filter((source) => source === file || directImportsOf(source).includes(file));
    const isMet = (statement: string) =>
      probe === undefined ? users.some((user) => statement.startsWith(`${user}:`)) : statement === probe;
    const chosen = [...this.#measured.values()].map(({ file: test, tests, hooksMs, shared }) => {
      const isAll =
        shared.some(isMet) ||
        (probe === undefined && directImportsOf(test).includes(file)) ||
        (this.workflowSources.includes(file) && importsOf(test).includes(WORKFLOW_BUNDLE));
      const some = isAll ? tests : tests.filter(({ statements }) => statements.some(isMet));
      const ms = some.reduce((sum, each) => sum + each.ms, hooksMs);
      return { file: test, titles: some.map(({ title }) => title), ms };
    });
    return chosen.filter(({ titles }) => titles.length > 0).sort((a, b) => a.ms - b.ms);
  }
}

const hashOf = cached((file) => {
  const hash = createHash('sha1');
  for (const each of importsOf(file)) hash.update(readFileSync(each));
  return hash.digest('hex');
});
