import assert from 'node:assert/strict';
import { search } from '../../../src/graph/read/explore';
import { ensureExploreIndexes } from '../../../src/graph/schema/exploreIndexes';
import { SERVICE_TIMEOUT_MS } from '../../../dev/lab/servers/services';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

/** People as their directories have them, and what somebody may type to find them. */
const PEOPLE = [
  { email: 'liam.oconnor.60@acme.example', typed: ['liam.oconnor.60@acme.example', '60 liam', 'liam.oc'] },
  { email: 'ada_king-2@acme.example', typed: ['ada_king-2@acme', 'ada_k'] },
  { email: 'x1y2.3z@acme.example', typed: ['x1y2.3z', 'x1y'] },
  { name: "Siobhán O'Néill-Smith", typed: ["o'néill", 'siobhán smi', 'siobhan', "O'NEILL smith"] },
  {
    name: 'Łukasz Groß-Sørensen Ægir',
    typed: ['lukasz', 'łuk', 'groß', 'gross sorensen', 'sørensen', 'aegir'],
  },
  { name: 'हिन्दी नाम', typed: ['हिन्दी', 'ना'] },
  { name: '東京タワー管理者', typed: ['東京', 'タワー', '管理'] },
  { name: 'ひらがな', typed: ['ひら'] },
  { name: 'عمر الشريف', typed: ['عمر'] },
  {
    name: '1,000 a:b "q" +c* ~d /e (f) g\\h && k',
    typed: ['1,000', 'a:b', '"q"', '+c* ~d', '/e (f)', 'g\\h && k'],
  },
];

describe('The search for people and groups', () => {
  const graph = useGraph();

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    await ensureExploreIndexes(graph.db);
  });

  const find = async (typed: string) => {
    await graph.db.run('CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()');
    return search(graph.db, [graph.domain], typed, 20);
  };
  const create = (label: string, id: string, properties: Record<string, string>) =>
    graph.set(`CREATE (n:${label} {okta_domain: $domain, id: $id}) SET n += $properties`, { id, properties });

  for (const { email, name, typed } of PEOPLE) {
    it(`finds ${email ?? name} by the whole and by beginnings of words`, async () => {
      await create('User', '00u1', email ? { email } : { display_name: name ?? '' });
      await create('User', '00u2', { email: 'another@elsewhere.example' });
      for (const text of [email ?? name, ...typed])
        assert.deepEqual(
          (await find(text)).map(({ id }) => id),
          ['00u1'],
          text,
        );
    });
  }

  it('finds a name of one very long word by all of it, and takes a longer one', async () => {
    await create('Group', '00g1', { name: 'a'.repeat(300) });
    for (const length of [300, 5_000])
      assert.deepEqual(
        (await find('a'.repeat(length))).map(({ id }) => id),
        ['00g1'],
      );
  });

  it('finds groups after people, and those that Okta has deleted after the others', async () => {
    await create('Group', '00g1', { name: 'Payroll' });
    await create('FormerGroup', '00g2', { name: 'Payroll of last year' });
    await create('FormerUser', '00u1', { display_name: 'Anna Payroll' });
    await create('User', '00u2', { display_name: 'Zoe Payroll' });
    const found = await find('payroll');
    assert.deepEqual(
      found.map(({ id, isDeleted }) => [id, isDeleted]),
      [
        ['00u2', false],
        ['00u1', true],
        ['00g1', false],
        ['00g2', true],
      ],
    );
    assert.deepEqual(
      (await find('00u1')).map(({ id }) => id),
      ['00u1'],
    );
  });

  it('finds what an org has, and what no other org has', async () => {
    const theirs = graph.newDomain();
    await create('Group', '00g1', { name: 'Payroll' });
    await graph.set("CREATE (:Group {okta_domain: $theirs, id: '00g2', name: 'Payroll'})", { theirs });
    assert.deepEqual(
      (await find('payroll')).map(({ id }) => id),
      ['00g1'],
    );
  });

  it('finds nothing for what holds no word', async () => {
    for (const text of ['', '  ', '*', '"()"', '&& ||']) assert.deepEqual(await find(text), [], text);
  });
});
