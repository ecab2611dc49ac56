import type { SyncWarning } from '../../contract';
import { writeNodes, type NodeRow } from './nodes';
import { scopeOf, writeForRun, type Run, type RunWriter } from './run';
import { noteFirstDenial } from './sweep';
import { dateTime, integer } from '../values';
import type { GraphDatabase, Transaction } from '../database';

/** Objects that were asked for by id. */
export interface ReadObjects {
  users: readonly NodeRow[];
  groups: readonly NodeRow[];
  /** Ids that Okta reported as not found. */
  absent: { User: readonly string[]; Group: readonly string[] };
  /** Ids that could not be read. */
  failed: { User: readonly string[]; Group: readonly string[] };
  /** Ids that the credentials may not read (403). */
  refused: { User: readonly string[]; Group: readonly string[] };
  /** Okta's clock, milliseconds since the epoch. */
  asOfMs: number;
}

/**
 * Writes objects that were read because the System Log has named them, and puts the groups on the run's work list. One that
 * Okta does not find is kept: it is noted as denied, and the next run of another mode asks for it again.
 */
export async function writeTouched(writer: RunWriter, objects: ReadObjects): Promise<void> {
  const { run } = writer;
  const { users, groups, absent, failed, refused, asOfMs } = objects;
  await writeForRun(writer, async (tx) => {
    const ofUsers = await writeNodes(tx, run, 'User', users);
    const ofGroups = await writeNodes(tx, run, 'Group', groups);
    await tx.run(
      `UNWIND $ids AS id MATCH (g:Group {okta_domain: $domain, id: id}) SET g.memberships_verify_run = $run`,
      { ...scopeOf(run), ids: groups.map(({ id }) => id) },
    );
    // Dates what the run reads of groups without a request for their members.
    await tx.run(
      `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) SET r.groups_as_of = coalesce(r.groups_as_of, $asOf)`,
      { domain: run.domain, id: run.id, asOf: dateTime(asOfMs) },
    );
    const denied = [
      ...(await deny(tx, run, 'User', absent.User, asOfMs)),
      ...(await deny(tx, run, 'Group', absent.Group, asOfMs)),
    ];
    return {
      counts: {
        users_seen: ofUsers.seen,
        users_created: ofUsers.created,
        users_updated: ofUsers.updated,
        groups_seen: ofGroups.seen,
        groups_created: ofGroups.created,
        groups_updated: ofGroups.updated,
      },
      warnings: [
        ...denied,
        // The log is of the whole org: what the graph does not have is outside of what the credentials can see.
        ...leftOut('User', [...failed.User, ...(await known(tx, run, 'User', refused.User))]),
        ...leftOut('Group', [...failed.Group, ...(await known(tx, run, 'Group', refused.Group))]),
      ],
    };
  });
}

/** Notes that Okta does not find nodes; ids that the graph does not have are left out. */
async function deny(
  tx: Transaction,
  run: Run,
  label: 'User' | 'Group',
  ids: readonly string[],
  asOfMs: number,
): Promise<SyncWarning[]> {
  const found = await known(tx, run, label, ids);
  for (const id of found) await noteFirstDenial(tx, run, label, { id, asOfMs });
  const what = label === 'User' ? 'a user' : 'a group';
  const message = `Okta does not find ${what} that the System Log has named; an incremental run checks whether it was deleted.`;
  return found.map((id) => ({ code: 'TOUCHED_NOT_FOUND', message, ...idOf(label, id) }));
}

/** Returns those of the ids that the graph has. */
async function known(
  tx: Transaction,
  run: Run,
  label: 'User' | 'Group',
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.run<{ id: string }>(
    `UNWIND $ids AS id MATCH (n:${label} {okta_domain: $domain, id: id}) RETURN id`,
    { domain: run.domain, ids },
  );
  return rows.map(({ id }) => id);
}

function leftOut(label: 'User' | 'Group', ids: readonly string[]): SyncWarning[] {
  const message =
    'An object that the System Log has named could not be read; the next run looks for its changes.';
  return ids.map((id) => ({ code: 'TOUCHED_LEFT', message, ...idOf(label, id) }));
}

const idOf = (label: 'User' | 'Group', id: string) => (label === 'User' ? { userId: id } : { groupId: id });

/**
 * Returns the built-in groups, such as Everyone, that users whom the run has created are members of without an event.
 *
 * @param maxMembers larger ones are left to the next run of another mode.
 */
export async function builtInGroupsOfCreated(
  db: GraphDatabase,
  run: Run,
  maxMembers: number,
): Promise<string[]> {
  const rows = await db.read<{ id: string }>(
    `MATCH (r:SyncRun {okta_domain: $domain, id: $id}) WHERE r.users_created > 0
     MATCH (g:Group {okta_domain: $domain, type: 'BUILT_IN'}) WHERE coalesce(g.users_count, COUNT { (g)<-[:MEMBER_OF]-() }) <= $maxMembers
     RETURN g.id AS id`,
    { domain: run.domain, id: run.id, maxMembers: integer(maxMembers) },
  );
  return rows.map(({ id }) => id);
}

/** What the watch needs to know of an org. */
export interface OrgAtWatch {
  /** The time up to which the last runs have read users, milliseconds since the epoch; null before the first complete one. */
  watermarkMs: number | null;
  /** Runs without a report. */
  open: { runId: string; workflowId: string }[];
}

export async function orgAtWatch(db: GraphDatabase, domain: string): Promise<OrgAtWatch> {
  const [row] = await db.read<OrgAtWatch>(
    `OPTIONAL MATCH (o:OktaOrg {domain: $domain})
     RETURN o.users_watermark.epochMillis AS watermarkMs, COLLECT {
       MATCH (r:SyncRun {okta_domain: $domain, outcome: 'running'})
       RETURN {runId: r.id, workflowId: r.workflow_id} } AS open`,
    { domain },
  );
  return row ?? { watermarkMs: null, open: [] };
}
