import { profileKey, type DataRules } from '../../config/dataRules';
import type { NodeLabel } from '../../contract';
import { readGroup } from '../../okta/group';
import { EXCLUDED } from '../../okta/profile';
import { readUser } from '../../okta/user';
import type { Transaction } from '../database';
import { RAW_OBJECT } from '../rawObject';
import { integer } from '../values';
import { VALUES_KEPT } from './nodeChanges';
import { profileProperties } from './nodes';
import { inPortions } from './portions';
import { writeForRun, type RunWriter } from './run';
import { noteStaleLines } from './staleLines';

/** Maximum number of nodes, with their raw objects, in one transaction. */
const NODES = 500;
/** Maximum number of recorded changes in one transaction. */
const CHANGES = 10_000;

const NAMES = {
  User: { kind: 'user', raw: RAW_OBJECT.User },
  Group: { kind: 'group', raw: RAW_OBJECT.Group },
} as const;

// Properties of OktaOrg, each with `user_` or `group_` before it:
//   rules        key of the rules that all nodes of the label follow; absent for those of an empty configuration
//   rules_next   key of the rules that are being applied; absent if none are
//   rules_after  id of the last node that follows them already
//   properties   names of all promoted properties that a node can have

/** Cypher: binds `o` if the nodes of a label do not all follow the rules with key `$key`. */
const outdated = (kind: string) => `
  MATCH (o:OktaOrg {domain: $domain})
  WHERE coalesce(o.${kind}_rules, '') <> $key OR o.${kind}_rules_next IS NOT NULL`;

const BEGIN = (kind: string) => `
  ${outdated(kind)}
  SET o.${kind}_rules_after = CASE WHEN o.${kind}_rules_next = $key THEN o.${kind}_rules_after ELSE '' END,
      o.${kind}_rules_next = $key,
      o.${kind}_properties = [name IN coalesce(o.${kind}_properties, []) WHERE NOT name IN $names] + $names
  RETURN o.${kind}_properties AS names, o.${kind}_rules_after AS after`;

/** Cypher: binds `o` as long as the rules with key `$key` are being applied, and no others instead. */
const applying = (kind: string) => `MATCH (o:OktaOrg {domain: $domain}) WHERE o.${kind}_rules_next = $key`;

const END = (kind: string) => `
  ${applying(kind)}
  SET o.${kind}_rules = CASE WHEN $key <> '' THEN $key END,
      o.${kind}_properties = CASE WHEN $key <> '' THEN $names END, o.${kind}_rules_next = null, o.${kind}_rules_after = null`;

const NEXT = (label: NodeLabel) => `
  ${applying(NAMES[label].kind)}
  CALL () {
    ${[label, `Former${label}`]
      .map(
        (each) =>
          `MATCH (n:${each} {okta_domain: $domain}) WHERE n.id > $after RETURN n ORDER BY n.id LIMIT $atMost`,
      )
      .join('\n    UNION ALL\n    ')}
  }
  RETURN n.id AS id, n.${NAMES[label].raw} AS raw ORDER BY id LIMIT $atMost`;

const REWRITE = (label: NodeLabel) => `
  UNWIND $rows AS row
  CALL (row) {
    ${[label, `Former${label}`]
      .map((each) => `MATCH (n:${each} {okta_domain: $domain, id: row.id}) RETURN n`)
      .join('\n    UNION ALL\n    ')}
  }
  SET n += row.properties`;

/**
 * Applies the rules of the installation to what the graph holds of all users or groups of the org, deleted ones and
 * recorded changes included, unless that is done: promoted properties are filled from the raw objects, those that are no
 * longer named are removed, and omitted attributes are taken out. It continues where an earlier attempt has stopped, and
 * stops if a worker with other rules has begun to apply those. An attribute that is omitted no longer comes back when Okta
 * lists the object.
 *
 * @param beat called after each transaction.
 */
