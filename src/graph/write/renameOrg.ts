import type { GraphDatabase, Transaction } from '../database';
import { integer } from '../values';

/** An org that was moved to another Okta domain; its organization id stays the same. */
export interface OrgRename {
  from: string;
  to: string;
  /** The org's own id, as returned by the new domain. */
  organizationId: string;
}

/** The org cannot be renamed in the graph's current state; nothing was changed. `message` says why and what to do. */
export class RenameRefusedError extends Error {
  override readonly name = 'RenameRefusedError';
}

/** All labels with `okta_domain`, with the property that follows it in an index, if there is such an index. */
const LABELS: readonly [label: string, next?: string][] = [
  ['User', 'id'],
  ['Group', 'id'],
  ['FormerUser', 'id'],
  ['FormerGroup', 'id'],
  ['App'],
  ['FormerApp'],
  ['GroupRule'],
  ['FormerGroupRule'],
  ['AdminRole'],
  ['UserChange', 'run'],
  ['GroupChange', 'run'],
  ['OrgMeasure', 'run'],
  ['SettingsChange'],
  ['ConsoleEvent'],
  ['RemovalApproval'],
];

const ROWS_PER_WRITE = 1000;

/** Runs updated in one transaction: a report is several kilobytes. */
const RUNS_PER_WRITE = 100;

/**
 * Marks an org as being renamed, which prevents new runs; a run that has not ended can no longer write to the graph.
 * Repeating it after a crash changes nothing.
 *
 * @returns true if there is something left to move, false if all of it was done before.
 * @throws RenameRefusedError
 */
export async function beginRename(db: GraphDatabase, rename: OrgRename): Promise<boolean> {
  return db.write(async (tx) => {
    const orgs = await tx.run<OrgState>(
      `MATCH (o:OktaOrg) WHERE o.domain IN [$from, $to] SET o.lock = randomUUID()
       RETURN o.domain AS domain, o.org_id AS id, o.renaming_to AS renamingTo`,
      { ...rename },
    );
    const own = orgs.find(({ domain }) => domain === rename.from);
    const other = orgs.find(({ domain }) => domain === rename.to);
    if (!own && other?.id === rename.organizationId) return false;
    if (!own) throw new RenameRefusedError(await noSuchOrg(tx, rename.from));
    if (own.renamingTo !== rename.to) await refuseUnlessFit(tx, rename, own);
    await tx.run(
      `MATCH (o:OktaOrg {domain: $from}) SET o.renaming_to = $to
       WITH o MATCH (r:SyncRun {okta_domain: $from, outcome: 'running'}) SET r.okta_domain = $to`,
      { ...rename },
    );
    return true;
  });
}

interface OrgState {
  domain: string;
  id: string | null;
  renamingTo: string | null;
}

async function noSuchOrg(tx: Transaction, domain: string): Promise<string> {
  const known = await tx.run<{ domain: string }>(
    'MATCH (o:OktaOrg) RETURN o.domain AS domain ORDER BY domain LIMIT 20',
  );
  return `The graph has no org ${domain}. It has: ${known.map((org) => org.domain).join(', ') || 'none'}.`;
}

async function refuseUnlessFit(
  tx: Transaction,
  { from, to, organizationId }: OrgRename,
  own: OrgState,
): Promise<void> {
  if (own.id !== organizationId) {
    throw new RenameRefusedError(
      `${to} is org ${organizationId}, but the graph has ${from} as org ${own.id ?? 'unknown'}. Only the same org can be renamed.`,
    );
  }
  if (own.renamingTo !== null) {
    throw new RenameRefusedError(
      `${from} is being renamed to ${own.renamingTo}. Finish that first: okta-graph rename-org ${from} ${own.renamingTo}`,
    );
  }
  const [found] = await tx.run<{ hasData: boolean }>(
    `RETURN ${[...LABELS.filter(([, next]) => next), ['SyncRun', 'id'] as const]
      .map(([label, next]) => `EXISTS { MATCH (n:${label} {okta_domain: $to}) WHERE n.${next} IS NOT NULL }`)
      .join(' OR ')} AS hasData`,
    { to },
  );
  if (found?.hasData) {
    throw new RenameRefusedError(
      `The graph has data of ${to} already, which would be mixed with that of ${from}. Remove the org ${to} from the graph first.`,
    );
  }
}

