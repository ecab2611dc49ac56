import type { GraphDatabase } from '../database';
import { integer } from '../values';

/** One thing that someone did: a change of settings, an approval, a run, a sign-in. */
export interface AuditEntry {
  at: Date;
  what: string;
  by: string | null;
  /** The org it was about. */
  domain: string | null;
  /** An IPv4 address or an IPv6 network. */
  network: string | null;
}

/** Parts of a person's name, of what was done, and of an org's domain; empty ones match everything. */
export interface AuditFilter {
  by: string;
  what: string;
  domain: string;
}

const ENTRIES = `MATCH (e:SettingsChange|ConsoleEvent)
  WHERE ($by = '' OR toLower(e.by) CONTAINS toLower($by))
    AND ($what = '' OR toLower(e.what) CONTAINS toLower($what))
    AND ($domain = '' OR toLower(e.okta_domain) CONTAINS toLower($domain))
  RETURN e.at.epochMillis AS atMs, e.what AS what, e.by AS by, e.okta_domain AS domain, e.network AS network
  ORDER BY e.at DESC, elementId(e)`;

type Row = Omit<AuditEntry, 'at'> & { atMs: number };

const entryOf = ({ atMs, ...rest }: Row): AuditEntry => ({ at: new Date(atMs), ...rest });

/** Returns a page of the entries, newest first. */
export async function auditPage(
  db: GraphDatabase,
  filter: AuditFilter,
  { skip, atMost }: { skip: number; atMost: number },
): Promise<{ entries: AuditEntry[]; hasMore: boolean }> {
  const rows = await db.read<Row>(`${ENTRIES} SKIP $skip LIMIT $limit`, {
    ...filter,
    skip: integer(skip),
    limit: integer(atMost + 1),
  });
  return { entries: rows.slice(0, atMost).map(entryOf), hasMore: rows.length > atMost };
}

/** Streams all entries, newest first. */
export async function* auditEntries(
  db: GraphDatabase,
  filter: AuditFilter,
  timeoutMs: number,
): AsyncGenerator<AuditEntry, void, undefined> {
  for await (const row of db.stream<Row>(ENTRIES, { ...filter }, timeoutMs)) yield entryOf(row);
}
