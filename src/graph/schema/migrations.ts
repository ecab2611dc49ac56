import { cutIndexedTexts } from '../write/cutTexts';
import type { GraphDatabase } from '../database';
import { integer } from '../values';

/**
 * One step from an older form of the graph to the next. It MUST do no harm when it is done twice, since a worker may
 * die behind it, and it MUST leave a graph that workers of the version before can still work with.
 */
export interface Migration {
  /** Counts up by one; never changed once it was released. */
  number: number;
  /** What the graph has afterwards. */
  name: string;
  /** Runs in transactions of its own. */
  apply: (db: GraphDatabase) => Promise<unknown>;
}

/** All steps, in order. */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'each OktaOrg tells when its last success was, which run ended last, and how large its graph is',
    apply: (db) =>
      db.run(
        `MATCH (o:OktaOrg) WHERE o.last_ended_run IS NULL
         CALL (o) {
           OPTIONAL MATCH (r:SyncRun {okta_domain: o.domain}) WHERE r.outcome <> 'running'
           WITH o, max(r.number) AS lastEnded, max(CASE WHEN r.outcome = 'succeeded' THEN r.finished_at END) AS lastSuccess
           SET o.last_ended_run = lastEnded, o.last_success_at = lastSuccess,
               o.users = COUNT { MATCH (:User {okta_domain: o.domain}) },
               o.groups = COUNT { MATCH (:Group {okta_domain: o.domain}) },
               o.memberships = COUNT { MATCH (:Group {okta_domain: o.domain})<-[:MEMBER_OF]-() }
         } IN TRANSACTIONS OF 1 ROW`,
      ),
  },
  {
    number: 2,
    name: 'no text of a user or group is longer than an index takes',
    apply: cutIndexedTexts,
  },
];

const LOCKED_VERSION = `
  MERGE (s:OktaGraphSchema {name: 'schema'}) SET s.lock = randomUUID()
  RETURN coalesce(s.version, 0) AS version`;

/**
 * Takes the steps that the graph has not taken. Whoever comes first holds a lock in the database until all are done,
 * and the lock ends with its connection; the others wait, and find nothing left to do. A graph of a later version is
 * left as it is.
 */
export async function migrate(db: GraphDatabase, steps: readonly Migration[] = MIGRATIONS): Promise<void> {
  const latest = steps.at(-1)?.number ?? 0;
  if ((await versionOf(db)) >= latest) return;
  await db.write(async (tx) => {
    const [schema] = await tx.run<{ version: number }>(LOCKED_VERSION);
    for (const { number, apply } of steps) {
      if (number <= (schema?.version ?? 0)) continue;
      await apply(db);
      await tx.run("MATCH (s:OktaGraphSchema {name: 'schema'}) SET s.version = $number", {
        number: integer(number),
      });
    }
  });
}

async function versionOf(db: GraphDatabase): Promise<number> {
  const [schema] = await db.read<{ version: number | null }>(
    "MATCH (s:OktaGraphSchema {name: 'schema'}) RETURN s.version AS version",
  );
  return schema?.version ?? 0;
}
