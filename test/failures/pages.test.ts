import assert from 'node:assert/strict';
import { withAdvice } from '../../src/faults/fault';
import type { FaultRule } from '../../src/simulator';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { startBystander, type Bystander } from '../../dev/lab/servers/bystander';
import { assertHeals, contentOf, warningsOf } from '../../dev/lab/org/content';

type Action = FaultRule['action'];
type Match = FaultRule['match'];

const EXPIRED: Action = { type: 'error', status: 400, errorCode: 'E0000001' };

/** Users come in three pages, groups and members in one; `inTwoPages` gives those a second one. */
const SIZE = { users: 450, groups: 15, memberships: 1200 };

describe('When pages do not follow each other as they should', () => {
  let stack: Stack;
  let bystander: Bystander;
  let group = '';
  /** Okta's clock stands still: cursors of one place are the same then. */
  let stoodStillAt: number | undefined;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    bystander = await startBystander();
    stack = await Stack.start({ ...SIZE, now: () => stoodStillAt ?? Date.now() });
    await stack.sync();
    group = stack.sim.org.everyone.id;
  });
  beforeEach(() => {
    stack.sim.stats.reset();
    bystander.requests.length = 0;
  });
  afterEach(() => {
    stack.sim.faults.clear();
    stack.sim.settings.cursorTtlMs = null;
    stoodStillAt = undefined;
  });
  after(async () => {
    await stack.stop();
    await bystander.stop();
  });

  const fired = (): number[] => stack.sim.faults.report().map((rule) => rule.fired);
  const fail = (action: Action, match: Match): void => stack.sim.faults.set([{ match, action }]);
  /** The list begins with an empty page, and goes on behind it. */
  const inTwoPages = (match: Match): FaultRule => ({
    match: { ...match, nth: 1 },
    action: { type: 'emptyPage' },
  });
  const pathOf = ({ path = '' }: Match): string => String(path);
  const members = (): Match => ({ route: 'members', path: group });

  const LISTS: readonly { list: string; match: () => Match }[] = [
    { list: 'users', match: () => ({ route: 'users' }) },
    { list: 'groups', match: () => ({ route: 'groups' }) },
    { list: 'members', match: members },
  ];

  for (const { list, match } of LISTS) {
    it(`the list of ${list} starts again when its cursor has expired`, async () => {
      stack.sim.org.churn({ seed: 1, addUsers: 1, renameUsers: 3, renameGroups: 1, addMemberships: 5 });
      stack.sim.faults.set([
        { match: { ...match(), path: `${pathOf(match())}*after=`, nth: 1 }, action: EXPIRED },
        inTwoPages(match()),
      ]);
      const report = await stack.sync({ mode: 'full' });
      assert.deepEqual(fired(), [1, 1]);
      assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
      assert.deepEqual(await stack.differences(), []);
    });

    it(`an empty page of ${list} with a next link is not the end`, async () => {
      stack.sim.org.churn({ seed: 2, addUsers: 1, renameUsers: 3, renameGroups: 1, addMemberships: 5 });
      stack.sim.faults.set([inTwoPages(match())]);
      const report = await stack.sync({ mode: 'full' });
      assert.deepEqual(fired(), [1]);
      assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
      assert.deepEqual(await stack.differences(), []);
    });
  }

  it('a list whose cursor Okta has let expire starts again', async () => {
    stack.sim.org.churn({ seed: 4, addUsers: 1, renameUsers: 3 });
    stack.sim.settings.cursorTtlMs = 1000;
    fail({ type: 'delay', delayMs: 1300 }, { route: 'users', path: 'after=', nth: 1 });
    const report = await stack.sync({ mode: 'full' });
    assert.deepEqual(fired(), [1]);
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.ok(report.okta.requestsByBucket.users > 3, 'it began again');
    assert.deepEqual(await stack.differences(), []);
  });

  it('a list of which no cursor lives long enough fails instead of starting for ever', async () => {
    const before = await contentOf(stack);
    stack.sim.settings.latencyMs = 5;
    stack.sim.settings.cursorTtlMs = 0;
    const report = await stack.sync({ mode: 'full' });
    stack.sim.settings.latencyMs = 0;
    assert.equal(report.outcome, 'failed');
    assert.equal(report.failure?.code, 'OKTA_CURSOR_EXPIRED');
    assert.ok(
      (stack.sim.stats.snapshot().byRoute.users ?? 0) < 10,
      `${stack.sim.stats.snapshot().byRoute.users} requests`,
    );
    assert.deepEqual(await contentOf(stack), before);
    stack.sim.settings.cursorTtlMs = null;
    await assertHeals(stack);
  });

  const MISLEADING: readonly { title: string; action: () => Action; code: string; message: RegExp }[] = [
    {
      title: 'a next link to another origin',
      action: () => ({ type: 'foreignNext', origin: bystander.origin }),
      code: 'OKTA_FOREIGN_LINK',
      message: /not on .*so it was not asked for.*Set OKTA_DOMAIN/,
    },
    {
      title: 'a next link that repeats',
      action: () => ({ type: 'samePage' }),
      code: 'OKTA_REPEATED_LINK',
      message: /stopped/,
    },
    {
      title: 'a redirect',
      action: () => ({ type: 'redirect', location: bystander.origin }),
      code: 'OKTA_NOT_AN_ORG',
      message: /302.*not followed.*Check OKTA_DOMAIN/,
    },
  ];
  for (const { title, action, code, message } of MISLEADING) {
    for (const list of ['users', 'groups'] as const) {
      it(`${title} of the ${list} is not followed, and the run fails`, async () => {
        const before = await contentOf(stack);
        stoodStillAt = Date.now();
        fail(action(), { route: list });
        const report = await stack.sync({ mode: 'full' });
        assert.equal(report.outcome, 'failed');
        assert.equal(report.failure?.code, code);
        assert.match(withAdvice(report.failure ?? { message: '' }), message);
        assert.deepEqual(bystander.requests, []);
        assert.ok(
          (stack.sim.stats.snapshot().byRoute[list] ?? 0) <= 3,
          `${stack.sim.stats.snapshot().byRoute[list]} requests`,
        );
        assert.equal(stack.sim.stats.snapshot().byRoute.members, undefined);
        assert.deepEqual(await contentOf(stack), before);
        stoodStillAt = undefined;
        await assertHeals(stack);
      });
    }

    it(`${title} of a group's members is not followed, and that group is left as it was`, async () => {
      const before = await contentOf(stack);
      stoodStillAt = Date.now();
      fail(action(), members());
      const report = await stack.sync({ mode: 'full' });
      assert.equal(report.outcome, 'partial');
      const [warning, ...others] = warningsOf(report, 'GROUP_FAILED');
      assert.deepEqual([warning?.groupId, others], [group, []]);
      assert.match(withAdvice(warning ?? { message: '' }), message);
      assert.deepEqual([report.memberships.groupsRead, report.memberships.groupsFailed], [14, 1]);
      assert.deepEqual(bystander.requests, []);
      assert.deepEqual(await contentOf(stack), before);
      stoodStillAt = undefined;
      await assertHeals(stack, { mode: 'incremental' });
    });
  }

  it('pages that lead in a circle end', async () => {
    const before = await contentOf(stack);
    const page = (path: string, after: string, next: string): FaultRule => ({
      match: { path: new RegExp(`^${path}[?].*${after}`) },
      action: {
        type: 'error',
        status: 200,
        body: [],
        headers: { Link: `<${stack.sim.origin}${path}?after=${next}>; rel="next"` },
      },
    });
    const circle = (path: string) => [page(path, 'after=one', 'two'), page(path, '', 'one')];

    stack.sim.faults.set(circle('/api/v1/users'));
    const failed = await stack.sync({ mode: 'full' });
    assert.deepEqual([failed.outcome, failed.failure?.code], ['failed', 'OKTA_REPEATED_LINK']);
    stack.sim.faults.set(circle(`/api/v1/groups/${group}/users`));
    const partial = await stack.sync({ mode: 'full' });
    assert.equal(partial.outcome, 'partial');
    const [warning, ...others] = warningsOf(partial, 'GROUP_FAILED');
    assert.deepEqual([warning?.groupId, others], [group, []]);
    assert.match(warning?.message ?? '', /form a loop/);
    assert.deepEqual(await contentOf(stack), before);
    await assertHeals(stack, { mode: 'incremental' });
  });

  it('items that come on two pages count once', async () => {
    stack.sim.org.churn({ seed: 3, addUsers: 2, renameUsers: 3, addMemberships: 5 });
    const { usersCount, ...first } = [...stack.sim.org.truth().groups()][0] ?? {};
    stack.sim.faults.set([
      { match: { path: 'after=', route: 'users' }, action: { type: 'repeatItem' } },
      {
        match: { route: 'groups' },
        action: {
          type: 'inject',
          items: [{ ...first, _embedded: { stats: { usersCount: usersCount ?? 0 } } }],
        },
      },
      // The members of Everyone come in two pages then.
      { match: { ...members(), limitOver: 250 }, action: { type: 'error', status: 500 } },
      { match: { ...members(), path: `${group}*after=` }, action: { type: 'repeatItem' } },
    ]);
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
    assert.ok(
      fired().every((count) => count > 0),
      String(fired()),
    );
    const { users, groups } = stack.sim.org.truth().counts;
    assert.deepEqual([report.users.seen, report.groups.seen], [users, groups]);
    assert.deepEqual(await stack.differences(), []);
  });
});
