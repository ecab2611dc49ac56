import assert from 'node:assert/strict';
import { ChangesPerDay, firstDayMs } from '../../../src/console/pages/changesPerDay';
import { DayBars } from '../../../src/console/pages/dayBars';
import { Findings } from '../../../src/console/pages/findings';
import { Freshness } from '../../../src/console/pages/freshness';
import { OrgTiles } from '../../../src/console/pages/orgTiles';
import { Sparkline } from '../../../src/console/pages/sparkline';
import { Tile } from '../../../src/console/pages/tile';
import type { Integration } from '../../../src/console/read/integration';
import { DAY_MS, type Trends } from '../../../src/graph/read/overview';
import { findingNumber } from '../../../src/graph/write/measures';
import { FINDINGS } from '../../../src/queries/findings';
import { sampleReport } from '../../../dev/lab/sampleReport';
import { textOf } from '../../../dev/lab/browser/browser';

const NOW = new Date('2026-11-24T08:10:00Z');
const domain = 'acme.okta.com';
const measure = (daysAgo: number, numbers: Record<string, number>) => ({
  run: 100 - daysAgo,
  atMs: NOW.getTime() - daysAgo * DAY_MS,
  numbers,
});
const trendsOf = (...series: ReturnType<typeof measure>[]): Trends => {
  const latest = series.at(-1);
  const monthAgo = series.find(({ run }) => run === 70);
  return { series, ...(latest && { latest }), ...(monthAgo && { monthAgo }) };
};

describe('A tile', () => {
  const tile = (change: Partial<Parameters<typeof Tile>[0]>) =>
    String(
      Tile({
        title: 'Groups',
        href: '/groups',
        value: 1200,
        why: 'Why.',
        earlier: undefined,
        points: [],
        ...change,
      }),
    );

  it('shows a number, its trend and where it leads to', () => {
    const more = tile({ earlier: { value: 1000, days: 30 } });
    assert.match(more, /^<a class="tile" href="\/groups">/);
    assert.match(more, /<strong>1,200<\/strong><span class="trend up">200 more in 30 days/);
    assert.match(tile({ earlier: { value: 1201, days: 28 } }), /<span class="trend down">1 fewer in 28 days/);
    assert.match(tile({ earlier: { value: 1200, days: 1 } }), /<span class="trend">no change in 1 day</);
    assert.match(tile({}), /trend not known yet/);
  });

  it('says why a number is not known, which is not 0', () => {
    assert.equal(textOf(tile({ value: undefined })).trim(), 'Groups not known yet Why.');
    assert.match(tile({ value: 0 }), /<strong>0<\/strong>/);
  });
});

describe('A sparkline', () => {
  const points = (...values: (number | undefined)[]) => values.map((value, i) => ({ atMs: i, value }));
  const line = (...values: (number | undefined)[]) => String(Sparkline({ points: points(...values) }));

  it('is a line from left to right, the largest value at the top', () => {
    assert.match(line(1, 3, 2), /<polyline points="0,26 50,2 100,14"/);
    assert.match(line(5, 5), /points="0,14 100,14"/);
  });

  it('has a gap where a value is not known', () => {
    assert.equal(line(1, 2, undefined, 3, 4).split('<polyline').length, 3);
  });

  it('is absent if fewer than two values are known', () => {
    assert.equal(Sparkline({ points: points(1, undefined) }), null);
    assert.equal(Sparkline({ points: [] }), null);
  });
});

