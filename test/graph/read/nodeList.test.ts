import assert from 'node:assert/strict';
import { list, listed, type ListRequest } from '../../../src/graph/read/nodeList';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

/** Users by name; two share theirs. */
const USERS = [
  ['00u1', 'Ann', 'SUSPENDED'],
  ['00u2', 'Bob', 'ACTIVE'],
  ['00u3', 'Bob', 'STAGED'],
  ['00u4', 'Cid', 'ACTIVE'],
  ['00u5', 'Dan', 'ACTIVE'],
] as const;

const BY_STATUS = ['00u2', '00u4', '00u5', '00u3', '00u1'];

describe('The list of people and groups', () => {
  const graph = useGraph();

  beforeEach(() =>
    graph.set(
      `UNWIND $users AS row
       CREATE (:User {okta_domain: $domain, id: row[0], display_name: row[1], status: row[2]}),
              (:User {okta_domain: $theirs, id: row[0], display_name: row[1], status: row[2]}),
              (:Group {okta_domain: $domain, id: row[0], name: row[1], type: 'OKTA_GROUP'})`,
      { users: USERS, theirs: graph.newDomain() },
    ),
  );

  const page = async (request: Partial<ListRequest>) => {
    const found = await list(graph.db, graph.domain, { label: 'User', atMost: 2, ...request });
    return { ...found, items: found.items.map(({ id }) => id) };
  };

  /** Follows the pages to the last one, and back to the first. */
  const walk = async (request: Partial<ListRequest>) => {
    const pages = [await page(request)];
    while (pages.at(-1)?.hasMore)
      pages.push(await page({ ...request, after: pages.at(-1)?.items.at(-1) ?? '' }));
    const back = [pages.at(-1)];
    while (back[0]?.hasPrevious) back.unshift(await page({ ...request, before: back[0].items[0] ?? '' }));
    const ids = (of: typeof back) => of.flatMap((each) => each?.items ?? []);
    return { forth: ids(pages), back: ids(back) };
  };

  const all = USERS.map(([id]) => id);
  const cases: readonly [what: string, request: Partial<ListRequest>, ids: readonly string[]][] = [
    ['by name, those of one name by id', {}, all],
    ['by name backwards', { isDescending: true }, all.toReversed()],
    ['by status, those of one by name', { sort: 'status' }, BY_STATUS],
    ['by status backwards', { sort: 'status', isDescending: true }, BY_STATUS.toReversed()],
    ['of one status by name', { kind: 'ACTIVE' }, ['00u2', '00u4', '00u5']],
    ['of one status by name backwards', { kind: 'ACTIVE', isDescending: true }, ['00u5', '00u4', '00u2']],
    ['of a status that nobody has', { kind: 'RECOVERY' }, []],
    ['of groups', { label: 'Group' }, all],
    [
      'of groups of a type backwards',
      { label: 'Group', kind: 'OKTA_GROUP', isDescending: true },
      all.toReversed(),
    ],
  ];
  for (const [what, request, ids] of cases)
    it(`is ${what}, each once, page by page, and back again`, async () => {
      assert.deepEqual(await walk(request), { forth: ids, back: ids });
      const { label = 'User', kind } = request;
      assert.equal(await listed(graph.db, graph.domain, { label, ...(kind && { kind }) }), ids.length);
    });

  it('starts where it is told to even if that node is deleted, and at the beginning if it is unknown', async () => {
    await graph.set('MATCH (u:User {okta_domain: $domain, id: $id}) REMOVE u:User SET u:FormerUser', {
      id: '00u2',
    });
    assert.deepEqual(await page({ after: '00u2' }), {
      items: ['00u3', '00u4'],
      hasMore: true,
      hasPrevious: true,
    });
    assert.deepEqual(await page({ after: 'none' }), {
      items: ['00u1', '00u3'],
      hasMore: true,
      hasPrevious: false,
    });
  });
});
