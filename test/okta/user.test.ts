import assert from 'node:assert/strict';
import { MAX_TEXT_BYTES } from '../../src/text/json';
import { readUser, type OktaUser } from '../../src/okta/user';

function read(item: unknown): OktaUser {
  const user = readUser(item);
  assert.ok(!('malformed' in user), JSON.stringify(user));
  return user;
}

const withProfile = (profile: object): OktaUser => read({ id: '00u1', profile });

describe('a user of Okta', () => {
  const WHOLE = {
    id: '00uAbC-_9',
    status: 'ACTIVE',
    created: '2020-01-02T03:04:05.000Z',
    activated: '2020-01-02T03:04:06.500Z',
    statusChanged: '2020-01-02T03:04:07.000Z',
    lastLogin: null,
    lastUpdated: '2026-05-06T07:08:09.000Z',
    passwordChanged: '2020-01-02T04:04:05.000+01:00',
    type: { id: 'oty1' },
    profile: {
      login: 'ada@acme.com',
      email: '  Ada@ACME.com ',
      firstName: 'Ada',
      lastName: 'Lovelace',
      displayName: 'Ada L.',
      title: 'Analyst',
      department: 'Engines',
      division: 'R&D',
      organization: 'Acme',
      employeeNumber: '1815',
      userType: 'Employee',
      manager: 'Charles',
      managerId: '00u0',
      custom: { nested: [1, null] },
    },
    credentials: { provider: { type: 'OKTA' } },
    _links: { self: { href: 'https://acme.okta.com/api/v1/users/00uAbC-_9' } },
  };

  it('is read with all its properties', () => {
    const { raw, ...user } = read(WHOLE);
    assert.deepEqual(user, {
      id: '00uAbC-_9',
      status: 'ACTIVE',
      email: 'ada@acme.com',
      displayName: 'Ada L.',
      firstName: 'Ada',
      lastName: 'Lovelace',
      login: 'ada@acme.com',
      title: 'Analyst',
      department: 'Engines',
      division: 'R&D',
      organization: 'Acme',
      employeeNumber: '1815',
      userType: 'Employee',
      manager: 'Charles',
      managerId: '00u0',
      created: Date.UTC(2020, 0, 2, 3, 4, 5),
      activated: Date.UTC(2020, 0, 2, 3, 4, 6, 500),
      statusChanged: Date.UTC(2020, 0, 2, 3, 4, 7),
      passwordChanged: Date.UTC(2020, 0, 2, 3, 4, 5),
      lastLogin: undefined,
      lastUpdated: Date.UTC(2026, 4, 6, 7, 8, 9),
    });
    assert.deepEqual(JSON.parse(raw), WHOLE);
  });

  it('needs no more than an id and a profile', () => {
    const user = withProfile({});
    const { id, raw, ...rest } = user;
    assert.equal(id, '00u1');
    assert.equal(raw, '{"id":"00u1","profile":{}}');
    assert.deepEqual(new Set(Object.values(rest)), new Set([undefined]));
  });

  const NAMES: readonly [profile: object, displayName: string | undefined][] = [
    [{ displayName: 'Ada L.', firstName: 'Ada', login: 'ada' }, 'Ada L.'],
    [{ displayName: '', firstName: 'Ada', lastName: 'Lovelace', login: 'ada' }, 'Ada Lovelace'],
    [{ displayName: null, firstName: 'Ada', login: 'ada' }, 'Ada'],
    [{ lastName: 'Lovelace', login: 'ada' }, 'Lovelace'],
    [{ firstName: null, lastName: '', login: 'ada' }, 'ada'],
    [{ displayName: [], firstName: {}, login: 'ada' }, 'ada'],
    [{ login: '' }, undefined],
    [{ displayName: '   ', firstName: 'Ada', lastName: 'Lovelace', login: 'ada' }, 'Ada Lovelace'],
    [{ displayName: '\u200b\u2060', firstName: '\t', lastName: 'Lovelace', login: 'ada' }, 'Lovelace'],
    [{ displayName: '\u3164', firstName: '\u00a0', lastName: '\u2800', login: 'ada' }, 'ada'],
    [{ displayName: '\u00ad', login: '\ufeff', email: 'ada@acme.com' }, 'ada@acme.com'],
    [{ displayName: ' Ada\u200b ', login: 'ada' }, ' Ada\u200b '],
    [{ displayName: ' ', login: '\u200e', email: ' ' }, undefined],
  ];
  for (const [profile, displayName] of NAMES) {
    it(`is shown as ${displayName ?? 'nobody'} with ${JSON.stringify(profile)}`, () =>
      assert.equal(withProfile(profile).displayName, displayName));
  }

  const EMAILS: readonly [email: unknown, read: string | undefined][] = [
    ['ADA@Acme.COM', 'ada@acme.com'],
    [' ada@acme.com\r\n', 'ada@acme.com'],
    ['', undefined],
    ['   ', undefined],
    [null, undefined],
    [undefined, undefined],
    [42, undefined],
    [['ada@acme.com'], undefined],
    ['ada\ud83d@acme.com', 'ada\ufffd@acme.com'],
    ['\u200b', undefined],
    [`${'a'.repeat(10_000)}@acme.com`, 'a'.repeat(MAX_TEXT_BYTES)],
    // In lower case it is longer.
    ['İ'.repeat(MAX_TEXT_BYTES / 2), 'i̇'.repeat(MAX_TEXT_BYTES / 3)],
  ];
  for (const [email, expected] of EMAILS) {
    it(`has the email ${expected ?? 'none'} for ${JSON.stringify(email)?.slice(0, 40)}`, () =>
      assert.equal(withProfile({ email }).email, expected));
  }

  const TEXTS: readonly [value: unknown, read: string | undefined][] = [
    ['Analyst', 'Analyst'],
    [4711, '4711'],
    [0, '0'],
    [false, 'false'],
    ['Nu\u0000ll', 'Nu\u0000ll'],
    ['\ud83dHalf', '\ufffdHalf'],
    ['Half\udc00', 'Half\ufffd'],
    ['👩🏽‍💻', '👩🏽‍💻'],
    ['', undefined],
    [null, undefined],
    [[], undefined],
    [['a'], undefined],
    [{ a: 1 }, undefined],
    [' ', ' '],
    ['a'.repeat(MAX_TEXT_BYTES), 'a'.repeat(MAX_TEXT_BYTES)],
    ['a'.repeat(9_000), 'a'.repeat(MAX_TEXT_BYTES)],
    ['é'.repeat(9_000), 'é'.repeat(MAX_TEXT_BYTES / 2)],
    ['😀'.repeat(9_000), '😀'.repeat(MAX_TEXT_BYTES / 4)],
    [`abc${'😀'.repeat(9_000)}`, `abc${'😀'.repeat(MAX_TEXT_BYTES / 4 - 1)}`],
    ['\ud83d'.repeat(9_000), '\ufffd'.repeat(Math.floor(MAX_TEXT_BYTES / 3))],
  ];
  for (const [value, expected] of TEXTS) {
    it(`reads ${JSON.stringify(value)?.slice(0, 40)} in an open profile as ${JSON.stringify(expected)?.slice(0, 40)}`, () => {
      const { title, employeeNumber } = withProfile({ title: value, employeeNumber: value });
      assert.deepEqual([title, employeeNumber], [expected, expected]);
    });
  }

  const TIMES: readonly [value: unknown, ms: number | undefined][] = [
    ['2026-05-06T07:08:09Z', Date.UTC(2026, 4, 6, 7, 8, 9)],
    ['2026-05-06T07:08:09.1234567Z', Date.UTC(2026, 4, 6, 7, 8, 9, 123)],
    ['2026-05-06T07:08:09+02:00', Date.UTC(2026, 4, 6, 5, 8, 9)],
    ['2026-05-06', undefined],
    ['2026-13-45T00:00:00Z', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [1_700_000_000_000, undefined],
  ];
  for (const [value, ms] of TIMES) {
    it(`reads the time ${JSON.stringify(value)} as ${ms ?? 'none'}`, () =>
      assert.equal(read({ id: '00u1', lastUpdated: value, profile: {} }).lastUpdated, ms));
  }

  it('keeps the raw object whole, and as text that any database can hold', () => {
    const item = {
      id: '00u1',
      profile: { a: 'Half\ud83d', b: 'Nu\u0000ll', c: '"\\', d: null },
      extra: [{}],
    };
    const { raw } = read(item);
    assert.deepEqual(JSON.parse(raw), item);
    assert.ok(raw.isWellFormed());
    assert.ok(!raw.includes('\u0000'));
  });

  it('keeps any status, known or not', () => {
    assert.equal(
      read({ id: '00u1', status: 'QUARANTINED_BY_POLICY', profile: {} }).status,
      'QUARANTINED_BY_POLICY',
    );
  });

  const MALFORMED: readonly [item: unknown, why: RegExp, id?: string][] = [
    [null, /not an object/],
    [undefined, /not an object/],
    ['00u1', /not an object/],
    [7, /not an object/],
    [[{ id: '00u1', profile: {} }], /not an object/],
    [{}, /no usable id/],
    [{ id: 7, profile: {} }, /no usable id/],
    [{ id: '', profile: {} }, /no usable id/],
    [{ id: '../groups', profile: {} }, /no usable id/],
    [{ id: '00u1?x=', profile: {} }, /no usable id/],
    [{ id: 'a'.repeat(101), profile: {} }, /no usable id/],
    [{ id: '00u1' }, /no profile/, '00u1'],
    [{ id: '00u1', profile: null }, /no profile/, '00u1'],
    [{ id: '00u1', profile: [] }, /no profile/, '00u1'],
  ];
  for (const [item, why, id] of MALFORMED) {
    it(`is malformed as ${JSON.stringify(item)?.slice(0, 40)}`, () => {
      const found = readUser(item);
      assert.ok('malformed' in found);
      assert.match(found.malformed, why);
      assert.equal(found.id, id);
      assert.equal('id' in found, id !== undefined);
    });
  }

  it('is malformed with more levels than Okta ever sends, and keeps its id', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const read = (levels: number) => readUser({ id: '00u1', profile: {}, more: nested(levels) });
    assert.deepEqual(read(5_000), { malformed: 'it is nested too deeply', id: '00u1' });
    assert.ok(!('malformed' in read(100)));
  });
});
