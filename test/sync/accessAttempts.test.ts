import assert from 'node:assert/strict';
import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { SERVED_SECRETS } from '../../src/simulator';
import type { Run } from '../../src/graph/write/run';
import { endRun } from '../../src/graph/write/runs';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import '../../dev/lab/servers/logs';
import { signal } from '../../dev/lab/signal';
import { until } from '../../dev/lab/until';
import { OrgUnderTest, type ActivityAttempt } from '../../dev/lab/org/orgUnderTest';
import { steered, type Steer } from '../activities/support/steered';
import { Turns } from '../activities/support/turns';
import { accessIn, accessOf, everIn } from './support/recordedAccess';

const ACCESS = ['rules', 'apps', 'roles'] as const;

/** Counters that a repeated attempt must not count again. */
const COUNTERS = [
  ...['apps', 'rules'].flatMap((kind) =>
    ['seen', 'created', 'updated', 'deleted'].map((what) => `${kind}_${what}`),
  ),
  ...['assignments', 'roles'].flatMap((kind) => [`${kind}_added`, `${kind}_removed`]),
  'access_left',
];

describe('Attempts at apps, admin roles and group rules', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      users: 50,
      groups: 10,
      memberships: 180,
      apps: 14,
      rules: 6,
      roles: 10,
    });
  });
  afterEach(() => org.sim.faults.clear());
  after(() => org.stop());

  /** A run that has synced users, groups and memberships. */
  async function begin(mode: 'full' | 'incremental' = 'full'): Promise<Run> {
    const run = await org.begin({ allowDeletes: false, mode, access: ACCESS });
    await org.lists(run);
    await org.members(run);
    await org.sweep(run);
    return run;
  }

  const attempt = (steer: Steer): ActivityAttempt =>
    org.attempt({
      maxDeletePercent: 100,
      ports: steered({ ...org.ports, okta: org.oktaOfAnotherWorker }, 8, steer),
    });
  const churn = (seed: number) =>
    org.sim.org.churn({
      seed,
      addApps: 1,
      renameApps: 2,
      deleteApps: 1,
      assignAppUsers: 4,
      unassignAppUsers: 4,
      assignAppGroups: 2,
      unassignAppGroups: 2,
      addRules: 1,
      changeRules: 1,
      deleteRules: 1,
      grantRoles: 2,
      revokeRoles: 2,
    });
  const counted = async (run: Run) => {
    const all = await org.counted(run);
    return Object.fromEntries(COUNTERS.map((name) => [name, all[name]]));
  };
  const assertEqual = async () => {
    assert.deepEqual(await org.accessDifferences(), []);
    assert.deepEqual(await accessIn(org.db, org.sim.domain), accessOf(org.sim));
  };

  it('that are short do something each, and come to an end', async () => {
    const run = await begin();
    let chunks = 0;
    const options = { chunkMs: 0, maxDeletePercent: 100 };
    for (let isDone = false; !isDone; chunks += 1) {
      assert.ok(chunks < 50, 'it ends');
      ({ isDone } = await org.attempt(options).call('syncAccess', run, 'read'));
    }
    assert.ok(chunks > 3, `${chunks} chunks`);
    await org.access(run, 'settled', options);
    const { outcome, warnings, access } = await org.attempt().call('endRun', run);
    assert.deepEqual([outcome, warnings], ['succeeded', []]);
    assert.equal(access?.apps?.seen, org.sim.org.truth().access.counts.apps);
    await assertEqual();
  });

  it('end at any request or write, and a repeated one makes the same graph and counts once', async function () {
    this.timeout(240_000);
    let seed = 0;
    for (const dieAt of [1, 2, 3, 5, 8, 11, 14, 18, 23, 29, 36, 44, 60]) {
      churn((seed += 1));
      const before = new Set(await accessIn(org.db, org.sim.domain));
      const beforeApps = new Set((await everIn(org.db, org.sim.domain)).nodes);
      const run = await begin();
      for (const part of ['read', 'settled'] as const) {
        let calls = 0;
        const dying: ActivityAttempt = attempt(async (_what, call) => {
          const result = await call();
          if ((calls += 1) === dieAt) dying.cancel();
          return result;
        });
        const failure = await dying.failure(dying.call('syncAccess', run, part));
        assert.ok(failure === undefined || failure instanceof CancelledFailure, String(failure));
        await org.access(run, part, { maxDeletePercent: 100 });
      }
      await assertEqual();
      const after = accessOf(org.sim);
      const counts = await counted(run);
      const { access } = org.sim.org.truth();
      assert.equal(counts['apps_seen'], access.counts.apps, `ended at ${dieAt}`);
      assert.equal(counts['rules_seen'], access.counts.rules);
      assert.equal(
        counts['apps_created'],
        [...access.apps()].filter(({ id }) => !beforeApps.has(id as string)).length,
      );
      assert.equal(
        Number(counts['assignments_added']) + Number(counts['roles_added']),
        after.filter((line) => !before.has(line)).length,
        `ended at ${dieAt}`,
      );
      assert.equal(
        Number(counts['assignments_removed']) + Number(counts['roles_removed']),
        [...before].filter((line) => !after.includes(line)).length,
        `ended at ${dieAt}`,
      );
      assert.equal((await endRun(org.db, run)).outcome, 'succeeded');
    }
  });

  it('repeated after they were done change and count nothing', async () => {
    churn(100);
    const run = await begin();
    const once: unknown[] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      for (const part of ['read', 'settled', 'read'] as const)
        await org.access(run, part, { maxDeletePercent: 100 });
      once.push([await counted(run), await everIn(org.db, org.sim.domain)]);
    }
    assert.deepEqual(once[1], once[0]);
    await assertEqual();
  });

  for (const held of ['appUsers', 'roles'])
    it(`that were given up write nothing of what they have read before: ${held}`, async () => {
      const run = await begin();
      const mayGoOn = signal();
      let answers = 0;
      const zombie = attempt(async (what, call) => {
        const result = await call();
        if (what.startsWith(`${held} `)) {
          answers += 1;
          await mayGoOn.given;
        }
        return result;
      });
      const late = zombie.failure(zombie.call('syncAccess', run, 'read'));
      await until(() => answers > 0);
      // What comes after the apps and the rules, which it has written.
      org.sim.org.churn({
        seed: 200,
        ...(held === 'appUsers' && { assignAppUsers: 6, unassignAppUsers: 6 }),
      });
      for (const { id, status } of [...org.sim.org.truth().users()].slice(-5))
        if (status !== 'DEPROVISIONED') org.sim.org.access.roles.grant({ userId: id }, { type: 'CUSTOM' });
      await org.access(run, 'read', { maxDeletePercent: 100 });
      await org.access(run, 'settled', { maxDeletePercent: 100 });
      await assertEqual();
      const counts = await counted(run);
      mayGoOn.give();
      assert.match(String(await late), /Another attempt/);
      await assertEqual();
      assert.deepEqual(await counted(run), counts);
      assert.equal((await endRun(org.db, run)).outcome, 'succeeded');
    });

  it('of an earlier run write nothing over a later one', async () => {
    const earlier = await begin();
    const mayGoOn = signal();
    let held = 0;
    const zombie = attempt(async (what, call) => {
      const result = await call();
      if (what === 'apps') {
        held += 1;
        await mayGoOn.given;
      }
      return result;
    });
    const late = zombie.failure(zombie.call('syncAccess', earlier, 'read'));
    await until(() => held > 0);
    churn(300);
    const later = await begin();
    for (const part of ['read', 'settled'] as const) await org.access(later, part, { maxDeletePercent: 100 });
    await assertEqual();
    mayGoOn.give();
    await late;
    await assertEqual();
  });

  it('leave the graph equal to the org, in whatever order they and their retries go on', async function () {
    this.timeout(240_000);
    const cases = [
      fc.infiniteStream(fc.nat(), { noHistory: true }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 2 }),
      fc.nat(10_000),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...cases, async (choices, givenUpAfter, seed) => {
        churn(seed);
        const run = await begin();
        const turns = new Turns(choices);
        const late: Promise<unknown>[] = [];
        const plans = givenUpAfter.values();
        const clock = turns.newLane();
        const over = async (afterTurns: number) => {
          for (let turn = 0; turn < afterTurns; turn += 1) await clock('turn', () => Promise.resolve());
          return undefined;
        };
        const drain = async () => {
          for (const part of ['read', 'settled'] as const)
            for (let isDone = false; !isDone;) {
              const afterTurns = plans.next().value;
              const current = attempt(turns.newLane());
              const working = current.call('syncAccess', run, part).catch((error: unknown) => {
                // Temporal retries it, as this loop does.
                assert.match(String(error), /Another attempt/);
                assert.equal((error as ApplicationFailure).nonRetryable, false);
                return undefined;
              });
              const chunk = await (afterTurns ? Promise.race([working, over(afterTurns)]) : working);
              if (chunk) ({ isDone } = chunk);
              else late.push(current.failure(working));
            }
        };
        await turns.until(drain());
        await assertEqual();
        await turns.until(Promise.all(late));
        await assertEqual();
        const { outcome, warnings } = await endRun(org.db, run);
        assert.equal(outcome, 'succeeded', JSON.stringify(warnings));
      }),
      { numRuns: 12 },
    );
  });

  it('bring no secret of an app or an assignment into the graph, the report, a heartbeat or a result', async () => {
    const run = await begin();
    const seen: unknown[] = [];
    for (const part of ['read', 'settled'] as const) {
      const watched = org.attempt({ maxDeletePercent: 100 });
      seen.push(await watched.call('syncAccess', run, part), watched.heartbeats);
    }
    seen.push(await endRun(org.db, run));
    seen.push(
      await org.db.read(
        `MATCH (n) WHERE n.okta_domain = $domain OR n.domain = $domain
         OPTIONAL MATCH (n)-[r]-() RETURN properties(n) AS n, collect(properties(r)) AS r`,
        { domain: org.sim.domain },
      ),
    );
    const text = JSON.stringify(seen);
    assert.ok(text.includes('sign_on_mode'));
    assert.equal(Object.keys(SERVED_SECRETS).length > 3, true);
    for (const secret of Object.values(SERVED_SECRETS)) assert.ok(!text.includes(secret), secret);
    const { access } = org.sim.org.truth();
    const served = JSON.stringify([...access.apps(), ...access.appUsers(), ...access.appGroups()]);
    assert.match(served, /SIMULATED-SECRET-app-/, 'Okta serves them');
  });
});

