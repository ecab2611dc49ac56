import assert from 'node:assert/strict';
import { notifyLines, namedGroupLines } from '../../src/cli/checkNotify';
import { main } from '../../src/cli/main';
import type { Environment } from '../../src/config';
import { ACCESS_KINDS } from '../../src/contract';
import type { Notice } from '../../src/notify/notice';
import { configFor, ENVIRONMENT } from '../../dev/lab/configFor';
import { neo4jVariables, orgVariables } from '../../dev/lab/environment';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Receiver, RECEIVER_KEY, SECRET_PATH } from '../../dev/lab/servers/receiver';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { Sink } from '../../dev/lab/sink';

const UNUSED = () => Promise.reject(new Error('not used'));

describe('The notify command', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;
  let receiver: Receiver<Notice>;
  let variables: Environment;

  before(async () => {
    org = await OrgUnderTest.start({ seed: 3, users: 9, groups: 2, memberships: 9 });
    org.sim.org.addGroup({ name: 'Engineering' });
    await org.wholeRun({ access: ACCESS_KINDS });
    await org.wholeRun({ mode: 'incremental', access: ACCESS_KINDS });
  });
  after(() => org.stop());
  beforeEach(async () => {
    receiver = await Receiver.start(RECEIVER_KEY);
    variables = {
      ...ENVIRONMENT,
      ...orgVariables(org.sim),
      ...neo4jVariables(await neo4j()),
      NOTIFY_URL: receiver.url,
      NOTIFY_SECRET: RECEIVER_KEY,
    };
  });
  afterEach(() => receiver.stop());

  async function command(args: string[], environment: Environment = {}) {
    const [out, err] = [new Sink(), new Sink()];
    const access = { check: UNUSED, findOrganization: UNUSED, hasUser: UNUSED };
    const code = await main(['notify', ...args], { out, err }, access, () => ({
      ...variables,
      ...environment,
    }));
    assert.ok(!`${out.text}${err.text}`.includes(SECRET_PATH));
    return { code, out: out.text, err: err.text };
  }

  const host = () => new URL(receiver.url).host;

  it('sends a test, and says what was answered', async () => {
    assert.deepEqual(await command(['--test']), {
      code: 0,
      out: `Sent to ${host()}, which answered 204.\n`,
      err: '',
    });
    const [{ id, body, isSigned } = assert.fail()] = receiver.received;
    assert.deepEqual([body.type, body.data, isSigned], ['test', { version: 1, reasons: [] }, true]);
    assert.match(id, /^test_[0-9a-f-]{36}$/);
  });

  it('says what is wrong if it was not accepted', async () => {
    receiver.behaviors.push({ status: 403 });
    const { code, err } = await command(['--test']);
    assert.equal(code, 1);
    assert.equal(
      err,
      `The receiver of notifications, ${host()}, answered 403. It said: "status 403". Check NOTIFY_URL, NOTIFY_SECRET, NOTIFY_FORMAT, and the receiver.\n`,
    );
  });

  it('says of a redirect that it is not followed', async () => {
    receiver.behaviors.push({ status: 302, headers: { Location: receiver.url } });
    const { code, err } = await command(['--test']);
    assert.equal(code, 1);
    assert.match(
      err,
      / answered 302\. Redirects are not followed\. It said: "status 302"\. Check NOTIFY_URL,/,
    );
    assert.equal(receiver.received.length, 1);
  });

  it('sends the notification of a run again', async () => {
    const { code } = await command(['1']);
    assert.equal(code, 0);
    const [{ id, body } = assert.fail()] = receiver.received;
    assert.deepEqual([body.type, body.data.run?.number], ['run.ended', 1]);
    assert.equal(id, `run_${body.data.run?.id}`);
  });

  it('says that there is nothing to send of a run that changed nothing', async () => {
    const { code, err } = await command([]);
    assert.equal(code, 1);
    assert.match(err, /^Run #2 of \S+ changed nothing, withheld no removals and did not fail, or/);
    assert.match((await command(['99'])).err, /^The graph has no such run of /);
    assert.deepEqual(receiver.received, []);
  });

  it('prints what would be sent, and sends nothing', async () => {
    const { code, out } = await command(['1', '--print'], { NOTIFY_GROUPS: 'Eng*', NOTIFY_NAMES: 'true' });
    assert.equal(code, 0);
    const { data } = JSON.parse(out) as Notice;
    assert.deepEqual(
      data.groups?.map(({ name, created }) => [name, created]),
      [['Engineering', true]],
    );
    assert.deepEqual(receiver.received, []);
  });

  it('refuses a test of a run, and to send without a receiver', async () => {
    assert.match((await command(['1', '--test'])).err, /^--test is not about a run/);
    const off = await command(['--test'], { NOTIFY_URL: '', NOTIFY_SECRET: '' });
    assert.deepEqual(
      [off.code, off.err],
      [
        2,
        'NOTIFY_URL is not set, so no notifications are sent. Set it, and NOTIFY_SECRET unless it is Slack: see docs/notifications.md.\n',
      ],
    );
  });

  it('has its settings in `check`: the host alone, what is said, and how many groups are selected', async () => {
    const config = configFor({ ...variables, NOTIFY_GROUPS: 'Eng*' });
    assert.deepEqual(notifyLines(config), [
      {
        what: 'NOTIFY_URL',
        detail: `${host()} is sent JSON, signed; with Okta IDs and counts, no names; about changes, groups, admins, withheld, failures; SYNC_ACCESS has no roles, so nothing of admins is known`,
      },
    ]);
    const [line] = await namedGroupLines(org.db, config);
    assert.match(line?.detail ?? '', /^changes of 1 of \d groups are listed$/);
    const [none] = await namedGroupLines(org.db, configFor({ ...variables, NOTIFY_GROUPS: 'Sales' }));
    assert.equal(none?.advice, 'Check the patterns: no name of a group matches them.');
    const off = configFor({ ...variables, NOTIFY_URL: '', NOTIFY_SECRET: '' });
    assert.deepEqual([notifyLines(off), await namedGroupLines(org.db, off)], [[], []]);
  });
});
