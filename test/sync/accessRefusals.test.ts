import assert from 'node:assert/strict';
import type { SyncReport } from '../../src/contract';
import { withAdvice } from '../../src/faults/fault';
import {
  approveRemovals,
  lastWithheld,
  ofEachKind,
  type RemovalCounts,
} from '../../src/graph/write/approvals';
import type { FaultRule, Settings } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest, type AttemptOptions } from '../../dev/lab/org/orgUnderTest';
import { accessIn, accessOf } from './support/recordedAccess';

const ACCESS = ['rules', 'apps', 'roles'] as const;
const FORBIDDEN: FaultRule['action'] = { type: 'error', status: 403, errorCode: 'E0000006' };
const NOT_FOUND: FaultRule['action'] = { type: 'error', status: 404, errorCode: 'E0000007' };
const BROKEN: FaultRule['action'] = { type: 'error', status: 500 };
/** The answer of a list that is not paged. */
const NOTHING: FaultRule['action'] = { type: 'error', status: 200, body: [] };

/** What a kind that cannot be read is told with, and the graph's part of it. */
const KINDS: readonly [keyof Settings['access'], needed: RegExp, part: string][] = [
  ['readsApps', /admin role that may view applications/, '(n:App)'],
  ['readsRoles', /"View roles, resources, and admin assignments"/, '(n:AdminRole)'],
  ['hasRules', /may not have group rules/, '(n:GroupRule)'],
];

