import type { Format } from './format';
import { writeNeo4jCsv, neo4jImport } from './neo4jCsv';
import { writeOpenGraph } from './openGraph';
import type { OrgReader } from './orgReader';
import { README, SIGNATURE, writeWholeFile, writeWholeFolder } from './output';
import { writeParquet } from './parquet';

export interface Destination {
  path: string;
  /** Allows an earlier export to be replaced. */
  replaces: boolean;
}

/**
 * Writes an org to a file or a folder, which is complete or does not exist.
 *
 * @param notes returns what is to be known about the data, once all of it has been read.
 * @throws UsageError if something exists at the destination that may not be replaced.
 * @throws Explained if it cannot be written.
 */
export async function exportOrg(
  org: OrgReader,
  format: Format,
  { path, replaces }: Destination,
  notes: () => Promise<string>,
): Promise<void> {
  if (format === 'opengraph') return writeWholeFile(path, replaces, (write) => writeOpenGraph(org, write));
  return writeWholeFolder(path, replaces, async (folder) => {
    await (format === 'parquet' ? writeParquet(org, folder) : writeNeo4jCsv(org, folder));
    await folder.file(README, async (write) => write(readme(org, format, await notes())));
  });
}

function readme(org: OrgReader, format: Format, notes: string): string {
  const use =
    format === 'parquet'
      ? `For example, with DuckDB in this directory:\n\n${DUCKDB}`
      : `Import into a new database of Neo4j, in this directory:\n\n${neo4jImport(org)}\n`;
  return `${SIGNATURE}: ${org.domain}\n\nThese files contain personal data.\n\n${notes}\n${use}`;
}

const DUCKDB = `SELECT g.name, count(*) AS members
FROM 'User-MEMBER_OF-Group.parquet' m JOIN 'Group.parquet' g ON g.id = m.end_id
GROUP BY ALL ORDER BY members DESC;
`;
