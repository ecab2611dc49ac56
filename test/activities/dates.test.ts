import assert from 'node:assert/strict';
import { LIST_START } from '../../src/activities/lists';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

/** Six pages of users, and two of the members of Everyone. */
const USERS = 1_100;
/** How much Okta's clock advances with each request of a list, and with nothing else. */
const STEP_MS = 40_000;

describe('What is read in pages', () => {
  /** Whole seconds, as in a `Date`. */
  const startMs = Math.floor(Date.now() / 1_000) * 1_000;
  let org: OrgUnderTest;
  /** The list whose requests make the clock go on. */
  let timed = '';

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const now = () => startMs + STEP_MS * (org?.calls[timed] ?? 0);
    org = await OrgUnderTest.start({ users: USERS, groups: 1, now });
  });
  after(() => org.stop());

  /** Whether this is the `Date` of the first of several pages. */
  function assertFirst(asOfMs: number | undefined): void {
    const pages = org.calls[timed] ?? 0;
    assert.ok(pages > 1, 'several pages were read');
    const page = ((asOfMs ?? NaN) - startMs) / STEP_MS;
    assert.equal(page, 1, `of ${pages} pages, page ${page} has given the date`);
  }

  it('is dated by its first page where it is a list', async () => {
    const run = await org.begin();
    timed = 'users';
    await org.attempt().call('syncUsers', run, LIST_START);
    const [row] = await org.db.read<{ asOfMs: number }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN r.users_as_of.epochMillis AS asOfMs',
      { domain: run.domain, id: run.id },
    );
    assertFirst(row?.asOfMs);
  });

  it('is dated by its first page where it is a group', async () => {
    timed = '';
    const run = await org.begin();
    await org.lists(run);
    timed = 'members';
    await org.members(run);
    const [row] = await org.db.read<{ asOfMs: number }>(
      'MATCH (g:Group {okta_domain: $domain, id: $id}) RETURN g.memberships_as_of.epochMillis AS asOfMs',
      { domain: run.domain, id: org.sim.org.everyone.id },
    );
    assertFirst(row?.asOfMs);
  });
});