/** Moves all nodes of the org to its new domain in small transactions; returns how many there were to move. */
export async function moveNodes(db: GraphDatabase, rename: OrgRename): Promise<number> {
  let moved = 0;
  for (const [label, next] of LABELS) {
    // Without the index, each batch would scan all nodes of the label again.
    const [hint, indexed] =
      next === undefined
        ? ['', '']
        : [`USING INDEX n:${label}(okta_domain, ${next})`, `AND n.${next} IS NOT NULL`];
    moved += await repeated(() =>
      db.write(async (tx) => {
        const [row] = await tx.run<{ count: number }>(
          `MATCH (n:${label}) ${hint} WHERE n.okta_domain = $from ${indexed}
           WITH n LIMIT $limit SET n.okta_domain = $to RETURN count(n) AS count`,
          { ...rename, limit: integer(ROWS_PER_WRITE) },
        );
        return row?.count ?? 0;
      }),
    );
  }
  return moved + (await repeated(() => moveRuns(db, rename)));
}

async function repeated(move: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let moved = await move(); moved > 0; moved = await move()) all += moved;
  return all;
}

/** Moves the org's runs, and renames the org in their reports. */
async function moveRuns(db: GraphDatabase, rename: OrgRename): Promise<number> {
  return db.write(async (tx) => {
    const runs = await tx.run<{ id: string; report: string | null }>(
      'MATCH (r:SyncRun {okta_domain: $from}) RETURN r.id AS id, r.report AS report LIMIT $limit',
      { ...rename, limit: integer(RUNS_PER_WRITE) },
    );
    await tx.run(
      `UNWIND $rows AS row MATCH (r:SyncRun {okta_domain: $from, id: row.id})
       SET r.okta_domain = $to, r.report = row.report`,
      {
        ...rename,
        rows: runs.map(({ id, report }) => ({ id, report: report && renamed(report, rename.to) })),
      },
    );
    return runs.length;
  });
}

function renamed(report: string, domain: string): string {
  return JSON.stringify({ ...(JSON.parse(report) as object), domain });
}

/** Sets the new domain of the org node and records this with the settings changes. Runs may begin again after this. */
export async function finishRename(db: GraphDatabase, rename: OrgRename): Promise<void> {
  await db.write(async (tx) => {
    // A concurrent rename, or a commit whose response was lost, has done it; nothing of the new domain may be deleted
    // then.
    const [old] = await tx.run<{ id: string }>(
      'MATCH (o:OktaOrg {domain: $from}) SET o.lock = randomUUID() RETURN elementId(o) AS id',
      { ...rename },
    );
    if (!old) return;
    // A run that was rejected under the new domain leaves an empty node.
    await tx.run('MATCH (o:OktaOrg {domain: $to}) WHERE o.last_run IS NULL DETACH DELETE o', { ...rename });
    await tx.run(
      `MATCH (o:OktaOrg {domain: $from}) SET o.domain = $to REMOVE o.renaming_to
       CREATE (:SettingsChange {okta_domain: $to, at: datetime.realtime('UTC'), what: 'The org moved here from ' + $from})`,
      { ...rename },
    );
  });
}

/** An org's current domain in Okta, and its domain in the graph. */
export interface MovedOrg {
  domain: string;
  knownAs: string;
}

/** Returns those of the given orgs that the graph has under another domain. */
export async function movedOrgs(
  db: GraphDatabase,
  orgs: readonly { domain: string; id: string }[],
): Promise<MovedOrg[]> {
  return db.read<MovedOrg>(
    `UNWIND $orgs AS org MATCH (o:OktaOrg {org_id: org.id}) WHERE o.domain <> org.domain
     RETURN org.domain AS domain, o.domain AS knownAs`,
    { orgs },
  );
}
