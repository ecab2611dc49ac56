import assert from 'node:assert/strict';
import type { NodeLabel } from '../../../src/contract';
import { batches, writeNodes, type NodeRow, type NodesWritten } from '../../../src/graph/write/nodes';
import { writeForRun, type Run } from '../../../src/graph/write/run';
import { contentHash } from '../../../src/graph/values';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { EARLIER, group, LATER, UPDATED, user } from '../support/rows';

const written = (seen: number, created: number, updated: number): NodesWritten => ({
  seen,
  created,
  updated,
});

describe('nodes of a list', () => {
  const graph = useGraph();
  let first: Run;
  let second: Run;
  beforeEach(async () => {
    first = await graph.begin();
    second = await graph.begin();
  });

  const write = (run: Run, label: NodeLabel, ...rows: NodeRow[]) =>
    writeForRun(graph.writer(run), async (tx) => ({
      counts: {},
      warnings: [],
      ...(await writeNodes(tx, run, label, rows)),
    })).then(({ seen, created, updated }) => written(seen, created, updated));
  const typeOf = (label: NodeLabel, property: string) =>
    graph.value<string>(`MATCH (n:${label} {okta_domain: $domain}) RETURN valueType(n.${property}) AS value`);

  it('are created with every property, of the types that Cypher counts and compares with', async () => {
    const row = user('00u1', {
      lastLogin: LATER,
      activated: EARLIER,
      statusChanged: EARLIER,
      passwordChanged: EARLIER,
      profile: {
        displayName: 'Ada L.',
        title: 'Analyst',
        department: 'Engines',
        division: 'R&D',
        organization: 'Acme',
        employeeNumber: 1815,
        userType: 'Employee',
        manager: 'Charles',
        managerId: '00u0',
      },
    });
    assert.deepEqual(await write(first, 'User', row), written(1, 1, 0));
    const {
      okta_raw_hash: hash,
      okta_raw_user_object: raw,
      ...node
    } = (await graph.node('User', '00u1')) ?? {};
    assert.equal(typeof hash, 'string');
    assert.equal((JSON.parse(String(raw)) as { id: string }).id, '00u1');
    const times = [
      'created',
      'activated',
      'status_changed',
      'password_changed',
      'last_login',
      'last_updated',
    ];
    for (const name of times) assert.equal(await typeOf('User', name), 'ZONED DATETIME NOT NULL', name);
    assert.equal(await typeOf('User', 'last_seen_run'), 'INTEGER NOT NULL');
    const texts = Object.entries(node).filter(([name]) => !times.includes(name));
    assert.deepEqual(Object.fromEntries(texts), {
      okta_domain: graph.domain,
      id: '00u1',
      email: '00u1@acme.com',
      display_name: 'Ada L.',
      first_name: 'Ada',
      last_name: '00u1',
      login: '00u1',
      status: 'ACTIVE',
      title: 'Analyst',
      department: 'Engines',
      division: 'R&D',
      organization: 'Acme',
      employee_number: '1815',
      user_type: 'Employee',
      manager: 'Charles',
      manager_id: '00u0',
      last_seen_run: 1,
      added_run: 1,
    });
  });

  it('of groups too, with a count that is a whole number', async () => {
    await write(first, 'Group', group('00g1', { usersCount: 3 }));
    for (const name of ['created', 'last_updated', 'last_membership_updated'])
      assert.equal(await typeOf('Group', name), 'ZONED DATETIME NOT NULL', name);
    assert.equal(await typeOf('Group', 'users_count'), 'INTEGER NOT NULL');
    const node = await graph.node('Group', '00g1');
    assert.deepEqual(
      [node?.['name'], node?.['type'], node?.['users_count']],
      ['Group 00g1', 'OKTA_GROUP', 3],
    );
  });

  it('have no property for what Okta does not return, but do for 0', async () => {
    await write(first, 'Group', group('00g1', { created: undefined }), group('00g2', { usersCount: 0 }));
    const node = await graph.node('Group', '00g1');
    assert.ok(node, 'the group is in the graph');
    for (const name of ['users_count', 'description', 'created']) assert.ok(!(name in node), name);
    assert.equal((await graph.node('Group', '00g2'))?.['users_count'], 0);
  });

  it('are written again, with what is mapped since, when their hash is of an earlier mapping', async () => {
    const row = user('00u1', { profile: { title: 'Analyst' } });
    await write(first, 'User', row);
    await graph.set(
      'MATCH (u:User {okta_domain: $domain}) SET u.title = null, u.okta_raw_hash = $hash, u.email = "x"',
      { hash: contentHash(String((await graph.node('User', '00u1'))?.['okta_raw_user_object'])) },
    );
    assert.deepEqual(await write(second, 'User', row), written(1, 0, 1));
    const { title, email, okta_raw_hash: hash } = (await graph.node('User', '00u1')) ?? {};
    assert.deepEqual([title, email, hash], ['Analyst', '00u1@acme.com', row.hash]);
  });

  it('are seen once by a run, however often a page comes', async () => {
    assert.deepEqual(await write(first, 'User', user('00u1'), user('00u2')), written(2, 2, 0));
    assert.deepEqual(await write(first, 'User', user('00u2'), user('00u3')), written(1, 1, 0));
    assert.deepEqual(await write(second, 'User', user('00u1')), written(1, 0, 0));
    assert.deepEqual(await write(second, 'User', user('00u1')), written(0, 0, 0));
  });

  it('that come twice in one page are one node', async () => {
    assert.deepEqual(await write(first, 'User', user('00u1'), user('00u1')), written(1, 1, 0));
  });

  it('with nothing new are only marked as seen', async () => {
    await write(first, 'User', user('00u1'));
    await graph.set('MATCH (u:User {okta_domain: $domain}) SET u.title = "changed manually"');
    assert.deepEqual(await write(second, 'User', user('00u1')), written(1, 0, 0));
    const node = await graph.node('User', '00u1');
    assert.deepEqual([node?.['title'], node?.['last_seen_run']], ['changed manually', 2]);
  });

  const UPDATES: readonly [what: string, change: Parameters<typeof user>[1], updated: number][] = [
    ['a new name', { profile: { firstName: 'Augusta' } }, 1],
    ['a value that was not there', { profile: { title: 'Analyst' } }, 1],
    ['a value that was removed', { profile: { email: null } }, 1],
    ['a new status', { status: 'DEPROVISIONED' }, 1],
    [
      'a new time of update, and nothing else that we keep',
      { lastUpdated: LATER, profile: { custom: 1 } },
      1,
    ],
    ['a time of creation that was removed', { created: null }, 1],
    ['another sign-in', { lastLogin: LATER }, 0],
    ['a property that we do not map', { profile: { custom: 'moved' } }, 0],
  ];
  for (const [what, change, updated] of UPDATES) {
    it(`with ${what} are rewritten and ${updated ? '' : 'not '}counted as updated`, async () => {
      await write(first, 'User', user('00u1'));
      const changed = user('00u1', change);
      assert.deepEqual(await write(second, 'User', changed), written(1, 0, updated));
      const raw = String((await graph.node('User', '00u1'))?.['okta_raw_user_object']);
      assert.deepEqual(JSON.parse(raw), { ...JSON.parse(raw), ...(JSON.parse(rawOf(change)) as object) });
      assert.deepEqual(await write(second, 'User', changed), written(0, 0, 0), 'a retry finds it done');
    });
  }

  it('lose a property that Okta no longer returns', async () => {
    await write(first, 'User', user('00u1', { lastLogin: LATER, profile: { title: 'Analyst' } }));
    await write(second, 'User', user('00u1', { lastLogin: null }));
    const node = await graph.node('User', '00u1');
    assert.ok(node, 'the user is in the graph');
    assert.deepEqual([node['title'], node['last_login']], [undefined, undefined]);
  });

  it('are never overwritten by an older object, but seen all the same', async () => {
    await write(first, 'User', user('00u1', { lastUpdated: LATER, profile: { title: 'new' } }));
    assert.deepEqual(
      await write(second, 'User', user('00u1', { lastUpdated: UPDATED, profile: { title: 'old' } })),
      written(1, 0, 0),
    );
    const node = await graph.node('User', '00u1');
    assert.deepEqual([node?.['title'], node?.['last_seen_run']], ['new', 2]);
  });

  it('are overwritten where their stamp lies in the future, which no honest one does', async () => {
    await write(
      first,
      'User',
      user('00u1', { lastUpdated: '2126-01-01T00:00:00.000Z', profile: { title: 'old' } }),
    );
    await write(second, 'User', user('00u1', { lastUpdated: LATER, profile: { title: 'new' } }));
    const node = await graph.node('User', '00u1');
    assert.equal(node?.['title'], 'new');
  });

  it('are never written by an earlier run once a later one has seen them', async () => {
    await write(second, 'User', user('00u1', { profile: { title: 'second' } }));
    assert.deepEqual(
      await write(first, 'User', user('00u1', { lastUpdated: LATER, profile: { title: 'first' } })),
      written(0, 0, 0),
    );
    const node = await graph.node('User', '00u1');
    assert.deepEqual([node?.['title'], node?.['last_seen_run']], ['second', 2], 'the number only rises');
  });

  it('keep the latest time of the last change of members', async () => {
    const at = async () =>
      graph.value<number>(
        'MATCH (g:Group {okta_domain: $domain}) RETURN g.last_membership_updated.epochMillis AS value',
      );
    await write(first, 'Group', group('00g1', { lastMembershipUpdated: UPDATED, usersCount: 1 }));
    await write(first, 'Group', group('00g1', { lastMembershipUpdated: LATER, usersCount: 2 }));
    assert.equal(await at(), Date.parse(LATER));
    await write(first, 'Group', group('00g1', { lastMembershipUpdated: EARLIER, usersCount: 3 }));
    assert.equal(await at(), Date.parse(LATER));
    assert.equal((await graph.node('Group', '00g1'))?.['users_count'], 3);
    await write(first, 'Group', group('00g1', { lastMembershipUpdated: null, usersCount: 4 }));
    assert.equal(await at(), Date.parse(LATER), 'a row without the time removes nothing');
  });

  it('do not count a change of members as an update of the group', async () => {
    await write(first, 'Group', group('00g1', { usersCount: 1 }));
    const moved = group('00g1', { lastMembershipUpdated: LATER, usersCount: 2 });
    assert.deepEqual(await write(second, 'Group', moved), written(1, 0, 0));
    assert.equal((await graph.node('Group', '00g1'))?.['users_count'], 2);
  });

  it('of two orgs with the same ids stay apart', async () => {
    const domain = graph.newDomain();
    const other = await graph.begin({ domain });
    await write(first, 'User', user('00u1', { profile: { title: 'mine' } }));
    assert.deepEqual(
      await write(other, 'User', user('00u1', { profile: { title: 'theirs' } })),
      written(1, 1, 0),
    );
    assert.equal((await graph.node('User', '00u1'))?.['title'], 'mine');
  });

  describe('with awkward values', () => {
    const AWKWARD: readonly [what: string, text: string][] = [
      ['U+0000', 'Nu\u0000ll'],
      ['a lone surrogate', 'Half\ud83d'],
      ['emoji', '👩🏽‍💻 🏳️‍🌈'],
      ['text from right to left', 'محمد \u202eכהן\u202c'],
      ['what looks like Cypher', "'}) DETACH DELETE n //"],
      ['six thousand letters', 'W'.repeat(6000)],
    ];
    for (const [what, text] of AWKWARD) {
      it(`keep ${what}, in the raw object too`, async () => {
        const profile = { displayName: text, title: text, email: `${text}@acme.com`, custom: [text] };
        const rows = [user('00u0'), user('00u1', { profile }), user('00u2')];
        assert.deepEqual(await write(first, 'User', ...rows), written(3, 3, 0));
        const node = await graph.node('User', '00u1');
        assert.deepEqual(
          [node?.['display_name'], node?.['title']],
          [text.toWellFormed(), text.toWellFormed()],
        );
        const raw = JSON.parse(String(node?.['okta_raw_user_object'])) as { profile: { custom: string[] } };
        assert.deepEqual(raw.profile.custom, [text]);
        assert.deepEqual(await write(second, 'User', ...rows), written(3, 0, 0), 'the same when read again');
      });
    }

    it('and a raw object of 1 MB cost no other row', async () => {
      const huge = user('00u1', { profile: { blob: 'x'.repeat(1024 * 1024) } });
      assert.deepEqual(await write(first, 'User', user('00u0'), huge, user('00u2')), written(3, 3, 0));
      const size = await graph.value<number>(
        'MATCH (u:User {okta_domain: $domain, id: "00u1"}) RETURN size(u.okta_raw_user_object) AS value',
      );
      assert.ok(size > 1024 * 1024);
    });

    it('cost no group either: a name longer than an index can hold', async () => {
      const rows = [group('00g0'), group('00g1', { profile: { name: 'W'.repeat(20_000) } }), group('00g2')];
      assert.deepEqual(await write(first, 'Group', ...rows), written(3, 3, 0));
    });
  });
});

