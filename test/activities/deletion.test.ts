import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

const NOT_FOUND: FaultRule['action'] = { type: 'error', status: 404, errorCode: 'E0000007' };
const FAILING: FaultRule['action'] = { type: 'error', status: 500 };

describe('What Okta says once, or says and contradicts', () => {
  let org: OrgUnderTest;

  beforeEach(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 120, groups: 12 });
    const report = await org.wholeRun();
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
  });
  afterEach(() => org.stop());

  const codes = ({ warnings }: SyncReport) => [...new Set(warnings.map(({ code }) => code))];
  const countOf = ({ warnings }: SyncReport, code: string) =>
    warnings.find((warning) => warning.code === code && warning.groupId === undefined)?.count;
  const ordinaryGroup = () => {
    const { everyone } = org.sim.org;
    const group = [...org.sim.org.truth().groups()].find(
      ({ id, usersCount }) => id !== everyone.id && usersCount > 0,
    );
    assert(group);
    return group;
  };
  const membersOf = (group: string) =>
    new Set([...org.sim.org.truth().edges()].flatMap(([user, of]) => (of === group ? [user] : [])));
  const users = () => [...org.sim.org.truth().users()].map(({ id }) => id);

  describe('of a group', () => {
    it('does nothing when it was temporarily 404: it is read in the same run', async () => {
      const before = await org.content();
      const { id } = ordinaryGroup();
      org.sim.faults.set([
        { match: { route: 'members', path: id, times: 1 }, action: NOT_FOUND },
        { match: { route: 'group', path: id, times: 1 }, action: NOT_FOUND },
      ]);
      const report = await org.wholeRun();
      assert.deepEqual(
        [report.outcome, report.groups.deleted, report.memberships.removed],
        ['succeeded', 0, 0],
      );
      assert.deepEqual(await org.content(), before);
      const [past] = await org.db.read<{ count: number }>(
        'MATCH ({okta_domain: $domain})-[m:WAS_MEMBER_OF]->() RETURN count(m) AS count',
        { domain: org.sim.domain },
      );
      assert.equal(past?.count, 0, 'history keeps no departure that never was');
    });

    it('keeps it, and says so, when it is 404 until the sweep asks', async () => {
      const before = await org.content();
      const { id } = ordinaryGroup();
      org.sim.faults.set([
        { match: { route: 'members', path: id, times: 2 }, action: NOT_FOUND },
        { match: { route: 'group', path: id, times: 2 }, action: NOT_FOUND },
      ]);
      const report = await org.wholeRun();
      assert.deepEqual([report.outcome, report.groups.deleted], ['partial', 0]);
      assert.deepEqual(
        report.warnings.map(({ code, groupId }) => [code, groupId]),
        [['GROUP_FAILED', id]],
      );
      assert.deepEqual(await org.content(), before);
      const next = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([next.outcome, next.memberships.groupsRead], ['succeeded', 1]);
    });

    it('removes it in that run when it stays 404', async () => {
      const { id } = ordinaryGroup();
      const run = await org.begin({ allowDeletes: false });
      await org.lists(run);
      org.sim.org.deleteGroup(id);
      await org.members(run);
      await org.sweep(run);
      const report = await org.attempt().call('endRun', run);
      assert.deepEqual(
        [report.outcome, report.groups.deleted, report.memberships.groupsFailed],
        ['succeeded', 1, 0],
      );
      assert(!(await org.content()).groups.includes(id), 'the group is removed');
    });
  });

  it('does not count two denials at the same time as two: the sweep waits between them', async () => {
    org.deleteUsers(1);
    const run = await org.begin();
    await org.lists(run);
    await org.members(run);
    const asked: { atMs: number; answeredMs: number }[] = [];
    const { okta } = org.ports;
    const timed = Object.assign(Object.create(okta) as typeof okta, {
      org: (domain?: string) => {
        const own = okta.org(domain);
        return Object.assign(Object.create(own) as typeof own, {
          user: async (...args: Parameters<typeof own.user>) => {
            const atMs = Date.now();
            const found = await own.user(...args);
            asked.push({ atMs, answeredMs: Date.now() });
            return found;
          },
        });
      },
    });
    await org.sweep(run, { proofGapMs: 1_500, ports: { okta: timed } });
    const [first, second, ...more] = asked;
    assert(first && second && more.length === 0);
    assert(second.atMs - first.answeredMs >= 1_500, `${second.atMs - first.answeredMs} ms lie between them`);
    assert.deepEqual([org.calls['user'], (await org.counted(run))['users_deleted']], [2, 1]);
  });

  it('asks once in a run for a user that the run before was denied', async () => {
    org.deleteUsers(1);
    const first = await org.begin();
    await org.lists(first);
    await org.members(first);
    const asking = org.attempt();
    const stopped = await asking.cancelledWhen(
      ({ step }: { step?: string }) => step === 'confirm',
      'sweep',
      first,
    );
    assert(stopped instanceof Error, String(stopped));
    await org.attempt().call('endRun', first);

    const report = await org.wholeRun();
    assert.deepEqual([report.users.deleted, org.calls['user']], [1, 1]);
  });

  it('keeps a user that answers the second time', async () => {
    const [deleted = ''] = users();
    const listed = [...org.sim.org.truth().users()].slice(1);
    org.sim.faults.set([
      { match: { route: 'users' }, action: { type: 'error', status: 200, body: listed } },
      { match: { route: 'user', path: deleted, times: 1 }, action: NOT_FOUND },
    ]);
    const report = await org.wholeRun();
    assert.deepEqual([report.outcome, report.users.deleted, org.calls['user']], ['succeeded', 0, 2]);
    assert((await org.content()).users.includes(deleted), 'the user is kept');
  });

  it('asks for a user that it may not ask for once, and then in full runs', async () => {
    const deleted = users().slice(0, 5);
    org.deleteUsers(deleted.length);
    org.sim.faults.set([
      { match: { route: 'user' }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
    ]);
    const asked: (number | undefined)[] = [];
    for (const mode of ['incremental', 'incremental', 'full', 'incremental'] as const) {
      const report = await org.wholeRun({ mode });
      asked.push(countOf(report, 'KEPT_UNPROVEN'));
      assert.equal(org.calls['user'], asked.at(-1));
      assert.equal(report.users.deleted, 0);
    }
    assert.deepEqual(asked, [5, undefined, 5, undefined]);
    org.sim.faults.clear();
    assert.equal((await org.wholeRun()).users.deleted, 5);
  });

  it('removes no part of what was withheld while it may not ask for the rest', async () => {
    const before = await org.content();
    const deleted = users().slice(0, 30);
    org.deleteUsers(deleted.length);
    assert.equal(countOf(await org.wholeRun({ allowDeletes: false }), 'REMOVALS_WITHHELD'), 30);
    const forbidden: FaultRule['action'] = { type: 'error', status: 403, errorCode: 'E0000006' };
    org.sim.faults.set(
      deleted.slice(5).map((id) => ({ match: { route: 'user', path: id }, action: forbidden })),
    );
    const report = await org.wholeRun({ allowDeletes: false });
    assert.deepEqual([report.users.deleted, countOf(report, 'REMOVALS_WITHHELD')], [0, 30]);
    assert.deepEqual((await org.content()).users, before.users);
    org.sim.faults.clear();
    assert.equal((await org.approvedRun('full')).users.deleted, 30);
  });

  describe('in the object of another one', () => {
    const answerWith = (path: string, body: unknown): FaultRule => ({
      match: { path },
      action: { type: 'error', status: 200, body: body as never },
    });

    it('is no sign of life of a user: it is reported as unconfirmed, and stays', async () => {
      const [deleted, other] = [...org.sim.org.truth().users()];
      assert(deleted && other);
      org.deleteUsers(1);
      org.sim.faults.set([answerWith(`/users/${deleted.id}`, { ...other, profile: {} })]);
      for (let round = 0; round < 2; round += 1) {
        const report = await org.wholeRun();
        assert.deepEqual([report.outcome, report.users.deleted], ['partial', 0]);
        assert.equal(countOf(report, 'KEPT_UNPROVEN'), 1);
      }
      org.sim.faults.clear();
      assert.equal((await org.wholeRun()).users.deleted, 1);
    });

    it('is no count of a group: an empty list is not believed on its word', async () => {
      const before = await org.content();
      const { id } = ordinaryGroup();
      const other = { id: org.sim.org.everyone.id, profile: { name: 'Other' } };
      org.sim.faults.set([
        { match: { route: 'members', path: id }, action: { type: 'emptyList' } },
        answerWith(`/groups/${id}?`, { ...other, _embedded: { stats: { usersCount: 0 } } }),
      ]);
      const report = await org.wholeRun();
      assert.deepEqual([codes(report), report.memberships.removed], [['MEMBERS_MISSING'], 0]);
      assert.deepEqual(await org.content(), before);
    });
  });

  it('deletes no group where a built-in one is denied, which nobody can delete', async () => {
    const before = await org.content();
    const { id } = org.sim.org.everyone;
    const deleted = ordinaryGroup().id;
    org.sim.org.deleteGroup(deleted);
    // Everyone is on the list no more, and denied by its id.
    const rest = [...org.sim.org.truth().groups()].filter((group) => group.id !== id);
    const list = rest.map(({ usersCount, ...group }) => ({ ...group, _embedded: { stats: { usersCount } } }));
    org.sim.faults.set([
      { match: { route: 'groups' }, action: { type: 'error', status: 200, body: list } },
      { match: { path: new RegExp(`/groups/${id}`) }, action: NOT_FOUND },
    ]);
    const report = await org.wholeRun();
    assert.deepEqual([report.outcome, report.groups.deleted], ['partial', 0]);
    assert.equal(countOf(report, 'SCOPE_SHRANK'), 2, 'Everyone, and the one that was deleted');
    assert.deepEqual((await org.content()).groups, before.groups);
    org.sim.faults.clear();
    const healed = await org.wholeRun();
    assert.deepEqual([healed.outcome, healed.groups.deleted], ['succeeded', 1]);
  });

  it('withholds users that are still counted where the list has no counts', async () => {
    org.sim.settings.scope.visibleShare = 0.9;
    org.sim.faults.set([{ match: { route: 'groups' }, action: { type: 'noUsersCount' } }]);
    const before = await org.content();
    const report = await org.wholeRun();
    assert.deepEqual([report.outcome, report.users.deleted], ['partial', 0]);
    assert.ok(codes(report).includes('SCOPE_SHRANK'), JSON.stringify(codes(report)));
    assert.deepEqual(await org.content(), before);
  });

  describe('of a token that sees less than before', () => {
    for (const [mode, withheldUsers] of [
      ['full', true],
      ['incremental', false],
    ] as const) {
      it(`removes nothing that Okta's counts still have, and warns, below the limit too, in a run that is ${mode}`, async () => {
        const before = await org.content();
        if (mode === 'incremental') org.sim.org.addMembership(ordinaryGroup().id, users().at(-1) ?? '');
        org.sim.settings.scope.visibleShare = 0.86;
        const hidden = before.users.length - (await visibleUsers());
        assert(hidden > 0 && hidden < before.users.length * 0.2, `${hidden} hidden, below the limit`);
        for (let round = 0; round < 2; round += 1) {
          const report = await org.wholeRun({ mode });
          assert.equal(report.outcome, 'partial');
          assert.deepEqual([report.users.deleted, report.memberships.removed], [0, 0]);
          assert.deepEqual((await org.content()).users, before.users);
          if (!withheldUsers) continue;
          assert.deepEqual(codes(report), ['SCOPE_SHRANK']);
          const counts = report.warnings
            .filter(({ groupId }) => groupId === undefined)
            .map(({ count }) => count);
          assert.equal(counts[0], hidden, 'users');
          assert((counts[1] ?? 0) > hidden, 'memberships');
        }
        org.sim.settings.scope.visibleShare = 1;
        const healed = await org.wholeRun({ mode: 'full' });
        assert.equal(healed.outcome, 'succeeded', JSON.stringify(healed.warnings));
      });
    }

    /** What else Okta may say, and not say, to such a token. */
    const CONCEALED: Readonly<Record<string, () => FaultRule[]>> = {
      'Okta has no fresh counts': () => [{ match: { route: 'group', hasExpand: true }, action: FAILING }],
      'it is denied all groups by their ids': () => [{ match: { route: 'group' }, action: NOT_FOUND }],
      'it sees one group only, and not Everyone': () => {
        const shown = ordinaryGroup();
        const { usersCount, ...group } = shown;
        const body = [{ ...group, _embedded: { stats: { usersCount } } }];
        return [
          { match: { route: 'groups' }, action: { type: 'error', status: 200, body } },
          { match: { path: new RegExp(`/groups/(?!${shown.id})`) }, action: NOT_FOUND },
        ];
      },
      'Everyone has no count': () => [
        { match: { route: 'groups' }, action: { type: 'noUsersCount' } },
        { match: { route: 'group', path: org.sim.org.everyone.id }, action: { type: 'noUsersCount' } },
      ],
    };
    for (const [what, faults] of Object.entries(CONCEALED)) {
      it(`removes no user and no membership where ${what}`, async () => {
        const before = await org.content();
        org.sim.settings.scope.visibleShare = 0.9;
        org.sim.faults.set(faults());
        for (let round = 0; round < 2; round += 1) {
          const report = await org.wholeRun();
          assert.equal(report.outcome, 'partial');
          assert(codes(report).includes('SCOPE_SHRANK'), JSON.stringify(codes(report)));
          const { users, memberships } = await org.content();
          assert.deepEqual([users, memberships], [before.users, before.memberships]);
        }
      });
    }

    const visibleUsers = async () => (await listed()).length;
    const listed = async () => {
      const search = encodeURIComponent('lastUpdated gt "1970-01-01T00:00:00.000Z"');
      const answer = await fetch(`${org.sim.origin}/api/v1/users?limit=200&search=${search}`, {
        headers: { Authorization: `SSWS ${org.sim.token}` },
      });
      return (await answer.json()) as unknown[];
    };

    it('removes what a person has approved with its number, once', async () => {
      org.sim.settings.scope.visibleShare = 0.86;
      const withheld = await org.wholeRun();
      const hidden = countOf(withheld, 'SCOPE_SHRANK') ?? 0;
      const allowed = await org.wholeRun({ allowDeletes: true });
      assert.deepEqual([allowed.users.deleted, allowed.outcome], [hidden, 'succeeded']);
      assert.equal(allowed.approval?.users, hidden);
    });
  });

  describe('of a token that never saw everybody', () => {
    let visible: ReadonlySet<string>;

    beforeEach(async () => {
      org.sim.settings.scope.visibleShare = 0.86;
      await org.wholeRun();
      const settled = await org.wholeRun({ allowDeletes: true });
      assert.equal(settled.outcome, 'succeeded', JSON.stringify(settled.warnings));
      visible = new Set((await org.content()).users);
    });

    /** A group where one member whom the token sees leaves, and one whom it does not see joins. */
    const exchange = () => {
      const { everyone } = org.sim.org;
      const all = users();
      for (const { id } of org.sim.org.truth().groups()) {
        const members = membersOf(id);
        const leaver = [...members].find((user) => visible.has(user));
        const joiner = all.find((user) => !visible.has(user) && !members.has(user));
        const hasHidden = [...members].some((user) => !visible.has(user));
        if (id === everyone.id || !leaver || !joiner || !hasHidden) continue;
        org.sim.org.removeMembership(id, leaver);
        org.sim.org.addMembership(id, joiner);
        return { id, leaver };
      }
      return assert.fail('no such group');
    };

    for (const mode of ['full', 'incremental'] as const) {
      it(`removes a membership of somebody whom Okta shows, though somebody hidden has joined, in a run that is ${mode}`, async () => {
        exchange();
        const report = await org.wholeRun({ mode });
        assert.deepEqual([report.outcome, report.memberships.removed], ['succeeded', 1]);
      });
    }

    it('removes nothing where members are missing whom Okta still counts, and warns', async () => {
      const before = await org.content();
      org.sim.faults.set([{ match: { route: 'members' }, action: { type: 'hideMembers', share: 0.25 } }]);
      const report = await org.wholeRun();
      assert.deepEqual([codes(report).includes('SCOPE_SHRANK'), report.memberships.removed], [true, 0]);
      assert.deepEqual(await org.content(), before);
    });

    it('keeps the membership while Okta does not show that user', async () => {
      const { leaver } = exchange();
      org.sim.faults.set([{ match: { route: 'userGroups', path: leaver }, action: NOT_FOUND }]);
      const report = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([codes(report).includes('SCOPE_SHRANK'), report.memberships.removed], [true, 0]);
      org.sim.faults.clear();
      const next = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([next.outcome, next.memberships.removed], ['succeeded', 1]);
    });
  });

  it('deletes a user though a group that cannot be read has grown', async () => {
    const { id } = ordinaryGroup();
    const members = membersOf(id);
    const [deleted = ''] = members;
    const joiner = users().find((user) => !members.has(user)) ?? '';
    org.sim.faults.set([
      {
        match: { route: 'members', path: `*${id}*` },
        action: { type: 'error', status: 403, errorCode: 'E0000006' },
      },
    ]);
    org.sim.org.addMembership(id, joiner);
    org.sim.org.deactivateUser(deleted);
    org.sim.org.deleteUser(deleted);
    const report = await org.wholeRun();
    assert.deepEqual([codes(report).includes('SCOPE_SHRANK'), report.users.deleted], [false, 1]);
    assert(codes(report).includes('GROUP_FAILED'), codes(report).join());
    assert(!(await org.content()).users.includes(deleted), 'the user is removed');
  });

  describe('of more users than the limit', () => {
    it('removes none of them, run after run, until that number is approved', async () => {
      org.deleteUsers(36);
      for (let round = 0; round < 3; round += 1) {
        const report = await org.wholeRun();
        assert.deepEqual([report.outcome, report.users.deleted], ['partial', 0]);
        assert.equal(countOf(report, 'REMOVALS_WITHHELD'), 36);
      }
      org.deleteUsers(1);
      const more = await org.wholeRun({ allowDeletes: true });
      assert.deepEqual([more.users.deleted, countOf(more, 'REMOVALS_WITHHELD')], [0, 37], 'approved were 36');
      const allowed = await org.wholeRun({ allowDeletes: true });
      assert.deepEqual(
        [allowed.outcome, allowed.users.deleted, allowed.approval?.users],
        ['succeeded', 37, 37],
      );
    });

    it('asks for no more of them than it takes to know', async () => {
      org.sim.settings.scope.visibleShare = 0.1;
      const report = await org.wholeRun();
      assert.equal(report.users.deleted, 0);
      assert((org.calls['user'] ?? 0) <= 50, `${org.calls['user']} users were asked for`);
    });
  });

  it('costs at most a thousand calls where a built-in group is read as empty', async () => {
    const large = await OrgUnderTest.start({ users: 1_300, groups: 3, memberships: 1_400 });
    try {
      await large.wholeRun();
      const { everyone } = large.sim.org;
      for (const { id } of [...large.sim.org.truth().users()])
        large.sim.org.removeMembership(everyone.id, id);
      const run = await large.begin();
      await large.lists(run);
      await large.members(run);
      const chunkMs = 50;
      let cursor = await large.attempt({ chunkMs }).call('sweep', run);
      let chunks = 1;
      for (; cursor; chunks += 1) {
        cursor = await large
          .attempt(chunks % 2 ? { chunkMs, heartbeatDetails: cursor } : { chunkMs })
          .call('sweep', run, cursor);
      }
      assert(chunks > 3, 'the sweep went on in other chunks and other attempts');
      assert.equal(large.calls['user'], 1_300, 'all have left it, so each is asked for once');
      const again = await large.wholeRun();
      assert.deepEqual([again.users.deleted, large.calls['user']], [0, 1_000]);
    } finally {
      await large.stop();
    }
  });
});
