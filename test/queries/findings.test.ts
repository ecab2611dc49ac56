import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ACCESS_KINDS } from '../../src/contract';
import { findingsIn } from '../../src/graph/write/measures';
import { answer } from '../../src/queries/answer';
import { FINDINGS } from '../../src/queries/findings';
import { measureOrg } from '../../src/queries/measure';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

const DAY_MS = 86_400_000;
const RETENTION_MS = 400 * DAY_MS;

/** Makes one of what each finding looks for, in an org whose first run was two months ago. */
const FOUND = `
  MATCH (r:SyncRun {okta_domain: $domain, number: 1}) SET r.groups_as_of = datetime() - duration('P60D')
  WITH 1 AS _
  CALL () { MATCH (u:User {okta_domain: $domain}) RETURN collect(u)[..5] AS users }
  CALL () { MATCH (g:Group {okta_domain: $domain}) WHERE g.type <> 'BUILT_IN' RETURN head(collect(g)) AS g }
  WITH users, g, users[0] AS left, users[1] AS idle, users[2] AS twin
  SET left.status = 'SUSPENDED', idle.status = 'ACTIVE', idle.last_login = null, idle.activated = datetime('2020-01-01'),
      idle.email = twin.email
  MERGE (idle)-[:REPORTS_TO]->(left)
  MERGE (left)-[:MEMBER_OF]->(g)
  CREATE (:Group {okta_domain: $domain, id: '00gEmpty'})
  CREATE (idle)-[:MEMBER_OF]->(:Group {okta_domain: $domain, id: '00gLone'})
  CREATE (:GroupRule {okta_domain: $domain, id: '0prInvalid', status: 'INVALID'})
  CREATE (:App {okta_domain: $domain, id: '0oaUnused', status: 'ACTIVE'})
  CREATE (idle)-[:ASSIGNED_TO]->(:App {okta_domain: $domain, id: '0oaInactive', status: 'INACTIVE'})
  MERGE (super:AdminRole {okta_domain: $domain, id: 'SUPER_ADMIN'}) SET super.type = 'SUPER_ADMIN'
  CREATE (left)-[:HAS_ROLE {opened_by: 3, valid_from: datetime()}]->(super)
  CREATE (idle)-[:HAS_ROLE {opened_by: 3, valid_from: datetime()}]->(super)`;

describe('The number of each finding', () => {
  let org: OrgUnderTest;
  let runId: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 60, groups: 10, apps: 12, rules: 6, roles: 8, seed: 3 });
    await org.wholeRun({ access: ACCESS_KINDS });
    ({ runId } = await org.wholeRun({ access: ACCESS_KINDS }));
    await org.db.run(FOUND, { domain: org.sim.domain });
  });
  after(() => org.stop());

  const measured = async (historyRetentionMs = RETENTION_MS) => {
    const { domain } = org.sim;
    const { signal } = new AbortController();
    const { measure, failed } = await measureOrg(org.db, { domain, runId, historyRetentionMs, signal });
    assert.deepEqual(failed, []);
    return measure;
  };

  for (const { name, question, given } of FINDINGS)
    it(`is that of the rows of the whole answer to its question: ${name}`, async () => {
      const measure = await measured();
      const { rows } = await answer(org.db, question, {
        ...{ domain: org.sim.domain, given, now: new Date(measure.atMs) },
        historyRetentionMs: RETENTION_MS,
      });
      assert.ok(rows.length > 0, 'the answer has rows');
      assert.equal(findingsIn(measure)[name], rows.length);
    });

  it('is unknown where history does not reach back far enough', async () => {
    const found = findingsIn(await measured(20 * DAY_MS));
    assert.equal(found['new_super_admins'], undefined);
    assert.equal(Object.keys(found).length, FINDINGS.length - 1);
  });

  it('is unknown of what is not synced', async () => {
    await org.db.run('MATCH (o:OktaOrg {domain: $domain}) SET o.was = o.roles, o.roles = null', {
      domain: org.sim.domain,
    });
    const { numbers } = await measured();
    await org.db.run('MATCH (o:OktaOrg {domain: $domain}) SET o.roles = o.was', { domain: org.sim.domain });
    assert.deepEqual(
      Object.keys(numbers).filter((name) => /admin|roles/.test(name)),
      [],
    );
    assert.ok('finding_invalid_rules' in numbers);
  });

  it('has a name that a metric and a property can have, and is documented', () => {
    for (const { name } of FINDINGS) assert.match(name, /^[a-z]+(_[a-z]+)*$/);
    const documented = readFileSync('docs/console.md', 'utf8');
    for (const { name, title, severity, question } of FINDINGS)
      assert.ok(documented.includes(`| \`${name}\` | ${title} | ${severity} | \`${question.id}\` |`), name);
    assert.equal(new Set(FINDINGS.map(({ name }) => name)).size, FINDINGS.length);
  });
});
