import assert from 'node:assert/strict';
import type { Run } from '../../src/graph/write/run';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('An activity that is repeated', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 80, groups: 8, memberships: 300 });
  });
  after(() => org.stop());

  const lists = async (run: Run) => {
    await org.lists(run);
  };
  const memberships = (run: Run) => org.attempt().call('syncMemberships', run);
  const sweep = (run: Run) => org.attempt().call('sweep', run, undefined);

  /** Everything that is kept of the past, as text to compare. */
  async function history(): Promise<string> {
    const rows = await org.db.read(
      `CALL () {
         MATCH (u)-[m:MEMBER_OF|WAS_MEMBER_OF]->(g {okta_domain: $domain})
         RETURN type(m) AS what, u.id + ' ' + g.id AS who, toString(m.valid_from) + coalesce(toString(m.valid_to), '') AS at
         UNION ALL
         MATCH (n {okta_domain: $domain})-[:CHANGED]->(c)
         RETURN c.kind AS what, n.id AS who, toString(c.at) AS at
         UNION ALL
         MATCH (n:FormerUser|FormerGroup {okta_domain: $domain})
         RETURN labels(n)[0] AS what, n.id AS who, toString(n.removed_at) AS at
         UNION ALL
         MATCH (u:User {okta_domain: $domain})-[:REPORTS_TO]->(m)
         RETURN 'line' AS what, u.id AS who, m.id AS at
       }
       RETURN what, who, at ORDER BY what, who, at`,
      { domain: org.sim.domain },
    );
    return rows.map((row) => JSON.stringify(row)).join('\n');
  }

  it('adds nothing to the history, after a first run and after one with every kind of change', async () => {
    for (const changes of [{}, { seed: 1, addUsers: 2, renameUsers: 3, deleteUsers: 2, deleteGroups: 1 }]) {
      org.sim.org.churn({ groupsTouched: 4, addMemberships: 10, removeMemberships: 10, ...changes });
      const run = await org.begin();
      await lists(run);
      await memberships(run);
      await sweep(run);
      const once = await history();
      assert.match(once, /"MEMBER_OF"/);
      assert.equal(once.includes('"WAS_MEMBER_OF"'), 'seed' in changes);
      assert.equal(once.includes('"FormerUser"'), 'seed' in changes);
      const counted = await org.counted(run);
      await lists(run);
      await memberships(run);
      await sweep(run);
      assert.equal(await history(), once);
      for (const name of [
        'memberships_added',
        'memberships_removed',
        'users_deleted',
        'reporting_lines_added',
      ]) {
        assert.equal((await org.counted(run))[name], counted[name], name);
      }
    }
  });
});
