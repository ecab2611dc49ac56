import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** They change or drop what all orgs share in the database, or count what the whole of it holds. */
export const ALONE: readonly string[] = [
  'test/cli/reports.test.ts',
  'test/console/absurd.test.ts',
  'test/console/credentials.test.ts',
  'test/console/downloads.test.ts',
  'test/console/pages.test.ts',
  'test/graph/schema/check.test.ts',
  'test/graph/schema/exploreIndexes.test.ts',
  'test/graph/schema/indexes.test.ts',
  'test/graph/schema/migrations.test.ts',
  'test/graph/schema/schema.test.ts',
  'test/queries/plans.test.ts',
];

/** They take longest, as measured, so they are begun first; the order of the others does not matter. */
export const LONGEST: readonly string[] = [
  'test/failures/outages.test.ts',
  'test/local/lifetime.test.ts',
  'test/failures/chaos.test.ts',
  'test/graph/outOfMemory.test.ts',
  'test/attack/attacks.test.ts',
  'test/activities/deletion.test.ts',
  'test/failures/doubt.test.ts',
  'test/containers/cleanCopy.test.ts',
  'test/sync/property.test.ts',
  'test/sync/watchProperty.test.ts',
  'test/sync/accessRefusals.test.ts',
  'test/sync/changedGroups.test.ts',
  'test/console/browser.test.ts',
  'test/failures/pages.test.ts',
  'test/local/servers.test.ts',
  'test/okta/limits/clock.test.ts',
  'test/okta/distrust.test.ts',
  'test/console/safety/attempts.test.ts',
  'test/exports/neo4jCsv.test.ts',
];

export type TestKind = 'unit' | 'graph' | 'workflows' | 'e2e';

/** What starts a server or another process. */
const OUTSIDE = /^src\/local\/(service|neo4j|temporal)\.ts$/;
const STARTS_PROCESS = /from '(?:node:child_process|playwright-core)'/;
const FOLDERS: Readonly<Record<string, TestKind>> = {
  graph: 'graph',
  queries: 'graph',
  workflows: 'workflows',
};

/** All files with tests, those that take longest first. */
export function testFiles(): string[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name));
  const rank = (file: string) => (LONGEST.includes(file) ? LONGEST.indexOf(file) : LONGEST.length);
  return files.sort().sort((a, b) => rank(a) - rank(b));
}

/** Unit tests start nothing; of the others, the folder says what they are about. */
export function kindOf(file: string): TestKind {
  const imports = importsOf(file);
  const startsProcess = (each: string) => !each.startsWith('src/') && STARTS_PROCESS.test(textOf(each));
  if (!imports.some((each) => OUTSIDE.test(each) || startsProcess(each))) return 'unit';
  return FOLDERS[file.split('/')[1] ?? ''] ?? 'e2e';
}

const textOf = cached((file) => readFileSync(file, 'utf8'));

/** What a file imports itself, or exports from. */
export const directImportsOf = cached((file) =>
  [...textOf(file).matchAll(/^(?:import(?! type)|export|\})[^'\n]*'(\.[^']*)'/gm)].flatMap(([, name = '']) =>
    moduleOf(file, name),
  ),
);

/** The file that a relative import means; none where it is not TypeScript. */
export function moduleOf(file: string, name: string): string[] {
  const path = relative('', join(dirname(file), name));
  const target = [`${path}.ts`, `${path}.tsx`, `${path}/index.ts`, path].find(isFile) ?? '';
  return /\.tsx?$/.test(target) ? [target] : [];
}

/** A file and all that it imports of this repository, directly or not. */
export function importsOf(file: string, found = new Set<string>()): string[] {
  if (!found.has(file)) {
    found.add(file);
    for (const target of directImportsOf(file)) importsOf(target, found);
  }
  return [...found];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** A function that computes the result for each file once. */
export function cached<T>(make: (file: string) => T): (file: string) => T {
  const known = new Map<string, T>();
  return (file) => {
    if (!known.has(file)) known.set(file, make(file));
    return known.get(file) as T;
  };
}