export async function rewriteProfiles(
  writer: RunWriter,
  label: NodeLabel,
  rules: DataRules,
  beat: () => void,
): Promise<void> {
  const { db, run } = writer;
  const { kind } = NAMES[label];
  const names = [
    ...rules.promoted[label].map(({ property }) => property),
    ...(label === 'Group' ? [EXCLUDED] : []),
  ];
  const scope = { domain: run.domain, key: profileKey(rules, label), names };
  const [isOutdated] = await db.read(`${outdated(kind)} RETURN 1`, scope);
  if (!isOutdated) return;
  const inRun = <T>(work: (tx: Transaction) => Promise<T>) =>
    writeForRun(writer, async (tx) => ({ counts: {}, warnings: [], result: await work(tx) }));
  const { result } = await inRun((tx) => tx.run<{ names: string[]; after: string }>(BEGIN(kind), scope));
  let { after = '' } = result[0] ?? {};
  const cleared = Object.fromEntries((result[0]?.names ?? []).map((name) => [name, null]));
  await inPortions(
    NODES,
    async (atMost) => {
      const { result: portion } = await inRun((tx) =>
        rewritePortion(tx, { domain: run.domain, key: scope.key, label, rules, cleared, after, atMost }),
      );
      after = portion.last ?? after;
      return portion.count;
    },
    beat,
  );
  const forgotten = Object.entries(VALUES_KEPT[label])
    .filter(([, attribute]) => attribute !== null && rules.omitted.includes(attribute))
    .map(([name]) => name);
  if (forgotten.length > 0)
    await inPortions(
      CHANGES,
      async (atMost) =>
        (await inRun((tx) => forgetValues(tx, { domain: run.domain, label, names: forgotten, atMost })))
          .result,
      beat,
    );
  await inRun(async (tx) => {
    await tx.run(END(kind), scope);
    if (label === 'User') await noteStaleLines(tx, run);
  });
}

interface Portion {
  domain: string;
  key: string;
  label: NodeLabel;
  rules: DataRules;
  /** Properties that a node can have from earlier rules, all null. */
  cleared: Readonly<Record<string, null>>;
  after: string;
  atMost: number;
}

async function rewritePortion(
  tx: Transaction,
  { domain, key, label, rules, cleared, after, atMost }: Portion,
): Promise<{ count: number; last: string | undefined }> {
  const nodes = await tx.run<{ id: string; raw: string | null }>(NEXT(label), {
    domain,
    key,
    after,
    atMost: integer(atMost),
  });
  const last = nodes.at(-1)?.id;
  if (last === undefined) return { count: 0, last };
  const rows = nodes.map(({ id, raw }) => ({
    id,
    properties: { ...cleared, ...(raw === null ? {} : propertiesOf(label, raw, rules)) },
  }));
  await tx.run(REWRITE(label), { domain, rows });
  await tx.run(`MATCH (o:OktaOrg {domain: $domain}) SET o.${NAMES[label].kind}_rules_after = $last`, {
    domain,
    last,
  });
  return { count: nodes.length, last };
}

function propertiesOf(label: NodeLabel, raw: string, rules: DataRules): Record<string, unknown> {
  const value = JSON.parse(raw) as unknown;
  const read = label === 'User' ? readUser(value, raw, rules) : readGroup(value, raw, rules);
  // The graph holds only objects that could be read.
  return 'malformed' in read ? { [NAMES[label].raw]: null } : profileProperties(read);
}

/** Removes the values of properties from recorded changes; that they changed stays. */
async function forgetValues(
  tx: Transaction,
  { domain, label, names, atMost }: { domain: string; label: NodeLabel; names: string[]; atMost: number },
): Promise<number> {
  const values = names.flatMap((name) => [`c.${name}_before`, `c.${name}_after`]);
  const [row] = await tx.run<{ count: number }>(
    `MATCH (c:${label}Change {okta_domain: $domain}) WHERE ${values.map((value) => `${value} IS NOT NULL`).join(' OR ')}
     WITH c LIMIT $atMost SET ${values.map((value) => `${value} = null`).join(', ')}
     RETURN count(*) AS count`,
    { domain, atMost: integer(atMost) },
  );
  return row?.count ?? 0;
}