describe('The numbers of an org', () => {
  const SIZE = { users: 7, groups: 3, memberships: 9, apps: null, assignments: null, roles: null, rules: 2 };
  const tiles = (trends: Trends) => textOf(String(OrgTiles({ domain, trends, size: SIZE })));

  it('are its people by status, its groups and what else is read, with what is not and why', () => {
    const shown = tiles(
      trendsOf(
        measure(30, {
          users: 10,
          users_active: 10,
          users_suspended: 0,
          groups: 4,
          memberships: 20,
          rules: 1,
        }),
        measure(0, { users: 12, users_active: 11, users_suspended: 1, groups: 4, memberships: 20, rules: 1 }),
      ),
    );
    assert.match(shown, /Users by status Active 11 1 more in 30 days Suspended 1 1 more in 30 days Counted/);
    assert.match(shown, /Users 12 2 more in 30 days Groups 4 no change in 30 days Memberships 20 no change/);
    assert.match(
      shown,
      /The latest count has no apps, admin roles\. If no run .* add apps,roles to SYNC_ACCESS/,
    );
    assert.doesNotMatch(shown, /not known yet/);
    assert.doesNotMatch(shown, /Staged/);
  });

  it('have a part for the statuses that Okta has added, and none for a status without users', () => {
    const shown = String(
      OrgTiles({ domain, trends: trendsOf(measure(0, { users: 3, users_active: 1 })), size: SIZE }),
    );
    assert.match(textOf(shown), /Users by status Active 1 Other 2/);
    assert.match(shown, /<rect x="0" width="333\.\d+"[^>]*><\/rect><rect x="333\.\d+" width="666\.\d+"/);
  });

  it('are the sizes that runs know before the first measure, and unknown before the first run', () => {
    assert.match(tiles({ series: [] }), /Users 7 trend not known yet Groups 3 .* Group rules 2/);
    assert.match(
      textOf(String(OrgTiles({ domain, trends: { series: [] }, size: undefined }))),
      /Users not known yet It is counted at the end of each run\./,
    );
  });
});

describe('The findings of an org', () => {
  const findings = (trends: Trends) => String(Findings({ domain, trends }));

  it('show how many there are now and were a month ago, and lead to the answers', () => {
    const page = findings(
      trendsOf(
        measure(30, { [findingNumber('inactive_users')]: 1000, [findingNumber('empty_groups')]: 2 }),
        measure(10, { [findingNumber('inactive_users')]: 900 }),
        measure(0, { [findingNumber('inactive_users')]: 1100, [findingNumber('empty_groups')]: 2 }),
      ),
    );
    assert.match(page, /href="\/integrations\/acme\.okta\.com\/questions\/inactive-users\?since=90d"/);
    assert.match(textOf(page), /Enabled users without a sign-in in 90 days medium 1,100 1,000/);
    assert.match(page, /aria-label="between 900 and 1,100"/);
  });

  it('say why one is not known', () => {
    assert.match(
      textOf(findings({ series: [] })),
      /Groups without members low not known yet: it is counted at/,
    );
    const page = textOf(findings(trendsOf(measure(0, { roles: 1, rules: 1, finding_empty_groups: 0 }))));
    assert.match(page, /Not counted: 3 findings about access\. The latest count has no apps\. If no run is/);
    assert.match(page, /Super admins added in 30 days high not known yet: history must reach back 30 days/);
    assert.match(page, /Group rules that are invalid medium not known yet: it took too long to count/);
    assert.match(page, /Groups without members low 0 not known yet/);
    assert.match(page, /What there was a month ago is not known yet: .* since 2026-11-24\./);
  });
});

describe('The bars of days', () => {
  const fromMs = Date.UTC(2026, 10, 1);
  const day = (n: number, ...values: number[]) => ({ dayMs: fromMs + n * DAY_MS, values });
  const bars = (...days: ReturnType<typeof day>[]) =>
    String(
      DayBars({
        title: 'Memberships',
        kinds: [
          { name: 'joined', color: 'green' },
          { name: 'left', color: 'red' },
        ],
        ...{ days, fromMs, count: 10, linkOf: (dayMs) => `/days/${dayMs}` },
      }),
    );

  it('stack the kinds of a day, and say what they add up to', () => {
    const chart = bars(day(1, 3, 1), day(3, 1, 0));
    assert.match(chart, /aria-label="Memberships from 2026-11-01: 4 joined, 1 left; at most 4 on one day"/);
    const [joined = '', left = ''] = [...chart.matchAll(/<path d="([^"]*)"/g)].map(([, d]) => d);
    assert.equal(joined.split('M').length - 1, 2);
    // The second kind begins where the first ends, a quarter below the top.
    assert.equal(left, 'M72 50h57.6v-26h-57.6z');
    assert.match(chart, />4<\/text>.*>2026-11-01<\/text>.*>2026-11-10<\/text>/s);
  });

  it('lead to each day that is known, outside of the tab order, with what happened on it', () => {
    const links = [
      ...bars(day(1, 3, 1), day(3, 0, 0)).matchAll(/<a href="([^"]*)" tabindex="-1" aria-label="([^"]*)"/g),
    ];
    assert.deepEqual(
      links.map(([, href, name]) => [href, name]),
      [
        [`/days/${fromMs + DAY_MS}`, 'Memberships on 2026-11-02: 3 joined, 1 left'],
        [`/days/${fromMs + 3 * DAY_MS}`, 'Memberships on 2026-11-04: 0 joined, 0 left'],
      ],
    );
  });

  it('mark a day without changes, and leave a gap where no run was', () => {
    const marks = (chart: string) => [...chart.matchAll(/<path d="([^"]*)"/g)].at(-1)?.[1];
    assert.equal(marks(bars(day(2, 0, 0), day(4, 1, 1))), 'M144 127h57.6');
    assert.equal(marks(bars(day(4, 1, 1))), '');
  });
});

