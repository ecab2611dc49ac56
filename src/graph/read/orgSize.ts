import type { GraphDatabase } from '../database';
import { ACCESS_OBJECTS, isKnown, type AccessSize } from '../write/access/kinds';

/** Number of objects of an org in the graph; null for what no run has read, or `SYNC_ACCESS` does not name. */
export interface OrgSize extends AccessSize {
  users: number;
  groups: number;
  memberships: number;
}

const NOTHING: OrgSize = {
  ...{ users: 0, groups: 0, memberships: 0 },
  ...{ apps: null, assignments: null, roles: null, rules: null },
};

/** Cypher: what run `r` started with, plus what it has added, minus what it has removed. */
const nodes = (kind: string) => `r.${kind}_at_start + r.${kind}_created - r.${kind}_deleted`;
const edges = (kind: string) => `r.${kind}_at_start + r.${kind}_added - r.${kind}_removed`;

const ACCESS = ACCESS_OBJECTS.map((kind) => {
  const size = kind === 'apps' || kind === 'rules' ? nodes(kind) : edges(kind);
  return `CASE WHEN ${isKnown(kind)} THEN ${size} END AS ${kind}`;
});

/**
 * Returns the org's size: the latest run's starting counts plus what it has added, minus what it has removed. Counting
 * the nodes again takes too long in a large org.
 */
export async function orgSize(db: GraphDatabase, domain: string): Promise<OrgSize> {
  const [size] = await db.read<OrgSize>(
    `MATCH (o:OktaOrg {domain: $domain})
     MATCH (r:SyncRun {okta_domain: $domain, number: o.last_run})
     RETURN ${nodes('users')} AS users, ${nodes('groups')} AS groups, ${edges('memberships')} AS memberships,
            ${ACCESS.join(', ')}`,
    { domain },
  );
  return size ?? NOTHING;
}
