import assert from 'node:assert/strict';
import { SERVED_SECRETS } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('The secrets that Okta serves with apps and their users', () => {
  let org: OrgUnderTest;
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 60, groups: 10, apps: 30, rules: 4, roles: 5 });
  });
  after(() => org.stop());

  it('are nowhere in the graph, in properties neither of nodes nor of relationships', async () => {
    const { access } = org.sim.org.truth();
    const served = JSON.stringify([[...access.apps()], [...access.appUsers()], [...access.appGroups()]]);
    const secrets = Object.values(SERVED_SECRETS);
    assert.deepEqual(
      secrets.filter((secret) => !served.includes(secret)),
      [],
    );

    const { access: counts } = await org.wholeRun({ mode: 'full', access: ['rules', 'apps', 'roles'] });
    assert.equal(counts?.apps?.created, 30);
    const rows = await org.db.read<{ properties: unknown }>(
      `MATCH (n {okta_domain: $domain}) RETURN properties(n) AS properties
       UNION ALL
       MATCH (n {okta_domain: $domain})-[e]->() RETURN properties(e) AS properties`,
      { domain: org.sim.domain },
    );
    const stored = JSON.stringify(rows);
    assert.match(stored, /"sign_on_mode"/);
    assert.doesNotMatch(stored, /SIMULATED-SECRET/);
  });
});