describe('the batches of a list', () => {
  const row = (bytes: number): NodeRow => ({ ...user('00u1'), bytes });
  const sizes = (rows: NodeRow[]) => batches(rows).map((batch) => batch.length);
  const MB = 1024 * 1024;

  it('have at most a thousand rows', () => {
    assert.deepEqual(sizes(Array.from({ length: 2500 }, () => row(1))), [1000, 1000, 500]);
  });

  it('have at most 8 MB, and a larger row is in a batch of its own', () => {
    assert.deepEqual(sizes([row(3 * MB), row(5 * MB), row(1), row(20 * MB), row(MB), row(MB)]), [2, 1, 1, 2]);
  });

  it('keep every row, in order', () => {
    const rows = Array.from({ length: 1500 }, (_, i) => ({ ...row(20_000), id: `00u${i}` }));
    assert.deepEqual(batches(rows).flat(), rows);
    assert.deepEqual(batches([]), []);
  });

  it('know about what a row weighs', () => {
    const light = user('00u1');
    const heavy = user('00u1', { profile: { blob: 'x'.repeat(MB) } });
    assert.ok(light.bytes < 10_000);
    assert.ok(heavy.bytes > 2 * MB && heavy.bytes < 3 * MB);
  });
});

/** The part of the raw object that a change names. */
function rawOf(change: object = {}): string {
  const { profile: _, ...own } = change as { profile?: object };
  return JSON.stringify(own);
}
