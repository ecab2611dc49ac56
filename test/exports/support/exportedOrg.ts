import { ACCESS_KINDS } from '../../../src/contract';
import { OrgReader, type ReaderOptions } from '../../../src/exports/orgReader';
import type { GraphDatabase } from '../../../src/graph/database';
import { OrgUnderTest } from '../../../dev/lab/org/orgUnderTest';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';

/** Smaller than any label of the org, so that each has several pages. */
export const PAGE_SIZE = 7;

/** Texts that break programs, formats and spreadsheets. */
export const ATTACKS = [
  "=cmd|' /C calc'!A0",
  '"quoted", with, commas; semicolons',
  'two\nlines, \r\nand three\ttabs',
  ' spaces around ',
  '\\N \\" back\\slashes\\',
  '</script><script>alert(1)</script>',
  '"}]}],"graph":{"nodes":[',
  "'; MATCH (n) DETACH DELETE n; //",
  'nul \u0000 and unit \u001f separator',
  '漢字 ü 👩🏽‍💻 \u202eevil\u202c \u2028 line',
  '2026-11-24',
  'null',
  '""',
  '`',
];

/** A simulated org that has been synced, with apps, admin roles and group rules. */
export async function startSyncedOrg(): Promise<OrgUnderTest> {
  const org = await OrgUnderTest.start({
    ...{ users: 120, groups: 20, memberships: 700, apps: 25, rules: 8, roles: 12 },
    awkward: true,
  });
  await org.wholeRun({ mode: 'full', access: ACCESS_KINDS });
  return org;
}

/** Call it within a `describe`; the org is ready in each test. */
export function useSyncedOrg(): { readonly org: OrgUnderTest } {
  const used = { org: undefined as unknown as OrgUnderTest };
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    used.org = await startSyncedOrg();
  });
  after(() => used.org?.stop());
  return used;
}

/** Opens an org that the graph has, with small pages. */
export async function openOrg(
  db: GraphDatabase,
  domain: string,
  options: ReaderOptions = {},
): Promise<OrgReader> {
  const reader = await OrgReader.open(db, domain, { pageSize: PAGE_SIZE, ...options });
  if (!reader) throw new Error(`The graph does not have ${domain}.`);
  return reader;
}

/** Adds one node of each label with every attack, properties that the installation has named among them. */
export async function addAttacks(db: GraphDatabase, domain: string): Promise<void> {
  await db.run(
    `MERGE (o:OktaOrg {domain: $domain})
     SET o.user_properties = ['name', 'objectid', 'level', 'share', 'onSite', 'tags', 'mixed'], o.group_properties = ['costCenter']
     WITH o UNWIND range(0, size($attacks) - 1) AS i
     WITH i, $attacks[i] AS text
     CREATE (u:User {okta_domain: $domain, id: 'attacker-' + i, display_name: text, login: text, title: text, name: text,
         objectid: text, level: i, share: CASE WHEN i % 2 = 0 THEN 1.5 ELSE 2 END, onSite: i % 2 = 0,
         tags: [text, 'a;b', ''], mixed: CASE i % 3 WHEN 0 THEN text WHEN 1 THEN i ELSE [text] END}),
       (g:Group {okta_domain: $domain, id: 'attacked-' + i, name: text, description: text, costCenter: text}),
       (a:App {okta_domain: $domain, id: 'app-' + i, label: text, name: text}),
       (r:AdminRole {okta_domain: $domain, id: 'role-' + i, label: text, type: 'CUSTOM'}),
       (rule:GroupRule {okta_domain: $domain, id: 'rule-' + i, name: text, expression: text, excluded_users: [text], excluded_groups: []}),
       (u)-[:MEMBER_OF {valid_from: datetime('2026-11-24T08:00:00Z')}]->(g), (g)-[:ASSIGNED_TO]->(a), (rule)-[:ADDS_TO]->(g),
       (u)-[:HAS_ROLE {assignment_id: text, resource_set: text}]->(r), (u)-[:HAS_ROLE {assignment_id: 'second'}]->(r)`,
    { domain, attacks: ATTACKS },
  );
}
