import assert from 'node:assert/strict';
import { attributeLines, dataLines, selectionLines } from '../../src/cli/checkData';
import { configFor } from '../../dev/lab/configFor';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';

describe('The check of the settings about data', () => {
  const graph = useGraph();

  const config = (environment: Record<string, string>) =>
    configFor({ OKTA_DOMAIN: graph.domain, ...environment });

  const selected = (patterns: string) => selectionLines(graph.db, config({ SYNC_MEMBERS_OF: patterns }));

  beforeEach(() =>
    graph.set(
      `UNWIND [['Everyone', 'BUILT_IN'], ['Eng A', 'OKTA_GROUP'], ['Eng B', 'APP_GROUP'], ['Ops', 'OKTA_GROUP']] AS row
       CREATE (:Group {okta_domain: $domain, id: row[0], name: row[0], type: row[1]})`,
    ),
  );
  afterEach(() => graph.clean());

  it('says nothing of those that are not set', async () => {
    const { data } = config({}).sync;
    assert.deepEqual([dataLines(data), await selectionLines(graph.db, config({}))], [[], []]);
  });

  it('says what profiles keep', () => {
    const { data } = config({
      USER_PROPERTIES: 'costCenter,countryCode:country',
      GROUP_PROPERTIES: 'dn',
      OMIT_ATTRIBUTES: 'mobilePhone,secondEmail',
    }).sync;
    assert.deepEqual(
      dataLines(data).map(({ what, detail }) => [what, detail]),
      [
        ['USER_PROPERTIES', 'users also have these properties: costCenter, country (of countryCode)'],
        ['GROUP_PROPERTIES', 'groups also have these properties: dn'],
        ['OMIT_ATTRIBUTES', 'never stored: mobilePhone, secondEmail'],
      ],
    );
  });

  it('says how many groups the patterns select', async () => {
    assert.deepEqual(await selected('eng*,!*b'), [
      { what: `SYNC_MEMBERS_OF ${graph.domain}`, ok: true, detail: 'members of 2 of 4 groups are read' },
    ]);
  });

  it('warns of patterns that match no group', async () => {
    const [line] = await selected('Engineering');
    assert.equal(line?.detail, 'members of 1 of 4 groups are read, only those that are built in');
    assert.match(line.advice ?? '', /^Check the patterns: no name of a group matches them\.$/);
  });

  it('warns of groups with an admin role that are left out', async () => {
    await graph.set(
      `MATCH (g:Group {okta_domain: $domain, id: 'Ops'})
       CREATE (g)-[:HAS_ROLE]->(:AdminRole {okta_domain: $domain, id: 'SUPER_ADMIN'})`,
    );
    const [line] = await selected('Eng*');
    assert.equal(line?.detail, 'members of 3 of 4 groups are read; left out: 1 group with an admin role');
    assert.match(line.advice ?? '', /who joins them is not noticed/);
    assert.equal((await selected('Eng*,Ops'))[0]?.advice, undefined);
  });

  it('waits for the first run', async () => {
    graph.domain = graph.newDomain();
    const [line] = await selected('Eng*');
    assert.equal(line?.detail, 'the graph has no groups yet');
  });

  describe('of names of attributes', () => {
    const named = (environment: Record<string, string>) => attributeLines(graph.db, config(environment));

    const createUsers = (profile: Record<string, unknown>, count = 1) =>
      graph.set(
        `UNWIND range(1, $count) AS i
         CREATE (:User {okta_domain: $domain, id: '00u' + randomUUID(), okta_raw_user_object: $raw})`,
        { count, raw: JSON.stringify({ profile }) },
      );

    it('says nothing of those that users have, or that runs have left out', async () => {
      await createUsers({ costCenter: null, title: 'Engineer' });
      assert.deepEqual(
        await named({ USER_PROPERTIES: 'costCenter', OMIT_ATTRIBUTES: 'title,mobilePhone' }),
        [],
      );
    });

    it('warns of an omitted one that is spelled another way in the graph', async () => {
      await createUsers({ mobilePhone: '555' });
      assert.deepEqual(await named({ OMIT_ATTRIBUTES: 'mobilephone' }), [
        {
          what: `OMIT_ATTRIBUTES ${graph.domain}`,
          ok: true,
          detail: 'users in the graph have the attribute mobilePhone, which mobilephone does not leave out',
          advice: 'Write mobilePhone. Upper and lower case make a difference.',
        },
      ]);
    });

    it('warns of a promoted one that nobody has, and says if it has looked at a sample', async () => {
      await createUsers({ costCenter: 'CC-1' });
      const [similar, unknown] = await named({ USER_PROPERTIES: 'cost_center,floor' });
      assert.deepEqual(
        [similar?.detail, similar?.advice],
        [
          'none of the users in the graph has the attribute cost_center; some have costCenter',
          'Write costCenter. Upper and lower case make a difference.',
        ],
      );
      assert.equal(unknown?.detail, 'none of the users in the graph has the attribute floor');
      await createUsers({ costCenter: 'CC-1' }, 1_000);
      const [ofSample] = await named({ USER_PROPERTIES: 'floor' });
      assert.equal(ofSample?.detail, 'none of 1,000 users, a sample, has the attribute floor');
    });

    it('waits for the first run', async () => {
      assert.deepEqual(await named({ USER_PROPERTIES: 'floor', OMIT_ATTRIBUTES: 'title' }), []);
    });
  });
});
