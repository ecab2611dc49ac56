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
  // A word that is longer than its column would be cut otherwise.
  const cellOf = (content: string, column: number) => ({
    content,
    wrapOnWordBoundary: content
      .split(/\s/)
      .every((word) => lengthOf(word) <= (colWidths[column] ?? Infinity) - PADDING),
  });
  table.push(...rows.map((row) => row.map(cellOf)));
  return table.toString().replace(/ +$/gm, '');
}

const PADDING = 2;

/** A column that must be narrower than its content keeps at least this width, padding included. */
const MIN_WIDTH = 12;

/** Returns the widths of the columns: the widest ones are cut to the same width if all do not fit. */
function widthsWithin(columns: number, rows: readonly string[][]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, PADDING + Math.max(...cell.split('\n').map(lengthOf)));
  const sumOf = (widest: number) => widths.reduce((sum, width) => sum + Math.min(width, widest), 0);
  let widest = Math.max(0, ...widths);
  while (widest > MIN_WIDTH && sumOf(widest) > columns) widest -= 1;
  return widths.map((width) => Math.min(width, widest));
}

const lengthOf = (line: string) => stripVTControlCharacters(line).length;

const STYLE = { head: [], border: [], 'padding-left': PADDING, 'padding-right': 0 };

const WITHOUT_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);