describe('What Okta does not show of apps, admin roles and group rules', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 40, groups: 10, memberships: 150, apps: 12, rules: 6, roles: 8 });
    await heal();
  });
  afterEach(async () => {
    org.sim.faults.clear();
    Object.assign(org.sim.settings.access, { readsApps: true, readsRoles: true, hasRules: true });
    await heal();
  });
  after(() => org.stop());

  const run = (options: AttemptOptions = {}, change: { allowDeletes?: boolean; approvalId?: string } = {}) =>
    org.wholeRun({ mode: 'full', access: ACCESS, ...change }, options);

  /** Makes the graph equal the org again. */
  async function heal(): Promise<void> {
    const report = await run({ maxDeletePercent: 100 }, { allowDeletes: true });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.deepEqual(await org.accessDifferences(), []);
    const doubts = await org.db.read(
      `MATCH (n)-[e:ASSIGNED_TO|HAS_ROLE]->(t {okta_domain: $domain}) WHERE e.missing_run IS NOT NULL OR e.missing_at IS NOT NULL
       RETURN properties(e) AS e
       UNION ALL
       MATCH (n:App|GroupRule {okta_domain: $domain}) WHERE n.denied_at IS NOT NULL OR n.denied_run IS NOT NULL
       RETURN properties(n) AS e`,
      { domain: org.sim.domain },
    );
    assert.deepEqual(doubts, [], 'nothing is in doubt');
  }

  /** Nodes that match a pattern, with their relationships, as text to compare. */
  async function partOf(pattern: string): Promise<string[]> {
    const rows = await org.db.read<{ line: string }>(
      `MATCH ${pattern} WHERE n.okta_domain = $domain OPTIONAL MATCH (n)-[r]-(m)
       RETURN n.id + ' ' + coalesce(n.label, n.name, '') + coalesce(' ' + type(r) + ' ' + m.id + ' ' + coalesce(r.assignment_id, ''), '') AS line
       ORDER BY line`,
      { domain: org.sim.domain },
    );
    return rows.map(({ line }) => line);
  }

  const approved = async (counts: RemovalCounts) => ({
    allowDeletes: true,
    approvalId: await approveRemovals(org.db, org.sim.domain, { by: 'a test', counts }),
  });

  const codes = ({ warnings }: SyncReport) => warnings.map(({ code }) => code);
  const present = () => accessIn(org.db, org.sim.domain);
  const appWithUsers = () => {
    const [first] = [...org.sim.org.truth().access.appUsers()];
    assert.ok(first);
    return first;
  };
  const groupWithApps = () => {
    const [first] = [...org.sim.org.truth().access.appGroups()];
    assert.ok(first);
    return first;
  };

  for (const [setting, needed, part] of KINDS) {
    it(`is one warning that says what to grant, and all else is synced: ${setting}`, async () => {
      const before = await partOf(part);
      assert.ok(before.length > 0);
      const { apps, rules, roles } = org.sim.org.access;
      const [user, group] = [org.sim.org.addUser(), org.sim.org.addGroup()];
      org.sim.org.addMembership(group, user);
      apps.assignUser(apps.add(), user);
      rules.add({ groupIds: [group] });
      roles.grant({ userId: user }, { type: 'ORG_ADMIN' });
      org.sim.settings.access[setting] = false;
      const report = await run();
      assert.deepEqual([report.outcome, codes(report)], ['succeeded', ['ACCESS_NOT_READ']]);
      const [{ message, advice } = { message: '' }] = report.warnings;
      assert.match(withAdvice({ message, advice }), needed);
      assert.deepEqual(await partOf(part), before);
      assert.deepEqual(await org.differences(), []);
      const parts = await Promise.all(KINDS.map(async (kind) => (await partOf(kind[2])).join()));
      assert.equal(parts.filter((text) => text.includes(user) || text.includes(group)).length, 2);
    });
  }

  it('ends nothing when the refusal comes between the two reads', async () => {
    const { apps } = org.sim.org.access;
    const of = new Map([...org.sim.org.truth().access.appUsers()].map(({ appId, user }) => [appId, user.id]));
    const ended = [...of].slice(0, 2);
    for (const [app, user] of ended) apps.unassignUser(app, user);
    const before = await present();
    const begun = await org.begin({ allowDeletes: false, access: ACCESS });
    await org.lists(begun);
    await org.members(begun);
    await org.access(begun, 'read');
    org.sim.settings.access.readsApps = false;
    await org.access(begun, 'settled');
    const report = await org.attempt().call('endRun', begun);
    assert.deepEqual([report.outcome, codes(report)], ['partial', ['ACCESS_LEFT']]);
    assert.deepEqual(await present(), before);
    org.sim.settings.access.readsApps = true;
    const next = await org.wholeRun({ mode: 'incremental', access: ACCESS });
    assert.equal(next.access?.assignments?.removed, ended.length, 'the next run finds what was in doubt');
  });

  for (const [what, action] of [
    ['that is refused', FORBIDDEN],
    ['that fails', BROKEN],
  ] as const) {
    it(`leaves one list ${what} as it was, and reads all others`, async () => {
      const { apps } = org.sim.org.access;
      const { appId, user } = appWithUsers();
      const { appId: appOfGroup, group } = groupWithApps();
      apps.unassignUser(appId, user.id);
      apps.unassignGroup(appOfGroup, group.id);
      const newcomer = org.sim.org.addUser();
      const another = [...org.sim.org.truth().access.apps()].find(({ id }) => id !== appId);
      apps.assignUser(another?.id ?? '', newcomer);
      org.sim.faults.set([
        { match: { path: `/groups/${group.id}/apps` }, action },
        { match: { path: `/apps/${appId}/users` }, action },
      ]);
      const report = await run();
      assert.deepEqual([report.outcome, codes(report)], ['partial', ['ACCESS_LEFT']]);
      assert.equal(report.warnings[0]?.count, 2);
      assert.deepEqual(
        await present(),
        [...accessOf(org.sim), `${user.id} has ${appId}`, `${group.id} has ${appOfGroup}`].sort(),
      );
    });
  }

  it('reads again what fails once, is cut off or is not JSON', async () => {
    const routes = [
      'rules',
      'apps',
      'groupApps',
      'appUsers',
      'assignees',
      'userRoles',
      'groupRoles',
    ] as const;
    grantToGroup(org);
    const actions = [BROKEN, { type: 'truncate' }, { type: 'invalidJson' }] as const;
    for (const action of actions) {
      const rules = routes.map((route): FaultRule => ({ match: { route, times: 1 }, action }));
      org.sim.faults.set(rules);
      org.sim.org.churn({
        assignAppUsers: 3,
        unassignAppUsers: 3,
        grantRoles: 2,
        revokeRoles: 1,
        changeRules: 2,
      });
      const report = await run({ maxDeletePercent: 100 });
      assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
      assert.deepEqual(await org.accessDifferences(), []);
      assert.deepEqual(
        org.sim.faults.report().map(({ fired }) => fired),
        routes.map(() => 1),
      );
    }
  });

  it('begins a list again whose cursor has expired', async () => {
    for (const route of ['apps', 'rules', 'appUsers', 'groupApps'] as const) {
      org.sim.faults.set([
        { match: { route, nth: 1 }, action: { type: 'emptyPage' } },
        {
          match: { route, path: 'after=', times: 1 },
          action: { type: 'error', status: 400, errorCode: 'E0000031' },
        },
      ]);
      const report = await run();
      assert.deepEqual([report.outcome, report.warnings], ['succeeded', []], route);
      assert.deepEqual(
        org.sim.faults.report().map(({ fired }) => fired),
        [1, 1],
        route,
      );
    }
  });

  for (const pages of ['empty', 'again'] as const) {
    it(`leaves lists that never end as they were: ${pages}`, async () => {
      const { appId, user } = appWithUsers();
      org.sim.org.access.apps.unassignUser(appId, user.id);
      org.sim.org.churn({ renameApps: 3 });
      const before = await present();
      const apps = await partOf('(n:App)');
      org.sim.faults.set([
        { match: { route: 'apps' }, action: { type: 'endless', pages } },
        { match: { route: 'rules' }, action: { type: 'endless', pages } },
      ]);
      const report = await run();
      assert.deepEqual([report.outcome, codes(report)], ['partial', ['ACCESS_LEFT', 'ACCESS_LEFT']]);
      assert.deepEqual(await present(), before);
      assert.deepEqual(await partOf('(n:App)'), apps);
      org.sim.faults.set([{ match: { path: `/apps/${appId}/users` }, action: { type: 'endless', pages } }]);
      const next = await run();
      assert.deepEqual([next.outcome, codes(next)], ['partial', ['ACCESS_LEFT']]);
      assert.deepEqual(await present(), before);
    });
  }

  it('goes on without a kind whose list keeps failing, after some attempts', async () => {
    org.sim.faults.set([{ match: { route: 'apps' }, action: BROKEN }]);
    const begun = await org.begin({ allowDeletes: false, access: ACCESS });
    await org.lists(begun);
    const first = org.attempt();
    assert.match(String(await first.failure(first.call('syncAccess', begun, 'read'))), /500|server error/);
    await org.access(begun, 'read', { nth: 5 });
    await org.access(begun, 'settled');
    const report = await org.attempt().call('endRun', begun);
    assert.deepEqual(
      codes(report).filter((code) => code === 'ACCESS_LEFT'),
      ['ACCESS_LEFT'],
    );
    assert.deepEqual(await present(), accessOf(org.sim));
  });

  it('keeps the assignments of an app that is not found once, and of one whose list has something unreadable', async () => {
    const [{ appId: missing }, { appId: odd, user } = appWithUsers()] = [
      appWithUsers(),
      [...org.sim.org.truth().access.appUsers()].find(({ appId }) => appId !== appWithUsers().appId),
    ];
    org.sim.org.access.apps.unassignUser(odd, user.id);
    const before = await present();
    org.sim.faults.set([
      { match: { path: `/apps/${missing}/users`, nth: 1 }, action: NOT_FOUND },
      { match: { path: `/apps/${odd}/users` }, action: { type: 'inject', items: [{ scope: 'USER' }] } },
    ]);
    const report = await run();
    assert.deepEqual([report.outcome, codes(report)], ['partial', ['ACCESS_LEFT', 'MALFORMED_ACCESS']]);
    assert.deepEqual(await present(), before);
  });

  /** One owner of each kind of list, with something new in it. */
  function withNews(): string[] {
    const { apps, roles } = org.sim.org.access;
    const [user, group, app] = [org.sim.org.addUser(), org.sim.org.addGroup(), apps.add()];
    apps.assignUser(app, user);
    apps.assignGroup(app, group);
    roles.grant({ userId: user }, { type: 'HELP_DESK_ADMIN' });
    roles.grant({ groupId: group }, { type: 'HELP_DESK_ADMIN' });
    return [`/users/${user}/roles`, `/groups/${group}/roles`, `/groups/${group}/apps`, `/apps/${app}/users`];
  }

  it('reads again a list that is not found once', async () => {
    org.sim.faults.set(withNews().map((path) => ({ match: { path, nth: 1 }, action: NOT_FOUND })));
    const report = await run();
    assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
    assert.deepEqual(await present(), accessOf(org.sim));
  });

  it('leaves to the next run, which need not be a full one, a list that is not found twice', async () => {
    org.sim.faults.set(withNews().map((path) => ({ match: { path }, action: NOT_FOUND })));
    const report = await run();
    assert.deepEqual(
      report.warnings.map(({ code, count }) => [code, count]),
      [['ACCESS_LEFT', 4]],
    );
    assert.equal(report.outcome, 'partial');
    org.sim.faults.clear();
    assert.equal((await org.wholeRun({ mode: 'incremental', access: ACCESS })).outcome, 'succeeded');
    assert.deepEqual(await present(), accessOf(org.sim));
  });

  it('does not miss the lists of users and groups that are deleted', async () => {
    const paths = withNews();
    await run();
    const [user = '', group = ''] = paths.map((path) => path.split('/')[2]);
    org.sim.org.deactivateUser(user);
    org.sim.org.deleteUser(user);
    org.sim.org.deleteGroup(group);
    const report = await run({ maxDeletePercent: 100 });
    assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
    assert.deepEqual(await org.accessDifferences(), []);
  });

  for (const [kind, part] of [
    ['apps', '(n:App)'],
    ['rules', '(n:GroupRule)'],
  ] as const) {
    it(`removes nothing on the word of an empty list of ${kind}, while Okta shows them by id`, async () => {
      const before = await partOf(part);
      org.sim.faults.set([{ match: { route: kind }, action: { type: 'emptyList' } }]);
      const report = await run({ maxDeletePercent: 100 });
      assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
      assert.deepEqual(await partOf(part), before);
    });

    it(`withholds the removal of all ${kind}, until it is approved by number`, async () => {
      const before = { nodes: await partOf(part), edges: await present() };
      const { apps, rules } = org.sim.org.access;
      const all = [...org.sim.org.truth().access[kind]()].map(({ id }) => String(id));
      for (const id of all) {
        if (kind === 'apps') apps.setStatus(id, 'INACTIVE');
        (kind === 'apps' ? apps : rules).delete(id);
      }
      for (let nth = 0; nth < 2; nth += 1) {
        const report = await run();
        assert.equal(report.outcome, 'partial');
        assert.deepEqual(new Set(codes(report)), new Set(['REMOVALS_WITHHELD']));
        assert.deepEqual({ nodes: await partOf(part), edges: await present() }, before);
      }
      const withheld = await lastWithheld(org.db, org.sim.domain);
      assert.equal(withheld[kind], all.length);
      const fewer = await run({}, await approved({ ...withheld, [kind]: all.length - 1 }));
      assert.equal(fewer.access?.[kind]?.deleted, 0, 'fewer than there are');
      const report = await run({}, await approved(withheld));
      assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
      assert.equal(report.access?.[kind]?.deleted, all.length);
      assert.deepEqual(await org.accessDifferences(), []);
      const next = await run();
      assert.deepEqual([next.outcome, codes(next)], ['succeeded', []]);
      for (let nth = 0; nth < all.length; nth += 1) (kind === 'apps' ? apps : rules).add();
      org.sim.org.churn({ assignAppUsers: 20, assignAppGroups: 40 });
    });
  }

  const withheld: readonly [what: 'assignments' | 'roles', faults: FaultRule[], count: () => number][] = [
    [
      'assignments',
      [
        { match: { route: 'groupApps' }, action: { type: 'emptyList' } },
        { match: { route: 'appUsers' }, action: { type: 'emptyList' } },
      ],
      () => org.sim.org.truth().access.counts.appUsers + org.sim.org.truth().access.counts.appGroups,
    ],
    [
      'roles',
      [
        { match: { route: 'userRoles' }, action: NOTHING },
        { match: { route: 'groupRoles' }, action: NOTHING },
      ],
      () => org.sim.org.truth().access.counts.roles,
    ],
  ];
  for (const [what, faults, count] of withheld) {
    it(`withholds more removals of ${what} than allowed, checks them in the next run, and makes them if approved`, async () => {
      const before = await present();
      org.sim.faults.set(faults);
      for (const mode of ['full', 'incremental'] as const) {
        const report = await org.wholeRun({ mode, access: ACCESS });
        assert.deepEqual([report.outcome, codes(report)], ['partial', ['REMOVALS_WITHHELD']], mode);
        assert.equal(report.warnings[0]?.count, count());
        assert.deepEqual(await present(), before);
      }
      org.sim.faults.clear();
      const shown = await org.wholeRun({ mode: 'incremental', access: ACCESS });
      assert.deepEqual([shown.outcome, shown.warnings], ['succeeded', []]);
      await heal();
      org.sim.faults.set(faults);
      const fewer = await run({}, await approved({ ...ofEachKind(0), [what]: count() - 1 }));
      assert.deepEqual([fewer.outcome, codes(fewer)], ['partial', ['REMOVALS_WITHHELD']]);
      assert.deepEqual(await present(), before, 'beyond the approved number nothing is removed');
      const report = await run({}, { allowDeletes: true });
      assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
      assert.equal(report.approval?.[what], count());
      assert.equal((await present()).length, before.length - count());
    });
  }

  it('withholds more deleted apps than allowed, with their assignments', async () => {
    const { apps } = org.sim.org.access;
    const before = { apps: await partOf('(n:App)'), edges: await present() };
    const all = [...org.sim.org.truth().access.apps()];
    for (const { id } of all.slice(0, Math.ceil(all.length * 0.6))) {
      apps.setStatus(id, 'INACTIVE');
      apps.delete(id);
    }
    for (let nth = 0; nth < 2; nth += 1) {
      const report = await run();
      assert.equal(report.outcome, 'partial');
      assert.ok(codes(report).includes('REMOVALS_WITHHELD'));
      assert.deepEqual({ apps: await partOf('(n:App)'), edges: await present() }, before);
    }
    const report = await run({}, { allowDeletes: true });
    assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
    assert.deepEqual(await org.accessDifferences(), []);
  });

  it('goes on withholding assignments while it cannot read all lists that lack them', async () => {
    const { apps } = org.sim.org.access;
    const users = [...org.sim.org.truth().users()].filter(({ status }) => status !== 'DEPROVISIONED');
    const [first, ...others] = [...org.sim.org.truth().access.apps()].map(({ id }) => String(id));
    for (const [nth, { id }] of users.slice(0, 20).entries())
      for (const app of nth === 0 ? [first, ...others] : others) if (app) apps.assignUser(app, id);
    await heal();
    const before = await present();
    const empty: FaultRule = { match: { route: 'appUsers' }, action: { type: 'emptyList' } };
    const unreadable = others.map((id) => ({ match: { path: `/apps/${id}/users` }, action: FORBIDDEN }));
    for (const faults of [[empty], [...unreadable, empty]]) {
      org.sim.faults.set(faults);
      const report = await run();
      assert.ok(codes(report).includes('REMOVALS_WITHHELD'));
      assert.deepEqual(await present(), before);
    }
  });

  it('goes on withholding rules while it cannot ask for all that were deleted', async () => {
    const { rules } = org.sim.org.access;
    const gone = [...org.sim.org.truth().access.rules()].map(({ id }) => String(id)).slice(0, -1);
    for (const id of gone) rules.delete(id);
    const [first] = gone;
    const unreadable = gone
      .filter((id) => id !== first)
      .map((id) => ({ match: { path: `/groups/rules/${id}` }, action: FORBIDDEN }));
    for (const [faults, unproven] of [
      [[], []],
      [unreadable, ['KEPT_UNPROVEN']],
    ] as const) {
      org.sim.faults.set([...faults]);
      const report = await run();
      assert.deepEqual(codes(report), ['REMOVALS_WITHHELD', ...unproven]);
      assert.equal(report.access?.rules?.deleted, 0);
      assert.equal(report.warnings[0]?.count, gone.length);
    }
    org.sim.faults.clear();
    const report = await run({}, { allowDeletes: true });
    assert.equal(report.access?.rules?.deleted, gone.length);
    for (let nth = 0; nth < gone.length; nth += 1) rules.add();
  });

  it('reads a list that a full run could not read with the next incremental run', async () => {
    const { appId } = appWithUsers();
    const user = org.sim.org.addUser();
    org.sim.org.access.apps.assignUser(appId, user);
    org.sim.faults.set([{ match: { path: `/apps/${appId}/users` }, action: FORBIDDEN }]);
    const left = await run();
    assert.deepEqual(codes(left), ['ACCESS_LEFT']);
    org.sim.faults.clear();
    const next = await org.wholeRun({ mode: 'incremental', access: ACCESS });
    assert.deepEqual([next.outcome, next.warnings], ['succeeded', []]);
    assert.deepEqual(await present(), accessOf(org.sim));
  });

  it('counts the assignments of deleted apps as no removals of their own', async () => {
    const { apps } = org.sim.org.access;
    const { appId } = appWithUsers();
    for (const { id, status } of org.sim.org.truth().users())
      if (status !== 'DEPROVISIONED') apps.assignUser(appId, id);
    await heal();
    apps.setStatus(appId, 'INACTIVE');
    apps.delete(appId);
    const report = await run();
    assert.deepEqual([report.outcome, codes(report)], ['succeeded', []]);
    assert.deepEqual(await org.accessDifferences(), []);
  });
});

