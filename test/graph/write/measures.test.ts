import assert from 'node:assert/strict';
import { keepMeasure } from '../../../src/graph/write/measures';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 10, 24, 12);

describe('The measures of an org', () => {
  const graph = useGraph();

  beforeEach(() => graph.set('CREATE (:OktaOrg {domain: $domain})'));

  const keep = (run: number, agoMs: number, retentionMs = 400 * DAY_MS, numbers = { users: run }) =>
    keepMeasure(graph.db, graph.domain, { run, atMs: NOW - agoMs, numbers }, retentionMs);
  const kept = () =>
    graph.value<number[]>(
      'MATCH (m:OrgMeasure {okta_domain: $domain}) WITH m.run AS run ORDER BY run RETURN collect(run) AS value',
    );

  it('are all kept for a week, and the last of each day before', async () => {
    const agoMs = [10, 9.9, 9.4, 8.2, 8.1, 6.9, 6.8, 1, 0.1, 0].map((days) => days * DAY_MS);
    for (const [i, each] of agoMs.entries()) await keep(i + 1, each);
    // 10, 9.9 and 9.4 days before noon are on two days.
    assert.deepEqual(await kept(), [2, 3, 5, 6, 7, 8, 9, 10]);
  });

  it('are deleted with the history, but the latest', async () => {
    await keep(1, 30 * DAY_MS);
    await keep(2, 10 * DAY_MS);
    await keep(3, DAY_MS, 20 * DAY_MS);
    assert.deepEqual(await kept(), [2, 3]);
    await keep(4, 0, 0);
    assert.deepEqual(await kept(), [4]);
  });

  it('of a run that is measured again are the later ones', async () => {
    await keep(1, HOUR_MS, 0, { users: 1, apps: 2 } as never);
    await keep(1, HOUR_MS, 0, { users: 3 });
    const [measure] = await graph.db.read<{ m: object }>(
      'MATCH (m:OrgMeasure {okta_domain: $domain}) RETURN m {.*, at: m.at.epochMillis} AS m',
      { domain: graph.domain },
    );
    assert.deepEqual(measure?.m, { okta_domain: graph.domain, run: 1, at: NOW - HOUR_MS, users: 3 });
  });

  it('are integers', async () => {
    await keep(1, 0);
    const type = await graph.value(
      'MATCH (m:OrgMeasure {okta_domain: $domain}) RETURN valueType(m.users) AS value',
    );
    assert.match(String(type), /^INTEGER/);
  });

  it('are those of their own org', async () => {
    await keep(1, 20 * DAY_MS);
    const other = graph.newDomain();
    await graph.set('CREATE (:OktaOrg {domain: $other})', { other });
    await keepMeasure(graph.db, other, { run: 1, atMs: NOW, numbers: {} }, 0);
    assert.deepEqual(await kept(), [1]);
  });

  for (const [what, change] of [
    ['being renamed', "SET o.renaming_to = 'new.okta.com'"],
    ['removed', 'DELETE o'],
  ] as const)
    it(`are not written for an org that is ${what}`, async () => {
      await graph.set(`MATCH (o:OktaOrg {domain: $domain}) ${change}`);
      await keep(1, 0);
      assert.deepEqual(await kept(), []);
    });
});
