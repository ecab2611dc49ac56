import type { GraphDatabase } from '../database';

/** A group, and whether it has an admin role. */
export interface NamedGroup {
  name: string | undefined;
  type: string | undefined;
  isAdmin: boolean;
}

/** Returns the name and the type of each group of an org. */
export async function groupNames(db: GraphDatabase, domain: string): Promise<NamedGroup[]> {
  const groups = await db.read<{ name: string | null; type: string | null; isAdmin: boolean }>(
    'MATCH (g:Group {okta_domain: $domain}) RETURN g.name AS name, g.type AS type, EXISTS { (g)-[:HAS_ROLE]->() } AS isAdmin',
    { domain },
  );
  return groups.map(({ name, type, isAdmin }) => ({
    name: name ?? undefined,
    type: type ?? undefined,
    isAdmin,
  }));
}
