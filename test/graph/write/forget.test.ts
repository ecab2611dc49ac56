import assert from 'node:assert/strict';
import { profileKey, KEEP_ALL } from '../../../src/config/dataRules';
import { forgetUser } from '../../../src/graph/write/forget';
import { MAX_TEXT_BYTES } from '../../../src/text/json';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

type Properties = Record<string, unknown>;

describe('Forgetting a user', () => {
  const graph = useGraph();

  const create = (label: string, properties: Properties) =>
    graph.set(`CREATE (n:${label} {okta_domain: $domain}) SET n += $properties`, { properties });

  const raw = (profile: Properties, rest: Properties = {}) => JSON.stringify({ profile, ...rest });

  const ADA = {
    id: '00uAda',
    login: 'ada',
    email: 'ada@acme.com',
    employee_number: '42',
    display_name: 'Ada Lovelace',
    first_name: 'Ada',
    last_name: 'Lovelace',
  };

  beforeEach(async () => {
    await graph.set('MERGE (:OktaOrg {domain: $domain})');
    await create('FormerUser', ADA);
    await graph.set(
      `MATCH (u:FormerUser {okta_domain: $domain})
       CREATE (u)-[:CHANGED]->(:UserChange {okta_domain: $domain, run: 1, email_before: 'ada.byron@acme.com', email_after: 'ada@acme.com'})`,
    );
  });

  const forget = () => forgetUser(graph.db, graph.domain, { id: ADA.id, known: 'former' }, 'a test');

  async function node(id: string): Promise<Properties> {
    return graph.value('MATCH (n {okta_domain: $domain, id: $id}) RETURN properties(n) AS value', { id });
  }

  const profileOf = async (id: string) =>
    (JSON.parse(String((await node(id))['okta_raw_user_object'])) as { profile: Properties }).profile;

  it('clears its emails, earlier ones too, wherever another has them', async () => {
    const profile = {
      login: 'bo@acme.com',
      email: 'bo@acme.com',
      managerEmail: 'Ada@acme.com',
      deputies: ['ada.byron@acme.com', 'cy@acme.com'],
      note: 'Ask ada@acme.com, not ada@acme.com.au or xada@acme.com.',
      title: 'Engineer',
    };
    await create('User', { id: '00uBo', email: 'bo@acme.com', okta_raw_user_object: raw(profile) });
    await graph.set("MATCH (u:User {okta_domain: $domain}) SET u.created = datetime('2026-01-01T00:00:00Z')");
    await create('Group', { id: '00gA', description: 'ada@acme.com', name: 'Friends of ada@acme.com' });
    assert.deepEqual((await forget()).mentions, 2);
    assert.deepEqual(await profileOf('00uBo'), {
      login: 'bo@acme.com',
      email: 'bo@acme.com',
      deputies: ['cy@acme.com'],
      note: 'Ask (forgotten), not ada@acme.com.au or xada@acme.com.',
      title: 'Engineer',
    });
    const group = await node('00gA');
    assert.deepEqual([group['description'], group['name']], [undefined, 'Friends of ada@acme.com']);
  });

  it('clears what JSON has with escapes, and counts no other object that has some', async () => {
    const sent = String.raw`{"profile": {"managerEmail": "ada\u0040acme.com", "supervisor": "Ada\u0020Lovelace"}}`;
    const other = String.raw`{"profile": {"managerEmail": "ren\u00e9e\u0040acme.com"}}`;
    await create('User', { id: '00uBo', email: 'bo@acme.com', okta_raw_user_object: sent });
    await create('User', { id: '00uCy', email: 'cy@acme.com', okta_raw_user_object: other });
    assert.equal((await forget()).mentions, 1);
    assert.deepEqual(await profileOf('00uBo'), {});
    assert.equal((await node('00uCy'))['okta_raw_user_object'], other);
  });

  it('clears properties that are made of an attribute of the manager', async () => {
    const promoted = {
      User: [
        { attribute: 'managerId', property: 'boss' },
        { attribute: 'deskNumber', property: 'desk' },
        { attribute: 'approvers', property: 'approvers' },
      ],
      Group: [],
    };
    await graph.set('MATCH (o:OktaOrg {domain: $domain}) SET o.user_rules = $key', {
      key: profileKey({ ...KEEP_ALL, promoted }, 'User'),
    });
    const profile = {
      managerId: '42',
      manager: 'Ada Lovelace',
      deskNumber: '42',
      approvers: ['ada@acme.com'],
    };
    await create('User', {
      id: '00uBo',
      manager: 'Ada Lovelace',
      manager_id: '42',
      boss: '42',
      desk: '42',
      approvers: ['ada@acme.com'],
      okta_raw_user_object: raw(profile),
    });
    assert.equal((await forget()).current, 1);
    const { okta_domain: _, okta_raw_user_object: left, ...properties } = await node('00uBo');
    assert.deepEqual(properties, { id: '00uBo', desk: '42' });
    assert.deepEqual(JSON.parse(String(left)), { profile: { deskNumber: '42', approvers: [] } });
  });

  it('keeps properties as short as an index needs them', async () => {
    const promoted = { User: [{ attribute: 'notes', property: 'notes' }], Group: [] };
    await graph.set('MATCH (o:OktaOrg {domain: $domain}) SET o.user_rules = $key', {
      key: profileKey({ ...KEEP_ALL, promoted }, 'User'),
    });
    const notes = `Ask ada@acme.com${'.'.repeat(MAX_TEXT_BYTES)}`;
    await create('User', {
      id: '00uBo',
      notes: notes.slice(0, MAX_TEXT_BYTES),
      okta_raw_user_object: raw({ notes }),
    });
    await forget();
    const left = notes.replace('ada@acme.com', '(forgotten)');
    assert.deepEqual(await profileOf('00uBo'), { notes: left });
    assert.equal((await node('00uBo'))['notes'], left.slice(0, MAX_TEXT_BYTES));
  });

  it('clears its name where a manager is named by nothing else, and nowhere else', async () => {
    const named = (profile: Properties) => ({
      manager: profile['manager'],
      manager_id: profile['managerId'],
      title: profile['title'],
      okta_raw_user_object: raw(profile),
    });
    const byName = { manager: 'ADA Lovelace', supervisorName: 'Lovelace, Ada', title: 'Ada Lovelace' };
    const otherAda = { manager: 'Ada Lovelace', managerId: '00uOther' };
    await create('User', { id: '00uBo', ...named(byName) });
    await create('User', { id: '00uCy', ...named(otherAda) });
    await create('UserChange', { run: 1, id: 'change', manager_before: 'Ada Lovelace', manager_after: 'Bo' });
    await forget();
    assert.deepEqual(await profileOf('00uBo'), { title: 'Ada Lovelace' });
    assert.deepEqual(
      [(await node('00uBo'))['manager'], (await node('00uBo'))['title']],
      [undefined, 'Ada Lovelace'],
    );
    assert.deepEqual(await profileOf('00uCy'), otherAda);
    assert.equal((await node('00uCy'))['manager'], 'Ada Lovelace');
    const change = await node('change');
    assert.deepEqual([change['manager_before'], change['manager_after']], [undefined, 'Bo']);
  });

  it('leaves what means another user by now, or is not an identifier where it is', async () => {
    const profile = { department: 'ada', managerId: 'ada@acme.com', costCenter: '42' };
    await create('User', { id: '00uBo', manager_id: 'ada@acme.com', okta_raw_user_object: raw(profile) });
    await create('User', {
      id: '00uAda2',
      email: 'ada@acme.com',
      okta_raw_user_object: raw({ email: 'ada@acme.com' }),
    });
    assert.equal((await forget()).mentions, 0);
    assert.deepEqual(await profileOf('00uBo'), profile);
    assert.equal((await node('00uBo'))['manager_id'], 'ada@acme.com');
  });

  it('keeps the email of another deleted user who had it, but not as a second one', async () => {
    const emails = [
      { type: 'PRIMARY', value: 'ada@acme.com' },
      { type: 'SECONDARY', value: 'ada.byron@acme.com' },
    ];
    await create('FormerUser', {
      id: '00uBo',
      email: 'ada@acme.com',
      okta_raw_user_object: raw(
        { email: 'ada@acme.com', secondEmail: 'ada.byron@acme.com' },
        { credentials: { emails } },
      ),
    });
    await create('SettingsChange', { id: 'settings', what: 'Looked', by: 'ada@acme.com' });
    await forget();
    assert.deepEqual(JSON.parse(String((await node('00uBo'))['okta_raw_user_object'])), {
      profile: { email: 'ada@acme.com' },
      credentials: { emails: [emails[0]] },
    });
    assert.equal((await node('00uBo'))['email'], 'ada@acme.com');
    assert.equal((await node('settings'))['by'], 'ada@acme.com');
  });

  it('keeps to its own org', async () => {
    const other = graph.newDomain();
    await graph.set('CREATE (:User {okta_domain: $other, id: "00uBo", manager_id: "00uAda"})', { other });
    await forget();
    assert.equal(
      await graph.value('MATCH (u:User {okta_domain: $other}) RETURN u.manager_id AS value', { other }),
      '00uAda',
    );
  });
});
