import type { GraphDatabase } from '../database';
import { integer } from '../values';

/** What somebody changed in the settings of an org, or approved for it, in words, without a secret. */
export interface SettingsChange {
  at: Date;
  what: string;
}

/** Keeps that a setting of an org was changed just now. */
export async function recordSettingsChange(db: GraphDatabase, domain: string, what: string): Promise<void> {
  await db.run(`CREATE (:SettingsChange {okta_domain: $domain, at: datetime.realtime('UTC'), what: $what})`, {
    domain,
    what,
  });
}

/** The latest changes of an org's settings, newest first. */
export async function settingsChanges(
  db: GraphDatabase,
  domain: string,
  atMost: number,
): Promise<SettingsChange[]> {
  const rows = await db.read<{ atMs: number; what: string }>(
    `MATCH (c:SettingsChange {okta_domain: $domain})
     RETURN c.at.epochMillis AS atMs, c.what AS what ORDER BY c.at DESC LIMIT $atMost`,
    { domain, atMost: integer(atMost) },
  );
  return rows.map(({ atMs, what }) => ({ at: new Date(atMs), what }));
}
