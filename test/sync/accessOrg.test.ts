import assert from 'node:assert/strict';
import { removeOrg } from '../../src/graph/write/removeOrg';
import { beginRename, finishRename, moveNodes } from '../../src/graph/write/renameOrg';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { accessOf, everIn, accessIn } from './support/recordedAccess';

const ACCESS = ['rules', 'apps', 'roles'] as const;

describe('Apps, admin roles and group rules of an org', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 30, groups: 6, memberships: 80, apps: 8, rules: 4, roles: 6 });
    await org.wholeRun({ access: ACCESS });
    org.sim.org.churn({ deleteApps: 1, unassignAppUsers: 2, revokeRoles: 1 });
    await org.wholeRun({ access: ACCESS }, { maxDeletePercent: 100 });
  });
  after(() => org.stop());

  const left = async (domain: string) =>
    org.db.read('MATCH (n) WHERE n.okta_domain = $domain OR n.domain = $domain RETURN labels(n) AS of', {
      domain,
    });

  it('move with it to another domain, and are removed with it, but for who changed what', async () => {
    const { db, sim } = org;
    const from = sim.domain;
    const to = from.replace('127.0.0.1', 'localhost');
    const rename = { from, to, organizationId: `00o-${from}` };
    const ever = await everIn(db, from);
    assert.ok(ever.edges.length > accessOf(sim).length && ever.nodes.length > 0);
    assert.equal(await beginRename(db, rename), true);
    await moveNodes(db, rename);
    await finishRename(db, rename);
    assert.deepEqual(await left(from), []);
    assert.deepEqual(await accessIn(db, to), accessOf(sim));
    const moved = await everIn(db, to);
    assert.deepEqual(moved.edges.sort(), ever.edges.sort());
    assert.deepEqual(moved.nodes.sort(), ever.nodes.sort());
    await removeOrg(db, to);
    assert.deepEqual(await left(to), [{ of: ['SettingsChange'] }]);
  });
});
