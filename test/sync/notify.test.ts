import assert from 'node:assert/strict';
import type { Environment } from '../../src/config';
import { NOTIFY_WORKFLOW_TYPE, notifyId, type SyncReport } from '../../src/contract';
import { status } from '../../src/cli/status';
import { undelivered, type Undelivered } from '../../src/runs/undelivered';
import { Sink } from '../../dev/lab/sink';
import { lastReports } from '../../src/graph/read/reports';
import type { Notice } from '../../src/notify/notice';
import type { SlackMessage } from '../../src/notify/slack';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { Receiver, RECEIVER_KEY, SECRET_PATH } from '../../dev/lab/servers/receiver';
import { Stack } from '../../dev/lab/org/stack';
import { until } from '../../dev/lab/until';
import { WatchedOrg } from '../../dev/lab/org/watchedOrg';
import { historyText } from '../workflows/support/historyText';

const SIMULATED = { seed: 5, users: 20, groups: 3, memberships: 40, apps: 0, rules: 0, roles: 0 };

describe('Notifications of runs', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let receiver: Receiver<Notice>;
  let stack: Stack;

  before(() => Promise.all([temporal(), neo4j()]));
  beforeEach(async () => (receiver = await Receiver.start(RECEIVER_KEY)));
  afterEach(async () => {
    await receiver.stop();
    await stack.stop();
  });

  async function start(environment: Environment = {}): Promise<void> {
    const notifying = { NOTIFY_URL: receiver.url, NOTIFY_SECRET: RECEIVER_KEY };
    stack = await Stack.start(SIMULATED, { ...notifying, ...environment });
  }

  const users = () => [...stack.sim.org.truth().users()].map(({ id }) => id);

  const delivery = ({ runId }: Pick<SyncReport, 'runId'>) =>
    stack.client.workflow.getHandle(notifyId({ domain: stack.domain, runId }));

  /** What was sent about a run; fails if nothing was, or twice. */
  async function noticeOf(report: Pick<SyncReport, 'runId'>): Promise<Notice> {
    await delivery(report).result();
    const [sent, ...others] = receiver.received.filter(({ id }) => id === `run_${report.runId}`);
    assert.ok(sent);
    assert.deepEqual(others, []);
    assert.ok(sent.isSigned);
    return sent.body;
  }

  const syncOf = async (runId: string) => {
    const [run] = await lastReports(stack.db, stack.domain, 1, undefined, { withTouched: true });
    assert.equal(run?.runId, runId);
    return stack.client.workflow.getHandle(run.workflowId);
  };

  it('are sent once if the run changed something, and not if it did not', async () => {
    await start();
    const first = await stack.sync({ mode: 'full' });
    const { type, data } = await noticeOf(first);
    assert.equal(type, 'run.ended');
    assert.deepEqual(
      [data.org, data.run?.number, data.run?.mode, data.run?.outcome, data.reasons],
      [stack.domain, 1, 'full', 'succeeded', ['changes']],
    );
    assert.deepEqual(data.counts, {
      users: { created: 20, updated: 0, deleted: 0 },
      groups: { created: 3, updated: 0, deleted: 0 },
      memberships: { added: first.memberships.added, removed: 0 },
    });
    assert.match(await historyText(await syncOf(first.runId)), new RegExp(NOTIFY_WORKFLOW_TYPE));

    const second = await stack.sync();
    assert.equal(second.outcome, 'succeeded');
    assert.doesNotMatch(await historyText(await syncOf(second.runId)), new RegExp(NOTIFY_WORKFLOW_TYPE));
    assert.equal(receiver.received.length, 1);
  });

  it('are not sent, and leave no trace in a history, if there is no receiver', async () => {
    await start({ NOTIFY_URL: '', NOTIFY_SECRET: '' });
    const report = await stack.sync({ mode: 'full' });
    assert.doesNotMatch(await historyText(await syncOf(report.runId)), /notif/i);
    assert.deepEqual(receiver.received, []);
  });

  it('list changes of the named groups and of admins, by Okta ID', async () => {
    await start({ NOTIFY_GROUPS: 'Eng*', SYNC_ACCESS: 'roles' });
    const changed = await changeGroupsAndAdmins();
    const { data } = await noticeOf(changed.report);
    assert.deepEqual(data.reasons, ['changes', 'groups', 'admins']);
    const unchanged = { admin: false, created: false, deleted: false };
    assert.deepEqual(data.groups, [
      {
        id: changed.admins,
        ...unchanged,
        admin: true,
        added: { count: 1, users: [{ id: changed.joined }], more: 0 },
        removed: { count: 0, users: [], more: 0 },
      },
      {
        id: changed.named,
        ...unchanged,
        added: { count: 1, users: [{ id: changed.joined }], more: 0 },
        removed: { count: 1, users: [{ id: changed.left }], more: 0 },
      },
    ]);
    assert.deepEqual(
      data.admins?.map(({ change, role, user, group }) => [change, role.label, user, group]),
      [['granted', 'Super Administrator', { id: changed.admin }, undefined]],
    );
    await assertNothingOfPeople(changed.report);
  });

  it('have the names of people and groups if they are asked for, and Temporal has none', async () => {
    await start({ NOTIFY_GROUPS: 'Eng*', SYNC_ACCESS: 'roles', NOTIFY_NAMES: 'true' });
    const changed = await changeGroupsAndAdmins();
    const { data } = await noticeOf(changed.report);
    assert.deepEqual(
      data.groups?.map(({ name }) => name),
      ['Admins', 'Engineering <leads>'],
    );
    const [joined] = data.groups?.[0]?.added.users ?? [];
    const user = [...stack.sim.org.truth().users()].find(({ id }) => id === changed.joined);
    const { email } = user?.profile as { email: string };
    assert.equal(joined?.email, email.toLowerCase());
    assert.ok(joined.name);
    assert.ok(data.admins?.[0]?.user?.email);
    await assertNothingOfPeople(changed.report);
  });

  async function changeGroupsAndAdmins() {
    const { org } = stack.sim;
    const [left = '', joined = '', other = '', admin = ''] = users();
    const named = org.addGroup({ name: 'Engineering <leads>' });
    const admins = org.addGroup({ name: 'Admins' });
    const unnamed = org.addGroup({ name: 'Operations' });
    org.addMembership(named, left);
    org.access.roles.grant({ groupId: admins }, { type: 'HELP_DESK_ADMIN' });
    await stack.sync({ mode: 'full' });
    org.addMembership(named, joined);
    org.removeMembership(named, left);
    org.addMembership(admins, joined);
    org.addMembership(unnamed, other);
    org.access.roles.grant({ userId: admin }, { type: 'SUPER_ADMIN' });
    return { report: await stack.sync({ mode: 'full' }), named, admins, left, joined, admin };
  }

  /** Nothing that Temporal keeps of a run and its notification is of a person, a group or the receiver's secrets. */
  async function assertNothingOfPeople(report: SyncReport): Promise<void> {
    const texts = [await historyText(await syncOf(report.runId)), await historyText(delivery(report))];
    for (const text of texts) {
      assert.ok(!/@acme|Engineering|whsec/.test(text));
      assert.ok(!text.includes(SECRET_PATH));
      assert.ok(!text.includes(RECEIVER_KEY.slice(6)));
    }
  }

  it('hold up no run: a receiver that hangs or fails is asked again', async () => {
    await start();
    receiver.behaviors.push('hang', { status: 500 }, { status: 429, headers: { 'Retry-After': '2' } });
    const report = await stack.sync({ mode: 'full' });
    assert.equal(report.outcome, 'succeeded');
    assert.equal((await delivery(report).describe()).status.name, 'RUNNING');

    const attempts = await receiver.got(4);
    assert.deepEqual(new Set(attempts.map(({ id }) => id)), new Set([`run_${report.runId}`]));
    assert.ok(
      attempts.every(({ isSigned }) => isSigned),
      'each attempt is signed for its own time',
    );
    const [third, fourth] = attempts.slice(2).map(({ headers }) => Number(headers['webhook-timestamp']));
    assert.ok((fourth ?? 0) - (third ?? 0) >= 2, 'Retry-After is respected');
    await delivery(report).result();
  });

  it('are given up, with the reason, if the receiver refuses them', async () => {
    await start();
    for (const behavior of [{ status: 401 }, { status: 302, headers: { Location: receiver.url } }]) {
      receiver.behaviors.push(behavior);
      stack.sim.org.addGroup();
      const report = await stack.sync({ mode: 'full' });
      await assert.rejects(
        delivery(report).result(),
        ({ cause }: { cause: { type: string; message: string } }) => {
          assert.equal(cause.type, 'NOTIFY_REFUSED');
          assert.match(
            cause.message,
            new RegExp(`^The receiver of notifications, 127[^ ]+, answered ${behavior.status}\\.`),
          );
          return !cause.message.includes(SECRET_PATH);
        },
      );
    }
    assert.equal(receiver.received.length, 2, 'nothing was sent again, and no redirect was followed');
  });

  it('are shown by `status` if they do not arrive, with the reason and what to do', async () => {
    await start();
    const shown = async (options: { json?: true }) => {
      const [out, err] = [new Sink(), new Sink()];
      await status({ config: stack.config, out, err }, options);
      return `${out.text}${err.text}`;
    };
    receiver.behaviors.push({ status: 401 }, { status: 500, headers: { 'Retry-After': '600' } });
    const report = await stack.sync({ mode: 'full' });
    await assert.rejects(delivery(report).result());
    await until(async () => (await undelivered(stack.client, stack.domain))?.failed === 1);
    const said = /^ {2}notifications +(.*)$/m;
    assert.match(
      said.exec(await shown({}))?.[1] ?? '',
      /^1 given up within 24h, send again with: okta-graph notify RUN; last reason: .* answered 401\. Check NOTIFY_URL, .*, and try: okta-graph notify --test$/,
    );
    stack.sim.org.addGroup();
    await stack.sync({ mode: 'full' });
    await until(async () => (await undelivered(stack.client, stack.domain))?.retried === 1);
    assert.match(
      said.exec(await shown({}))?.[1] ?? '',
      /^1 failed and will be sent again; 1 given up .*; last reason: .* answered 500\. It is sent again for a day\./,
    );
    const [{ notifications } = assert.fail()] = JSON.parse(await shown({ json: true })) as {
      notifications: Undelivered;
    }[];
    assert.deepEqual([notifications.retried, notifications.failed], [1, 1]);
    assert.ok(!notifications.why?.includes(SECRET_PATH));
  });

  it('say how many removals are withheld', async () => {
    await start();
    await stack.sync({ mode: 'full' });
    for (const id of users().slice(0, 15)) {
      stack.sim.org.deactivateUser(id);
      stack.sim.org.deleteUser(id);
    }
    const { data } = await noticeOf(await stack.sync({ mode: 'full' }));
    assert.ok(data.reasons.includes('withheld'));
    assert.equal(data.withheld, 15);
    const warning = data.warnings?.find(({ code }) => code === 'REMOVALS_WITHHELD');
    assert.match(warning?.advice ?? '', /^Check in Okta first/);
  });

  it('say that a run failed, or could not even begin', async () => {
    await start();
    await stack.sync({ mode: 'full' });
    stack.sim.faults.set([{ match: { route: 'users' }, action: { type: 'error', status: 401 } }]);
    const failed = await noticeOf(await stack.sync({ mode: 'full' }));
    assert.deepEqual(
      [failed.type, failed.data.run?.outcome, failed.data.failure?.code, failed.data.reasons],
      ['run.ended', 'failed', 'OKTA_UNAUTHORIZED', ['failures']],
    );

    await stack.db.write((tx) =>
      tx.run("MATCH (o:OktaOrg {domain: $domain}) SET o.org_id = '00oAnotherOrg'", { domain: stack.domain }),
    );
    const sync = await stack.begin({ domain: stack.domain });
    await assert.rejects(sync.result());
    const { runId } = await sync.describe();
    const { type, data } = await noticeOf({ runId });
    assert.deepEqual(
      [type, data.org, data.run, data.failure?.code],
      ['run.failed', stack.domain, { id: runId, outcome: 'failed' }, 'ORG_IDENTITY'],
    );
  });

  it('are sent of a run that was terminated, once the next one begins', async () => {
    await start();
    await stack.sync({ mode: 'full' });
    stack.sim.faults.set([{ match: { route: 'members' }, action: { type: 'delay', delayMs: 60_000 } }]);
    stack.sim.stats.reset();
    const sync = await stack.begin({ mode: 'full' });
    await until(() => Promise.resolve((stack.sim.stats.snapshot().byRoute['members'] ?? 0) > 0), 60_000);
    await sync.terminate();
    stack.sim.faults.clear();
    await stack.sync({ mode: 'full' });
    const { runId } = await sync.describe();
    const { data } = await noticeOf({ runId });
    assert.deepEqual([data.run?.outcome, data.failure?.code], ['abandoned', 'ABANDONED']);
  });

  it('are sent of what the watch has read', async () => {
    await start({ NOTIFY_GROUPS: 'Eng*' });
    const named = stack.sim.org.addGroup({ name: 'Engineering' });
    await stack.sync({ mode: 'full' });
    const watch = await WatchedOrg.start(stack);
    await watch.idle();
    const [user = ''] = users();
    stack.sim.org.addMembership(named, user);
    await watch.ping();
    await watch.caughtUp();
    await watch.stop();
    const [, second] = await receiver.got(2);
    assert.equal(second?.body.data.run?.mode, 'touched');
    assert.deepEqual(second.body.data.groups?.[0]?.added.users, [{ id: user }]);
  });

  it('are sent only for what NOTIFY_ABOUT names', async () => {
    await start({ NOTIFY_ABOUT: 'withheld,failures' });
    const report = await stack.sync({ mode: 'full' });
    await delivery(report).result();
    assert.deepEqual(receiver.received, []);
  });

  it("are messages in Slack's format, without a signature", async () => {
    await start({ NOTIFY_FORMAT: 'slack', NOTIFY_SECRET: '', NOTIFY_GROUPS: 'Eng*', NOTIFY_NAMES: 'true' });
    const named = stack.sim.org.addGroup({ name: 'Engineering <!channel>' });
    const [user = ''] = users();
    stack.sim.org.addMembership(named, user);
    await delivery(await stack.sync({ mode: 'full' })).result();
    const { headers, body } = receiver.received[0] ?? assert.fail('nothing was sent');
    assert.equal(headers['webhook-signature'], undefined);
    const { text, blocks } = body as unknown as SlackMessage;
    assert.equal(text, `${stack.domain}: run #1, full, succeeded`);
    const shown = blocks.map((block) => block.text.text).join('\n');
    assert.match(shown, /users \+20 · groups \+4 · memberships \+\d+/);
    assert.match(shown, /• Group Engineering &lt;!channel&gt;: created; 1 added: .+/);
  });

  it('outlive the run and its worker', async () => {
    await start();
    receiver.behaviors.push({ status: 503 }, { status: 503 });
    const report = await stack.sync({ mode: 'full' });
    await receiver.got(1);
    await stack.restartWorker();
    await delivery(report).result();
    assert.deepEqual(
      receiver.received.map(({ id }) => id),
      Array(3).fill(`run_${report.runId}`),
    );
  });
});
