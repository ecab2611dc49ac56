import assert from 'node:assert/strict';
import { answer } from '../../src/queries/answer';
import { answerText, proofText } from '../../src/queries/answerText';
import { findQuestion } from '../../src/queries/registry';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { ACCESS_EXPECTATIONS, type Made } from './support/accessExpectations';
import { accessState, type AccessState } from './support/accessState';
import { OrgSnapshot } from './support/orgSnapshot';

const BETWEEN_RUNS_MS = 10 * 60_000;

describe('The answers about apps, admin roles and group rules', () => {
  let org: OrgUnderTest;
  let earlier: AccessState;
  let now: AccessState;
  let made: Made;
  let aheadMs = 0;

  const stateNow = () => accessState(org.sim, OrgSnapshot.of(org.sim));
  const asked = async (id: string, given: Record<string, string> = {}) => {
    const question = findQuestion(id);
    assert.ok(question, id);
    return answer(org.db, question, {
      domain: org.sim.domain,
      given: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]])),
      now: new Date(org.sim.org.nowMs()),
      historyRetentionMs: 400 * 86_400_000,
    });
  };

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      ...{ users: 120, groups: 20, memberships: 700, apps: 25, rules: 8, roles: 12, seed: 11 },
      now: () => Date.now() + aheadMs,
    });
    await org.wholeRun({ mode: 'full' });
    const { org: okta } = org.sim;
    const active = [...okta.truth().users()].filter(({ status }) => status === 'ACTIVE');
    const [ada = '', eve = '', bob = ''] = active.slice(-3).map(({ id }) => id);
    const { apps, roles } = okta.access;
    const project = okta.addGroup({ name: 'Project X' });
    for (const user of [ada, eve]) okta.addMembership(project, user);
    const [ledger, payments] = [apps.add({ label: 'Ledger' }), apps.add({ label: 'Payments' })];
    apps.add({ label: 'Unused' });
    apps.assignGroup(ledger, project);
    for (const user of [ada, bob]) apps.assignUser(payments, user);
    roles.grant({ groupId: project }, { type: 'READ_ONLY_ADMIN' });
    const run = async () => {
      // A worker that has just started: one that has seen Okta's clock before does not believe that it jumps.
      const ports = { okta: org.oktaOfAnotherWorker };
      await org.wholeRun(
        { mode: 'full', access: ['rules', 'apps', 'roles'] },
        { maxDeletePercent: 100, ports },
      );
      assert.deepEqual(await org.accessDifferences(), []);
      aheadMs += BETWEEN_RUNS_MS;
    };
    await run();
    earlier = stateNow();
    made = { ledger, payments, project, ada, eve, between: new Date(okta.nowMs()).toISOString() };
    aheadMs += BETWEEN_RUNS_MS;
    apps.unassignUser(payments, bob);
    apps.assignUser(ledger, bob);
    roles.grant({ userId: eve }, { type: 'SUPER_ADMIN' });
    await run();
    now = stateNow();
  });
  after(() => org.stop());

  const compared = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();
  for (const { id, given, columns, rows } of ACCESS_EXPECTATIONS) {
    it(`${id} matches the org`, async () => {
      const { rows: answered } = await asked(id, given?.(made));
      const expected = rows(now, made, earlier);
      assert.ok(expected.length > 0, 'the expectation has no rows');
      const actual = answered.map((row) => columns.map((column) => row[column] ?? null));
      assert.deepEqual(compared(actual), compared(expected));
    });
  }

  it('are unknown, not empty, if no run has read them', async () => {
    const { domain } = org.sim;
    await org.db.run(
      'MATCH (r:SyncRun {okta_domain: $domain}) SET r.read = r.access_steps, r.access_steps = null',
      {
        domain,
      },
    );
    const found = await asked('direct-assignments');
    await org.db.run('MATCH (r:SyncRun {okta_domain: $domain}) SET r.access_steps = r.read', { domain });
    assert.match(answerText({ ...found, rows: [] }), /\(unknown: apps have not been read\)/);
    assert.match(
      proofText(found),
      /No run has read apps yet, so this answer lacks them\. If no run is in progress, add apps to SYNC_ACCESS, or see /,
    );
    assert.doesNotMatch(proofText(await asked('direct-assignments')), /SYNC_ACCESS/);
  });

  for (const id of ['person-apps', 'group-loss']) {
    it(`say that a user is deactivated, who has none: ${id}`, async () => {
      const [leaver] = now.snapshot.allUsers.filter(({ status }) => status === 'DEPROVISIONED');
      const asks = async (person = '') =>
        proofText(await asked(id, id === 'group-loss' ? { person, group: made.project } : { person }));
      assert.match(
        await asks(leaver?.id),
        /^This user is deactivated and has no access now; see blast-radius /,
      );
      assert.doesNotMatch(await asks(made.ada), /deactivated/);
    });
  }

  it('name similar apps for a label that the graph does not have', async () => {
    await assert.rejects(
      asked('app-people', { app: 'ledg' }),
      /no app of .* with the label or ID ledg\. Similar labels: Ledger\.$/,
    );
  });
});
