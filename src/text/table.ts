import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { PLAIN, type TextStyle } from './style';

/**
 * Renders a table with a header, wrapped to the width of a terminal. With `numeric`, all columns except the first are
 * right-aligned.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly string[][],
  { numeric = false, style = PLAIN }: { numeric?: boolean; style?: TextStyle } = {},
): string {
  const titles = head.map((title) => style.paint('title', title));
  if (!fits([head, ...rows], style))
    return rows
      .map((row) =>
        renderFields(
          titles.map((title, column) => [title, row[column] ?? '']),
          style,
        ),
      )
      .join('\n\n');
  const aligns = head.map((_, column) => (numeric && column > 0 ? 'right' : 'left'));
  return render([titles, ...rows], style, aligns);
}

/** Renders rows without a header, such as names and their values. */
export function renderFields(fields: readonly string[][], style = PLAIN): string {
  return render(fields, style);
}

function render(
  rows: readonly string[][],
  { columns }: TextStyle,
  colAligns: Table.HorizontalAlignment[] = [],
): string {
  const colWidths = columns === undefined ? [] : widthsWithin(columns, rows);
  const table = new Table({ chars: WITHOUT_LINES, colAligns, colWidths, wordWrap: true, style: STYLE });
  const cellOf = (content: string, column: number) =>
    withShortWords(content, (colWidths[column] ?? Infinity) - PADDING);
  table.push(...rows.map((row) => row.map(cellOf)));
  return table.toString().replace(/ +$/gm, '');
}

const PADDING = 2;

/** A column that must be narrower than its content keeps at least this width, padding included. */
const MIN_WIDTH = 10;

/** Returns the widths of the columns: the widest ones are cut to the same width if all do not fit. */
function widthsWithin(columns: number, rows: readonly (readonly string[])[]): number[] {
  const widths = naturalWidths(rows);
  let widest = Math.max(0, ...widths);
  while (widest > MIN_WIDTH && sumOf(widths, widest) > columns) widest -= 1;
  return widths.map((width) => Math.min(width, widest));
}

function fits(rows: readonly (readonly string[])[], { columns }: TextStyle): boolean {
  return columns === undefined || sumOf(naturalWidths(rows), MIN_WIDTH) <= columns;
}

function naturalWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, PADDING + Math.max(...cell.split('\n').map(widthOf)));
  return widths;
}

const sumOf = (widths: readonly number[], widest: number) =>
  widths.reduce((sum, width) => sum + Math.min(width, widest), 0);

/** Breaks words that are longer than a line; they would be cut otherwise. */
function withShortWords(content: string, width: number): string {
  return content.replace(/\S+/g, (word) => {
    if (widthOf(word) <= width) return word;
    const lines = [''];
    for (const character of stripVTControlCharacters(word)) {
      const line = lines.at(-1) ?? '';
      if (widthOf(line + character) <= width) lines[lines.length - 1] = line + character;
      else lines.push(character);
    }
    return lines.join('\n');
  });
}

/** Returns at least the number of columns that a line takes: Chinese characters and emoji take two. */
function widthOf(line: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(line)) width += character >= '\u1100' ? 2 : 1;
  return width;
}

const STYLE = { head: [], border: [], 'padding-left': PADDING, 'padding-right': 0 };

const WITHOUT_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);
