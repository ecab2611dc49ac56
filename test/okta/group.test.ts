import assert from 'node:assert/strict';
import { readGroup, type OktaGroup } from '../../src/okta/group';

function read(item: unknown): OktaGroup {
  const group = readGroup(item);
  assert.ok(!('malformed' in group), JSON.stringify(group));
  return group;
}

const withStats = (stats: unknown): OktaGroup => read({ id: '00g1', profile: {}, _embedded: { stats } });

describe('a group of Okta', () => {
  const OWN = {
    id: '00g1',
    created: '2020-01-02T03:04:05.000Z',
    lastUpdated: '2026-05-06T07:08:09.000Z',
    lastMembershipUpdated: '2026-05-06T07:08:10.250Z',
    objectClass: ['okta:windows_security_principal'],
    type: 'APP_GROUP',
    profile: { name: 'Admins', description: 'Who may', dn: 'CN=Admins', samAccountName: 'admins' },
    _links: { users: { href: 'https://acme.okta.com/api/v1/groups/00g1/users' } },
  };

  it('is read with all its properties, the stats apart from the raw object', () => {
    const { raw, ...group } = read({
      ...OWN,
      _embedded: { stats: { usersCount: 3, appsCount: 1, hasAdminPrivlege: true } },
    });
    assert.deepEqual(group, {
      id: '00g1',
      name: 'Admins',
      description: 'Who may',
      type: 'APP_GROUP',
      created: Date.UTC(2020, 0, 2, 3, 4, 5),
      lastUpdated: Date.UTC(2026, 4, 6, 7, 8, 9),
      lastMembershipUpdated: Date.UTC(2026, 4, 6, 7, 8, 10, 250),
      usersCount: 3,
      appsCount: 1,
      hasAdminPrivilege: true,
    });
    assert.deepEqual(JSON.parse(raw), OWN);
  });

  it('keeps in the raw object what else Okta has embedded', () => {
    const { raw } = read({ ...OWN, _embedded: { stats: { usersCount: 3 }, app: { id: '0oa1' } } });
    assert.deepEqual(JSON.parse(raw), { ...OWN, _embedded: { app: { id: '0oa1' } } });
  });

  it('needs no more than an id and a profile', () => {
    const { id, raw, ...rest } = read({ id: '00g1', profile: {} });
    assert.deepEqual([id, raw], ['00g1', '{"id":"00g1","profile":{}}']);
    assert.deepEqual(new Set(Object.values(rest)), new Set([undefined]));
  });

  const COUNTS: readonly [stats: unknown, count: number | undefined][] = [
    [{ usersCount: 0 }, 0],
    [{ usersCount: 100_000 }, 100_000],
    [{}, undefined],
    [undefined, undefined],
    [null, undefined],
    [[], undefined],
    [{ usersCount: null }, undefined],
    [{ usersCount: '3' }, undefined],
    [{ usersCount: -1 }, undefined],
    [{ usersCount: 1.5 }, undefined],
    [{ usersCount: 1e300 }, undefined],
  ];
  for (const [stats, count] of COUNTS) {
    it(`has ${count ?? 'an unknown number of'} users with the stats ${JSON.stringify(stats)}`, () =>
      assert.equal(withStats(stats).usersCount, count));
  }

  it('reads awkward names as text that a database can hold', () => {
    const { name, description } = read({
      id: '00g1',
      profile: { name: 'Half\ud83d', description: 'Nu\u0000ll' },
    });
    assert.deepEqual([name, description], ['Half\ufffd', 'Nu\u0000ll']);
  });

  const MALFORMED: readonly [item: unknown, why: RegExp, id?: string][] = [
    [null, /not an object/],
    [[], /not an object/],
    [{ profile: {} }, /no usable id/],
    [{ id: '00g1/users', profile: {} }, /no usable id/],
    [{ id: '00g1', profile: 'Admins' }, /no profile/, '00g1'],
  ];
  for (const [item, why, id] of MALFORMED) {
    it(`is malformed as ${JSON.stringify(item)}`, () => {
      const found = readGroup(item);
      assert.ok('malformed' in found);
      assert.match(found.malformed, why);
      assert.equal(found.id, id);
    });
  }

  it('is malformed with more levels than Okta ever sends, and keeps its id', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const read = (levels: number) =>
      readGroup({ id: '00g1', profile: {}, _embedded: { stats: {} }, more: nested(levels) });
    assert.deepEqual(read(5_000), { malformed: 'it is nested too deeply', id: '00g1' });
    assert.ok(!('malformed' in read(100)));
  });
});
