import assert from 'node:assert/strict';
import { LIST_START } from '../../src/activities/lists';
import type { Run } from '../../src/graph/write/run';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('What comes late', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 300, groups: 12, memberships: 900 });
  });
  afterEach(() => org.sim.faults.clear());
  after(() => org.stop());

  const isTrue = async () => {
    assert.deepEqual(await org.differences(), []);
  };
  const readLists = async (run: Run, attempt = () => org.attempt()) => {
    await attempt().call('syncUsers', run, LIST_START);
    await attempt().call('syncGroups', run, LIST_START);
  };
  const readAll = async (run: Run) => {
    await readLists(run, onAnotherWorker);
    await onAnotherWorker().call('syncMemberships', run);
  };
  /** Its requests do not wait for those that are held back. */
  const onAnotherWorker = () => org.attempt({ ports: { okta: org.oktaOfAnotherWorker } });
  /** Makes answers that are on their way be older than those that follow, until they are released. */
  const holdBack = (route: 'users' | 'groups' | 'members', calls: number) =>
    org.sim.faults.set([{ match: { route, times: calls }, action: { type: 'late' } }]);
  const areAsked = (route: string, calls: number) => until(() => (org.calls[route] ?? 0) >= calls);
  const changeAllGroups = () => {
    for (const { id } of [...org.sim.org.truth().groups()]) {
      const member = [...org.sim.org.truth().edges()].find(([, group]) => group === id)?.[0];
      if (member && id !== org.sim.org.everyone.id) org.sim.org.removeMembership(id, member);
    }
  };

  it('from an attempt that was given up writes no membership over its retry', async () => {
    const run = await org.begin();
    await readLists(run);
    holdBack('members', 10);
    const zombie = org.attempt().call('syncMemberships', run);
    await areAsked('members', 10);
    changeAllGroups();
    assert.equal((await onAnotherWorker().call('syncMemberships', run)).done, true);
    await onAnotherWorker().call('syncGroups', run, LIST_START);
    await isTrue();
    const { memberships_added: added, memberships_removed: removed } = await org.counted(run);

    org.sim.faults.release();
    await zombie;
    await isTrue();
    assert.deepEqual(
      [(await org.counted(run))['memberships_added'], (await org.counted(run))['memberships_removed']],
      [added, removed],
    );
  });

  it('from an earlier run that is still in progress writes no membership over a later one', async () => {
    const earlier = await org.begin();
    await readLists(earlier);
    holdBack('members', 10);
    const late = org.attempt().call('syncMemberships', earlier);
    await areAsked('members', 10);
    changeAllGroups();
    await readAll(await org.begin());
    await isTrue();
    org.sim.faults.release();
    await late;
    await isTrue();
  });

  for (const [route, activity] of [
    ['users', 'syncUsers'],
    ['groups', 'syncGroups'],
  ] as const) {
    it(`from an earlier run brings back no older ${route}`, async () => {
      const earlier = await org.begin();
      holdBack(route, 1);
      const late = org.attempt().call(activity, earlier, LIST_START);
      await areAsked(route, 1);
      org.sim.org.churn({ seed: 5, renameUsers: 60, renameGroups: 6, deactivateUsers: 20 });
      const later = await org.begin();
      await readAll(later);
      await isTrue();
      org.sim.faults.release();
      await late;
      await isTrue();
      const [seen] = await org.db.read<{ by: number }>(
        'MATCH (n) WHERE n.okta_domain = $domain AND (n:User OR n:Group) RETURN min(n.last_seen_run) AS by',
        { domain: org.sim.domain },
      );
      assert.equal(seen?.by, later.number);
    });
  }
});
