import Table from 'cli-table3';

/** Renders a table with a header. With `numeric`, all columns except the first are right-aligned. */
export function renderTable(head: string[], rows: string[][], { numeric = false } = {}): string {
  const table = new Table({
    chars: WITHOUT_LINES,
    head,
    colAligns: head.map((_, column) => (numeric && column > 0 ? 'right' : 'left')),
    style: STYLE,
  });
  table.push(...rows);
  return withoutTrailingSpace(table.toString());
}

/** Renders rows without a header, such as names and their values. */
export function renderFields(fields: string[][]): string {
  const table = new Table({ chars: WITHOUT_LINES, style: STYLE });
  table.push(...fields);
  return withoutTrailingSpace(table.toString());
}

const STYLE = { head: [], border: [], 'padding-left': 2, 'padding-right': 0 };

const WITHOUT_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

function withoutTrailingSpace(text: string): string {
  return text.replace(/ +$/gm, '');
}
