import assert from 'node:assert/strict';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { KEEP_ALL, profileKey, type DataRules } from '../../../src/config/dataRules';
import { userRow } from '../../../src/graph/write/nodes';
import type { GraphDatabase } from '../../../src/graph/database';
import { writeListPages } from '../../../src/graph/write/lists';
import { rewriteProfiles } from '../../../src/graph/write/storedProfiles';
import type { RunWriter } from '../../../src/graph/write/run';
import { readUser } from '../../../src/okta/user';

const RULES: DataRules = {
  ...KEEP_ALL,
  promoted: { User: [{ attribute: 'city', property: 'city' }], Group: [] },
};
const IDS = ['00u1', '00u2', '00u3'];

describe('Rewriting stored profiles', () => {
  const graph = useGraph();
  let writer: RunWriter;

  beforeEach(async () => {
    writer = graph.writer(await graph.begin());
    const rows = IDS.map((id) => {
      const read = readUser({ id, profile: { login: id, city: `City of ${id}` } });
      assert.ok(!('malformed' in read));
      return userRow(read);
    });
    await writeListPages(writer, 'User', {
      rows,
      warnings: [],
      asOfMs: undefined,
      newestMs: undefined,
      isEnd: true,
    });
  });

  const cities = () =>
    graph.value<(string | null)[]>(
      'RETURN COLLECT { MATCH (u:User {okta_domain: $domain}) RETURN u.city ORDER BY u.id } AS value',
    );

  const rewrite = (rules: DataRules, beat: () => void = () => undefined) =>
    rewriteProfiles(writer, 'User', rules, beat);

  it('does nothing without rules', async () => {
    let beats = 0;
    await rewrite(KEEP_ALL, () => void (beats += 1));
    assert.deepEqual([await cities(), beats], [[null, null, null], 0]);
  });

  it('fills properties from the raw objects, and clears those that are no longer named', async () => {
    await rewrite(RULES);
    assert.deepEqual(
      await cities(),
      IDS.map((id) => `City of ${id}`),
    );
    await rewrite(KEEP_ALL);
    assert.deepEqual(await cities(), [null, null, null]);
  });

  it('continues after the last node of an attempt that was stopped', async () => {
    await graph.set(
      'MATCH (o:OktaOrg {domain: $domain}) SET o.user_rules_next = $key, o.user_rules_after = $after',
      {
        key: profileKey(RULES, 'User'),
        after: '00u1',
      },
    );
    await rewrite(RULES);
    assert.deepEqual(await cities(), [null, 'City of 00u2', 'City of 00u3']);
  });

  it('leaves it to a worker with other rules that has begun later', async () => {
    const others: DataRules = {
      ...KEEP_ALL,
      promoted: { User: [{ attribute: 'login', property: 'account' }], Group: [] },
    };
    let writes = 0;
    const write: GraphDatabase['write'] = async (work) => {
      writes += 1;
      // After its first portion, before it says that it is done.
      if (writes === 3) await rewrite(others);
      return writer.db.write(work);
    };
    const db = Object.assign(Object.create(writer.db) as GraphDatabase, { write });
    await rewriteProfiles({ ...writer, db }, 'User', RULES, () => undefined);
    assert(writes >= 3);
    const accounts = await graph.value(
      'RETURN COLLECT { MATCH (u:User {okta_domain: $domain}) RETURN u.account ORDER BY u.id } AS value',
    );
    assert.deepEqual([await cities(), accounts], [[null, null, null], IDS]);
    const key = await graph.value('MATCH (o:OktaOrg {domain: $domain}) RETURN o.user_rules AS value');
    assert.equal(key, profileKey(others, 'User'));
  });

  it('begins again if the stopped attempt had other rules, also if none are left', async () => {
    const stopped = (key: string) =>
      graph.set(
        'MATCH (o:OktaOrg {domain: $domain}) SET o.user_rules_next = $key, o.user_rules_after = $after',
        {
          key,
          after: '00u3',
        },
      );
    await stopped('of other rules');
    await rewrite(RULES);
    assert.deepEqual(
      await cities(),
      IDS.map((id) => `City of ${id}`),
    );
    await graph.set('MATCH (o:OktaOrg {domain: $domain}) SET o.user_rules = null');
    await stopped(profileKey(RULES, 'User'));
    await rewrite(KEEP_ALL);
    assert.deepEqual(await cities(), [null, null, null]);
  });

  it('removes the values of omitted attributes from recorded changes, and of nothing else of the same name', async () => {
    await graph.set(
      `CREATE (:UserChange {okta_domain: $domain, run: 1, fields: ['status', 'manager_id'], status_before: 'ACTIVE',
                            status_after: 'SUSPENDED', manager_id_before: '00u1', manager_id_after: '00u2'})`,
    );
    await rewrite({ ...KEEP_ALL, omitted: ['status', 'managerId'] });
    assert.deepEqual(
      await graph.value('MATCH (c:UserChange {okta_domain: $domain}) RETURN properties(c) AS value'),
      {
        okta_domain: graph.domain,
        run: 1,
        fields: ['status', 'manager_id'],
        status_before: 'ACTIVE',
        status_after: 'SUSPENDED',
      },
    );
  });

  it('stops between transactions if it has to', async () => {
    await assert.rejects(
      rewrite(RULES, () => {
        throw new Error('stopped');
      }),
      /stopped/,
    );
    assert.equal(await graph.value('MATCH (o:OktaOrg {domain: $domain}) RETURN o.user_rules AS value'), null);
  });
});