describe('Calls of a sync of apps, admin roles and group rules', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      users: 300,
      groups: 60,
      memberships: 1_500,
      apps: 30,
      rules: 12,
      roles: 20,
    });
  });
  after(() => org.stop());

  it('are one for each list that there is, at first', async () => {
    await org.wholeRun({ mode: 'full', access: ACCESS });
    const { access, groups } = {
      access: org.sim.org.truth().access,
      groups: [...org.sim.org.truth().groups()],
    };
    const withApps = new Set([...access.appGroups()].map(({ group }) => group.id));
    const owners = new Set([...access.roles()].map(({ assigneeId }) => assigneeId));
    const adminGroups = groups.filter(({ id }) => owners.has(id));
    const throughGroups = [...org.sim.org.truth().edges()].filter(([, group]) => owners.has(group));
    const adminUsers = new Set([
      ...[...owners].filter((id) => id.startsWith('00u')),
      ...throughGroups.map(([user]) => user),
    ]);
    const { apps, rules, groupApps, appUsers, assignees, userRoles, groupRoles, app, rule } = org.calls;
    assert.deepEqual(
      { apps, rules, groupApps, appUsers, groupRoles, app, rule },
      {
        apps: 1,
        rules: 1,
        groupApps: withApps.size,
        appUsers: 30,
        groupRoles: adminGroups.length || undefined,
        app: undefined,
        rule: undefined,
      },
    );
    assert.ok((assignees ?? 0) <= 1 + Math.ceil(adminUsers.size / 100));
    assert.ok((userRoles ?? 0) <= adminUsers.size && (userRoles ?? 0) > 0);
  });

  it('are three where nothing has changed, and the share that is verified', async () => {
    const lists = await org.db.read<{ count: number }>(
      `UNWIND ['apps_as_of', 'users_as_of', 'roles_as_of'] AS readAt
       MATCH (o:User|Group|App {okta_domain: $domain}) WHERE o[readAt] IS NOT NULL
       RETURN count(*) AS count, readAt, labels(o) AS label`,
      { domain: org.sim.domain },
    );
    const share = lists.reduce((sum, { count }) => sum + Math.ceil(count / 12), 0);
    assert.ok(share > 5 && share < 15, `${share} lists to verify`);
    for (const [verify, most] of [
      ['daily', 3],
      ['spread', 3 + share],
    ] as const) {
      const options = { ports: { sync: { ...org.ports.sync, verify } } };
      await org.wholeRun({ mode: 'incremental' }, options);
      const without = org.sim.stats.snapshot().calls;
      await org.wholeRun({ mode: 'incremental', access: ACCESS }, options);
      const { calls } = org.sim.stats.snapshot();
      assert.ok(calls - without <= most, `${calls - without} more, ${verify}: ${JSON.stringify(org.calls)}`);
    }
  });

  it('are two more for an app that the System Log has named and that has lost an assignment', async () => {
    const options = { ports: { sync: { ...org.ports.sync, verify: 'daily' as const } } };
    const changed = { mode: 'incremental', access: ACCESS } as const;
    const direct = [...org.sim.org.truth().access.appUsers()].find(({ user }) => user.scope === 'USER');
    assert(direct !== undefined);
    org.sim.org.access.apps.unassignUser(direct.appId, direct.user.id);
    await org.wholeRun(changed, options);
    assert.notDeepEqual(await org.accessDifferences(), [], 'nothing shows it before the list is due');
    await org.wholeRun({ ...changed, log: { apps: [direct.appId] } }, options);
    assert.deepEqual(await org.accessDifferences(), []);
    assert.equal(org.calls.appUsers, 2, 'the list, and again for what it lacked');
    await org.wholeRun(changed, options);
    assert.equal(org.calls.appUsers, undefined, 'it is not read by the next run');
  });

  it('are one more for an admin, and for a group, whose roles the System Log has named', async () => {
    const options = { ports: { sync: { ...org.ports.sync, verify: 'daily' as const } } };
    const changed = { mode: 'incremental', access: ACCESS } as const;
    const [userId = ''] = [...org.sim.org.truth().users()].flatMap(({ id, status }) =>
      status === 'ACTIVE' ? id : [],
    );
    const groupId = org.sim.org.addGroup();
    const { roles } = org.sim.org.access;
    for (const owner of [{ userId }, { groupId }]) roles.grant(owner, { type: 'APP_ADMIN' });
    await org.wholeRun(changed, options);
    assert.deepEqual(await org.accessDifferences(), []);
    for (const owner of [{ userId }, { groupId }]) roles.grant(owner, { type: 'REPORT_ADMIN' });
    await org.wholeRun(changed, options);
    assert.equal((await org.accessDifferences()).length, 2, 'nothing else shows them');
    const named = { users: [userId], groups: [groupId] };
    await org.wholeRun({ ...changed, log: { owners: named } }, options);
    assert.deepEqual(await org.accessDifferences(), []);
    assert.deepEqual([org.calls.userRoles, org.calls.groupRoles], [1, 1]);
    await org.wholeRun(changed, options);
    assert.deepEqual([org.calls.userRoles, org.calls.groupRoles], [undefined, undefined], 'once');
  });
});
