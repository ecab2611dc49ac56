import type { MetricCounter, MetricMeter } from '@temporalio/common';
import type { SyncOutcome } from '../contract';
import { answered, began, counted, ended } from './events';
import type { Counter } from './runCounts';

/**
 * Metrics and their help texts. The exporter appends `_total`. All have the label `domain`, and those the help names.
 */
const METRICS = {
  okta_graph_okta_requests: 'Requests to Okta in runs, by rate limit bucket.',
  okta_graph_okta_answers:
    'Responses from Okta, by bucket and status; status is none if there was no response.',
  okta_graph_okta_rate_limited: 'Responses with status 429.',
  okta_graph_okta_waited_milliseconds: 'Time spent waiting for rate limits, summed over parallel requests.',
  okta_graph_okta_retries: 'Retries of failed requests.',
  okta_graph_rows_written: 'Nodes and relationships written to the graph, by kind and change.',
  okta_graph_groups_tried: 'Groups whose members a run tried to read, by result.',
  okta_graph_removals_withheld: 'Removals that the breaker withheld, by kind.',
  okta_graph_runs: 'Runs that ended, by outcome.',
} as const;

type Name = keyof typeof METRICS;
type Labels = Readonly<Record<string, string>>;

/** Metric of each counter of a run. Counters without a metric appear only in the report. */
const METRIC_OF: Readonly<Partial<Record<Counter, readonly [Name, Labels]>>> = {
  users_created: ['okta_graph_rows_written', { kind: 'users', change: 'created' }],
  users_updated: ['okta_graph_rows_written', { kind: 'users', change: 'updated' }],
  users_deleted: ['okta_graph_rows_written', { kind: 'users', change: 'deleted' }],
  groups_created: ['okta_graph_rows_written', { kind: 'groups', change: 'created' }],
  groups_updated: ['okta_graph_rows_written', { kind: 'groups', change: 'updated' }],
  groups_deleted: ['okta_graph_rows_written', { kind: 'groups', change: 'deleted' }],
  memberships_added: ['okta_graph_rows_written', { kind: 'memberships', change: 'added' }],
  memberships_removed: ['okta_graph_rows_written', { kind: 'memberships', change: 'removed' }],
  memberships_groups_read: ['okta_graph_groups_tried', { result: 'read' }],
  memberships_groups_failed: ['okta_graph_groups_tried', { result: 'failed' }],
  users_withheld: ['okta_graph_removals_withheld', { kind: 'users' }],
  groups_withheld: ['okta_graph_removals_withheld', { kind: 'groups' }],
  memberships_withheld: ['okta_graph_removals_withheld', { kind: 'memberships' }],
  okta_requests_users: ['okta_graph_okta_requests', { bucket: 'users' }],
  okta_requests_user: ['okta_graph_okta_requests', { bucket: 'user' }],
  okta_requests_groups: ['okta_graph_okta_requests', { bucket: 'groups' }],
  okta_requests_group: ['okta_graph_okta_requests', { bucket: 'group' }],
  okta_requests_other: ['okta_graph_okta_requests', { bucket: 'other' }],
  okta_rate_limited: ['okta_graph_okta_rate_limited', {}],
  okta_waited_ms: ['okta_graph_okta_waited_milliseconds', {}],
  okta_retries: ['okta_graph_okta_retries', {}],
};

/** All outcomes of a run. */
export const OUTCOMES: readonly SyncOutcome[] = ['succeeded', 'partial', 'failed', 'cancelled', 'abandoned'];

/**
 * Starts counting the events of this process's workers. A run's numbers are added as its transactions commit, so they
 * add up to its report. The series of a domain start at 0, because Prometheus cannot see the first increase otherwise:
 * those of the given domains now, those of an org that is added later when its first run begins.
 *
 * @returns a function that stops counting.
 */
export function countEvents(meter: MetricMeter, domains: readonly string[]): () => void {
  const counters = new Map<Name, MetricCounter>();
  for (const [name, help] of Object.entries(METRICS)) {
    counters.set(name as Name, meter.createCounter(name, '', help));
  }
  const add = (name: Name, value: number, labels: Labels) => counters.get(name)?.add(value, labels);

  const known = new Set<string>();
  const beginAtZero = (domain: string) => {
    if (known.has(domain)) return;
    known.add(domain);
    for (const [name, labels] of Object.values(METRIC_OF)) add(name, 0, { domain, ...labels });
    for (const outcome of OUTCOMES) add('okta_graph_runs', 0, { domain, outcome });
  };
  domains.forEach(beginAtZero);
  const listening = [
    began.listen(({ domain }) => beginAtZero(domain)),
    counted.listen(({ domain, counts }) => {
      for (const [counter, value] of Object.entries(counts)) {
        const metric = METRIC_OF[counter as Counter];
        if (metric && value > 0) add(metric[0], value, { domain, ...metric[1] });
      }
    }),
    answered.listen(({ domain, bucket, status }) =>
      add('okta_graph_okta_answers', 1, { domain, bucket, status: String(status ?? 'none') }),
    ),
    ended.listen(({ domain, outcome }) => add('okta_graph_runs', 1, { domain, outcome })),
  ];
  return () => listening.forEach((stop) => stop());
}
