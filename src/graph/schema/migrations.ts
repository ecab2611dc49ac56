import { cutIndexedTexts } from '../write/cutTexts';
import type { GraphDatabase } from '../database';
import { integer } from '../values';

/**
 * One step that upgrades the graph's data format. It MUST be idempotent, since a worker may die right after it, and it
 * MUST leave a graph that workers of the previous version can still use.
 */
export interface Migration {
  /** Increases by one; never changed once released. */
  number: number;
  /** The resulting state of the graph. */
  name: string;
  /** Uses transactions of its own. */
  apply: (db: GraphDatabase) => Promise<unknown>;
}

/** All steps, in order. */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'each OktaOrg has the time of its last success, the number of its last ended run and the size of its graph',
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
    name: 'no text of a user or group exceeds the length that an index accepts',
    apply: cutIndexedTexts,
  },
];

const LOCKED_VERSION = `
  MERGE (s:OktaGraphSchema {name: 'schema'}) SET s.lock = randomUUID()
  RETURN coalesce(s.version, 0) AS version`;

/**
 * Applies the steps that the graph does not have yet. The first process holds a lock in the database until all are
 * done, which is released when its connection ends; the others wait and find nothing left to do. A graph of a later
 * version is not changed.
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
