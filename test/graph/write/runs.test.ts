import assert from 'node:assert/strict';
import type { SyncReport } from '../../../src/contract';
import { ended } from '../../../src/telemetry/events';
import type { GraphDatabase } from '../../../src/graph/database';
import { CodedError } from '../../../src/faults/fault';
import type { Run } from '../../../src/graph/write/run';
import { endRun, openRuns } from '../../../src/graph/write/runs';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';

describe('a run', () => {
  const graph = useGraph();
  const HOUR = 3_600_000;
  const org = async () =>
    (await graph.value<Record<string, unknown>>(
      'MATCH (o:OktaOrg {domain: $domain}) RETURN properties(o) AS value',
    )) ?? {};

  it('has a number of its own, which rises by one for its org', async () => {
    const other = graph.newDomain();
    assert.deepEqual([(await graph.begin()).number, (await graph.begin()).number], [1, 2]);
    assert.equal((await graph.begin({ domain: other })).number, 1);
    assert.equal((await graph.begin()).number, 3);
  });

  it('keeps its number and its mode when it is begun again', async () => {
    const begin = { id: 'run-1', mode: 'full', allowDeletes: true } as const;
    const first = await graph.begin(begin);
    await graph.begin();
    assert.deepEqual(await graph.begin({ ...begin, mode: 'incremental', allowDeletes: false }), first);
    assert.equal((await org())['last_run'], 2);
  });

  it('has a number of its own when many begin at once', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => graph.begin()));
    assert.deepEqual(runs.map(({ number }) => number).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('notes what the graph holds at its start, of its own org', async () => {
    const other = graph.newDomain();
    await graph.set(
      `UNWIND [$domain, $domain, $other] AS d CREATE (:User {okta_domain: d, id: randomUUID()})-[:MEMBER_OF]->(:Group {okta_domain: d, id: randomUUID()})`,
      { other },
    );
    await graph.set('CREATE (:User {okta_domain: $domain, id: "alone"})');
    const noted = await graph.syncRun(await graph.begin());
    assert.deepEqual(
      ['users_at_start', 'groups_at_start', 'memberships_at_start', 'outcome'].map((name) => noted[name]),
      [3, 2, 2, 'running'],
    );
  });

  describe('in mode', () => {
    interface Row {
      what: string;
      mode: 'auto' | 'full' | 'incremental';
      /** What the org has: a watermark, and when its last full run began. */
      watermark: boolean;
      lastFullAgoMs?: number;
      fullEveryMs?: number;
      /** Set if verification is spread; when a run last listed all users. */
      usersListedAgoMs?: number;
      listsAllUsers?: true;
      is: 'full' | 'incremental';
    }
    const DAY = 24 * HOUR;
    const spread = { watermark: true, lastFullAgoMs: 9 * DAY, usersListedAgoMs: HOUR } as const;
    const SPREAD_ROWS: readonly Row[] = [
      { ...spread, what: 'auto, spread, after a full one long ago', mode: 'auto', is: 'incremental' },
      { ...spread, what: 'full, spread', mode: 'full', is: 'full' },
      { ...spread, what: 'auto, spread, without a watermark', mode: 'auto', watermark: false, is: 'full' },
      { ...spread, what: 'auto, spread, when none was full', mode: 'auto', lastFullAgoMs: 0, is: 'full' },
      { ...spread, what: 'auto, spread, when each is to be full', mode: 'auto', fullEveryMs: 0, is: 'full' },
      {
        ...spread,
        what: 'auto, spread, 21 hours after all users were listed, with all of them,',
        mode: 'auto',
        usersListedAgoMs: 21 * HOUR,
        listsAllUsers: true,
        is: 'incremental',
      },
      {
        ...spread,
        what: 'auto, spread, 20 hours after all users were listed',
        mode: 'auto',
        usersListedAgoMs: 20 * HOUR,
        is: 'incremental',
      },
      {
        ...spread,
        what: 'incremental, spread, long after all users were listed',
        mode: 'incremental',
        usersListedAgoMs: 9 * DAY,
        is: 'incremental',
      },
    ];
    const ROWS: readonly Row[] = [
      { what: 'the first of an org', mode: 'auto', watermark: false, is: 'full' },
      { what: 'incremental without a watermark', mode: 'incremental', watermark: false, is: 'full' },
      { what: 'incremental', mode: 'incremental', watermark: true, is: 'incremental' },
      { what: 'full', mode: 'full', watermark: true, lastFullAgoMs: HOUR, is: 'full' },
      {
        what: 'auto after a full one an hour ago',
        mode: 'auto',
        watermark: true,
        lastFullAgoMs: HOUR,
        is: 'incremental',
      },
      {
        what: 'auto after a full one a day ago',
        mode: 'auto',
        watermark: true,
        lastFullAgoMs: DAY + 1000,
        is: 'full',
      },
      { what: 'auto when none was full', mode: 'auto', watermark: true, is: 'full' },
      {
        what: 'auto when each is to be full',
        mode: 'auto',
        watermark: true,
        lastFullAgoMs: 1000,
        fullEveryMs: 0,
        is: 'full',
      },
      ...SPREAD_ROWS,
    ];
    for (const row of ROWS) {
      const { what, mode, watermark, lastFullAgoMs, fullEveryMs = DAY, usersListedAgoMs, is } = row;
      it(`${what} is ${is}`, async () => {
        await graph.set(
          `MERGE (o:OktaOrg {domain: $domain})
           SET o.users_watermark = CASE WHEN $watermark THEN datetime('2026-01-02T03:04:05Z') END,
               o.last_full_at = CASE WHEN $ago > 0
                 THEN datetime.realtime('UTC') - duration({milliseconds: toInteger($ago)}) END,
               o.users_listed_at = CASE WHEN $listedAgo > 0
                 THEN datetime.realtime('UTC') - duration({milliseconds: toInteger($listedAgo)}) END`,
          { watermark, ago: lastFullAgoMs ?? 0, listedAgo: usersListedAgoMs ?? 0 },
        );
        const run = await graph.begin({
          mode,
          fullEveryMs,
          ...(usersListedAgoMs !== undefined && { spread: { intervalMs: 2 * HOUR } }),
        });
        assert.equal(run.mode, is);
        const since = is === 'full' || row.listsAllUsers ? undefined : Date.UTC(2026, 0, 2, 3, 4, 5);
        assert.equal(run.usersChangedSinceMs, since);
        assert.deepEqual(await graph.begin({ id: run.id }), run, 'and the same when begun again');
      });
    }
  });

  describe('lists only changed groups', () => {
    const DAY = 24 * HOUR;
    const SINCE = Date.UTC(2026, 0, 2);
    /** What the run lists of groups: since when changes, or undefined for all. */
    const since = async (
      { groups = 801, listedAgoMs = HOUR, watermark = true } = {},
      change: Partial<Parameters<typeof graph.begin>[0]> = {},
    ) => {
      await graph.set(
        'UNWIND range(1, $groups) AS i CREATE (:Group {okta_domain: $domain, id: "00g" + i, users_count: 1})',
        {
          groups,
        },
      );
      await graph.set(
        `MERGE (o:OktaOrg {domain: $domain})
         SET o.users_watermark = datetime('2026-01-01T00:00:00Z'), o.last_full_at = datetime.realtime('UTC'),
             o.groups_watermark = CASE WHEN $watermark THEN datetime('2026-01-02T00:00:00Z') END,
             o.groups_listed_at = CASE WHEN $listedAgoMs > 0
               THEN datetime.realtime('UTC') - duration({milliseconds: toInteger($listedAgoMs)}) END`,
        { listedAgoMs, watermark },
      );
      const run = await graph.begin({
        mode: 'auto',
        fullEveryMs: DAY,
        spread: { intervalMs: 2 * HOUR },
        ...change,
      });
      assert.deepEqual(await graph.begin({ id: run.id }), run, 'and the same when begun again');
      return run.groupsChangedSinceMs;
    };

    it('in an org of more than four pages, for a quarter of the time of a full run', async () => {
      assert.equal(await since(), SINCE);
      assert.equal(await since({ groups: 0, listedAgoMs: 4.9 * HOUR }), SINCE);
      assert.equal(await since({ groups: 0 }, { mode: 'incremental' }), SINCE);
    });

    const ALL: Readonly<Record<string, Parameters<typeof since>>> = {
      'in an org of four pages': [{ groups: 800 }],
      'when a quarter of that time will have passed': [{ listedAgoMs: 5.1 * HOUR }],
      'when no run has listed all and settled what was missing': [{ listedAgoMs: 0 }],
      'without a watermark': [{ watermark: false }],
      'in a full run': [{}, { mode: 'full' }],
      'when full runs verify everything': [{}, { spread: undefined }] as never,
    };
    for (const [what, parameters] of Object.entries(ALL)) {
      it(`not ${what}`, async () => {
        assert.equal(await since(...parameters), undefined);
      });
    }
  });

  describe('of an org under another name', () => {
    const isRefused = (words: RegExp) => (error: unknown) =>
      error instanceof CodedError && error.code === 'ORG_IDENTITY' && words.test(error.message);

    it('is refused: a second domain with the id of the first', async () => {
      const twin = graph.newDomain();
      await graph.begin({ organizationId: `00o-shared-${graph.domain}` });
      await assert.rejects(
        graph.begin({ domain: twin, organizationId: `00o-shared-${graph.domain}` }),
        isRefused(
          new RegExp(
            `${twin} is already in the graph under ${graph.domain}. Keep OKTA_DOMAIN=${graph.domain}, or, if the org has moved: okta-graph rename-org ${graph.domain} ${twin}$`,
          ),
        ),
      );
      assert.equal(
        await graph.value('MATCH (r:SyncRun {okta_domain: $twin}) RETURN count(r) AS value', { twin }),
        0,
      );
    });

    it('is refused: the domain with another id', async () => {
      await graph.begin({ organizationId: '00oFirst' });
      await assert.rejects(
        graph.begin({ organizationId: '00oSecond' }),
        isRefused(/is Okta org 00oSecond, but the graph has org 00oFirst/),
      );
      assert.equal((await org())['last_run'], 1);
    });

    it('is let in again with the id that it always had', async () => {
      await graph.begin();
      assert.equal((await graph.begin()).number, 2);
    });
  });

  it('that has not ended is found by the next', async () => {
    const [first, second] = [await graph.begin({ allowDeletes: true }), await graph.begin()];
    await graph.begin({ domain: graph.newDomain() });
    assert.deepEqual(await openRuns(graph.db, second), [
      { run: first, workflowId: `okta-sync/${graph.domain}` },
    ]);
    await endRun(graph.db, first, { outcome: 'abandoned', failure: { code: 'ABANDONED', message: 'm' } });
    assert.deepEqual(await openRuns(graph.db, second), []);
  });

  describe('at its end', () => {
    const failure = { code: 'OKTA_UNAUTHORIZED', message: 'The token has expired.' } as const;
    let stopListening = () => {};
    afterEach(() => stopListening());

    it('notes on its org when all users were listed, unless it was cut short', async () => {
      const listed = async () => (await org())['users_listed_at'] !== undefined;
      const run = async (begun: Promise<Run>, ending?: Parameters<typeof endRun>[2]) => {
        const { number } = await begun;
        await graph.set('MATCH (r:SyncRun {okta_domain: $domain}) SET r.users_listed = true');
        await endRun(graph.db, await begun, ending);
        return [number, await listed()];
      };
      assert.deepEqual(await run(graph.begin(), { outcome: 'failed', failure }), [1, false]);
      assert.deepEqual(await run(graph.beginIncremental()), [2, false]);
      assert.deepEqual(await run(graph.begin()), [3, true]);
    });

    describe('notes on its org when all groups were listed', () => {
      const listed = async () => (await org())['groups_listed_at'] !== undefined;
      const end = async (properties: string, ending?: Parameters<typeof endRun>[2]) => {
        const run = await graph.begin();
        await graph.set(
          `MATCH (r:SyncRun {okta_domain: $domain, number: ${run.number}}) SET r += {${properties}}`,
        );
        await endRun(graph.db, run, ending);
        return listed();
      };
      const WHOLE = 'groups_listed: true, groups_seen: 1';
      const CHANGES = `${WHOLE}, groups_changed_since: datetime()`;

      it('and keeps that after lists of changes', async () => {
        assert.equal(await end(WHOLE), true);
        assert.equal(await end(CHANGES), true);
      });

      it('but not after lists of changes alone', async () => {
        assert.equal(await end(CHANGES), false);
      });

      for (const [what, properties] of [
        ['the list was not read to its end', 'groups_listed: false'],
        ['removals of groups were withheld', `${WHOLE}, groups_withheld: 3`],
        ['Okta did not confirm a deletion', `${WHOLE}, nodes_unproven: 1`],
        ['a group could not be removed', `${WHOLE}, nodes_not_removed: 1`],
      ] as const) {
        it(`but not when ${what}, so that the next run lists all again`, async () => {
          await end(WHOLE);
          assert.equal(await end(properties), false);
        });
      }

      it('but not when a run that listed only changes has found one missing', async () => {
        await end(WHOLE);
        await graph.set('CREATE (:Group {okta_domain: $domain, id: "00g1", denied_run: 2})');
        assert.equal(await end(CHANGES), false);
      });
    });

    it('returns the report that it kept, however often it is ended, and counts once in the metrics', async () => {
      const run = await graph.begin();
      const counted: SyncReport[] = [];
      stopListening = ended.listen((each) => void (each.domain === graph.domain && counted.push(each)));
      const report = await endRun(graph.db, run);
      await graph.set('MATCH (r:SyncRun {okta_domain: $domain}) SET r.users_seen = 99');
      assert.deepEqual(await endRun(graph.db, run), report);
      assert.deepEqual(await endRun(graph.db, run, { outcome: 'failed', failure }), report);
      assert.deepEqual(JSON.parse(String((await graph.syncRun(run))['report'])), report);
      assert.deepEqual(counted, [report]);
    });

    it('counts in the metrics only once it is committed', async () => {
      const run = await graph.begin();
      const counted: SyncReport[] = [];
      stopListening = ended.listen((each) => void (each.domain === graph.domain && counted.push(each)));
      const failing = Object.create(graph.db) as GraphDatabase;
      failing.write = (work) =>
        graph.db.write(async (tx) => {
          await work(tx);
          throw new Error('the commit failed');
        });
      await assert.rejects(endRun(failing, run), /the commit failed/);
      assert.deepEqual(counted, []);
    });

    it('leaves on its org how much the graph holds of it, and of no other org', async () => {
      await graph.set(
        `UNWIND [$domain, $theirs] AS d
         CREATE (:User {okta_domain: d, id: '00u1'})-[:MEMBER_OF]->(:Group {okta_domain: d, id: '00g1'}),
                (:User {okta_domain: d, id: '00u2'}), (:User {okta_domain: d, id: '00u3'}), (:Group {okta_domain: d, id: '00g2'})`,
        { theirs: graph.newDomain() },
      );
      await endRun(graph.db, await graph.begin());
      const { users, groups, memberships } = await org();
      assert.deepEqual([users, groups, memberships], [3, 2, 1]);
    });

    it('cannot be one that never began', async () => {
      const run = await graph.begin();
      await assert.rejects(endRun(graph.db, { ...run, id: 'another' }), /never began; nothing was written/);
    });

    it('counts a group as left that came onto its list when it was about to end', async () => {
      const run = await graph.begin();
      const slow = Object.create(graph.db) as GraphDatabase;
      slow.write = async (work) => {
        await graph.set('CREATE (:Group {okta_domain: $domain, id: "00g1", last_seen_run: 1})');
        return graph.db.write(work);
      };
      const { outcome, warnings } = await endRun(slow, run);
      assert.equal(outcome, 'partial');
      assert.ok(
        warnings.some(({ code, count }) => code === 'GROUPS_LEFT' && count === 1),
        JSON.stringify(warnings),
      );
    });

    const lastFull = async () => (await org())['last_full_at'] !== undefined;

    it('counts as the last full run when it tried every group, though some failed', async () => {
      const run = await graph.begin();
      await graph.set(
        'CREATE (:Group {okta_domain: $domain, id: "00g1", last_seen_run: 1, memberships_tried_run: 1})',
      );
      await endRun(graph.db, run);
      assert.ok(await lastFull(), 'it must count as a full run');
    });

    const NOT_FULL: readonly [what: string, end: () => Promise<unknown>][] = [
      ['was incremental', async () => endRun(graph.db, await graph.beginIncremental())],
      ['failed', async () => endRun(graph.db, await graph.begin(), { outcome: 'failed', failure })],
      [
        'left groups untried',
        async () => {
          const run = await graph.begin();
          await graph.set('CREATE (:Group {okta_domain: $domain, id: "00g1", last_seen_run: 1})');
          await endRun(graph.db, run);
        },
      ],
    ];
    for (const [what, end] of NOT_FULL) {
      it(`does not count as the last full run when it ${what}`, async () => {
        await end();
        assert.equal(await lastFull(), false);
      });
    }
  });
});
