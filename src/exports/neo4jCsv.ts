import type { OrgReader, Value } from './orgReader';
import { writeLines, type Folder } from './output';
import type { Column, ColumnType, Label } from './tables';

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'string',
  time: 'datetime',
  whole: 'long',
  number: 'double',
  flag: 'boolean',
  texts: 'string[]',
};

/** Separates the texts of a list; the import has no escape for it, so within a text it becomes a space. */
const LIST_SEPARATOR = '\u001f';

/**
 * Writes an org as files for `neo4j-admin database import`, one for each label and each kind of relationship. The spaces
 * of ids are named after the org, so that files of several orgs can be imported together.
 */
export async function writeNeo4jCsv(org: OrgReader, folder: Folder): Promise<void> {
  const space = (label: Label) => `(${org.domain} ${label})`;
  const domain = text(org.domain);
  for (const table of org.nodeTables)
    await folder.file(`${table.name}.csv`, async (write) => {
      const labels = list([table.name, ...(org.hasOktaLabels ? [`Okta${table.name}`] : [])]);
      await write(line([`id:ID${space(table.name)}`, 'okta_domain', ':LABEL', ...headers(table.columns)]));
      await writeLines(
        write,
        lines(org.nodes(table), ({ id, values }) => [text(id), domain, labels, ...values.map(cell)]),
      );
    });
  for (const table of org.edgeTables)
    await folder.file(`${table.name}.csv`, async (write) => {
      const { from, to, columns } = table;
      const type = text(table.type);
      await write(line([`:START_ID${space(from)}`, `:END_ID${space(to)}`, ':TYPE', ...headers(columns)]));
      await writeLines(
        write,
        lines(org.edges(table), (row) => [text(row.from), text(row.to), type, ...row.values.map(cell)]),
      );
    });
}

/** Returns the command that imports the files, to be run in their folder. */
export function neo4jImport(org: OrgReader): string {
  const options = [
    ...org.nodeTables.map(({ name }) => `--nodes=${name}.csv`),
    ...org.edgeTables.map(({ name }) => `--relationships=${name}.csv`),
    '--multiline-fields=true',
    '--array-delimiter=U+001F',
  ];
  return ['neo4j-admin database import full neo4j', ...options].join(' \\\n  ');
}

async function* lines<T>(
  pages: AsyncIterable<readonly T[]>,
  cellsOf: (row: T) => string[],
): AsyncGenerator<Iterable<string>> {
  for await (const rows of pages) yield rows.map((row) => line(cellsOf(row)));
}

const line = (cells: readonly string[]) => `${cells.join(',')}\n`;

const headers = (columns: readonly Column[]) =>
  columns.map(({ name, type }) => text(`${name}:${TYPES[type]}`));

/** A text is always quoted: without quotes, an empty one would be absent. */
const text = (value: string) => `"${value.replaceAll('"', '""')}"`;

const list = (values: readonly string[]) =>
  text(values.map((value) => value.replaceAll(LIST_SEPARATOR, ' ')).join(LIST_SEPARATOR));

function cell(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return text(value);
  if (value instanceof Date) return value.toISOString();
  // The import reads an empty text as a list of one empty text.
  if (typeof value === 'object') return value.length === 0 ? '' : list(value);
  return String(value);
}
