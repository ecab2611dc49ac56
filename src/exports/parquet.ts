import type { ByteWriter, SchemaElement } from 'hyparquet-writer' with { 'resolution-mode': 'import' };
import type { OrgReader, Value } from './orgReader';
import type { Folder, Write } from './output';
import type { Column, ColumnType } from './tables';

/** Rows in memory at a time. */
const ROW_GROUP = 10_000;

type Row = Record<string, unknown>;

/** Writes an org as Parquet, one file for each label and each kind of relationship. */
export async function writeParquet(org: OrgReader, folder: Folder): Promise<void> {
  const key = (name: string): Column => ({ name, type: 'text' });
  const domain = org.domain;
  for (const table of org.nodeTables)
    await folder.file(`${table.name}.parquet`, (write) =>
      writeTable(
        write,
        [key('okta_domain'), key('id'), ...table.columns],
        cells(org.nodes(table), ({ id, values }) => [domain, id, ...values]),
      ),
    );
  for (const table of org.edgeTables)
    await folder.file(`${table.name}.parquet`, (write) =>
      writeTable(
        write,
        [key('okta_domain'), key('start_id'), key('end_id'), ...table.columns],
        cells(org.edges(table), ({ from, to, values }) => [domain, from, to, ...values]),
      ),
    );
}

async function* cells<T>(
  pages: AsyncIterable<readonly T[]>,
  cellsOf: (row: T) => Value[],
): AsyncGenerator<Value[]> {
  for await (const page of pages) yield* page.map(cellsOf);
}

async function writeTable(
  write: Write,
  columns: readonly Column[],
  rows: AsyncIterable<readonly Value[]>,
): Promise<void> {
  const { ByteWriter: Bytes, parquetWriteRows } = await import('hyparquet-writer');
  await parquetWriteRows({
    writer: writerTo(new Bytes(), write),
    rows: objects(columns, rows),
    columns: columns.map(({ name }) => ({ name })),
    schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)],
    rowGroupSize: ROW_GROUP,
    createdBy: 'okta-graph',
  });
}

/** Makes a buffer write what it holds after each group of rows. */
function writerTo(bytes: ByteWriter, write: Write): ByteWriter & { flush(): Promise<void> } {
  const flush = async () => {
    await write(bytes.getBytes());
    bytes.index = 0;
  };
  return Object.assign(bytes, { flush, finish: flush });
}

async function* objects(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Value[]>,
): AsyncGenerator<Row> {
  for await (const row of rows)
    yield Object.fromEntries(
      columns.map(({ name, type }, index) => {
        const value = row[index] ?? null;
        return [name, type === 'whole' && value !== null ? BigInt(value as number) : value];
      }),
    );
}

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;

const SCALARS: Readonly<Record<Exclude<ColumnType, 'texts'>, Omit<SchemaElement, 'name'>>> = {
  text: TEXT,
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    repetition_type: 'OPTIONAL',
  },
  whole: { type: 'INT64', repetition_type: 'OPTIONAL' },
  number: { type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  flag: { type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
};

function schemaOf({ name, type }: Column): SchemaElement[] {
  if (type !== 'texts') return [{ name, ...SCALARS[type] }];
  return [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...TEXT },
  ];
}
