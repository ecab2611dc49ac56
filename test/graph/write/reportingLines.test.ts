import assert from 'node:assert/strict';
import type { SyncReport } from '../../../src/contract';
import { writeNodes, type NodeRow } from '../../../src/graph/write/nodes';
import { drawReportingLines } from '../../../src/graph/write/reportingLines';
import { writeForRun, type Run } from '../../../src/graph/write/run';
import { endRun } from '../../../src/graph/write/runs';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { removeDenied } from '../support/removal';
import { AS_OF } from '../support/members';
import { LATER, user } from '../support/rows';

describe('reporting lines', () => {
  const graph = useGraph();
  let run: Run;
  beforeEach(async () => {
    run = await graph.begin();
  });

  const list = (...rows: NodeRow[]) =>
    writeForRun(graph.writer(run), async (tx) => {
      await writeNodes(tx, run, 'User', rows);
      return { counts: {}, warnings: [] };
    });
  const person = (id: string, profile: Record<string, unknown> = {}, lastUpdated?: string) =>
    user(id, { profile, ...(lastUpdated === undefined ? {} : { lastUpdated }) });
  /** Draws the lines and ends the run; another one begins. */
  async function draw(): Promise<Pick<SyncReport, 'reportingLines' | 'warnings'>> {
    await drawReportingLines(graph.writer(run), () => undefined);
    const { reportingLines, warnings } = await endRun(graph.db, run);
    run = await graph.begin();
    return {
      ...(reportingLines && { reportingLines }),
      warnings: warnings.filter(({ code }) => code.startsWith('MANAGER_')),
    };
  }
  const lines = () =>
    graph.value<string[]>(
      `MATCH (u:User {okta_domain: $domain})-[:REPORTS_TO]->(m) WITH u.id + ' -> ' + m.id AS line ORDER BY line
       RETURN collect(line) AS value`,
    );

  const BOSS = { login: 'Boss@Acme.com', email: 'the.boss@acme.com', employeeNumber: '0042' };
  const NAMES: readonly [by: string, profile: Record<string, unknown>, isFound: boolean][] = [
    ['by Okta id', { managerId: 'boss' }, true],
    ['by Okta id, with a space', { managerId: ' boss ' }, true],
    ['by login', { managerId: 'Boss@Acme.com' }, true],
    ['by login in other letters', { manager: 'BOSS@ACME.COM' }, true],
    ['by email', { manager: 'The.Boss@acme.com' }, true],
    ['by employee number', { managerId: '0042' }, true],
    ['by employee number without its zeros', { managerId: '42' }, false],
    ['by Okta id in other letters', { managerId: 'BOSS' }, false],
    ['by name', { manager: 'Ada boss' }, false],
    ['by name in addition to an id', { managerId: 'boss', manager: 'Ada boss' }, true],
    [
      'by an id of another system in addition to an email',
      { managerId: 'x17', manager: 'the.boss@acme.com' },
      true,
    ],
  ];
  for (const [by, profile, isFound] of NAMES) {
    it(`${isFound ? 'are drawn to a manager' : 'are not drawn to one'} named ${by}`, async () => {
      await list(person('boss', BOSS), person('a', profile));
      const { reportingLines, warnings } = await draw();
      assert.deepEqual(await lines(), isFound ? ['a -> boss'] : []);
      assert.deepEqual(reportingLines, {
        total: isFound ? 1 : 0,
        added: isFound ? 1 : 0,
        removed: 0,
        unresolved: isFound ? 0 : 1,
        ambiguous: 0,
      });
      const reported = warnings.map(({ code, count, userIds }) => [code, count, userIds]);
      assert.deepEqual(reported, isFound ? [] : [['MANAGER_UNRESOLVED', 1, ['a']]]);
      assert.doesNotMatch(JSON.stringify(warnings), /Ada/);
    });
  }

  it('are not drawn to one of several users with a matching name, which the report shows', async () => {
    const email = 'shared@acme.com';
    await list(person('b', { email }), person('c', { email }), person('a', { manager: email }));
    const { reportingLines, warnings } = await draw();
    assert.deepEqual([await lines(), reportingLines?.ambiguous, reportingLines?.unresolved], [[], 1, 0]);
    const warning = warnings.find(({ code }) => code === 'MANAGER_AMBIGUOUS');
    assert.deepEqual([warning?.count, warning?.userIds], [1, ['a']]);
  });

  it('take a login before an email of the same text', async () => {
    const shared = 'shared@acme.com';
    await list(
      person('b', { login: shared }),
      person('c', { email: shared }),
      person('a', { manager: shared }),
    );
    await draw();
    assert.deepEqual(await lines(), ['a -> b']);
  });

  it('are drawn to nobody from those who name themselves, which is no fault', async () => {
    await list(person('a', { managerId: 'a' }), person('b'));
    const { reportingLines, warnings } = await draw();
    assert.deepEqual([await lines(), reportingLines?.unresolved, warnings], [[], 0, []]);
  });

  it('stay within an org', async () => {
    await graph.set("CREATE (:User {okta_domain: $other, id: 'boss'})", { other: graph.newDomain() });
    await list(person('a', { managerId: 'boss' }));
    assert.equal((await draw()).reportingLines?.unresolved, 1);
    assert.deepEqual(await lines(), []);
  });

  it('follow a new manager', async () => {
    await list(person('b'), person('c'), person('a', { managerId: 'b' }));
    await draw();
    await list(person('a', { managerId: 'c' }, LATER));
    const { reportingLines } = await draw();
    assert.deepEqual(await lines(), ['a -> c']);
    assert.deepEqual([reportingLines?.total, reportingLines?.added, reportingLines?.removed], [1, 1, 1]);
    await list(person('a', {}, '2026-01-02T03:04:07.000Z'));
    assert.equal((await draw()).reportingLines?.removed, 1);
    assert.deepEqual(await lines(), []);
  });

  it('follow users that did not change themselves, when their manager is added, renamed and removed', async () => {
    await list(person('a', { managerId: '0042' }));
    assert.equal((await draw()).reportingLines?.unresolved, 1);
    await list(person('boss', BOSS));
    assert.equal((await draw()).reportingLines?.unresolved, 0);
    assert.deepEqual(await lines(), ['a -> boss']);
    await list(person('boss', { ...BOSS, employeeNumber: '0043' }, LATER));
    await draw();
    assert.deepEqual(await lines(), []);
    await list(person('boss', BOSS, '2026-01-02T03:04:07.000Z'));
    await draw();
    assert.deepEqual(await lines(), ['a -> boss']);
    await removeDenied(graph, run, 'User', ['boss'], { asOfMs: AS_OF });
    assert.deepEqual(await lines(), [], 'removed with the user');
    assert.equal((await draw()).reportingLines?.unresolved, 1);
  });

  it('are not computed again while nothing relevant has changed, and are reported all the same', async () => {
    await list(
      person('b'),
      person('a', { managerId: 'b', manager: 'x' }),
      person('c', { manager: 'nobody' }),
    );
    await draw();
    await list(person('b', { title: 'Head' }, LATER));
    await graph.set('MATCH (:User {okta_domain: $domain})-[l:REPORTS_TO]->() DELETE l');
    const { reportingLines, warnings } = await draw();
    assert.deepEqual(await lines(), [], 'a title moves no line, so none was drawn');
    assert.deepEqual([reportingLines?.total, reportingLines?.unresolved], [1, 1]);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['MANAGER_UNRESOLVED'],
    );
  });

  it('drawn from users that have changed meanwhile are not written', async () => {
    await list(person('b'), person('a', { managerId: 'b' }));
    let read = 0;
    const late = Object.create(graph.db) as typeof graph.db;
    late.write = async (work) => {
      if ((read += 1) === 1) await list(person('a', {}, LATER));
      return graph.db.write(work);
    };
    await drawReportingLines({ db: late, run, usage: graph.usage }, () => undefined);
    assert.deepEqual(await lines(), []);
    await draw();
    assert.deepEqual(await lines(), []);
    assert.equal((await graph.syncRun(run))['reporting_lines_added'], 0);
  });

  it('of more users than fit into a page are all drawn, in transactions of 10,000', async () => {
    const many = 20_000;
    await graph.set(
      `UNWIND range(1, ${many}) AS i
       CREATE (:User {okta_domain: $domain, id: 'a' + toString(100000 + i), manager_id: 'boss'})`,
    );
    await list(person('boss'));
    const largest: number[] = [];
    const counting = Object.assign(Object.create(graph.db) as typeof graph.db, {
      write: ((work) =>
        graph.db.write((tx) => {
          const run: typeof tx.run = (cypher, parameters) => {
            largest.push((parameters?.['lines'] as unknown[] | undefined)?.length ?? 0);
            return tx.run(cypher, parameters);
          };
          return work(Object.assign(Object.create(tx) as typeof tx, { run }));
        })) satisfies (typeof graph.db)['write'],
    });
    await drawReportingLines({ db: counting, run, usage: graph.usage }, () => undefined);
    assert.equal((await graph.syncRun(run))['reporting_lines_added'], many);
    assert.equal(Math.max(...largest), 10_000);
  });
});
