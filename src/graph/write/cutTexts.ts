import { cut, MAX_TEXT_BYTES } from '../../text/json';
import type { GraphDatabase } from '../database';

/** Properties of users and groups that are covered by an index of the sync or the console. */
const INDEXED = ['email', 'display_name', 'login', 'name', 'description'];

/** The longest UTF-8 encoding of a character, in bytes. */
const MAX_BYTES_OF_A_CHARACTER = 4;

const ROWS_PER_WRITE = 500;

/**
 * Truncates texts that an earlier version stored and that are too long for an index, in all orgs and in deleted nodes
 * too.
 */
export async function cutIndexedTexts(db: GraphDatabase): Promise<void> {
  const found = await db.run<{ id: string; values: Record<string, string | null> }>(
    `MATCH (n:User|Group|FormerUser|FormerGroup)
     WHERE n.okta_domain IS NOT NULL AND (${INDEXED.map((name) => `CASE WHEN n.${name} IS :: STRING THEN size(n.${name}) > $characters END`).join(' OR ')})
     RETURN elementId(n) AS id, n {${INDEXED.map((name) => `.${name}`).join(', ')}} AS values`,
    { characters: Math.floor(MAX_TEXT_BYTES / MAX_BYTES_OF_A_CHARACTER) },
  );
  const rows = found.flatMap(({ id, values }) => {
    const long = Object.entries(values).filter(
      ([, value]) => typeof value === 'string' && cut(value) !== value,
    );
    return long.length === 0
      ? []
      : [{ id, values: Object.fromEntries(long.map(([name, value]) => [name, cut(value ?? '')])) }];
  });
  for (let start = 0; start < rows.length; start += ROWS_PER_WRITE) {
    await db.run(
      'UNWIND $rows AS row MATCH (n:User|Group|FormerUser|FormerGroup) WHERE elementId(n) = row.id AND n.okta_domain IS NOT NULL SET n += row.values',
      {
        rows: rows.slice(start, start + ROWS_PER_WRITE),
      },
    );
  }
}
