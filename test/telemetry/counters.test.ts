import assert from 'node:assert/strict';
import type { MetricMeter } from '@temporalio/common';
import { answered, began, counted, ended, notified, waited } from '../../src/telemetry/events';
import { version } from '../../package.json';
import { countEvents } from '../../src/telemetry/counters';
import { sampleReport } from '../../dev/lab/sampleReport';

describe('The counters of a worker', () => {
  const domain = 'counters.okta.com';
  let series: Map<string, number>;
  /** What histograms and gauges were given, in order. */
  let values: [series: string, value: number][];
  let stop: () => void;

  beforeEach(() => {
    series = new Map();
    values = [];
    stop = countEvents(recordingMeter(), [domain]);
  });
  afterEach(() => stop());

  it('start at 0 for each configured org, so that the first increase is visible', () => {
    for (const name of [
      series.get(`okta_graph_rows_written{change=created,domain=${domain},kind=users}`),
      series.get(`okta_graph_groups_tried{domain=${domain},result=failed}`),
      series.get(`okta_graph_runs{domain=${domain},outcome=abandoned}`),
    ])
      assert.equal(name, 0);
    assert.deepEqual([...new Set(series.values())], [0]);
  });

  it('start at 0 for an org that is added later, when its first run begins, and not again at the next', () => {
    const added = 'added.okta.com';
    const begin = () =>
      began.emit({ domain: added, runId: 'run', runNumber: 1, mode: 'full', workflowId: 'okta-sync/added' });
    begin();
    assert.equal(series.get(`okta_graph_runs{domain=${added},outcome=succeeded}`), 0);
    counted.emit({ domain: added, counts: { users_created: 3 } });
    begin();
    assert.equal(series.get(`okta_graph_rows_written{change=created,domain=${added},kind=users}`), 3);
  });

  it('add up what the transactions of a run commit, by org, kind and change', () => {
    counted.emit({ domain, counts: { users_created: 3, memberships_removed: 2, okta_requests_users: 0 } });
    counted.emit({ domain, counts: { users_created: 4 } });
    counted.emit({ domain: 'other.okta.com', counts: { users_created: 1 } });
    assert.deepEqual(moved(), {
      [`okta_graph_rows_written{change=created,domain=${domain},kind=users}`]: 7,
      [`okta_graph_rows_written{change=removed,domain=${domain},kind=memberships}`]: 2,
      'okta_graph_rows_written{change=created,domain=other.okta.com,kind=users}': 1,
    });
  });

  it('leave out numbers that are only in the report', () => {
    counted.emit({ domain, counts: { users_seen: 9 } });
    assert.deepEqual(moved(), {});
  });

  it("count Okta's responses by status, including requests without a response", () => {
    for (const status of [200, 200, 429, undefined])
      answered.emit({ domain, bucket: 'users', status, durationMs: 20 });
    assert.deepEqual(moved(), {
      [`okta_graph_okta_answers{bucket=users,domain=${domain},status=200}`]: 2,
      [`okta_graph_okta_answers{bucket=users,domain=${domain},status=429}`]: 1,
      [`okta_graph_okta_answers{bucket=users,domain=${domain},status=none}`]: 1,
    });
  });

  it('have the time of each response, and what is left of the limit that it stated', () => {
    const answer = { domain, bucket: 'groups', status: 200, durationMs: 250 } as const;
    answered.emit(answer);
    answered.emit({ ...answer, limit: { limit: 500, remaining: 499 } });
    // A 429 of the concurrency limit states a limit of 0.
    answered.emit({ ...answer, status: 429, limit: { limit: 0, remaining: 0 } });
    const labels = `{bucket=groups,domain=${domain}}`;
    assert.deepEqual(values.slice(1), [
      [`okta_graph_okta_answer_seconds${labels}`, 0.25],
      [`okta_graph_okta_answer_seconds${labels}`, 0.25],
      [`okta_graph_okta_limit_calls${labels}`, 500],
      [`okta_graph_okta_limit_remaining_calls${labels}`, 499],
      [`okta_graph_okta_answer_seconds${labels}`, 0.25],
    ]);
  });

  it('have the time of each wait for a limit', () => {
    waited.emit({ domain, bucket: 'users', durationMs: 1500 });
    assert.deepEqual(values.slice(1), [[`okta_graph_okta_wait_seconds{bucket=users,domain=${domain}}`, 1.5]]);
  });

  it('say which version runs, on which Node.js', () => {
    assert.deepEqual(values, [[`okta_graph_build_info{node=${process.version},version=${version}}`, 1]]);
  });

  it('count runs by outcome', () => {
    for (const outcome of ['partial', 'failed', 'partial'] as const)
      ended.emit(sampleReport({ domain, outcome }));
    assert.deepEqual(moved(), {
      [`okta_graph_runs{domain=${domain},outcome=failed}`]: 1,
      [`okta_graph_runs{domain=${domain},outcome=partial}`]: 2,
    });
  });

  it('count notifications by outcome, with a series for each outcome', () => {
    const elsewhere = 'unknown';
    for (const outcome of ['failed', 'failed', 'sent'] as const) notified.emit({ domain, outcome });
    notified.emit({ domain: elsewhere, outcome: 'refused' });
    assert.deepEqual(moved(), {
      [`okta_graph_notifications{domain=${domain},outcome=failed}`]: 2,
      [`okta_graph_notifications{domain=${domain},outcome=sent}`]: 1,
      [`okta_graph_notifications{domain=${elsewhere},outcome=refused}`]: 1,
    });
    assert.equal(series.get(`okta_graph_notifications{domain=${elsewhere},outcome=sent}`), 0);
  });

  const moved = () => Object.fromEntries([...series].filter(([, value]) => value !== 0));

  function recordingMeter(): MetricMeter {
    const seriesOf = (name: string, labels: Record<string, string> = {}) => {
      const texts = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return `${name}{${texts.sort().join(',')}}`;
    };
    const createCounter = (name: string) => ({
      add(value: number, labels?: Record<string, string>) {
        const key = seriesOf(name, labels);
        series.set(key, (series.get(key) ?? 0) + value);
      },
    });
    const note = (name: string) => (value: number, labels?: Record<string, string>) =>
      void values.push([seriesOf(name, labels), value]);
    const createHistogram = (name: string) => ({ record: note(name) });
    const createGauge = (name: string) => ({ set: note(name) });
    return { createCounter, createHistogram, createGauge } as unknown as MetricMeter;
  }
});
