import assert from 'node:assert/strict';
import { isOwnProperty, KEEP_ALL, type DataRules } from '../../src/config/dataRules';
import { ACCESS_KINDS } from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { approveAll } from '../../dev/lab/org/approval';

type Json = Record<string, unknown>;

const promoting = (text: string): DataRules => ({
  ...KEEP_ALL,
  promoted: {
    User: text.split(',').map((entry) => {
      const [attribute = '', property = attribute] = entry.split(':');
      return { attribute, property };
    }),
    Group: [],
  },
});

/** How a raw object with a department shows in the graph as JSON. */
const HAS_DEPARTMENT = String.raw`\"department\":`;

const omitting = (...omitted: string[]): DataRules => ({ ...KEEP_ALL, omitted });

describe('Rules for profiles', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;

  beforeEach(async () => {
    org = await OrgUnderTest.start({
      seed: 42,
      users: 40,
      groups: 6,
      memberships: 80,
      apps: 4,
      rules: 3,
      roles: 3,
    });
  });
  afterEach(() => org.stop());

  /** A run with these rules, of which every removal is approved. */
  async function run(data: DataRules, mode: 'full' | 'incremental' = 'full') {
    const sync = { ...org.ports.sync, data };
    const approval = await approveAll(org.db, org.sim.domain);
    return org.wholeRun({ mode, access: ACCESS_KINDS, ...approval }, { ports: { sync } });
  }

  async function nodes(label = 'User'): Promise<Map<unknown, Json>> {
    const rows = await org.db.read<{ node: Json }>(
      `MATCH (n:${label} {okta_domain: $domain}) RETURN properties(n) AS node`,
      { domain: org.sim.domain },
    );
    return new Map(rows.map(({ node }) => [node['id'], node]));
  }

  const people = () => [...org.sim.org.truth().users()] as { id: string; profile: Json }[];

  const plain = (value: unknown) => value ?? null;

  /** Compares properties of all users with the attributes that they are made of; undefined is for none. */
  async function assertProperties(expected: Record<string, string | undefined>): Promise<void> {
    const users = await nodes();
    for (const { id, profile } of people())
      for (const [property, attribute] of Object.entries(expected))
        assert.deepEqual(
          plain(users.get(id)?.[property]),
          attribute === undefined ? null : plain(profile[attribute]),
          `${property} of ${id}`,
        );
  }

  /** Everything that the graph holds of the org, as one text. */
  async function everything(): Promise<string> {
    const rows = await org.db.read<{ all: Json }>(
      `MATCH (n) WHERE n.okta_domain = $domain OR n.domain = $domain OPTIONAL MATCH (n)-[r]-()
       RETURN properties(n) AS all UNION ALL
       MATCH (n {okta_domain: $domain})-[r]-() RETURN properties(r) AS all`,
      { domain: org.sim.domain },
    );
    return JSON.stringify(rows);
  }

  it('make properties of attributes, with their types', async () => {
    const report = await run(
      promoting(
        'costCenter,countryCode:country,skills,remote,securityTrainingScore:score,officeFloor,badgeNumbers',
      ),
    );
    await assertProperties({
      costCenter: 'costCenter',
      country: 'countryCode',
      skills: 'skills',
      remote: 'remote',
      score: 'securityTrainingScore',
      officeFloor: 'officeFloor',
      badgeNumbers: undefined,
    });
    assert.deepEqual(await org.differences(), []);
    const [types] = await org.db.read<{ types: string[] }>(
      `MATCH (u:User {okta_domain: $domain}) WHERE u.officeFloor IS NOT NULL AND u.score IS NOT NULL
       RETURN [valueType(u.officeFloor), valueType(u.remote), valueType(u.skills)] AS types LIMIT 1`,
      { domain: org.sim.domain },
    );
    assert.deepEqual(types?.types, [
      'INTEGER NOT NULL',
      'BOOLEAN NOT NULL',
      'LIST<STRING NOT NULL> NOT NULL',
    ]);
    assert.equal(report.outcome, 'succeeded');
    assert.deepEqual(
      report.warnings.filter(({ code }) => code === 'PROPERTY_LEFT_OUT').map(({ message }) => message),
      ['Some users have a value of badgeNumbers, named in USER_PROPERTIES, that cannot be a property.'],
    );
  });

  it('change all users when they change, without a change in Okta being reported', async () => {
    await run(promoting('costCenter,city:town'));
    const report = await run(promoting('city,countryCode:country'));
    await assertProperties({ costCenter: undefined, town: undefined, city: 'city', country: 'countryCode' });
    assert.deepEqual([report.users.updated, report.users.created], [0, 0]);
    await run(KEEP_ALL);
    await assertProperties({ city: undefined, country: undefined });
    assert.deepEqual(await org.differences(), []);
    const [left] = await org.db.read<{ names: string[] }>(
      'MATCH (o:OktaOrg {domain: $domain}) RETURN [name IN keys(o) WHERE name STARTS WITH "user_" OR name STARTS WITH "group_"] AS names',
      { domain: org.sim.domain },
    );
    assert.deepEqual(left?.names, []);
  });

  it('follow changes of an attribute in an incremental run, which history names', async () => {
    const rules = promoting('costCenter,nickName');
    await run(rules);
    const [first, second] = people();
    assert.ok(first && second);
    org.sim.org.renameUser(first.id, { costCenter: 'CC-1' });
    org.sim.org.renameUser(second.id, { costCenter: null, nickName: 'Bo' });
    const added = org.sim.org.addUser({ costCenter: 'CC-2' });
    const report = await run(rules, 'incremental');
    const users = await nodes();
    assert.equal(users.get(first.id)?.['costCenter'], 'CC-1');
    assert.equal(users.get(second.id)?.['costCenter'], undefined);
    assert.equal(users.get(added)?.['costCenter'], 'CC-2');
    assert.equal(report.users.updated, 2);
    const changes = await org.db.read<{ id: string; fields: string[] }>(
      'MATCH (u:User {okta_domain: $domain})-[:CHANGED]->(c:UserChange) RETURN u.id AS id, c.fields AS fields',
      { domain: org.sim.domain },
    );
    const fields = new Map(changes.map(({ id, fields }) => [id, fields]));
    assert.deepEqual(fields.get(first.id)?.toSorted(), ['costCenter', 'last_updated']);
    assert.deepEqual(fields.get(second.id)?.toSorted(), ['costCenter', 'last_updated', 'nickName']);
  });

  it('keep omitted attributes out of the graph from the first run on', async () => {
    await run(omitting('department', 'mobilePhone', 'manager', 'managerId'));
    const all = await everything();
    assert.ok(!all.includes(HAS_DEPARTMENT));
    for (const { profile } of people()) {
      const { mobilePhone } = profile;
      if (typeof mobilePhone === 'string') assert.ok(!all.includes(mobilePhone));
    }
    await assertProperties({
      department: undefined,
      manager: undefined,
      manager_id: undefined,
      title: 'title',
    });
  });

  it('take omitted attributes out of what the graph has, deleted users and history too', async () => {
    const [moved, gone] = people();
    assert.ok(moved && gone);
    await run(KEEP_ALL);
    org.sim.org.renameUser(moved.id, { department: 'Secret Projects' });
    org.sim.org.renameUser(gone.id, { department: 'Secret Plans' });
    await run(KEEP_ALL);
    org.sim.org.deactivateUser(gone.id);
    org.sim.org.deleteUser(gone.id);
    await run(KEEP_ALL);
    assert.match(await everything(), /Secret Projects.*Secret Plans|Secret Plans.*Secret Projects/);

    const report = await run(omitting('department', 'displayName', 'lastName'));
    const all = await everything();
    assert.doesNotMatch(all, /Secret/);
    assert.ok(!all.includes(HAS_DEPARTMENT) && !all.includes('\\"lastName\\":'));
    const former = (await nodes('FormerUser')).get(gone.id);
    assert.equal(former?.['display_name'], gone.profile['firstName']);
    assert.equal(former?.['last_name'], undefined);
    assert.deepEqual([report.outcome, report.users.updated], ['succeeded', 0]);
    const [change] = await org.db.read<{ count: number }>(
      `MATCH (:User {okta_domain: $domain, id: $id})-[:CHANGED]->(c:UserChange) WHERE 'department' IN c.fields
       RETURN count(c) AS count`,
      { domain: org.sim.domain, id: moved.id },
    );
    assert.equal(change?.count, 1, 'that the department changed stays');
  });

  it('bring an attribute back with the next full run', async () => {
    await run(omitting('department'));
    await run(KEEP_ALL);
    assert.deepEqual(await org.differences(), []);
  });

  it('refuse every property that okta-graph writes itself', async () => {
    await run(KEEP_ALL);
    org.deleteUsers(2);
    org.sim.org.deleteGroup(
      [...org.sim.org.truth().groups()].find(({ type }) => type !== 'BUILT_IN')?.id as string,
    );
    await run(KEEP_ALL);
    for (const label of ['User', 'Group'] as const) {
      const former = await nodes(`Former${label}`);
      assert.ok(former.size > 0);
      const names = [...(await nodes(label)).values(), ...former.values()].flatMap((node) =>
        Object.keys(node),
      );
      assert.deepEqual(
        [...new Set(names)].filter((name) => !isOwnProperty(label, name)),
        [],
      );
    }
  });
});
