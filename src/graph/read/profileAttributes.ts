import type { NodeLabel } from '../../contract';
import { isObject } from '../../text/json';
import type { GraphDatabase } from '../database';
import { RAW_OBJECT } from '../rawObject';
import { integer } from '../values';

/** What profiles in the graph have. */
export interface ProfileSample {
  /** Number of users or groups that were looked at. */
  size: number;
  /** True if the graph has more of them. */
  isPart: boolean;
  /** Names of the attributes of their profiles, also of those without a value. */
  attributes: ReadonlySet<string>;
}

/** Number of users or groups that are looked at. */
const SIZE = 1_000;

/** Returns which attributes the profiles of some users or groups of an org have, as the raw objects say. */
export async function sampleProfiles(
  db: GraphDatabase,
  domain: string,
  label: NodeLabel,
): Promise<ProfileSample> {
  const rows = await db.read<{ raw: string }>(
    `MATCH (n:${label} {okta_domain: $domain}) WHERE n.${RAW_OBJECT[label]} IS NOT NULL
     RETURN n.${RAW_OBJECT[label]} AS raw LIMIT $atMost`,
    { domain, atMost: integer(SIZE + 1) },
  );
  const sample = rows.slice(0, SIZE);
  const profiles = sample.map(({ raw }) => (JSON.parse(raw) as { profile?: unknown }).profile);
  const attributes = new Set(profiles.flatMap((profile) => (isObject(profile) ? Object.keys(profile) : [])));
  return { size: sample.length, isPart: rows.length > SIZE, attributes };
}
