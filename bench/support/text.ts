import { median } from './median';

/** Seconds with one decimal. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** Seconds: the median, and where there are several figures the least and the greatest. */
export function secondsOf(figuresMs: readonly number[]): string {
  const middle = seconds(median(figuresMs));
  if (figuresMs.length < 2) return middle;
  return `${middle} (${seconds(Math.min(...figuresMs))}..${seconds(Math.max(...figuresMs))})`;
}

export function ratio(figure: number, base: number): string {
  return (figure / base).toFixed(2);
}

export interface Column {
  title: string;
  width: number;
  isText?: boolean;
}

/** The header of a table whose lines are printed one by one. */
export function headerOf(columns: readonly Column[]): string {
  return lineOf(
    columns,
    columns.map(({ title }) => title),
  );
}

/** A line of such a table: text to the left, figures to the right. */
export function lineOf(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map(({ width, isText }, index) => {
      const cell = cells[index] ?? '';
      return isText ? cell.padEnd(width) : cell.padStart(width);
    })
    .join('  ')
    .trimEnd();
}
