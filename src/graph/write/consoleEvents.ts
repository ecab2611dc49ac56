import type { GraphDatabase } from '../database';
import { deleteExpired } from './auditRetention';

/** Something that someone did in the console without changing settings: a sign-in, a sign-out, a run. */
export interface ConsoleEvent {
  what: string;
  /** Undefined if nobody could be identified. */
  by: string | undefined;
  /** An IPv4 address or an IPv6 network. */
  network: string;
  /** The org it was about. */
  domain?: string | undefined;
}

/** Records an event of now, and deletes those that have expired. */
export async function recordConsoleEvent(
  db: GraphDatabase,
  { what, by, network, domain }: ConsoleEvent,
): Promise<void> {
  await db.run(
    `CREATE (:ConsoleEvent {okta_domain: $domain, at: datetime.realtime('UTC'), what: $what, by: $by, network: $network})
     ${deleteExpired('ConsoleEvent')}`,
    { domain: domain ?? null, what, by: by ?? null, network },
  );
}
