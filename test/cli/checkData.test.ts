import assert from 'node:assert/strict';
import { dataLines, selectionLines } from '../../src/cli/checkData';
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

  it('waits for the first run', async () => {
    graph.domain = graph.newDomain();
    const [line] = await selected('Eng*');
    assert.equal(line?.detail, 'the graph has no groups yet');
  });
});
