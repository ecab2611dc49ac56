import type { GraphDatabase } from '../database';

/** Returns the name and the type of each group of an org. */
export async function groupNames(
  db: GraphDatabase,
  domain: string,
): Promise<{ name: string | undefined; type: string | undefined }[]> {
  const groups = await db.read<{ name: string | null; type: string | null }>(
    'MATCH (g:Group {okta_domain: $domain}) RETURN g.name AS name, g.type AS type',
    { domain },
  );
  return groups.map(({ name, type }) => ({ name: name ?? undefined, type: type ?? undefined }));
}
