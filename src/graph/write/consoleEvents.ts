import type { GraphDatabase } from '../database';
import { integer } from '../values';

/** How long an event is kept: a year and a month. */
const RETENTION_DAYS = 400;

/** Maximum number of expired events that are deleted when another one is recorded. */
const EXPIRED_PER_WRITE = 1_000;

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
     WITH 1 AS recorded
     MATCH (e:ConsoleEvent) WHERE e.at < datetime.realtime('UTC') - duration({days: $days})
     WITH e LIMIT $atMost DELETE e`,
    {
      domain: domain ?? null,
      what,
      by: by ?? null,
      network,
      days: integer(RETENTION_DAYS),
      atMost: integer(EXPIRED_PER_WRITE),
    },
  );
}