describe('The changes of an org', () => {
  const change = (daysAgo: number) => ({
    dayMs: firstDayMs(NOW, 30) + (29 - daysAgo) * DAY_MS,
    ...{ created: 1, updated: 2, deleted: 3, joined: 4, left: 5 },
  });
  const page = (...changes: ReturnType<typeof change>[]) =>
    String(ChangesPerDay({ domain, changes, days: 30, now: NOW }));

  it('are of 30 days that end today, or 90', () => {
    assert.equal(new Date(firstDayMs(NOW, 30)).toISOString(), '2026-10-26T00:00:00.000Z');
    const shown = page(change(0));
    assert.match(shown, /href="\/integrations\/acme\.okta\.com\?days=30#changes" aria-current="true"/);
    assert.match(shown, /href="\/integrations\/acme\.okta\.com\?days=90#changes">90 days/);
    assert.match(textOf(shown), /2026-11-24 1 2 3 4 5/);
  });

  it('lead to each day from the table, and from bars that are wide enough', () => {
    const links = (days: 30 | 90) => [
      ...String(ChangesPerDay({ domain, changes: [change(0)], days, now: NOW })).matchAll(
        /href="([^"]*2026-11-24[^"]*)"/g,
      ),
    ];
    assert.equal(links(30).length, 3);
    assert.deepEqual(
      links(90).map(([, href]) => href),
      ['/integrations/acme.okta.com/changes?from=2026-11-24&amp;to=2026-11-25'],
    );
  });

  it('are not known without a run', () => {
    assert.match(textOf(page()), /Not known yet: no run of these days is in the graph/);
  });
});

