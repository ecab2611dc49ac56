import type { GraphDatabase, Transaction } from '../database';
import { integer } from '../values';
import { deleteExpired } from './auditRetention';

/** A change of an org's settings, or an approval, in words and without secrets. */
export interface SettingsChange {
  at: Date;
  what: string;
  /** Who made it; undefined for changes recorded before names were. */
  by?: string;
}

/** Records that a setting was just changed, of an org or, without a domain, of the installation, and deletes those that have expired. */
export async function recordSettingsChange(
  db: Pick<GraphDatabase | Transaction, 'run'>,
  domain: string | undefined,
  { what, by, network }: { what: string; by: string; network?: string | undefined },
): Promise<void> {
  await db.run(
    `CREATE (:SettingsChange {okta_domain: $domain, at: datetime.realtime('UTC'), what: $what, by: $by,
                             network: $network})
     ${deleteExpired('SettingsChange')}`,
    { domain: domain ?? null, what, by, network: network ?? null },
  );
}

/** Returns the latest changes of an org's settings, newest first. */
export async function settingsChanges(
  db: GraphDatabase,
  domain: string,
  atMost: number,
): Promise<SettingsChange[]> {
  const rows = await db.read<{ atMs: number; what: string; by: string | null }>(
    `MATCH (c:SettingsChange {okta_domain: $domain})
     RETURN c.at.epochMillis AS atMs, c.what AS what, c.by AS by ORDER BY c.at DESC LIMIT $atMost`,
    { domain, atMost: integer(atMost) },
  );
  return rows.map(({ atMs, what, by }) => ({ at: new Date(atMs), what, ...(by !== null && { by }) }));
}
