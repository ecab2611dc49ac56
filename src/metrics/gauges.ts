import type { MetricGauge, MetricMeter } from '@temporalio/common';
import type { Config } from '../config';
import { ended } from '../events';
import type { GraphDatabase } from '../graph/database';
import { standings, type Standing } from '../graph/standing';
import { OUTCOMES } from './counters';

const REFRESH_MS = 60_000;

/** Metric and its help. Labels: `domain` and what is said behind it. */
const METRICS = {
  okta_graph_last_success_timestamp_seconds: 'When the last run that succeeded ended, Unix time.',
  okta_graph_lag_seconds:
    'Time since the last success; without one, since the first run began, or else since this worker started.',
  okta_graph_last_run: 'By outcome: 1 for that of the last run that ended, 0 for the others.',
  okta_graph_last_run_duration_seconds: 'How long the last run that ended took.',
  okta_graph_last_run_withheld: 'Removals that the breaker withheld in the last run that ended, by kind.',
  okta_graph_size: 'Nodes and edges in the graph when the last run ended, by kind.',
  okta_graph_sync_interval_seconds: 'SYNC_INTERVAL as this worker has it.',
} as const;

type Name = keyof typeof METRICS;

/**
 * How each configured org stands, read from the graph, so that a worker that has just started knows it as well: every
 * minute, and whenever a run ends here. Every worker tells the same; where the graph cannot be read, the lag grows on.
 */
export class OrgGauges {
  private readonly gauges: ReadonlyMap<Name, MetricGauge>;
  private readonly domains: readonly string[];
  private readonly startedMs = Date.now();
  private readonly timer: NodeJS.Timeout;
  private readonly endListening: () => void;
  private readonly known = new Map<string, Standing>();
  private refreshing: Promise<void> | undefined;

  constructor(
    meter: MetricMeter,
    private readonly graph: GraphDatabase,
    private readonly config: Config,
  ) {
    this.domains = config.okta.orgs.map(({ domain }) => domain);
    const create = ([name, help]: [string, string]) =>
      [name as Name, meter.createGauge(name, 'float', '', help)] as const;
    this.gauges = new Map(Object.entries(METRICS).map(create));
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
    this.endListening = ended.listen(() => this.refresh());
    this.refresh();
  }

  /** Resolves when the graph is no longer read. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.endListening();
    await this.refreshing;
  }

  private refresh(): void {
    const before = this.refreshing ?? Promise.resolve();
    this.refreshing = before.then(() => this.read());
  }

  /** Never rejects: a graph that cannot be read shows in `/readyz` and in the lag. */
  private async read(): Promise<void> {
    const found = await standings(this.graph, this.domains).catch(() => []);
    for (const standing of found) this.known.set(standing.domain, standing);
    for (const domain of this.domains) this.tell(domain, this.known.get(domain));
  }

  private tell(domain: string, standing: Standing | undefined): void {
    const set = (name: Name, value: number, labels: Readonly<Record<string, string>> = {}) =>
      this.gauges.get(name)?.set(value, { domain, ...labels });
    const { lastSuccessMs = null, firstRunMs = null, lastRun = null, size = null } = standing ?? {};

    set('okta_graph_sync_interval_seconds', this.config.sync.intervalMs / 1000);
    set('okta_graph_lag_seconds', (Date.now() - (lastSuccessMs ?? firstRunMs ?? this.startedMs)) / 1000);
    if (lastSuccessMs !== null) set('okta_graph_last_success_timestamp_seconds', lastSuccessMs / 1000);
    if (lastRun !== null) {
      for (const outcome of OUTCOMES)
        set('okta_graph_last_run', Number(outcome === lastRun.outcome), { outcome });
      set('okta_graph_last_run_duration_seconds', lastRun.durationMs / 1000);
      for (const [kind, count] of Object.entries(lastRun.withheld))
        set('okta_graph_last_run_withheld', count, { kind });
    }
    for (const [kind, count] of Object.entries(size ?? {})) set('okta_graph_size', count, { kind });
  }
}
