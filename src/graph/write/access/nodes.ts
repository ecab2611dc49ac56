import type { Counter } from '../../../telemetry/runCounts';
import type { OktaApp, OktaRule } from '../../../okta/access';
import type { GraphDatabase, Transaction } from '../../database';
import { dateTime, integer } from '../../values';
import { clearDenials, noteDenial } from '../denials';
import { oktaLabel, relabel } from '../oktaLabels';
import { keepsHistory, scopeOf, type Run } from '../run';
import { writeClaimed, type AccessWriter, type Asked } from './attempt';
import { endEdges, FIRST_SIGN } from './edges';

/** Nodes that are listed whole in each run. */
export type AccessLabel = 'App' | 'GroupRule';

/** The names of a label's counters, without what was counted. */
export const COUNTED_AS = { App: 'apps', GroupRule: 'rules' } as const;

/** One node to write. `values` are properties by name. */
export interface AccessRow {
  id: string;
  values: Readonly<Record<string, unknown>>;
  /** Ids of the groups that a rule adds users to. */
  groups?: readonly string[];
}

export function appRow(app: OktaApp): AccessRow {
  const { id, label = null, name = null, status = null, signOnMode = null } = app;
  return { id, values: { label, name, status, sign_on_mode: signOnMode, ...timesOf(app) } };
}

export function ruleRow(rule: OktaRule): AccessRow {
  const { id, name = null, status = null, expression = null, excludedUsers, excludedGroups, groups } = rule;
  return {
    id,
    values: {
      name,
      status,
      expression,
      excluded_users: excludedUsers,
      excluded_groups: excludedGroups,
      ...timesOf(rule),
    },
    groups,
  };
}

function timesOf({ created, lastUpdated }: Pick<OktaApp, 'created' | 'lastUpdated'>) {
  return { created: dateTime(created), last_updated: dateTime(lastUpdated) };
}

/** Cypher: restores former nodes that came back. */
const REVIVE = (run: Run, label: AccessLabel) => `
  UNWIND $rows AS row
  MATCH (n:Former${label} {okta_domain: $domain, id: row.id})
  ${relabel(run, `Former${label}`, label)}
  SET n.added_run = $run, n.removed_at = null, n.removed_run = null, n.users_as_of = null`;

const WRITE = (run: Run, label: AccessLabel) => `
  UNWIND $rows AS row
  MERGE (n:${label} {okta_domain: $domain, id: row.id})
    ON CREATE SET n:${label}${oktaLabel(run, label)}, n.added_run = $run
  WITH n, row, coalesce(n.last_seen_run, 0) < $run AS isUnseen
  WITH n, row, isUnseen, n.added_run = $run AND isUnseen AS isNew,
       any(key IN keys(row.values) WHERE coalesce(n[key] <> row.values[key], (n[key] IS NULL) <> (row.values[key] IS NULL))) AS isChanged
  SET n += row.values, n.last_seen_run = $run
  ${clearDenials('n')}
  ${label === 'App' ? 'SET n.users_due = CASE WHEN isNew OR isChanged THEN true ELSE n.users_due END' : ''}
  RETURN count(CASE WHEN isUnseen THEN 1 END) AS seen, count(CASE WHEN isNew THEN 1 END) AS created, count(CASE WHEN isChanged AND NOT isNew THEN 1 END) AS updated`;

/** Cypher: a rule's groups are part of the rule, so they change with it. */
const TARGETS = `
  UNWIND $rows AS row
  MATCH (n:GroupRule {okta_domain: $domain, id: row.id})
  CALL (n, row) {
    MATCH (n)-[e:ADDS_TO]->(g:Group) WHERE NOT g.id IN row.groups DELETE e
  }
  WITH n, row UNWIND row.groups AS id
  MATCH (g:Group {okta_domain: $domain, id: id})
  MERGE (n)-[:ADDS_TO]->(g)`;

/** Writes a page of a list. */
export async function writeAccessNodes(
  writer: AccessWriter,
  label: AccessLabel,
  rows: readonly AccessRow[],
): Promise<void> {
  const { run } = writer;
  const kind = COUNTED_AS[label];
  await writeClaimed(writer, async (tx) => {
    const parameters = { ...scopeOf(run), rows };
    await tx.run(REVIVE(run, label), parameters);
    const [done] = await tx.run<{ seen: number; created: number; updated: number }>(
      WRITE(run, label),
      parameters,
    );
    if (label === 'GroupRule') await tx.run(TARGETS, parameters);
    const counts = done ?? { seen: 0, created: 0, updated: 0 };
    return {
      counts: Object.fromEntries(
        Object.entries(counts).map(([what, count]) => [`${kind}_${what}` as Counter, count]),
      ),
      warnings: [],
    };
  });
}

