import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Org } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import type { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { RUNS_A_DAY, SimulatedDays, type CountedRun } from '../../dev/lab/org/simulatedDays';

const HOUR = 3_600_000;

describe('Verification that is spread over the day', () => {
  const started: SimulatedDays[] = [];
  const start = async (options: Parameters<typeof SimulatedDays.start>[0]): Promise<SimulatedDays> => {
    const day = await SimulatedDays.start(options);
    started.push(day);
    return day;
  };
  const stop = async () => {
    for (const day of started.splice(0)) await day.org.stop();
  };
  afterEach(stop);

  it('reads every group once a day, evenly, and finds changes that Okta does not show', async function () {
    this.timeout(SERVICE_TIMEOUT_MS + 300_000);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 10_000 }),
          groups: fc.integer({ min: 90, max: 160 }),
          unnoticed: fc.uniqueArray(fc.record({ beforeRun: fc.nat(RUNS_A_DAY - 1), nth: fc.nat(80) }), {
            minLength: 2,
            maxLength: 6,
            selector: ({ nth }) => nth,
          }),
          touched: fc.integer({ min: 0, max: 4 }),
        }),
        async ({ seed, groups, unnoticed, touched }) => {
          const day = await start({ users: 150, groups, memberships: groups * 8, seed });
          const full = await day.full();
          const runs: CountedRun[] = [];
          const swapped: { group: string; beforeRun: number }[] = [];
          for (let nth = 0; nth < 2 * RUNS_A_DAY; nth += 1) {
            for (const swap of unnoticed.filter(({ beforeRun }) => beforeRun === nth))
              swapped.push({ group: swapUnnoticed(day.org, swap.nth), beforeRun: nth });
            day.org.sim.org.churn({
              seed: seed + nth,
              groupsTouched: touched,
              addMemberships: touched * 2,
            });
            runs.push(await day.later());
            assert.ok((await day.oldestHours()) <= 24, `run ${nth}`);
            for (const { group } of swapped.filter(({ beforeRun }) => nth - beforeRun >= RUNS_A_DAY - 1))
              assert.deepEqual(
                await membersInGraph(day.org, group),
                membersInOkta(day.org.sim.org, group),
                `run ${nth}`,
              );
          }
          assert.ok(runs.every(({ report }) => report.mode === 'incremental'));
          for (const some of [runs.slice(0, RUNS_A_DAY), runs.slice(RUNS_A_DAY)]) {
            const calls = some.map((run) => run.calls);
            const mean = calls.reduce((sum, each) => sum + each, 0) / calls.length;
            const peak = Math.max(...calls);
            assert.ok(peak <= 2 * mean, calls.join(', '));
            assert.ok(peak < full.calls / 3, `${calls.join(', ')}, and ${full.calls} in a full run`);
          }
          assert.deepEqual(await day.org.differences({ loginsMayLag: true }), []);
          await stop();
        },
      ),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it('counts in the report the groups that were read for no other reason', async () => {
    const day = await start({ users: 40, groups: 23, memberships: 300 });
    await day.full();
    const [changed, ...others] = [...day.org.sim.org.truth().groups()].slice(1);
    const [user] = [...day.org.sim.org.truth().users()];
    assert.ok(changed && user);
    if (!day.org.sim.org.addMembership(changed.id, user.id))
      day.org.sim.org.removeMembership(changed.id, user.id);
    const { groupsRead, groupsVerified = 0, groupsUnchanged } = (await day.later()).report.memberships;
    assert.equal(groupsRead + groupsUnchanged, others.length + 2);
    // 23 groups have to be read in 11 runs; the changed one may be among the first three.
    assert.ok(groupsVerified === 3 || groupsVerified === 2, `${groupsVerified}`);
    assert.equal(groupsRead - groupsVerified, 1);
  });

  it('reads all that is due after an outage, and then spreads it again', async function () {
    this.timeout(60_000);
    const day = await start({ users: 40, groups: 30, memberships: 400 });
    const full = await day.full();
    const afterwards = await day.later({ ms: 30 * HOUR });
    assert.equal(afterwards.report.mode, 'incremental');
    assert.ok(afterwards.calls >= full.calls, `${afterwards.calls}`);
    const next = await day.later();
    assert.ok(next.calls < full.calls / 3, `${next.calls}`);
  });

  it('reads the user list once a day, and removes users that only this list shows to be deleted', async function () {
    this.timeout(60_000);
    const day = await start({ users: 410, groups: 30, memberships: 1_200 });
    const { sim, db } = day.org;
    await day.full();
    await db.run("CREATE (:User {okta_domain: $domain, id: '00uGone', last_seen_run: 1})", {
      domain: sim.domain,
    });
    const pages: number[] = [];
    const deleted: number[] = [];
    for (let nth = 0; nth < 2 * RUNS_A_DAY; nth += 1) {
      const { report } = await day.later();
      pages.push(day.org.calls['users'] ?? 0);
      deleted.push(report.users.deleted);
    }
    const whole = pages.flatMap((each, nth) => (each >= 3 ? [nth] : []));
    assert.deepEqual(whole, [10, 21], `pages of users: ${pages.join(', ')}`);
    assert.deepEqual(
      deleted.flatMap((each, nth) => (each > 0 ? [nth] : [])),
      [10],
    );
  });
});

/** Replaces a member of a group, without a new timestamp or count. @returns the id of the group. */
function swapUnnoticed({ sim: { org } }: OrgUnderTest, nth: number): string {
  const groups = [...org.truth().groups()].filter(
    ({ type, usersCount }) => type !== 'BUILT_IN' && usersCount > 0,
  );
  const group = groups[nth % groups.length];
  assert.ok(group);
  const members = membersInOkta(org, group.id);
  const [leaving] = members;
  const joining = [...org.truth().users()].find(({ id }) => !members.includes(id));
  assert.ok(leaving && joining);
  org.removeMembership(group.id, leaving, false);
  org.addMembership(group.id, joining.id, false);
  return group.id;
}

function membersInOkta(org: Org, group: string): string[] {
  const edges = [...org.truth().edges()].filter(([, of]) => of === group);
  return edges.map(([user]) => user).sort();
}

async function membersInGraph({ db, sim }: OrgUnderTest, group: string): Promise<string[]> {
  const rows = await db.read<{ id: string }>(
    'MATCH (:Group {okta_domain: $domain, id: $group})<-[:MEMBER_OF]-(u) RETURN u.id AS id ORDER BY id',
    { domain: sim.domain, group },
  );
  return rows.map(({ id }) => id);
}
