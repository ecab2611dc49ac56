import { dirname } from 'node:path';
import type { CountedSource } from './collect';

/** How much of something was run. */
interface Share {
  run: number;
  all: number;
}

interface Row {
  name: string;
  lines: Share;
  branches: Share;
}

const LEAST = 10;

/** What was run of each folder, the files with the least, and the total. Files without a statement do not count. */
export function coverageTable(covered: readonly CountedSource[]): string {
  const files = covered.map(rowOf).filter(({ lines }) => lines.all > 0);
  const folders = [...new Set(files.map(({ name }) => dirname(name)))].sort();
  const least = files.toSorted((a, b) => ratio(a.lines) - ratio(b.lines) || b.lines.all - a.lines.all);
  return [
    line('', 'lines', 'branches'),
    ...folders.map((name) =>
      text(
        sum(
          name,
          files.filter((file) => dirname(file.name) === name),
        ),
      ),
    ),
    `\nLeast covered:`,
    ...least.slice(0, LEAST).map(text),
    `\n${text(sum('Total', files))}`,
  ].join('\n');
}

/** Of each file with such: the lines with a statement that no test ran. */
export function missedLines(covered: readonly CountedSource[]): string {
  return covered
    .map((each) => ({ file: each.file, missed: linesOf(each).filter(([, isRun]) => !isRun) }))
    .filter(({ missed }) => missed.length > 0)
    .map(({ file, missed }) => `${file}: ${missed.map(([line]) => line).join(' ')}\n`)
    .join('');
}

/** A line was run when every statement that begins on it was. */
function linesOf({ outline, counts }: CountedSource): [line: number, isRun: boolean][] {
  return [...outline.lines]
    .map(([line, spans]): [number, boolean] => [line, spans.every((span) => (counts[span] ?? 0) > 0)])
    .sort(([a], [b]) => a - b);
}

function rowOf(file: CountedSource): Row {
  const { outline, counts } = file;
  const branches = outline.branches.map(({ span, unless }) => {
    const others = unless === undefined ? 0 : (counts[unless] ?? 0);
    return (counts[span] ?? 0) > others;
  });
  return {
    name: file.file,
    lines: share(linesOf(file).map(([, isRun]) => isRun)),
    branches: share(branches),
  };
}

const share = (were: readonly boolean[]): Share => ({ run: were.filter(Boolean).length, all: were.length });

function sum(name: string, rows: readonly Row[]): Row {
  const total = (shares: readonly Share[]) => ({
    run: shares.reduce((before, { run }) => before + run, 0),
    all: shares.reduce((before, { all }) => before + all, 0),
  });
  return {
    name,
    lines: total(rows.map((row) => row.lines)),
    branches: total(rows.map((row) => row.branches)),
  };
}

const ratio = ({ run, all }: Share) => (all === 0 ? 1 : run / all);

/** Rounded down: 100 % is all of it. */
const percent = (each: Share) => `${(Math.floor(ratio(each) * 1_000) / 10).toFixed(1)} %`;

const text = ({ name, lines, branches }: Row) =>
  line(name, percent(lines), branches.all === 0 ? '' : percent(branches));

const line = (name: string, lines: string, branches: string) =>
  `${name.padEnd(36)}${lines.padStart(8)}${branches.padStart(10)}`.trimEnd();
