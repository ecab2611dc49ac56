import assert from 'node:assert/strict';
import type { ChurnPlan } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { RUNS_A_DAY, SimulatedDays } from '../../dev/lab/org/simulatedDays';
import { accessIn, accessOf } from './support/recordedAccess';

const ACCESS = ['rules', 'apps', 'roles'] as const;

const DAY_MS = 86_400_000;

/** Changes that no stamp and no count shows, and others. */
const CHANGES: ChurnPlan = {
  assignAppUsers: 5,
  unassignAppUsers: 5,
  assignAppGroups: 2,
  unassignAppGroups: 2,
  grantRoles: 2,
  revokeRoles: 2,
  deactivateUsers: 1,
  renameApps: 1,
  changeRules: 1,
};

describe('Verification of apps and roles that is spread over the day', () => {
  let day: SimulatedDays;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    day = await SimulatedDays.start({
      users: 60,
      groups: 30,
      memberships: 300,
      apps: 26,
      rules: 6,
      roles: 16,
    });
    await day.org.wholeRun({ mode: 'full', access: ACCESS });
  });
  after(() => day.org.stop());

  const later = async () => {
    const { report } = await day.later({ access: ACCESS, options: { maxDeletePercent: 100 } });
    assert.equal(report.mode, 'incremental');
  };
  const assertEqual = async () => {
    assert.deepEqual(await day.org.accessDifferences(), []);
    assert.deepEqual(await accessIn(day.org.db, day.org.sim.domain), accessOf(day.org.sim));
  };

  it('makes the graph equal the org within a day of automatic runs', async function () {
    this.timeout(240_000);
    for (let nth = 0; nth < RUNS_A_DAY; nth += 1) {
      day.org.sim.org.churn({ seed: nth + 1, ...CHANGES });
      await later();
    }
    for (let nth = 0; nth < RUNS_A_DAY; nth += 1) await later();
    await assertEqual();
  });

  it('reads no more than its share in one run, however short its chunks are', async () => {
    const { org } = day;
    const automatic = { mode: 'auto', spread: { intervalMs: DAY_MS / RUNS_A_DAY } } as const;
    for (const chunkMs of [20_000, 0]) {
      const run = await org.begin({ allowDeletes: false, ...automatic, access: ACCESS });
      assert.equal(run.mode, 'incremental');
      await org.lists(run);
      await org.members(run);
      for (const part of ['read', 'settled'] as const) await org.access(run, part, { chunkMs });
      const { appUsers = 0, groupApps = 0 } = org.calls;
      assert.equal(appUsers, Math.ceil(org.sim.org.truth().access.counts.apps / RUNS_A_DAY));
      assert.ok(groupApps <= Math.ceil(30 / RUNS_A_DAY), `${groupApps}`);
      await org.attempt().call('endRun', run);
    }
  });

  it('is left out of an incremental run that someone asks for', async () => {
    const { org } = day;
    await org.wholeRun({ mode: 'incremental', access: ACCESS });
    const { appUsers = 0, groupApps = 0 } = org.calls;
    assert.deepEqual([appUsers, groupApps], [0, 0]);
  });

  it('does not let many runs remove together what one may not', async function () {
    this.timeout(240_000);
    const { org } = day;
    await day.pass(2 * DAY_MS);
    org.sim.org.churn({ seed: 99, assignAppUsers: 100, renameApps: '100%' });
    await later();
    const { counts } = org.sim.org.truth().access;
    const atStart = counts.appUsers + counts.appGroups;
    const eachTime = Math.ceil(atStart / 12);
    let removed = 0;
    let isWithheld = false;
    for (let nth = 0; nth < 6 && !isWithheld; nth += 1) {
      org.sim.org.churn({ seed: nth + 100, unassignAppUsers: eachTime, renameApps: '100%' });
      const { report } = await day.later({
        access: ACCESS,
        mayBePartial: true,
        options: { maxDeletePercent: 20 },
      });
      removed += report.access?.assignments?.removed ?? 0;
      isWithheld = report.warnings.some(({ code }) => code === 'REMOVALS_WITHHELD');
    }
    assert.ok(isWithheld && removed > 0 && removed <= atStart * 0.2, `${removed} of ${atStart}`);
    const ports = { okta: org.oktaOfAnotherWorker };
    await org.wholeRun({ mode: 'full', access: ACCESS }, { maxDeletePercent: 100, ports });
    await assertEqual();
  });

  it('does not wait for a list that fails in every run before it reads the others', async function () {
    this.timeout(120_000);
    const { sim } = day.org;
    const failing = [...sim.org.truth().access.apps()].slice(0, 3).map(({ id }) => id as string);
    sim.faults.set(
      failing.map((id) => ({
        match: { path: `/apps/${id}/users` },
        action: { type: 'error', status: 403, errorCode: 'E0000006' },
      })),
    );
    const another = [...sim.org.truth().access.apps()].at(-1)?.id as string;
    const user = sim.org.addUser();
    sim.org.access.apps.assignUser(another, user);
    const read = new Set<string>();
    for (let nth = 0; nth < RUNS_A_DAY + 2 && read.size === 0; nth += 1) {
      await day.later({ access: ACCESS, mayBePartial: true });
      const lines = await accessIn(day.org.db, sim.domain);
      if (lines.includes(`${user} has ${another}`)) read.add(another);
    }
    sim.faults.clear();
    assert.deepEqual([...read], [another]);
  });

  it('is not needed for roles of a group, or of a user, that had none for some time', async () => {
    const { sim, db } = day.org;
    const { roles } = sim.org.access;
    const [group, user] = [sim.org.addGroup(), sim.org.addUser()];
    for (const step of ['grant', 'revoke', 'grant'] as const) {
      const ids = [{ groupId: group }, { userId: user }].map((assignee) => {
        if (step === 'grant') return roles.grant(assignee, { type: 'MOBILE_ADMIN' });
        const [role] = [...sim.org.truth().access.roles()].filter(
          ({ assigneeId }) => assigneeId === Object.values(assignee)[0],
        );
        return String(roles.revoke(assignee, role?.role.id ?? ''));
      });
      assert.equal(ids.length, 2);
      await later();
      const lines = await accessIn(db, sim.domain);
      for (const owner of [group, user])
        assert.equal(
          lines.some((line) => line.startsWith(`${owner} is MOBILE_ADMIN`)),
          step === 'grant',
          `${step} ${owner}`,
        );
    }
  });
});
