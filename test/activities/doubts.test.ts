import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import { lastWithheld } from '../../src/graph/write/approvals';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { until } from '../../dev/lab/until';

const FAILING: FaultRule['action'] = { type: 'error', status: 500 };

/** What one run has left in doubt, and incremental runs, which list only changed users, go on with. */
describe('Users that a run has left in doubt', () => {
  let org: OrgUnderTest;
  let aheadMs: number;

  beforeEach(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    aheadMs = 0;
    org = await OrgUnderTest.start({
      users: 150,
      groups: 12,
      memberships: 200,
      now: () => Date.now() + aheadMs,
    });
    await org.wholeRun();
    aheadMs += 600_000;
  });
  afterEach(() => org.stop());

  const remove = (id: string) => {
    org.sim.org.deactivateUser(id);
    org.sim.org.deleteUser(id);
  };
  const withheld = ({ warnings }: SyncReport) =>
    warnings.find(({ code }) => code === 'REMOVALS_WITHHELD')?.count;
  /** An incremental run that reads Everyone. */
  const later = async () => {
    org.sim.faults.clear();
    aheadMs += 600_000;
    org.sim.org.addUser();
    return org.wholeRun({ mode: 'incremental' });
  };

  /** Lists users who are gone before the members of Everyone are read. */
  async function listAndDelete(count: number, faults: (id: string) => FaultRule[]): Promise<SyncReport> {
    const ids = Array.from({ length: count }, () => org.sim.org.addUser());
    const run = await org.begin({ mode: 'incremental', allowDeletes: false });
    await org.lists(run);
    ids.forEach(remove);
    await org.members(run);
    org.sim.faults.set(ids.flatMap(faults));
    await org.sweep(run);
    return org.attempt().call('endRun', run);
  }

  // The run asks for 50 of them, and not for the rest.
  it('stay withheld until someone approves, though the credentials do not see Everyone', async () => {
    const hideEveryone = () => {
      const { everyone } = org.sim.org;
      const body = [...org.sim.org.truth().groups()]
        .filter(({ id }) => id !== everyone.id)
        .map(({ usersCount, ...group }) => ({ ...group, _embedded: { stats: { usersCount } } }));
      org.sim.faults.set([
        { match: { route: 'groups' }, action: { type: 'error', status: 200, body: body as never } },
      ]);
    };
    [...org.sim.org.truth().users()].slice(0, 80).forEach(({ id }) => {
      remove(id);
    });
    for (const mode of ['full', 'incremental', 'incremental'] as const) {
      hideEveryone();
      const report = await org.wholeRun({ mode });
      assert.deepEqual([report.outcome, withheld(report)], ['partial', 80]);
      assert.equal((await lastWithheld(org.db, org.sim.domain)).users, 80);
    }
    org.sim.faults.clear();
    assert.equal((await org.approvedRun('incremental')).users.deleted, 80);
  });

  for (const [title, times] of [
    ['the first time', {}],
    ['the second time', { after: 1 }],
  ] as const)
    it(`are asked for by the next run if Okta could not answer ${title}`, async () => {
      const match = (id: string) => [
        { match: { route: 'user', path: id, ...times }, action: FAILING } as FaultRule,
      ];
      const report = await listAndDelete(1, match);
      assert.deepEqual([report.outcome, report.users.deleted], ['partial', 0]);
      const next = await later();
      assert.deepEqual([next.outcome, next.users.deleted], ['succeeded', 1]);
      assert.deepEqual(await org.differences({ loginsMayLag: true }), []);
    });

  it('stay withheld if they were never seen in Everyone', async () => {
    assert.equal(withheld(await listAndDelete(40, () => [])), 40);
    assert.equal(withheld(await later()), 40);
    assert.equal((await org.approvedRun('incremental')).users.deleted, 40);
  });

  it('are those who joined another group after Everyone was read, and are gone by the next run', async () => {
    const { sim } = org;
    sim.org.addUser();
    const [edge] = [...sim.org.truth().edges()].filter(([, group]) => group !== sim.org.everyone.id);
    assert.ok(edge);
    const [member, group] = edge;
    sim.org.removeMembership(group, member);
    sim.faults.set([{ match: { route: 'members', path: group }, action: { type: 'delay', delayMs: 2_500 } }]);
    const run = await org.begin({ mode: 'incremental', allowDeletes: false });
    await org.lists(run);
    const reading = org.members(run);
    await until(async () => {
      const [read] = await org.db.read<{ isRead: boolean }>(
        `MATCH (g:Group {okta_domain: $domain, id: $id}) RETURN g.memberships_tried_run = $run AS isRead`,
        { domain: sim.domain, id: sim.org.everyone.id, run: run.number },
      );
      return read?.isRead === true;
    });
    const user = sim.org.addUser();
    sim.org.addMembership(group, user);
    await reading;
    await org.sweep(run);
    assert.equal((await org.attempt().call('endRun', run)).outcome, 'succeeded');
    assert.ok((await org.content()).users.includes(user), 'it was met as a member');
    remove(user);
    assert.equal((await later()).users.deleted, 1);
    assert.deepEqual(await org.differences({ loginsMayLag: true }), []);
  });
});