describe('The freshness of an org', () => {
  const run = { runId: 'run-7', runNumber: 7, workflowId: 'w', mode: 'full' } as const;
  const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
  const page = (integration: Partial<Integration>) =>
    String(
      Freshness({
        integration: {
          ...{ domain, state: 'active', runs: [], unrecorded: [], changes: [] },
          size: {
            users: 0,
            groups: 0,
            memberships: 0,
            apps: null,
            assignments: null,
            roles: null,
            rules: null,
          },
          ...integration,
        },
        now: NOW,
      }),
    );
  const recorded = (
    outcome: 'succeeded' | 'partial' | 'failed',
    change: Parameters<typeof sampleReport>[0] = {},
  ) => ({
    ...{ ...run, outcome, startedAt: ago(14), finishedAt: ago(12) },
    report: sampleReport({ outcome, ...change }),
  });

  it('is how long ago it was synced', () => {
    assert.match(textOf(page({ runs: [recorded('succeeded')] })), /Synced 12m ago \. Schedule: No schedule/);
    assert.match(textOf(page({})), /Not synced yet\./);
  });

  it('says when runs have been due and none has succeeded, whatever the state', () => {
    const every = (minutes: number) =>
      ({
        spec: { intervals: [{ every: minutes * 60_000 }] },
        ...{ state: { paused: false }, info: { nextActionTimes: [] } },
      }) as unknown as NonNullable<Integration['schedule']>;
    const runs = [
      recorded('failed', { failure: { code: 'OKTA_FORBIDDEN', message: 'No.' } }),
      recorded('succeeded'),
    ];
    const late = /No run has succeeded in the last two intervals/;
    assert.match(textOf(page({ schedule: every(5), runs })), late);
    const currentRun = { runId: 'run-8', workflowId: 'w', startedAt: ago(1) };
    assert.doesNotMatch(textOf(page({ schedule: every(5), runs, currentRun })), late);
    const resumed = { ...every(5), info: { nextActionTimes: [], lastUpdatedAt: ago(9) } };
    assert.doesNotMatch(
      textOf(page({ schedule: resumed as unknown as NonNullable<Integration['schedule']>, runs })),
      late,
    );
    assert.doesNotMatch(textOf(page({ schedule: every(7), runs })), late);
    const paused = { ...every(5), state: { paused: true } } as NonNullable<Integration['schedule']>;
    assert.doesNotMatch(textOf(page({ schedule: paused, runs })), late);
    assert.match(textOf(page({ schedule: paused, runs })), /Run #7 failed: No\./);
    assert.doesNotMatch(textOf(page({ schedule: every(5) })), late);
  });

  it('says why the state is a warning or an error, with a link to the run', () => {
    const warnings = [{ code: 'GROUP_FAILED', message: 'A group failed.' } as const];
    const partial = page({ state: 'warning', runs: [recorded('partial', { warnings })] });
    assert.match(
      textOf(partial),
      /Run #7 was partial: the graph differs from Okta\. A group failed\. .*will come first in the next run/,
    );
    assert.match(partial, /href="\/integrations\/acme\.okta\.com\/runs\/run-7"/);
    const stopped = { ...recorded('failed'), outcome: 'cancelled' as const, runId: 'run-8', runNumber: 8 };
    assert.match(
      textOf(page({ runs: [stopped, recorded('partial', { warnings })] })),
      /Run #7 was partial/,
      'a run that a person has stopped says nothing',
    );
    const withheld = [{ code: 'REMOVALS_WITHHELD', message: '40 removals were withheld.' } as const];
    assert.match(
      page({ state: 'warning', runs: [recorded('partial', { warnings: withheld })] }),
      /<a href="[^"]*\/runs\/run-7#withheld">See what is withheld<\/a>/,
    );
    const failure = { code: 'OKTA_FORBIDDEN', message: 'Okta refused it.' } as const;
    assert.match(
      textOf(page({ state: 'error', runs: [recorded('failed', { failure })] })),
      /Not synced yet.*Run #7 failed: Okta refused it\./,
    );
    const unrecorded = [
      { workflowId: 'w', runId: 'lost', startedAt: ago(3), endedAt: ago(2), status: 'TERMINATED' } as const,
    ];
    assert.match(
      page({ state: 'error', unrecorded, runs: [recorded('succeeded')] }),
      /<a href="[^"]*\/runs\/lost">The last run<\/a> ended without a report/,
    );
  });
});

describe('The page of an org with ninety days of everything', () => {
  it('has parts that keep it small', () => {
    const numbers = Object.fromEntries(FINDINGS.map(({ name }, i) => [findingNumber(name), 1000 + i]));
    const series = Array.from({ length: 45 }, (_, i) =>
      measure(88 - 2 * i, { ...numbers, users: 90_000 + i * i }),
    );
    const changes = Array.from({ length: 90 }, (_, i) => ({
      dayMs: firstDayMs(NOW, 90) + i * DAY_MS,
      ...{ created: 100 + i, updated: 2_000 + i, deleted: 30 + i, joined: 4_000 + i, left: 500 + i },
    }));
    const size = {
      users: 0,
      groups: 0,
      memberships: 0,
      apps: null,
      assignments: null,
      roles: null,
      rules: null,
    };
    const trends = trendsOf(...series);
    const parts = [
      OrgTiles({ domain, trends, size }),
      Findings({ domain, trends }),
      ChangesPerDay({ domain, changes, days: 90, now: NOW }),
    ].map((part) => String(part).length);
    const total = parts.reduce((sum, part) => sum + part, 0);
    assert(total < 55_000, parts.join());
  });
});
