import assert from 'node:assert/strict';
import { LIST_START } from '../../src/activities/lists';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('What a worker remembers of the users in the graph', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 10, groups: 1 });
  });
  after(() => org.stop());

  it('is forgotten once a user of them is missing, so that the next read of the group creates it', async () => {
    const first = await org.begin();
    await org.lists(first);
    const { users, memberships } = org.sim.org.truth().counts;
    // Another worker, or a person, has removed it.
    const [lost = ''] = (await org.content()).users;
    await org.db.run('MATCH (u:User {okta_domain: $domain, id: $lost}) DETACH DELETE u', {
      domain: org.sim.domain,
      lost,
    });
    await org.members(first);
    assert.equal((await org.content()).memberships, memberships - 1, 'it is taken to be there');

    const second = await org.begin();
    await org.attempt().call('syncGroups', second, LIST_START);
    await org.members(second);
    const content = await org.content();
    assert.ok(content.users.includes(lost), 'the member has a user again');
    assert.deepEqual([content.users.length, content.memberships], [users, memberships]);
  });
});
