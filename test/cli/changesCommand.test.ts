import assert from 'node:assert/strict';
import { main } from '../../src/cli/main';
import { neo4jVariables } from '../../dev/lab/environment';
import { ENVIRONMENT } from '../../dev/lab/configFor';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4j } from '../../dev/lab/servers/services';
import { Sink } from '../../dev/lab/sink';

const NO_OKTA = {
  check: () => Promise.reject(new Error('not asked')),
  findOrganization: () => Promise.reject(new Error('not asked')),
  hasUser: () => Promise.reject(new Error('not asked')),
};

describe('The changes command', () => {
  const graph = useGraph();

  beforeEach(async () => {
    // Run 2 began an hour ago, run 1 ten days ago.
    await graph.set(
      `UNWIND [[1, duration('P10D'), 22], [2, duration('PT1H'), 0]] AS row
       CREATE (:SyncRun {okta_domain: $domain, id: 'run-' + row[0], number: row[0], outcome: 'succeeded',
         started_at: datetime() - row[1], users_created: row[2], users_updated: row[0] - 1, users_deleted: 0,
         groups_created: 0, groups_updated: 0, groups_deleted: 0, memberships_added: 1, memberships_removed: row[0] - 1})`,
    );
    await graph.set(
      `UNWIND range(1, 22) AS i
       CREATE (:User {okta_domain: $domain, id: 'u' + i, display_name: 'User ' + i, added_run: 1})`,
    );
    await graph.set(
      `MATCH (ada:User {okta_domain: $domain, id: 'u1'}), (bob:User {okta_domain: $domain, id: 'u2'})
       SET ada.email = 'ada@acme.com', ada.display_name = 'Ada \\u202eevil'
       CREATE (ada)-[:CHANGED]->(:UserChange {okta_domain: $domain, run: 2, kind: 'changed',
         fields: ['status', 'last_updated', 'title'], status_before: 'ACTIVE', status_after: 'SUSPENDED',
         at: datetime('2026-11-24T09:00:00Z')})
       CREATE (g:Group {okta_domain: $domain, id: 'g1', name: 'Payroll, EU', memberships_changed_run: 2})
       CREATE (ada)-[:MEMBER_OF {opened_by: 2, not_before: datetime('2026-11-24T07:00:00Z'),
         valid_from: datetime('2026-11-24T09:00:00Z')}]->(g)
       CREATE (bob)-[:WAS_MEMBER_OF {opened_by: 1, valid_from: datetime('2026-11-14T09:00:00Z'),
         closed_by: 2, valid_to: datetime('2026-11-24T09:00:00Z')}]->(g)`,
    );
  });
  afterEach(() => graph.clean());

  it('shows the counts of each run since then, and who, what and when of each change', async () => {
    const { code, out } = await changes('--since', '7d');
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^1 run of ${graph.domain} since `));
    assert.match(out, /^ *#2 +\S+ \S+ +succeeded +0 +1 +0 +0 +0 +0 +1 +1$/m);
    const [user, added, removed] = out
      .split('\n')
      .filter((line) => line.startsWith('#2 ') && line.includes(': '));
    assert.match(
      user ?? '',
      /^#2 user changed: Ada .*evil <ada@acme\.com> \(u1\); status ACTIVE -> SUSPENDED, title$/,
    );
    assert.match(
      added ?? '',
      /^#2 membership added: Ada .* in Payroll, EU \(g1\); between .* 07:00:00Z and .* 09:00:00Z$/,
    );
    assert.match(
      removed ?? '',
      /^#2 membership removed: User 2 \(u2\) in Payroll, EU \(g1\); by .* 09:00:00Z$/,
    );
    assert.ok(!out.includes('\u202e'), 'a name cannot change the direction of the text');
  });

  it('shows the first 20 changes of a kind, how many more there are, and how to list them', async () => {
    const { out } = await changes('--since', '30d');
    assert.match(out, /^2 runs of /);
    assert.equal(out.match(/^#1 user added: /gm)?.length, 20);
    assert.match(out, /^… 2 more: user added; see --json or --csv$/m);
    assert.doesNotMatch(out, /cannot be listed/);
  });

  it('shows apps, assignments, admin roles and rules of the runs that have read them', async () => {
    assert.doesNotMatch((await changes('--since', '30d')).out, /apps \+|\?/);
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: 2})
       SET r.access_steps = ['rules', 'apps', 'groupApps', 'appUsers', 'roles'], r.access = ['rules', 'apps', 'roles'],
           r.apps_created = 1, r.apps_deleted = 1, r.assignments_added = 1, r.assignments_removed = 1,
           r.roles_added = 1, r.roles_removed = 0, r.rules_created = 0, r.rules_deleted = 2`,
    );
    await graph.set(
      `MATCH (ada:User {okta_domain: $domain, id: 'u1'}), (g:Group {okta_domain: $domain, id: 'g1'})
       CREATE (app:App {okta_domain: $domain, id: 'a1', label: 'Salesforce', added_run: 2, assignments_changed_run: 2}),
         (:FormerApp {okta_domain: $domain, id: 'a0', label: 'Wiki', added_run: 1, removed_run: 2, assignments_changed_run: 2}),
         (:FormerGroupRule {okta_domain: $domain, id: 'r0', name: 'Contractors', added_run: 1, removed_run: 2}),
         (g)-[:ASSIGNED_TO {opened_by: 2, valid_from: datetime('2026-11-24T09:00:00Z')}]->(app),
         (ada)-[:WAS_ASSIGNED_TO {opened_by: 1, valid_from: datetime('2026-11-14T09:00:00Z'), closed_by: 2,
           ended_after: datetime('2026-11-24T07:00:00Z'), valid_to: datetime('2026-11-24T09:00:00Z')}]->(app),
         (ada)-[:HAS_ROLE {opened_by: 2, valid_from: datetime('2026-11-24T09:00:00Z')}]->
           (:AdminRole {okta_domain: $domain, id: 'SUPER_ADMIN', label: 'Super Administrator', assignments_changed_run: 2})`,
    );
    const { out } = await changes('--since', '30d');
    assert.match(out, /apps \+ +- +assignments \+ +- +roles \+ +- +rules \+ +-$/m);
    assert.match(out, /^ *#1 .*( +\?){8}$/m);
    assert.match(out, /^ *#2 .* 1 +1 +1 +1 +1 +0 +0 +2$/m);
    assert.match(out, /^#2 app added: Salesforce \(a1\)$/m);
    assert.match(out, /^#2 app removed: Wiki \(a0\)$/m);
    assert.match(out, /^#2 rule removed: Contractors \(r0\)$/m);
    assert.match(out, /^#2 assignment added: Payroll, EU \(g1\) to Salesforce \(a1\); by /m);
    assert.match(out, /^#2 assignment removed: Ada .* to Salesforce \(a1\); between .* and /m);
    assert.match(out, /^#2 role added: Ada .* as Super Administrator \(SUPER_ADMIN\); by /m);
    assert.match(out, /^1 further change cannot be listed/m, 'of the two rules one');
    const { runs } = JSON.parse((await changes('--since', '30d', '--json')).out) as {
      runs: { apps: unknown }[];
    };
    assert.deepEqual(
      runs.map(({ apps }) => apps),
      [null, { added: 1, removed: 1 }],
    );
    const csv = (await changes('--since', '30d', '--csv')).out;
    assert.match(csv, /^2,role,added,u1,.*,,,,,2026-11-24T09:00:00Z,,,SUPER_ADMIN,Super Administrator,,\r$/m);
  });

  it('reports the number of changes whose details are no longer in the graph', async () => {
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain, number: 2}) SET r.users_deleted = 3, r.users_updated = 2`,
    );
    const { out } = await changes('--since', '7d');
    assert.match(out, /^4 further changes cannot be listed: older than HISTORY_RETENTION/m);
  });

  it('prints every change as CSV', async () => {
    const { code, out } = await changes('--since', '30d', '--csv');
    assert.equal(code, 0);
    const [head, ...lines] = out.trimEnd().split('\r\n');
    assert.equal(
      head,
      'run,what,change,user_id,user_name,user_email,group_id,group_name,fields,values,after,by,app_id,app_name,role_id,role_name,rule_id,rule_name',
    );
    // 22 added users, 1 changed user, 2 added memberships and 1 removed one.
    assert.equal(lines.length, 26);
    assert.ok(
      lines.includes('2,membership,removed,u2,User 2,,g1,"Payroll, EU",,,,2026-11-24T09:00:00Z,,,,,,'),
      lines.at(-1),
    );
    const changed = lines.find((line) => line.startsWith('2,user,changed,u1,')) ?? '';
    assert.match(changed, /,status last_updated title,status_(after|before)=.*; status_(after|before)=/);
  });

  it('prints every change, and the number of missing ones, as one JSON object', async () => {
    const { out } = await changes('--since', '30d', '--json');
    const { domain, runs, changes: found, missing } = JSON.parse(out) as Record<string, unknown>;
    assert.equal(domain, graph.domain);
    assert.deepEqual(
      (runs as { runNumber: number }[]).map(({ runNumber }) => runNumber),
      [1, 2],
    );
    assert.equal((found as object[]).length, 26);
    assert.equal(missing, 0);
  });

  it('prints valid JSON if nothing has changed', async () => {
    const { out } = await changes('--since', '1m', '--json');
    const { runs, changes: found } = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual([runs, found], [[], []]);
  });

  it('exits with 2 for two formats or an invalid time', async () => {
    const both = await changes('--since', '7d', '--json', '--csv');
    assert.deepEqual([both.code, both.out], [2, '']);
    assert.match(both.err, /--json and --csv cannot be combined; use only one/);
    const never = await changes('--since', 'whenever');
    assert.deepEqual([never.code, never.out], [2, '']);
    assert.match(never.err, /whenever/);
  });

  async function changes(...args: string[]) {
    const [out, err] = [new Sink(), new Sink()];
    const environment = { ...ENVIRONMENT, OKTA_DOMAIN: graph.domain, ...neo4jVariables(await neo4j()) };
    const code = await main(['changes', ...args], { out, err }, NO_OKTA, () => environment);
    return { code, out: out.text, err: err.text };
  }
});
