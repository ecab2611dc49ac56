import assert from 'node:assert/strict';
import fc from 'fast-check';
import { approveAll } from '../../dev/lab/org/approval';
import { churnOfAccess } from '../../dev/lab/org/accessChurn';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { accessIn, accessOf, everIn, nodesOf } from './support/recordedAccess';

const ACCESS = ['rules', 'apps', 'roles'] as const;
const BETWEEN_RUNS_MS = 10 * 60_000;
const STEPS = 14;

describe('Apps and roles of the past', () => {
  let org: OrgUnderTest;
  let aheadMs = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      users: 40,
      groups: 9,
      memberships: 150,
      apps: 12,
      rules: 8,
      roles: 8,
      now: () => Date.now() + aheadMs,
    });
  });
  after(() => org.stop());

  /** A run some time after the last change. @returns Okta's clock afterwards. */
  async function syncLater(mode: 'full' | 'incremental', keepsHistory = true): Promise<number> {
    aheadMs += BETWEEN_RUNS_MS;
    const report = await org.wholeRun({ mode, access: ACCESS, keepsHistory }, { maxDeletePercent: 100 });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    return org.sim.org.nowMs();
  }

  it(`are what the graph held after each run, and nothing that Okta never had, over ${STEPS} steps`, async function () {
    this.timeout(300_000);
    const { sim, db } = org;
    const seed = Date.now();
    const had = { edges: new Set<string>(), nodes: new Set<string>() };
    const states: { atMs: number; lines: string[] }[] = [];
    for (const [i, plan] of [{}, ...fc.sample(churnOfAccess, { numRuns: STEPS, seed })].entries()) {
      const step = `step ${i} of seed ${seed}`;
      sim.org.churn(plan);
      for (const line of accessOf(sim)) had.edges.add(line);
      for (const id of nodesOf(sim)) had.nodes.add(id);
      const mode = i % 3 === 0 ? 'full' : 'incremental';
      const atMs = await syncLater(mode);
      if (mode === 'full') {
        assert.deepEqual(await org.accessDifferences(), [], step);
        assert.deepEqual(await accessIn(db, sim.domain), accessOf(sim), step);
      }
      const { edges, nodes } = await everIn(db, sim.domain);
      assert.deepEqual(
        [...edges.filter((line) => !had.edges.has(line)), ...nodes.filter((id) => !had.nodes.has(id))],
        [],
        step,
      );
      states.push({ atMs, lines: await accessIn(db, sim.domain) });
    }
    assert.ok(new Set(states.map(({ lines }) => lines.join())).size > 4, 'the graph changes with the org');
    for (const [i, { atMs, lines }] of states.entries())
      assert.deepEqual(await accessIn(db, sim.domain, atMs), lines, `as of run ${i + 1}, seed ${seed}`);
  });

  it('have limits that are in order', async () => {
    const wrong = await org.db.read(
      `MATCH (s)-[m:ASSIGNED_TO|WAS_ASSIGNED_TO|HAS_ROLE|HAD_ROLE]->(t {okta_domain: $domain})
       WHERE m.valid_from IS NULL OR m.not_before >= m.valid_from OR m.valid_to < m.valid_from
         OR m.ended_after >= m.valid_to OR m.ended_after < m.valid_from
       RETURN type(m) AS type, properties(m) AS m, labels(s) AS of`,
      { domain: org.sim.domain },
    );
    assert.deepEqual(wrong, []);
  });

  it('say of a first role that the list of admins before did not have it', async () => {
    const { sim, db } = org;
    const userId = sim.org.addUser();
    await syncLater('incremental');
    const listedAt = async () =>
      (
        await db.read<{ ms: number }>(
          'MATCH (o:OktaOrg {domain: $domain}) RETURN o.admins_as_of.epochMillis AS ms',
          { domain: sim.domain },
        )
      )[0]?.ms;
    const before = await listedAt();
    sim.org.access.roles.grant({ userId }, { type: 'ORG_ADMIN' });
    await syncLater('incremental');
    const [role] = await db.read<{ after: number; by: number }>(
      `MATCH (:User {okta_domain: $domain, id: $userId})-[e:HAS_ROLE]->({type: 'ORG_ADMIN'})
       RETURN e.not_before.epochMillis AS after, e.valid_from.epochMillis AS by`,
      { domain: sim.domain, userId },
    );
    assert.ok(role && before !== undefined && role.by > before);
    assert.equal(role.after, before);
  });

  it('stay with a user, a group and an app that Okta has deleted', async () => {
    const { sim, db } = org;
    const { apps, roles } = sim.org.access;
    const [user, stayer] = [sim.org.addUser(), sim.org.addUser()];
    const group = sim.org.addGroup();
    const [kept, dropped] = [apps.add(), apps.add()];
    for (const app of [kept, dropped]) {
      for (const each of [user, stayer]) apps.assignUser(app, each);
      apps.assignGroup(app, group);
    }
    roles.grant({ userId: user }, { type: 'HELP_DESK_ADMIN' });
    roles.grant({ groupId: group }, { type: 'CUSTOM' });
    const thenMs = await syncLater('full');
    const then = accessOf(sim);
    sim.org.deactivateUser(user);
    sim.org.deleteUser(user);
    sim.org.deleteGroup(group);
    apps.setStatus(dropped, 'INACTIVE');
    apps.delete(dropped);
    const nowMs = await syncLater('full');
    assert.deepEqual(await org.accessDifferences(), []);
    assert.deepEqual(await accessIn(db, sim.domain, thenMs), then);
    assert.deepEqual(await accessIn(db, sim.domain, nowMs), accessOf(sim));
    const [former] = await db.read<{ labels: string[][] }>(
      'MATCH (n {okta_domain: $domain}) WHERE n.id IN $ids WITH n ORDER BY n.id RETURN collect(labels(n)) AS labels',
      { domain: sim.domain, ids: [user, group, dropped] },
    );
    const labels = ['FormerApp', 'FormerGroup', 'FormerUser'];
    assert.deepEqual(former?.labels.flat().sort(), [...labels, ...labels.map((label) => `Okta${label}`)]);
  });

  it('are two where an assignment ended and came back', async () => {
    const { sim, db } = org;
    const { apps } = sim.org.access;
    const [app, user] = [apps.add(), sim.org.addUser()];
    const at: number[] = [];
    for (const change of ['assignUser', 'unassignUser', 'assignUser'] as const) {
      apps[change](app, user);
      at.push(await syncLater('full'));
    }
    const line = `${user} has ${app}`;
    const isHeld = await Promise.all(
      at.map(async (ms) => (await accessIn(db, sim.domain, ms)).includes(line)),
    );
    assert.deepEqual(isHeld, [true, false, true]);
  });

  it('stay with a user who comes back, as one person', async () => {
    const { sim, db } = org;
    const everyone = [...sim.org.truth().users()];
    const { apps } = sim.org.access;
    const app = apps.add();
    for (const { id, status } of everyone) if (status !== 'DEPROVISIONED') apps.assignUser(app, id);
    const seen = accessOf(sim);
    const thenMs = await syncLater('full');
    sim.settings.scope.visibleShare = 0.8;
    aheadMs += BETWEEN_RUNS_MS;
    let deleted = 0;
    for (let approvals = 0; deleted === 0 && approvals < 3; approvals += 1) {
      const approved = await approveAll(db, sim.domain);
      const report = await org.wholeRun({ mode: 'full', access: ACCESS, ...approved });
      ({ deleted } = report.users);
    }
    assert.ok(deleted > 0);
    const awayMs = sim.org.nowMs();
    sim.settings.scope.visibleShare = 1;
    const backMs = await syncLater('full');
    assert.deepEqual(await org.accessDifferences(), []);
    assert.deepEqual(await accessIn(db, sim.domain, thenMs), seen);
    assert.ok((await accessIn(db, sim.domain, awayMs)).length < seen.length);
    assert.deepEqual(await accessIn(db, sim.domain, backMs), seen);
  });

  it('are removed when they are older than the retention, with apps that nothing is left of', async () => {
    const { sim, db } = org;
    const before = await everIn(db, sim.domain);
    const present = accessOf(sim);
    assert.ok(before.edges.length > present.length);
    await db.run(
      `MATCH ()-[m:WAS_ASSIGNED_TO|HAD_ROLE]->(t {okta_domain: $domain}) SET m.valid_to = datetime('2001-01-01T00:00:00Z')`,
      { domain: sim.domain },
    );
    await db.run(
      `MATCH (n:FormerApp {okta_domain: $domain}) SET n.removed_at = datetime('2001-01-01T00:00:00Z')`,
      { domain: sim.domain },
    );
    await syncLater('full');
    assert.deepEqual((await everIn(db, sim.domain)).edges.sort(), present);
    assert.deepEqual((await everIn(db, sim.domain)).nodes.sort(), nodesOf(sim));
  });

  it('are not kept by a run without history', async () => {
    const { sim, db } = org;
    sim.org.churn({
      unassignAppUsers: 4,
      unassignAppGroups: 2,
      revokeRoles: 2,
      deleteApps: 2,
      deleteUsers: 1,
    });
    await syncLater('full', false);
    assert.deepEqual(await org.accessDifferences(), []);
    const { edges, nodes } = await everIn(db, sim.domain);
    assert.deepEqual(edges.sort(), accessOf(sim));
    assert.deepEqual(nodes.sort(), nodesOf(sim));
  });
});
