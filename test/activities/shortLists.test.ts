import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('A list that ends too early', () => {
  let org: OrgUnderTest;

  beforeEach(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 400, groups: 6, memberships: 700 });
  });
  afterEach(() => org.stop());

  const codes = ({ warnings }: SyncReport) => warnings.map(({ code }) => code);

  describe('of members', () => {
    const SHOWN = 100;
    const membersOf = (id: string) =>
      org.db
        .read<{ count: number }>(
          'RETURN COUNT { MATCH (:Group {okta_domain: $domain, id: $id})<-[:MEMBER_OF]-() } AS count',
          { domain: org.sim.domain, id },
        )
        .then(([row]) => row?.count);
    /** The list of Everyone has its first members only, and no next link. */
    const cut = (times?: number): FaultRule => ({
      match: { route: 'members', path: org.sim.org.everyone.id, ...(times && { times }) },
      action: {
        type: 'error',
        status: 200,
        body: [...org.sim.org.truth().users()].slice(0, SHOWN) as never,
      },
    });

    it('is read again in the same run, and whole by then', async () => {
      org.sim.faults.set([cut(1)]);
      const report = await org.wholeRun();
      assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
      assert.equal(await membersOf(org.sim.org.everyone.id), 400);
      const { groupsRead, groupsFailed } = report.memberships;
      assert.deepEqual([groupsRead, groupsFailed], [report.groups.seen, 0]);
    });

    it('is written and reported when it stays short, read by the next run, and no longer reported while it is as short as before', async () => {
      org.sim.faults.set([cut()]);
      const { id } = org.sim.org.everyone;
      const report = await org.wholeRun();
      assert.equal(report.outcome, 'partial');
      assert.deepEqual(
        report.warnings.map(({ code, groupId }) => [code, groupId]),
        [['MEMBERS_MISSING', id]],
      );
      assert.match(report.warnings[0]?.message ?? '', /lists 100 members of this group but counts 300 more/);
      assert.equal(await membersOf(id), SHOWN);
      assert.equal(report.memberships.groupsRead + report.memberships.groupsFailed, report.groups.seen);

      const next = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([next.outcome, next.memberships.groupsRead], ['succeeded', 1]);
      assert.equal(org.calls['group'], undefined);
      const unchanged = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([unchanged.outcome, unchanged.memberships.groupsRead], ['succeeded', 0]);

      org.sim.faults.clear();
      const whole = await org.wholeRun();
      assert.deepEqual([whole.outcome, await membersOf(id)], ['succeeded', 400]);
    });

    it('is read twice for 50 groups only, since more of them mean that the token does not see everybody', async () => {
      const hiding = await OrgUnderTest.start({ users: 60, groups: 80, memberships: 900 });
      try {
        const firstOf = new Map([...hiding.sim.org.truth().edges()].map(([user, group]) => [group, user]));
        const groups = [...hiding.sim.org.truth().groups()].filter(({ usersCount }) => usersCount > 0);
        const large = groups.filter(({ usersCount }) => usersCount > 1);
        assert(large.length > 50, `${large.length} groups have several members`);
        const users = new Map([...hiding.sim.org.truth().users()].map((user) => [user.id, user]));
        const shorten = ({ id }: { id: string }): FaultRule => ({
          match: { route: 'members', path: id },
          action: { type: 'error', status: 200, body: [users.get(firstOf.get(id) ?? '')] as never },
        });
        hiding.sim.faults.set(large.map(shorten));
        const report = await hiding.wholeRun();
        assert.deepEqual([hiding.calls['members'], hiding.calls['group']], [groups.length + 50, 100]);
        assert.equal(codes(report).filter((code) => code === 'MEMBERS_MISSING').length, 50);
      } finally {
        await hiding.stop();
      }
    });

    it('is not one of a group that somebody has left since the groups were listed', async () => {
      const { everyone } = org.sim.org;
      const run = await org.begin();
      await org.lists(run);
      const [group] = [...org.sim.org.truth().groups()].filter((each) => each.id !== everyone.id);
      const inhabited = [...org.sim.org.truth().groups()].filter(({ usersCount }) => usersCount > 0);
      const [leaver] = [...org.sim.org.truth().edges()].filter(([, of]) => of === group?.id);
      assert(leaver);
      org.sim.org.removeMembership(leaver[1], leaver[0]);
      await org.members(run);
      const report = await org.attempt().call('endRun', run);
      assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
      assert.deepEqual([org.calls['group'], org.calls['members']], [1, inhabited.length]);
    });
  });

  describe('of users', () => {
    /** All users change; the list has two full pages then, and nothing follows the first in the second read. */
    const changed = async (): Promise<number> => {
      await org.wholeRun();
      const ids = [...org.sim.org.truth().users()].map(({ id }) => id);
      for (const id of ids) org.sim.org.renameUser(id, { title: 'Changed' });
      return ids.length;
    };
    const written = () =>
      org.db
        .read<{ count: number }>(
          `RETURN COUNT { MATCH (:User {okta_domain: $domain, title: 'Changed'}) } AS count`,
          { domain: org.sim.domain },
        )
        .then(([row]) => row?.count);

    it('after a next link is asked for again, so that the watermark skips nobody', async () => {
      const all = await changed();
      org.sim.faults.set([
        { match: { route: 'users', path: 'after=', times: 1 }, action: { type: 'emptyList' } },
      ]);
      const report = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([report.outcome, await written()], ['succeeded', all]);
    });

    it('with a full page is asked for again', async () => {
      const all = await changed();
      const first = [...org.sim.org.truth().users()].slice(0, 200);
      org.sim.faults.set([
        {
          match: { route: 'users', times: 1 },
          action: { type: 'error', status: 200, body: first as never },
        },
      ]);
      const report = await org.wholeRun({ mode: 'incremental' });
      assert.deepEqual([report.outcome, await written()], ['succeeded', all]);
    });

    it('is the end when it comes twice', async () => {
      await org.wholeRun();
      assert.equal(org.calls['users'], 3, 'two full pages, the last of them twice');
      org.sim.faults.set([{ match: { route: 'users', path: 'after=' }, action: { type: 'emptyList' } }]);
      await org.wholeRun();
      assert.equal(org.calls['users'], 3);
      await org.wholeRun({ mode: 'incremental' });
      assert.equal(org.calls['users'], 1, 'nothing has changed');
    });
  });
});
