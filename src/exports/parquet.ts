import type { ByteWriter, SchemaElement } from 'hyparquet-writer' with { 'resolution-mode': 'import' };
import type { OrgReader, Value } from './orgReader';
import type { Folder, Write } from './output';
import type { Column, ColumnType } from './tables';

/** Limits of what is in memory at a time: rows, and characters of their texts. */
const MAX_ROWS = 10_000;
const MAX_CHARACTERS = 16_777_216;

/** Maximum length of the least and the greatest value, in bytes, that a reader finds for each group of rows. */
const MAX_BOUND = 64;

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
  const { ByteWriter: Bytes, ParquetWriter } = await import('hyparquet-writer');
  const parquet = new ParquetWriter({
    writer: writerTo(new Bytes(), write),
    schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)],
    statisticsTruncateLength: MAX_BOUND,
    createdBy: 'okta-graph',
  });
  for await (const group of groups(rows))
    await parquet.write({
      columnData: columns.map(({ name, type }, index) => ({
        name,
        data: group.map((row) => written(row[index] ?? null, type)),
      })),
      rowGroupSize: group.length,
    });
  await parquet.finish();
}

async function* groups(rows: AsyncIterable<readonly Value[]>): AsyncGenerator<(readonly Value[])[]> {
  let group: (readonly Value[])[] = [];
  let characters = 0;
  for await (const row of rows) {
    group.push(row);
    for (const value of row) if (typeof value === 'string') characters += value.length;
    if (group.length < MAX_ROWS && characters < MAX_CHARACTERS) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}

const written = (value: Value, type: ColumnType) =>
  type === 'whole' && value !== null ? BigInt(value as number) : value;

/** Makes a buffer write what it holds after each group of rows. */
function writerTo(bytes: ByteWriter, write: Write): ByteWriter & { flush(): Promise<void> } {
  const flush = async () => {
    await write(bytes.getBytes());
    bytes.index = 0;
  };
  return Object.assign(bytes, { flush, finish: flush });
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
