import assert from 'node:assert/strict';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const HOUR = 3_600_000;

describe('Groups to verify', () => {
  const graph = useGraph();
  const spread = { intervalMs: 2 * HOUR };

  /** Groups `00g<first>` and on, whose members were read `hoursAgo`. */
  const groups = (first: number, last: number, hoursAgo: number, properties = 'users_count: 5') =>
    graph.set(
      `UNWIND range(${first}, ${last}) AS i
       CREATE (g:Group {okta_domain: $domain, id: '00g' + right('00' + i, 3), last_seen_run: 1,
         memberships_as_of: datetime('2026-01-01T00:00:00Z'),
         memberships_read_at: datetime.realtime() - duration({minutes: toInteger(${hoursAgo} * 60)})})
       SET g += {${properties}}`,
    );
  const begin = async (change: Parameters<typeof graph.begin>[0] = {}) => {
    await graph.set(
      `MERGE (o:OktaOrg {domain: $domain})
       SET o.users_watermark = datetime('2026-01-01T00:00:00Z'), o.last_full_at = datetime.realtime()`,
    );
    return graph.begin({ mode: 'auto', spread, ...change });
  };
  const marked = () =>
    graph.value<string[]>(
      `OPTIONAL MATCH (g:Group {okta_domain: $domain}) WHERE g.memberships_verify_run IS NOT NULL
       WITH g.id AS id ORDER BY id RETURN collect(id) AS value`,
    );

  it('are an even share until the first of them gets too old, the oldest first', async () => {
    await groups(1, 1, 2);
    await groups(2, 33, 2);
    await groups(34, 34, 2.1);
    // Read 2 hours ago, they have until the 11th run from now.
    await begin();
    assert.deepEqual([(await marked()).length, (await marked()).at(-1)], [4, '00g034']);
  });

  it('are all that would be too old by the end of the next run', async () => {
    await groups(1, 20, 21.1);
    await groups(21, 40, 20.9);
    await begin();
    const ids = await marked();
    assert.deepEqual([ids.length, ids[0], ids.at(-1)], [20, '00g001', '00g020']);
  });

  it('are more than an even share of all when many are due soon, and never more than half for that', async () => {
    await groups(1, 20, 20.9);
    await groups(21, 40, 0);
    await begin();
    assert.equal((await marked()).length, 10);
  });

  it('are none if Okta does not count members, and then a run reads all groups once a day', async () => {
    await groups(1, 20, 21.1, 'users_count: null');
    assert.equal((await begin()).mode, 'incremental');
    assert.deepEqual(await marked(), []);
    await graph.set(
      'MATCH (o:OktaOrg {domain: $domain}) SET o.last_full_at = datetime.realtime() - duration({hours: 25})',
    );
    assert.equal((await graph.begin({ mode: 'auto', spread })).mode, 'full');
  });

  it('count by the calls that they take', async () => {
    await groups(1, 1, 2.5, 'users_count: 30000');
    await groups(2, 4, 2);
    await begin();
    assert.deepEqual(await marked(), ['00g001']);
  });

  it('cost nothing if they are known to be empty', async () => {
    await groups(1, 11, 2);
    await groups(12, 15, 11.9, 'users_count: 0');
    await groups(16, 20, 12.1, 'users_count: 0');
    await begin();
    assert.deepEqual(await marked(), ['00g001', '00g016', '00g017', '00g018', '00g019', '00g020']);
  });

  it('are those with members in the graph, whatever Okta counts', async () => {
    await groups(1, 1, 22, 'users_count: 0');
    await graph.set(
      'MATCH (g:Group {okta_domain: $domain}) CREATE (:User {okta_domain: $domain, id: "00u"})-[:MEMBER_OF]->(g)',
    );
    await begin();
    assert.deepEqual(await marked(), ['00g001']);
  });

  it('leave out those that are read anyway, since their last read failed', async () => {
    await groups(1, 5, 23, 'memberships_as_of: null');
    await begin();
    assert.deepEqual(await marked(), []);
  });

  it('take into account that runs come less often than the schedule says', async () => {
    await groups(1, 10, 14);
    await begin();
    assert.equal((await marked()).length, 2, 'read within five runs');
    await begin();
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain})
       SET r.started_at = datetime.realtime() - duration({hours: 8 * (3 - r.number)})`,
    );
    await graph.set('MATCH (g:Group {okta_domain: $domain}) SET g.memberships_verify_run = null');
    await begin();
    assert.equal((await marked()).length, 10, 'the next run is in 8 hours');
  });

  for (const [what, change] of [
    ['a full run', { mode: 'full' }],
    ['a run that is to read changes only', { mode: 'incremental' }],
    ['a run that does not spread verification', { spread: undefined }],
  ] as const) {
    it(`are none of ${what}`, async () => {
      await groups(1, 5, 23);
      await begin(change as Parameters<typeof graph.begin>[0]);
      assert.deepEqual(await marked(), []);
    });
  }

  it('stay the same when the run is begun again', async () => {
    await groups(1, 11, 2);
    const run = await begin({ id: 'run' });
    assert.deepEqual(await begin({ id: 'run' }), run);
    assert.deepEqual(await marked(), ['00g001']);
  });
});
