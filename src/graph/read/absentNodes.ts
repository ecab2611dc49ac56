import type { NodeLabel } from '../../contract';
import type { GraphDatabase } from '../database';

/** Returns those of the ids for which the graph has no user, or no group. */
export async function absentNodes(
  db: GraphDatabase,
  domain: string,
  label: NodeLabel,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db.read<{ id: string }>(
    `UNWIND $ids AS id WITH id WHERE NOT EXISTS { MATCH (:${label} {okta_domain: $domain, id: id}) } RETURN id`,
    { domain, ids },
  );
  return rows.map(({ id }) => id);
}
