import assert from 'node:assert/strict';
import { ofEachKind } from '../../src/graph/write/approvals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeProcess } from '../../dev/lab/servers/nodeProcess';
import { BUCKETS, type SyncReport } from '../../src/contract';
import { freePort } from '../../src/local/ports';
import type { FaultAction } from '../../src/simulator/faults';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Scrape } from './support/scrape';
import { Stack } from '../../dev/lab/org/stack';
import { startWorkerProcess } from '../../dev/lab/servers/workerProcess';

const OPS = join(__dirname, '../../ops');

/** Okta's response if there are too many concurrent requests. */
const TOO_MANY_AT_ONCE: FaultAction = {
  type: 'error',
  status: 429,
  errorCode: 'E0000047',
  errorSummary: 'API call exceeded rate limit due to too many requests.',
  headers: { 'x-rate-limit-limit': '0', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1' },
};

describe('A scrape of a worker', () => {
  let stack: Stack;
  let worker: NodeProcess;
  let address: string;
  let health: string;
  const reports: SyncReport[] = [];

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 450, groups: 20, memberships: 900 }, { SYNC_INTERVAL: '2h' });
    await stack.stopWorker();
    await startWorker();
  });
  after(async () => {
    await worker.stop();
    await stack.stop();
  });

  async function startWorker(): Promise<void> {
    [address, health] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    worker = await startWorkerProcess({
      ...stack.variables,
      METRICS_ADDRESS: address,
      HEALTH_ADDRESS: health,
    });
  }

  const scrape = () => Scrape.of(address);
  /** Waits until the gauges show the run: they are updated by a read of the graph after it ends. */
  const scrapeAfter = async (report: SyncReport): Promise<Scrape> => {
    const ended = Date.parse(report.finishedAt) / 1000;
    const duration = report.durationMs / 1000;
    const isThere = (found: Scrape) =>
      report.outcome === 'succeeded'
        ? found.sum('okta_graph_last_success_timestamp_seconds') === ended
        : found.sum('okta_graph_last_run_duration_seconds') === duration;
    await until(async () => isThere(await scrape()));
    return scrape();
  };
  /** Returns a sum over all reports so far. */
  const total = (read: (report: SyncReport) => number) =>
    reports.reduce((sum, report) => sum + read(report), 0);

  async function assertAddsUp(found: Scrape): Promise<void> {
    const ours = { domain: stack.sim.domain };
    for (const kind of ['users', 'groups'] as const) {
      assert.deepEqual(found.by('change', 'okta_graph_rows_written_total', { ...ours, kind }), {
        added: 0,
        removed: 0,
        created: total((report) => report[kind].created),
        updated: total((report) => report[kind].updated),
        deleted: total((report) => report[kind].deleted),
      });
    }
    const memberships = { ...ours, kind: 'memberships' };
    const changes = found.by('change', 'okta_graph_rows_written_total', memberships);
    assert.equal(
      changes['added'],
      total((report) => report.memberships.added),
    );
    assert.equal(
      changes['removed'],
      total((report) => report.memberships.removed),
    );
    assert.deepEqual(found.by('result', 'okta_graph_groups_tried_total', ours), {
      read: total(({ memberships: { groupsRead } }) => groupsRead),
      failed: total(({ memberships: { groupsFailed } }) => groupsFailed),
    });
    const requests = Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, total(({ okta }) => okta.requestsByBucket[bucket])]),
    );
    assert.deepEqual(found.by('bucket', 'okta_graph_okta_requests_total', ours), requests);
    for (const bucket of ['users', 'user', 'groups', 'group'] as const)
      assert.equal(
        found.sum('okta_graph_okta_answers_total', { ...ours, bucket }) ?? 0,
        requests[bucket],
        bucket,
      );
    for (const [name, read] of [
      ['rate_limited_total', ({ okta }) => okta.rateLimited],
      ['retries_total', ({ okta }) => okta.retries],
    ] satisfies [string, (report: SyncReport) => number][])
      assert.equal(found.sum(`okta_graph_okta_${name}`, ours), total(read), name);
    const waitedS = found.sum('okta_graph_okta_wait_seconds_sum', ours) ?? 0;
    const reportedS = total(({ okta }) => okta.waitedMs) / 1000;
    assert(Math.abs(waitedS - reportedS) < 0.1, `${waitedS} s waited, ${reportedS} s reported`);
    assert.equal(found.sum('okta_graph_runs_total', ours), reports.length);
  }

  it('starts at zero before the first run, with a lag since the start of the worker', async () => {
    await until(async () => (await scrape()).sum('okta_graph_lag_seconds') !== undefined);
    const found = await scrape();
    await assertAddsUp(found);
    assert.equal(found.sum('okta_graph_sync_interval_seconds'), 7200);
    assert.equal(found.sum('okta_graph_last_success_timestamp_seconds'), undefined);
  });

  it('adds up to the report of a run with a rate limit and a failed request', async () => {
    stack.sim.faults.set([
      { match: { route: 'members', nth: 2 }, action: { type: 'error', status: 503 } },
      { match: { route: 'members', nth: 5 }, action: TOO_MANY_AT_ONCE },
    ]);
    const report = await stack.sync({ mode: 'full' });
    stack.sim.faults.clear();
    reports.push(report);
    assert.equal(report.outcome, 'succeeded');
    const { retries, rateLimited, waitedMs } = report.okta;
    assert(retries > 0 && rateLimited > 0 && waitedMs > 0, JSON.stringify(report.okta));
    const found = await scrapeAfter(report);
    await assertAddsUp(found);
    assert.equal(found.sum('okta_graph_build_info'), 1);
    const { requests } = report.okta;
    assert(
      Number(found.sum('okta_graph_okta_answer_seconds_count')) >= requests,
      'each response has its time',
    );
    assert.equal(found.sum('okta_graph_okta_answers_total', { status: '503' }), 1);
    assert.equal(found.sum('okta_graph_okta_answers_total', { status: '429' }), rateLimited);
    assert.deepEqual(found.by('kind', 'okta_graph_size'), {
      users: 450,
      groups: 20,
      memberships: report.reconciliation.memberships,
    });
    assert.equal(found.sum('okta_graph_last_run', { outcome: 'succeeded' }), 1);
    assert.equal(found.sum('okta_graph_last_run_duration_seconds'), report.durationMs / 1000);
    assert(
      Number(found.sum('okta_graph_lag_seconds')) < 60,
      `a lag of ${found.sum('okta_graph_lag_seconds')} s`,
    );
  });

  it('adds up over several runs, including a partial one, and shows what the breaker withheld', async () => {
    stack.sim.org.churn({ fraction: 0.1, seed: 7 });
    reports.push(await stack.sync({ mode: 'full' }));
    stack.sim.faults.set([{ match: { route: 'members', nth: 1 }, action: { type: 'error', status: 403 } }]);
    const partial = await stack.sync({ mode: 'full' });
    stack.sim.faults.clear();
    reports.push(partial);
    assert.equal(partial.outcome, 'partial');
    const found = await scrapeAfter(partial);
    await assertAddsUp(found);
    const runs = found.by('outcome', 'okta_graph_runs_total');
    assert.deepEqual([runs['succeeded'], runs['partial'], runs['failed']], [2, 1, 0]);
    const last = found.by('outcome', 'okta_graph_last_run');
    assert.deepEqual(last, { succeeded: 0, partial: 1, failed: 0, cancelled: 0, abandoned: 0 });
    assert.deepEqual(found.by('kind', 'okta_graph_last_run_withheld'), ofEachKind(0));
  });

  it('has all metrics of the dashboard and the alert rules', async () => {
    const found = (await scrape()).names;
    for (const file of ['alerts.yml', 'grafana-dashboard.json']) {
      const text = readFileSync(join(OPS, file), 'utf8');
      const asked = new Set(text.match(/\b(?:okta_graph|temporal)_[a-z_]+/g));
      assert(asked.size > 3, file);
      assert.deepEqual(
        [...asked].filter((name) => !found.has(name)),
        [],
        file,
      );
    }
  });

  it('contains no email and no secret', async () => {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    assert.match(text, new RegExp(`okta_graph_runs_total.*${stack.sim.domain}`), 'runs are counted');
    assert(!text.includes(stack.sim.token), 'the token is in the metrics');
    assert(!text.includes('@'), 'an email is in the metrics');
  });

  it('shows the last success, the last run and the sizes after the worker is killed and restarted', async () => {
    const before = await scrape();
    await worker.stop('SIGKILL');
    await startWorker();
    await until(async () => (await scrape()).sum('okta_graph_size') !== undefined);
    const after = await scrape();
    for (const name of [
      'okta_graph_last_success_timestamp_seconds',
      'okta_graph_last_run_duration_seconds',
      'okta_graph_size',
    ])
      assert.equal(after.sum(name), before.sum(name), name);
    assert.equal(after.sum('okta_graph_last_run', { outcome: 'partial' }), 1);
    assert.equal(after.sum('okta_graph_rows_written_total'), 0);
  });

  it('comes from a worker that reports itself alive and ready', async () => {
    const statuses = ['/healthz', '/readyz', '/'].map(
      async (path) => (await fetch(`http://${health}${path}`)).status,
    );
    assert.deepEqual(await Promise.all(statuses), [200, 200, 404]);
    const readiness = await (await fetch(`http://${health}/readyz`)).json();
    assert.deepEqual(readiness, { ready: true, polling: true, temporal: true, neo4j: true });
  });
});