/** Returns ids of nodes that the run's whole list lacks; with `onlyDenied`, those that Okta has denied once in the run. */
export async function unlistedNodes(
  db: GraphDatabase,
  run: Run,
  label: AccessLabel,
  onlyDenied: boolean,
): Promise<string[]> {
  const rows = await db.read<{ id: string }>(
    `MATCH (n:${label} {okta_domain: $domain}) WHERE n.last_seen_run < $run
       ${onlyDenied ? 'AND n.denied_run = $run AND n.denied_twice IS NULL' : ''}
     RETURN n.id AS id ORDER BY id`,
    scopeOf(run),
  );
  return rows.map(({ id }) => id);
}

/**
 * Records Okta's denials of nodes: a second one, asked for long enough after the first, confirms a deletion.
 */
export async function noteAccessDenials(
  writer: AccessWriter,
  label: AccessLabel,
  { denied, asOfMs, asked }: { denied: readonly string[]; asOfMs: number; asked: Asked },
): Promise<void> {
  const { run } = writer;
  await writeClaimed(writer, async (tx) => {
    await tx.run(
      `UNWIND $denied AS id
       MATCH (n:${label} {okta_domain: $domain, id: id}) WHERE n.last_seen_run < $run
       ${noteDenial(label, 'n.denied_since + duration({milliseconds: $gapMs}) <= $askedAt')}`,
      { ...scopeOf(run), denied, asOf: dateTime(asOfMs), askedAt: asked.at, gapMs: integer(asked.gapMs) },
    );
    return { counts: {}, warnings: [] };
  });
}

/** Returns ids of the nodes that Okta has denied twice, and the number of all that it has denied. */
export async function deniedTwice(
  db: GraphDatabase,
  run: Run,
  label: AccessLabel,
): Promise<{ ids: string[]; inDoubt: number }> {
  const [row] = await db.read<{ ids: string[]; inDoubt: number }>(
    `MATCH (n:${label} {okta_domain: $domain}) WHERE n.denied_run <= $run
     RETURN collect(CASE WHEN n.denied_run = $run AND n.denied_twice THEN n.id END) AS ids, count(n) AS inDoubt`,
    scopeOf(run),
  );
  return row ?? { ids: [], inDoubt: 0 };
}

/** Cypher: ends assignments of app `n`; without history, all its other relationships too. */
const END_ASSIGNMENTS = (run: Run) =>
  keepsHistory(run)
    ? `MATCH (n:App {okta_domain: $domain, id: $id})<-[e:ASSIGNED_TO]-(s)
  WITH n, e, s LIMIT $atMost
  ${endEdges('ASSIGNED_TO', {
    at: FIRST_SIGN,
    // Who is assigned directly is in the app's list, and a group in its own.
    after: 'coalesce(e.missing_after, CASE WHEN s:Group THEN s.apps_as_of ELSE n.users_as_of END)',
    from: 's',
    to: 'n',
  })}
  RETURN count(*) AS removed, count(*) AS ended`
    : `MATCH (n:App {okta_domain: $domain, id: $id})-[e]-()
  WITH e, type(e) = 'ASSIGNED_TO' AS isCurrent LIMIT $atMost
  DELETE e
  RETURN count(*) AS removed, count(CASE WHEN isCurrent THEN 1 END) AS ended`;

/**
 * Ends at most `atMost` assignments of an app that is deleted; they become history, unless the run keeps none.
 *
 * @returns the number of relationships that were removed, and how many of them were assignments.
 */
export async function endAssignments(
  tx: Transaction,
  run: Run,
  appId: string,
  atMost: number,
): Promise<{ removed: number; ended: number }> {
  const [row] = await tx.run<{ removed: number; ended: number }>(END_ASSIGNMENTS(run), {
    ...scopeOf(run),
    id: appId,
    atMost: integer(atMost),
  });
  return row ?? { removed: 0, ended: 0 };
}

/** Cypher: turns a node into a former one. */
const RETIRE = (run: Run, label: AccessLabel) => `
  MATCH (n:${label} {okta_domain: $domain, id: $id})
  CALL (n) { MATCH (n)-[line:ADDS_TO]->() DELETE line }
  ${relabel(run, label, `Former${label}`)}
  SET n.removed_at = n.denied_at, n.removed_run = $run
  ${clearDenials('n')}`;

/** Removes a node without assignments; it becomes history, unless the run keeps none. */
export async function removeAccessNode(
  tx: Transaction,
  run: Run,
  label: AccessLabel,
  id: string,
): Promise<void> {
  const statement = keepsHistory(run)
    ? RETIRE(run, label)
    : `MATCH (n:${label} {okta_domain: $domain, id: $id}) DETACH DELETE n`;
  await tx.run(statement, { ...scopeOf(run), id });
}
