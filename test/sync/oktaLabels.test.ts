import assert from 'node:assert/strict';
import { approveAll } from '../../dev/lab/org/approval';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

const ACCESS = ['rules', 'apps', 'roles'] as const;

const OWN = [
  'User',
  'Group',
  'App',
  'GroupRule',
  'AdminRole',
  'FormerUser',
  'FormerGroup',
  'FormerApp',
  'FormerGroupRule',
];

describe('Okta labels', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    // The ids of its users are in no other org: a tool that looks for them in all orgs finds these alone.
    const seed = 20_261_128;
    org = await OrgUnderTest.start({
      seed,
      users: 30,
      groups: 6,
      memberships: 80,
      apps: 8,
      rules: 4,
      roles: 6,
    });
  });
  after(() => org.stop());

  /** A run; @returns the kinds of labels that the org's nodes then have together. */
  async function labelsAfter(hasOktaLabels: boolean): Promise<string[]> {
    await org.wholeRun({
      mode: 'full',
      access: ACCESS,
      hasOktaLabels,
      ...(await approveAll(org.db, org.sim.domain)),
    });
    const rows = await org.db.read<{ of: string[] }>(
      'MATCH (n {okta_domain: $domain}) WHERE any(each IN labels(n) WHERE each IN $own) RETURN DISTINCT labels(n) AS of',
      { domain: org.sim.domain, own: OWN },
    );
    return rows.map(({ of }) => of.toSorted().join()).sort();
  }

  const both = (labels: readonly string[]) =>
    labels.map((label) => [label, `Okta${label}`].sort().join()).sort();

  it('are added to an existing graph, follow what is deleted, and are taken away again', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { sim } = org;
    const present = OWN.slice(0, 5);
    assert.deepEqual(await labelsAfter(false), present.toSorted());
    assert.deepEqual(await labelsAfter(true), both(present));
    sim.org.churn({
      deleteUsers: 2,
      deleteGroups: 1,
      deleteApps: 1,
      deleteRules: 1,
      addUsers: 2,
      addGroups: 1,
      addApps: 1,
    });
    assert.deepEqual(await labelsAfter(true), both(OWN));
    assert.deepEqual(await labelsAfter(false), OWN.toSorted());
  });

  it('stay on users who come back', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { sim, db } = org;
    const former = async () => {
      const [row] = await db.read<{ count: number }>(
        'MATCH (n:OktaFormerUser {okta_domain: $domain}) RETURN count(n) AS count',
        { domain: sim.domain },
      );
      return row?.count ?? 0;
    };
    const unpaired = async () => (await labelsAfter(true)).filter((labels) => !both(OWN).includes(labels));
    assert.deepEqual(await unpaired(), []);
    const before = await former();
    sim.settings.scope.visibleShare = 0.7;
    for (let approvals = 0; (await former()) === before && approvals < 3; approvals += 1)
      assert.deepEqual(await unpaired(), []);
    assert.ok((await former()) > before);
    sim.settings.scope.visibleShare = 1;
    assert.deepEqual(await unpaired(), []);
    assert.equal(await former(), before);
  });

  it('are right again after a version without them has added, removed and restored', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { sim, db } = org;
    assert.deepEqual(new Set(await labelsAfter(true)), new Set(both(OWN)));
    await db.run(
      `CALL () { MATCH (n:User {okta_domain: $domain}) RETURN n ORDER BY n.id LIMIT 1 } REMOVE n:User SET n:FormerUser
       WITH n MATCH (m:Group {okta_domain: $domain}) WITH m LIMIT 1 REMOVE m:OktaGroup
       WITH m MATCH (r:FormerApp {okta_domain: $domain}) WITH r LIMIT 1 REMOVE r:FormerApp SET r:App
       WITH r MATCH (o:OktaOrg {domain: $domain}) MATCH (s:SyncRun {okta_domain: $domain, number: o.last_run})
       REMOVE s.has_okta_labels`,
      { domain: sim.domain },
    );
    await org.begin({ access: ACCESS });
    const rows = await db.read<{ of: string[] }>(
      'MATCH (n {okta_domain: $domain}) WHERE any(each IN labels(n) WHERE each IN $own) RETURN DISTINCT labels(n) AS of',
      { domain: sim.domain, own: OWN },
    );
    const unpaired = rows.map(({ of }) => of.toSorted().join()).filter((each) => !both(OWN).includes(each));
    assert.deepEqual(unpaired, []);
  });

  it('are those of the run, also if its beginning is repeated with another setting', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { id } = await org.begin({ hasOktaLabels: true });
    const run = await org.begin({ id, hasOktaLabels: false });
    assert.equal(run.hasOktaLabels, true);
    org.sim.org.churn({ addUsers: 1 });
    await org.lists(run);
    assert.deepEqual(
      (await labelsAfter(false)).filter((labels) => labels.includes('Okta')),
      [],
    );
  });

  it('can be left out, so that the nodes of another tool stay its own', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const { sim, db } = org;
    await labelsAfter(false);
    const [user] = [...sim.org.truth().users()];
    const { id } = user ?? assert.fail('the org has users');
    const person = () =>
      db.read('MATCH (u:User {okta_domain: $domain, id: $id}) RETURN properties(u) AS is', {
        domain: sim.domain,
        id,
      });
    const before = await person();
    await db.run('MERGE (n:OktaUser {id: $id}) SET n.created = $text, n.email = $text', {
      id,
      text: 'of another tool',
    });
    assert.deepEqual(await person(), before);
    assert.deepEqual(await org.differences(), []);
  });
});
