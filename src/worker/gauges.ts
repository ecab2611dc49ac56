import type { MetricGauge, MetricMeter } from '@temporalio/common';
import type { Config } from '../config';
import { began, ended, measured } from '../telemetry/events';
import type { GraphDatabase } from '../graph/database';
import { standings, type Standing } from '../graph/read/standing';
import type { WatchStatus } from '../runs/watch';
import { OUTCOMES } from '../telemetry/counters';

const REFRESH_MS = 60_000;

/** Metrics and their help texts. All have the label `domain`, and those the help names. */
const METRICS = {
  okta_graph_last_success_timestamp_seconds: 'End of the last run that succeeded, as Unix time.',
  okta_graph_lag_seconds:
    'Time since the last success; before any success, since the start of the first run, or else of this worker.',
  okta_graph_last_run: 'Outcome of the last run that ended: 1 for its outcome, 0 for the others.',
  okta_graph_last_run_duration_seconds: 'Duration of the last run that ended.',
  okta_graph_run_in_progress_seconds: 'Time since the run in progress began; 0 if none is in progress.',
  okta_graph_last_run_withheld: 'Removals that the breaker withheld in the last run that ended, by kind.',
  okta_graph_size: 'Nodes and relationships in the graph when the last run ended, by kind.',
  okta_graph_finding: 'Findings when a run last ended that was measured, by name.',
  okta_graph_freshness_seconds:
    'Age of the graph: time since the last poll of the System Log of which everything is in the graph, or since the start of the last run that succeeded.',
  okta_graph_sync_interval_seconds: 'SYNC_INTERVAL of this worker.',
  okta_graph_watch_interval_seconds: 'WATCH_INTERVAL of this worker; 0 if it is off.',
} as const;

type Name = keyof typeof METRICS;

/** How the series of findings are named in what is shown. One that is no longer known ends. */
const FINDING = 'okta_graph_finding ';

/**
 * Gauges of each configured org, also of one that is added later, read from the graph every minute and when a run begins,
 * ends or is measured in this process. Every worker exports the same values, even just after it starts. While the graph cannot be read, the lag keeps growing.
 */
export class OrgGauges {
  private readonly gauges: ReadonlyMap<Name, MetricGauge>;
  private readonly startedMs = Date.now();
  private readonly timer: NodeJS.Timeout;
  private readonly listening: readonly (() => void)[];
  private readonly known = new Map<string, Standing>();
  /** By domain: the last poll of the log of which everything is in the graph, milliseconds since the epoch. */
  private readonly polledMs = new Map<string, number>();
  /** By domain and series: ends what was shown. */
  private readonly shown = new Map<string, Map<string, () => void>>();
  private refreshing?: Promise<void>;
  private isWanted = false;

  constructor(
    meter: MetricMeter,
    private readonly graph: GraphDatabase,
    private readonly config: Config,
    /** Reads the watch of an org; undefined if none runs. */
    private readonly watch: (domain: string) => Promise<WatchStatus | undefined>,
  ) {
    const create = ([name, help]: [string, string]) =>
      [name as Name, meter.createGauge(name, 'float', '', help)] as const;
    this.gauges = new Map(Object.entries(METRICS).map(create));
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
    this.listening = [began, ended, measured].map((event) => event.listen(() => this.refresh()));
    this.refresh();
  }

  /** Stops the updates; resolves once the last read of the graph has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.listening.forEach((stop) => stop());
    await this.refreshing;
  }

  /** Events that come during a read are shown by one that follows it. */
  private refresh(): void {
    if (this.refreshing) this.isWanted = true;
    else this.refreshing = this.readWhileWanted().finally(() => delete this.refreshing);
  }

  private async readWhileWanted(): Promise<void> {
    do {
      this.isWanted = false;
      await this.read();
    } while (this.isWanted);
  }

  /** Never rejects: `/readyz` and the lag show a graph that cannot be read. */
  private async read(): Promise<void> {
    const domains = this.config.okta.readOrgs().orgs.map(({ domain }) => domain);
    const found = await standings(this.graph, domains).catch(() => []);
    for (const standing of found) this.known.set(standing.domain, standing);
    await Promise.all(domains.map((domain) => this.readWatch(domain)));
    for (const domain of domains) this.set(domain, this.known.get(domain));
    for (const [domain, last] of this.shown) if (!domains.includes(domain)) this.drop(domain, last);
  }

  /** While Temporal does not respond, the age keeps growing. */
  private async readWatch(domain: string): Promise<void> {
    if (this.config.sync.watchIntervalMs === undefined) return;
    const { freshMs } = (await this.watch(domain).catch(() => undefined)) ?? {};
    if (freshMs !== undefined) this.polledMs.set(domain, freshMs);
  }

  /** Prometheus keeps a series, but compares `NaN` with nothing, so no alert fires for an org that was removed. */
  private drop(domain: string, last: ReadonlyMap<string, () => void>): void {
    last.forEach((end) => end());
    this.shown.delete(domain);
    this.known.delete(domain);
    this.polledMs.delete(domain);
  }

  private set(domain: string, standing: Standing | undefined): void {
    const shown = this.shown.get(domain) ?? new Map<string, () => void>();
    this.shown.set(domain, shown);
    const set = (name: Name, value: number, labels: Readonly<Record<string, string>> = {}) => {
      const write = (written: number) => this.gauges.get(name)?.set(written, { domain, ...labels });
      write(value);
      shown.set(`${name} ${Object.values(labels).join()}`, () => write(NaN));
    };
    const {
      lastSuccessMs = null,
      lastSuccessStartMs = null,
      firstRunMs = null,
      inProgressSinceMs = null,
      lastRun = null,
      size = null,
      findings = {},
    } = standing ?? {};

    set('okta_graph_sync_interval_seconds', this.config.sync.intervalMs / 1000);
    set('okta_graph_watch_interval_seconds', (this.config.sync.watchIntervalMs ?? 0) / 1000);
    set('okta_graph_lag_seconds', (Date.now() - (lastSuccessMs ?? firstRunMs ?? this.startedMs)) / 1000);
    const freshMs = Math.max(lastSuccessStartMs ?? 0, this.polledMs.get(domain) ?? 0);
    set('okta_graph_freshness_seconds', (Date.now() - (freshMs || (firstRunMs ?? this.startedMs))) / 1000);
    const runningMs = inProgressSinceMs === null ? 0 : Date.now() - inProgressSinceMs;
    set('okta_graph_run_in_progress_seconds', Math.max(0, runningMs) / 1000);
    if (lastSuccessMs !== null) set('okta_graph_last_success_timestamp_seconds', lastSuccessMs / 1000);
    if (lastRun !== null) {
      for (const outcome of OUTCOMES)
        set('okta_graph_last_run', Number(outcome === lastRun.outcome), { outcome });
      set('okta_graph_last_run_duration_seconds', lastRun.durationMs / 1000);
      for (const [kind, count] of Object.entries(lastRun.withheld))
        set('okta_graph_last_run_withheld', count, { kind });
    }
    for (const [kind, count] of Object.entries<number | null>({ ...size }))
      if (count !== null) set('okta_graph_size', count, { kind });
    for (const [series, end] of shown)
      if (series.startsWith(FINDING) && !(series.slice(FINDING.length) in findings)) end();
    for (const [name, count] of Object.entries(findings)) set('okta_graph_finding', count, { name });
  }
}
