import assert from 'node:assert/strict';
import { noticeOf } from '../../src/notify/notice';
import { configFor } from '../../dev/lab/configFor';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { RECEIVER_KEY } from '../../dev/lab/servers/receiver';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

const { notify: SETTINGS = assert.fail() } = configFor({
  NOTIFY_URL: 'https://hooks.acme.com/',
  NOTIFY_SECRET: RECEIVER_KEY,
});

describe('A notification', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;

  beforeEach(async () => {
    org = await OrgUnderTest.start({ seed: 4, users: 20, groups: 2, memberships: 20 });
    org.sim.org.addUser({ email: '' });
  });
  afterEach(() => org.stop());

  async function run(mode: 'full' | 'incremental') {
    const { runId } = await org.wholeRun({ mode });
    const notice = await noticeOf(org.db, SETTINGS, { domain: org.sim.domain, run: runId });
    const { warnings = [], knownWarnings } = notice?.data ?? assert.fail('nothing is said');
    return { codes: warnings.map(({ code, count }) => [code, count]), knownWarnings };
  }

  it('counts warnings that the run before had too, and lists only new ones', async () => {
    assert.deepEqual(await run('full'), { codes: [['MISSING_EMAIL', 1]], knownWarnings: 0 });

    org.sim.org.addGroup();
    assert.deepEqual(await run('incremental'), { codes: [], knownWarnings: 1 });

    org.sim.org.addUser({ email: '' });
    const { codes, knownWarnings } = await run('incremental');
    assert.deepEqual([codes, knownWarnings], [[['MISSING_EMAIL', 1]], 0]);
  });

  it('says each time what makes a run partial', async () => {
    await run('full');
    for (const { id } of [...org.sim.org.truth().users()].slice(0, 15)) {
      org.sim.org.deactivateUser(id);
      org.sim.org.deleteUser(id);
    }
    for (const known of [1, 1]) {
      const { codes, knownWarnings } = await run('full');
      assert.ok(codes.some(([code]) => code === 'REMOVALS_WITHHELD'));
      assert.equal(knownWarnings, known);
    }
  });
});