describe('Lists of admin roles', () => {
  it('are read to their end through links to the Admin Console, with the flag as Okta spells it', async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const org = await OrgUnderTest.start({
      users: 150,
      groups: 6,
      memberships: 200,
      apps: 2,
      rules: 1,
      roles: 130,
      access: { adminHostLinks: true, misspellsHasAdminPrivilege: true },
    });
    try {
      grantToGroup(org);
      const report = await org.wholeRun({ access: ACCESS });
      assert.deepEqual([report.outcome, report.warnings], ['succeeded', []]);
      assert.ok((org.calls['assignees'] ?? 0) > 1);
      assert.deepEqual(await org.accessDifferences(), []);
      const flags = await org.db.read<{ id: string; isAdmin: boolean; apps: number }>(
        `MATCH (g:Group {okta_domain: $domain}) RETURN g.id AS id, g.has_admin_privilege AS isAdmin, g.apps_count AS apps ORDER BY id`,
        { domain: org.sim.domain },
      );
      const { access } = org.sim.org.truth();
      const admins = new Set([...access.roles()].map(({ assigneeId }) => assigneeId));
      const assigned = [...access.appGroups()].map(({ appId, group }) => `${group.id} ${appId}`);
      const expected = flags.map(({ id }) => ({
        id,
        isAdmin: admins.has(id),
        apps: new Set(assigned.filter((line) => line.startsWith(id))).size,
      }));
      assert.deepEqual(flags, expected);
      assert.ok(flags.some(({ isAdmin }) => isAdmin) && flags.some(({ isAdmin }) => !isAdmin));
    } finally {
      await org.stop();
    }
  });
});

/** Grants a role to a group. */
function grantToGroup({ sim }: OrgUnderTest): void {
  sim.org.access.roles.grant({ groupId: sim.org.addGroup() }, { type: 'REPORT_ADMIN' });
}
