import { existsSync } from 'node:fs';
import { normalize } from 'node:path';
import { kindOf, testFiles } from './testFiles';

/** The tests that the arguments of `npm test` choose. */
export interface Choice {
  files: readonly string[];
  /** Options for mocha, with `name` as its `--grep`. */
  options: readonly string[];
  /** What the name of a test must contain. */
  name: string | undefined;
  /** Everything, with lint and types. */
  isAll: boolean;
}

/**
 * Chooses tests by paths, `--kind=KIND`, words of their name, and options for mocha.
 *
 * @throws Error naming the argument that matches no test file.
 */
export function choose(words: readonly string[]): Choice {
  const all = testFiles();
  const kinds = words.flatMap((word) => /^--kind=(.*)$/.exec(word)?.[1] ?? []);
  const paths = words.filter(isPath);
  for (const kind of kinds)
    if (!all.some((file) => kindOf(file) === kind)) throw new Error(`No test file matches --kind=${kind}`);
  for (const path of paths)
    if (!all.some((file) => isBelow(file, path))) throw new Error(`No test file matches ${path}`);
  const files = all
    .filter((file) => kinds.length === 0 || kinds.includes(kindOf(file)))
    .filter((file) => paths.length === 0 || paths.some((path) => isBelow(file, path)));
  if (files.length === 0)
    throw new Error(`No test file of kind ${kinds.join(' or ')} matches ${paths.join(' or ')}`);

  const [first, ...more] = words.filter((word) => !isPath(word) && !word.startsWith('--kind='));
  const name = first?.startsWith('-') ? undefined : first;
  return {
    files,
    options: [...(first === undefined ? [] : name === undefined ? [first] : ['--grep', name]), ...more],
    name,
    isAll: words.length === 0,
  };
}

/** True for what exists, and for what can only be meant as a path. */
function isPath(word: string): boolean {
  return existsSync(word) || /^(\.{0,2}\/)?[\w.-]+(\/[\w.-]+)*(\/|\.tsx?)$|^(\.\/)?test\/\S*$/.test(word);
}

function isBelow(file: string, path: string): boolean {
  const folder = normalize(path).replace(/\/$/, '');
  return folder === '.' || file === folder || file.startsWith(`${folder}/`);
}
