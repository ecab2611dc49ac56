import assert from 'node:assert/strict';
import { KEEP_ALL, type DataRules } from '../../src/config/dataRules';
import { readGroup } from '../../src/okta/group';
import { readUser, type OktaUser } from '../../src/okta/user';
import { MAX_TEXT_BYTES } from '../../src/text/json';

const promoting = (...attributes: string[]): DataRules => ({
  ...KEEP_ALL,
  promoted: { User: attributes.map((attribute) => ({ attribute, property: `p_${attribute}` })), Group: [] },
});

function read(item: Record<string, unknown>, rules: DataRules): OktaUser {
  const user = readUser(item, JSON.stringify(item), rules);
  assert.ok(!('malformed' in user));
  return user;
}

const user = (profile: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  id: '00u1',
  ...more,
  profile: { login: 'ada@acme.com', email: 'ada@acme.com', ...profile },
});

describe('A promoted attribute', () => {
  const kept: readonly (readonly [what: string, value: unknown, property: unknown])[] = [
    ['a text', 'Vienna', 'Vienna'],
    ['a number', 7, 7],
    ['a number with a fraction', 7.5, 7.5],
    ['true', true, true],
    ['false', false, false],
    ['a list of texts', ['a', 'b'], ['a', 'b']],
    ['an empty text', '', null],
    ['null', null, null],
    ['an empty list', [], null],
    ['a lone surrogate', '\ud800', '\ufffd'],
  ];
  for (const [what, value, property] of kept)
    it(`keeps ${what}`, () => {
      const { promoted } = read(user({ it: value }), promoting('it'));
      assert.deepEqual([promoted?.values, promoted?.leftOut], [{ p_it: property }, []]);
    });

  const leftOut: readonly (readonly [what: string, value: unknown])[] = [
    ['an object', { a: 1 }],
    ['a list of numbers', [1, 2]],
    ['a mixed list', ['a', 1]],
    ['a list of lists', [['a']]],
    ['a list that no index can hold', ['a'.repeat(MAX_TEXT_BYTES)]],
  ];
  for (const [what, value] of leftOut)
    it(`leaves out ${what}`, () => {
      const { promoted } = read(user({ it: value }), promoting('it'));
      assert.deepEqual([promoted?.values, promoted?.leftOut], [{ p_it: null }, ['it']]);
    });

  it('that the profile does not have is null, also if every JavaScript object has it', () => {
    const { promoted } = read(user({}), promoting('city', 'constructor'));
    assert.deepEqual([promoted?.values, promoted?.leftOut], [{ p_city: null, p_constructor: null }, []]);
  });

  it('leaves the object as Okta sent it', () => {
    const json = '{ "id": "00u1", "profile": { "n": 1.0 } }';
    const found = readUser(JSON.parse(json), json, promoting('n'));
    assert.ok(!('malformed' in found));
    assert.equal(found.raw, json);
  });

  it('can be of a group', () => {
    const rules = { ...KEEP_ALL, promoted: { User: [], Group: [{ attribute: 'dn', property: 'dn' }] } };
    const group = readGroup({ id: '00g1', profile: { name: 'A', dn: 'CN=A' } }, undefined, rules);
    assert.ok(!('malformed' in group));
    assert.deepEqual(group.promoted?.values, { dn: 'CN=A' });
  });
});

describe('An omitted attribute', () => {
  const omitting = (...omitted: string[]): DataRules => ({ ...KEEP_ALL, omitted });

  it('is neither in the raw object nor a property', () => {
    const found = read(
      user({ title: 'CEO', mobilePhone: '1', city: 'Vienna' }),
      omitting('title', 'mobilePhone'),
    );
    assert.equal(found.title, undefined);
    assert.deepEqual(JSON.parse(found.raw), user({ city: 'Vienna' }));
  });

  it('is not part of the display name either', () => {
    const found = read(user({ firstName: 'Ada', lastName: 'Lovelace' }), omitting('lastName', 'displayName'));
    assert.equal(found.displayName, 'Ada');
    assert.ok(!JSON.stringify(found).includes('Lovelace'));
  });

  it('takes the secondary email from the credentials with it', () => {
    const emails = [
      { value: 'ada@acme.com', type: 'PRIMARY' },
      { value: 'ada@home.example', type: 'SECONDARY' },
      { value: 'ada@other.example' },
    ];
    const sent = user({ secondEmail: 'ada@other.example' }, { credentials: { emails, provider: {} } });
    const found = read(sent, omitting('secondEmail'));
    assert.deepEqual(JSON.parse(found.raw), user({}, { credentials: { emails: [emails[0]], provider: {} } }));
  });

  it('is gone if the JSON has it twice', () => {
    const json = '{"id":"00u1","profile":{"city":"Vienna"},"profile":{"login":"ada"}}';
    const found = readUser(JSON.parse(json), json, omitting('city'));
    assert.ok(!('malformed' in found) && !found.raw.includes('Vienna'));
  });

  it('can be of a group, whose counts are kept', () => {
    const sent = {
      id: '00g1',
      profile: { name: 'A', description: 'x' },
      _embedded: { stats: { usersCount: 3 } },
    };
    const group = readGroup(sent, JSON.stringify(sent), omitting('description'));
    assert.ok(!('malformed' in group));
    assert.deepEqual([group.description, group.usersCount], [undefined, 3]);
    assert.deepEqual(JSON.parse(group.raw), { id: '00g1', profile: { name: 'A' } });
  });
});

describe('The credentials of a user', () => {
  const provider = { type: 'OKTA', name: 'OKTA' };
  const kept = (credentials: Record<string, unknown>) =>
    (JSON.parse(read(user({}, { credentials }), KEEP_ALL).raw) as { credentials: unknown }).credentials;

  it('are stored without the security question', () => {
    const question = { question: 'Who is a major player in the cowboy scene?' };
    assert.deepEqual(kept({ password: {}, recovery_question: question, provider }), {
      password: {},
      provider,
    });
  });

  it('are stored without anything of a password', () => {
    assert.deepEqual(kept({ password: { value: 'secret' }, provider }), { provider });
  });

  it('are stored as Okta sent them if they have neither', () => {
    const sent = user({}, { credentials: { password: {}, provider } });
    const found = readUser(sent, 'the text that Okta sent');
    assert.ok(!('malformed' in found));
    assert.equal(found.raw, 'the text that Okta sent');
  });
});
