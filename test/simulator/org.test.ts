import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OktaUser, Simulator, SimulatorOptions } from '../../src/simulator';
import { call, withSimulator } from './httpClient';

const now = (): number => Date.UTC(2026, 4, 5, 6, 7, 8);

describe('the seed of the simulated org', () => {
  const snapshot = async (options: SimulatorOptions): Promise<string> => {
    let text = '';
    await withSimulator(options, async ({ org, origin }: Simulator) => {
      const truth = org.truth();
      text = JSON.stringify([[...truth.users()], [...truth.groups()], [...truth.edges()]]).replaceAll(
        origin,
        '',
      );
    });
    return text;
  };

  it('is the same for the same seed, and different for another', async () => {
    const size = { users: 120, groups: 15, memberships: 700, now };
    const first = await snapshot({ ...size, seed: 7 });
    assert.equal(await snapshot({ ...size, seed: 7 }), first);
    assert.notEqual(await snapshot({ ...size, seed: 8 }), first);
  });

  it('has exactly the requested number of users, groups and memberships', async () => {
    for (const [users, groups, memberships] of [
      [1, 1, 1],
      [5, 3, 7],
      [20, 3, 60],
      [60, 50, 60],
      [2_000, 200, 22_000],
      [20_000, 2_000, 220_000],
    ] as const) {
      await withSimulator({ users, groups, memberships }, async ({ org }) => {
        const truth = org.truth();
        assert.deepEqual(truth.counts, { users, groups, memberships });
        const edges = new Set([...truth.edges()].map((edge) => edge.join()));
        assert.equal(edges.size, memberships);
        assert.equal(org.everyone.members.size, users);
      });
    }
  });

  it('rejects more memberships than the groups can hold, or fewer than Everyone has', async () => {
    await assert.rejects(
      withSimulator({ users: 5, groups: 2, memberships: 11 }, async () => {}),
      /do not fit/,
    );
    await assert.rejects(
      withSimulator({ users: 5, groups: 2, memberships: 4 }, async () => {}),
      /do not fit/,
    );
  });

  it('has group sizes as in real orgs: a few large, many small, some empty', async () => {
    await withSimulator({ users: 2_000, groups: 200, memberships: 22_000 }, async ({ org }) => {
      const sizes = [...org.truth().groups()].map(({ usersCount }) => usersCount).sort((a, b) => b - a);
      assert.ok((sizes[1] ?? 0) > 500);
      assert.ok((sizes[100] ?? 0) < 100);
      assert.equal(sizes.at(-1), 0);
    });
  });

  it('has ids as in Okta: 20 characters with the prefix of their kind', async () => {
    await withSimulator({ users: 500, groups: 50 }, async ({ org }) => {
      const userIds = [...org.truth().users()].map(({ id }) => id);
      const groupIds = [...org.truth().groups()].map(({ id }) => id);
      for (const id of userIds) assert.match(id, /^00u[A-Za-z0-9]{17}$/);
      for (const id of groupIds) assert.match(id, /^00g[A-Za-z0-9]{17}$/);
      assert.equal(new Set([...userIds, ...groupIds]).size, 550);
    });
  });

  it('has realistic users: every status, a tree of managers, unique logins, some that never signed in', async () => {
    await withSimulator({ users: 1_000, awkward: false }, async ({ org }) => {
      const users = [...org.truth().users()];
      const statuses = new Set(users.map(({ status }) => status));
      assert.deepEqual([...statuses].sort(), [
        'ACTIVE',
        'DEPROVISIONED',
        'LOCKED_OUT',
        'PASSWORD_EXPIRED',
        'PROVISIONED',
        'RECOVERY',
        'STAGED',
        'SUSPENDED',
      ]);
      assert.equal(new Set(users.map(({ profile }) => profile.login)).size, 1_000);
      assert.ok(users.some(({ lastLogin }) => lastLogin === null));
      const seen = new Set<unknown>([undefined]);
      for (const { id, profile } of users) {
        assert.ok(seen.has(profile.managerId), 'a manager comes before the reports');
        seen.add(id);
      }
      const bytes = users.map((user) => Buffer.byteLength(JSON.stringify(user)));
      const average = bytes.reduce((sum, n) => sum + n, 0) / bytes.length;
      assert.ok(average > 1_600 && average < 2_500, `${average} bytes a user`);
    });
  });

  it('has timestamps that are days to months old', async () => {
    await withSimulator({ users: 300, groups: 50, now }, async ({ org }) => {
      const day = 86_400_000;
      const stamps = [
        ...[...org.truth().users()].map(({ lastUpdated }) => lastUpdated),
        ...[...org.truth().groups()].flatMap((group) => [group.lastUpdated, group.lastMembershipUpdated]),
      ].map((stamp) => Date.parse(stamp));
      assert.ok(Math.max(...stamps) < now() - 2 * day);
      assert.ok(Math.min(...stamps) > now() - 210 * day);
    });
  });

  it('has groups of the three types, with the attributes of AD groups', async () => {
    await withSimulator({ users: 50, groups: 20 }, async ({ org }) => {
      const groups = [...org.truth().groups()];
      assert.equal(groups[0]?.profile.name, 'Everyone');
      assert.deepEqual([...new Set(groups.map(({ type }) => type))], ['BUILT_IN', 'OKTA_GROUP', 'APP_GROUP']);
      const names = [
        'name',
        'description',
        'dn',
        'externalId',
        'samAccountName',
        'windowsDomainQualifiedName',
      ];
      for (const { type, profile } of groups)
        if (type === 'APP_GROUP') assert.deepEqual(Object.keys(profile), names);
    });
  });

  it('has awkward people, who are served unchanged', async () => {
    await withSimulator({ users: 50 }, async (simulator) => {
      const replies = await Promise.all(
        [...simulator.org.truth().users()].map(async (user) => ({
          user,
          reply: await call<OktaUser>(simulator, `/api/v1/users/${user.id}`),
        })),
      );
      for (const { user, reply } of replies) assert.deepEqual(reply.json, user);
      const profiles = replies.map(({ user }) => user.profile);
      const emails = profiles.map(({ email }) => email);
      const text = replies.map(({ reply }) => reply.text).join('\n');
      assert.equal(emails.filter((email) => email === emails[49]).length, 2);
      assert.ok(emails.includes(String(emails[49]).toUpperCase()));
      assert.ok(profiles.some((profile) => !('email' in profile)));
      assert.ok(emails.includes(null));
      assert.ok(profiles.some((profile) => Object.keys(profile).join() === 'login'));
      assert.ok(profiles.some(({ displayName }) => String(displayName).length > 5_000));
      assert.match(text, /Half\\ud83d"/, 'a lone surrogate is escaped');
      assert.match(text, /Nu\\u0000ll/);
      assert.match(text, /<script>/);
      assert.match(text, /𠮷野/);
      assert.match(text, /QUARANTINED_BY_POLICY/);
      assert.match(text, /Con\\"or/);
    });
  });

  it('has no awkward people if disabled', async () => {
    await withSimulator({ users: 50, awkward: false }, async ({ org }) => {
      for (const { profile } of org.truth().users()) assert.equal(profile.email, profile.login);
    });
  });

  it('has the requested number of profiles of 1 MB', async () => {
    await withSimulator({ users: 60, hugeProfiles: 2 }, async (simulator) => {
      const large = [...simulator.org.truth().users()].filter(
        ({ profile }) => JSON.stringify(profile).length > 1_000_000,
      );
      assert.equal(large.length, 2);
      const reply = await call(simulator, `/api/v1/users/${large[0]?.id}`);
      assert.deepEqual(reply.json, large[0]);
    });
  });

  it('counts the calls of a full read', async () => {
    await withSimulator({ users: 1_500, groups: 250, memberships: 9_000 }, async ({ org }) => {
      const needed = org.callsNeeded();
      const sizes = [...org.truth().groups()].map(({ usersCount }) => usersCount);
      assert.equal(needed.userPages, 8);
      assert.equal(needed.groupPages, 2);
      assert.equal(
        needed.memberPages,
        sizes.reduce((sum, size) => sum + Math.max(1, Math.ceil(size / 1000)), 0),
      );
      assert.equal(needed.emptyGroups, sizes.filter((size) => size === 0).length);
      assert.equal(needed.total, needed.userPages + needed.groupPages + needed.memberPages);
    });
  });

  it('holds 100,000 users and a million memberships in bounded memory', async () => {
    const script = join(__dirname, 'largeOrg.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
    const printed = JSON.parse(stdout) as { memberships: number; members: number; rssBytes: number };
    assert.deepEqual([printed.memberships, printed.members], [1_000_000, 1000]);
    assert.ok(printed.rssBytes < 600 * 1024 * 1024, `${printed.rssBytes} bytes`);
  });
});
