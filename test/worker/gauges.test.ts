import assert from 'node:assert/strict';
import type { MetricMeter } from '@temporalio/common';
import type { Config } from '../../src/config';
import type { GraphDatabase } from '../../src/graph/database';
import { began, ended, measured } from '../../src/telemetry/events';
import { OrgGauges } from '../../src/worker/gauges';
import { sampleReport } from '../../dev/lab/sampleReport';
import { until } from '../../dev/lab/until';

describe('The gauges of a worker', () => {
  const series = new Map<string, number>();
  let orgs: string[] = [];
  let gauges: OrgGauges;

  const meter = {
    createGauge: (name: string) => ({
      set: (value: number, { domain, name: finding = '' }: { domain: string; name?: string }) =>
        series.set(`${name} ${domain}${finding && ` ${finding}`}`, value),
    }),
  } as unknown as MetricMeter;
  let standings: object[] = [];
  const graph = { read: () => Promise.resolve(standings) } as unknown as GraphDatabase;
  const sync: { intervalMs: number; watchIntervalMs?: number } = { intervalMs: 7_200_000 };
  const config = {
    okta: { readOrgs: () => ({ orgs: orgs.map((domain) => ({ domain })) }) },
    sync,
  } as unknown as Config;
  let freshMs: number | undefined;
  const interval = (domain: string) => series.get(`okta_graph_sync_interval_seconds ${domain}`);
  /** A run that ends makes the gauges be read again. */
  const refresh = () => ended.emit(sampleReport({ outcome: 'succeeded' }));

  beforeEach(() => {
    series.clear();
    standings = [];
    orgs = ['first.okta.com'];
    sync.watchIntervalMs = 10_000;
    freshMs = undefined;
    gauges = new OrgGauges(meter, graph, config, async () =>
      freshMs === undefined ? undefined : { freshMs, retries: [] },
    );
  });
  afterEach(() => gauges.stop());

  it('show an org that is added while the worker runs', async () => {
    await until(() => interval('first.okta.com') === 7_200);
    orgs = ['first.okta.com', 'second.okta.com'];
    refresh();
    await until(() => interval('second.okta.com') === 7_200);
  });

  it('show whether the log is watched', async () => {
    const watch = () => series.get('okta_graph_watch_interval_seconds first.okta.com');
    await until(() => watch() === 10);
    delete sync.watchIntervalMs;
    refresh();
    await until(() => watch() === 0);
  });

  it('show for how long a run is in progress as soon as one begins, and 0 when it has ended', async () => {
    const seconds = () => series.get('okta_graph_run_in_progress_seconds first.okta.com');
    await until(() => seconds() === 0);
    standings = [{ domain: 'first.okta.com', inProgressSinceMs: Date.now() - 9_000_000, numbers: {} }];
    began.emit({
      domain: 'first.okta.com',
      runId: 'run',
      runNumber: 1,
      mode: 'full',
      workflowId: 'okta-sync/first.okta.com/manual',
    });
    await until(() => Number(seconds()) >= 9_000);
    standings = [{ domain: 'first.okta.com', inProgressSinceMs: null, numbers: {} }];
    refresh();
    await until(() => seconds() === 0);
  });

  it('show the findings of the latest measure, and end what is no longer known', async () => {
    const finding = (name: string) => series.get(`okta_graph_finding first.okta.com ${name}`);
    const measure = (numbers: object) => {
      standings = [{ domain: 'first.okta.com', numbers }];
      measured.emit({ domain: 'first.okta.com', runId: 'run', runNumber: 1, failed: [] });
    };
    measure({ users: 5, finding_empty_groups: 3, finding_shared_emails: 0 });
    await until(() => finding('empty_groups') === 3 && finding('shared_emails') === 0);
    measure({ users: 5, finding_shared_emails: 2 });
    await until(() => Number.isNaN(finding('empty_groups')) && finding('shared_emails') === 2);
  });

  it('show the age of the graph: since the last success began, or the last poll of the log that is in the graph', async () => {
    const age = () => Number(series.get('okta_graph_freshness_seconds first.okta.com'));
    standings = [{ domain: 'first.okta.com', lastSuccessStartMs: Date.now() - 3_600_000, numbers: {} }];
    refresh();
    await until(() => age() >= 3_600);
    freshMs = Date.now() - 20_000;
    refresh();
    await until(() => age() >= 20 && age() < 3_600);
  });

  it('show nothing that an alert could fire on for an org that is removed', async () => {
    await until(() => interval('first.okta.com') === 7_200);
    orgs = [];
    refresh();
    await until(() => Number.isNaN(interval('first.okta.com')));
    assert.deepEqual(
      [...series.values()].filter((value) => !Number.isNaN(value)),
      [],
    );
  });
});
