import type { GraphDatabase } from '../database';

/** Returns the domains of all orgs in the graph, in order. */
export async function orgsIn(db: GraphDatabase): Promise<string[]> {
  const rows = await db.read<{ domain: string }>(
    'MATCH (o:OktaOrg) RETURN o.domain AS domain ORDER BY domain',
  );
  return rows.map(({ domain }) => domain);
}
