import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from '@typescript/typescript6';
import { mutated, type Mutant } from './mutants';

/** Under the copy: the sources as they were. */
const ORIGINAL = '.local/original';

/** A copy of the working tree with its build, in which files are changed and tests are run. */
export class Copy {
  readonly #service: ts.LanguageService;
  readonly #changed = new Map<string, number>();

  constructor(readonly folder: string) {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      encoding: 'utf8',
    });
    for (const name of listed.split('\0').filter((each) => existsSync(each) && each)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      cpSync(name, join(folder, name));
    }
    cpSync('src', join(folder, ORIGINAL, 'src'), { recursive: true });
    for (const name of ['node_modules', '.local/tools']) symlinkSync(resolve(name), join(folder, name));
    execFileSync('npm', ['run', '-s', 'build'], { cwd: folder, stdio: 'inherit' });
    this.#service = ts.createLanguageService(this.host());
  }

  get bundle(): string {
    return join(this.folder, 'dist/workflow-bundle.js');
  }

  /** Text of a file without a mutant, as it was when the copy was made. */
  read(file: string): string {
    return readFileSync(join(this.folder, ORIGINAL, file), 'utf8');
  }

  /** @param file path in the repository. */
  write(file: string, text: string): void {
    this.#changed.set(file, (this.#changed.get(file) ?? 0) + 1);
    writeFileSync(join(this.folder, file), text);
  }

  restore(file: string): void {
    this.write(file, this.read(file));
  }

  /** Those of the mutants that compile; one of each file at a time, since one more check of many files costs little. */
  compiling(mutants: readonly Mutant[]): Mutant[] {
    const found = new Set<Mutant>();
    for (let left = mutants; left.length > 0;) {
      const round = new Map(left.map((mutant) => [mutant.file, mutant]));
      for (const [file, mutant] of round) this.write(file, mutated(this.read(file), mutant));
      for (const [file, mutant] of round) if (this.errorsIn(file) === 0) found.add(mutant);
      for (const file of round.keys()) this.restore(file);
      left = left.filter((mutant) => round.get(mutant.file) !== mutant);
    }
    return mutants.filter((mutant) => found.has(mutant));
  }

  /** True for what `npm test` notices before it runs a test, such as a promise that nothing waits for. */
  isRefusedByLint(mutant: Mutant): boolean {
    this.write(mutant.file, mutated(this.read(mutant.file), mutant));
    try {
      return spawnSync('npx', ['oxlint', mutant.file], { cwd: this.folder }).status !== 0;
    } finally {
      this.restore(mutant.file);
    }
  }

  /** Makes the workflows' bundle from the sources as they are. */
  makeBundle(): void {
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/bundle-workflows.ts'], { cwd: this.folder });
  }

  private errorsIn(file: string): number {
    const path = join(this.folder, file);
    return (
      this.#service.getSyntacticDiagnostics(path).length || this.#service.getSemanticDiagnostics(path).length
    );
  }

  private host(): ts.LanguageServiceHost {
    const { folder } = this;
    const { config } = ts.readConfigFile(join(folder, 'tsconfig.build.json'), ts.sys.readFile) as {
      config: unknown;
    };
    const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    return {
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      getCompilationSettings: () => options,
      getScriptFileNames: () => fileNames,
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      getScriptVersion: (path) => String(this.#changed.get(path.slice(folder.length + 1)) ?? 0),
      getScriptSnapshot: (path) => {
        const text = ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
    };
  }
}
