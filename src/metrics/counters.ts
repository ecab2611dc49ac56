import type { MetricCounter, MetricMeter } from '@temporalio/common';
import type { SyncOutcome } from '../contract';
import { answered, counted, ended } from '../events';
import type { Counter } from '../graph/run';

/** Metric, without the `_total` that the exporter adds, and its help. Labels: `domain` and what is said behind it. */
const METRICS = {
  okta_graph_okta_requests: 'Requests to Okta in runs, by rate limit bucket.',
  okta_graph_okta_answers: 'Answers from Okta, by bucket and status; status is none where no answer came.',
  okta_graph_okta_rate_limited: 'Answers with 429.',
  okta_graph_okta_waited_milliseconds: 'Time waited for rate limits, summed over parallel requests.',
  okta_graph_okta_retries: 'Requests that repeated one that had failed.',
  okta_graph_rows_written: 'Nodes and edges written to the graph, by kind and change.',
  okta_graph_groups_tried: 'Groups of which the members were to be read, by result.',
  okta_graph_removals_withheld: 'Removals that the breaker withheld, by kind.',
  okta_graph_runs: 'Runs that ended, by outcome.',
} as const;

type Name = keyof typeof METRICS;
type Labels = Readonly<Record<string, string>>;

/** The metric of each number that a run adds up; those without one are not worth a line on a dashboard. */
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

/** Every way that a run can end. */
export const OUTCOMES: readonly SyncOutcome[] = ['succeeded', 'partial', 'failed', 'cancelled', 'abandoned'];

/**
 * Counts, from now on, what the workers of this process do. The numbers of a run are taken as its transactions commit
 * them, so that they add up to its report. Series of the domains given begin at 0, or the first increase would not show.
 * Returns what ends the counting.
 */
export function countEvents(meter: MetricMeter, domains: readonly string[]): () => void {
  const counters = new Map<Name, MetricCounter>();
  for (const [name, help] of Object.entries(METRICS)) {
    counters.set(name as Name, meter.createCounter(name, '', help));
  }
  const add = (name: Name, value: number, labels: Labels) => counters.get(name)?.add(value, labels);

  for (const domain of domains) {
    for (const [name, labels] of Object.values(METRIC_OF)) add(name, 0, { domain, ...labels });
    for (const outcome of OUTCOMES) add('okta_graph_runs', 0, { domain, outcome });
  }
  const listening = [
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
