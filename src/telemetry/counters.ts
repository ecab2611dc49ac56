import type { MetricMeter } from '@temporalio/common';
import type { SyncOutcome } from '../contract';
import { PRODUCT_VERSION } from '../text/version';
import {
  answered,
  began,
  counted,
  ended,
  NOTICE_OUTCOMES,
  notified,
  type NoticeOutcome,
  waited,
} from './events';
import type { Counter } from './runCounts';

/** Counters and their help texts. The exporter appends `_total`. All have the label `domain`, and those the help names. */
const COUNTED = {
  okta_graph_okta_requests: 'Requests to Okta in runs, by rate limit bucket.',
  okta_graph_okta_answers:
    'Responses from Okta, by bucket and status; status is none if there was no response.',
  okta_graph_okta_rate_limited: 'Responses with status 429.',
  okta_graph_okta_retries: 'Retries of failed requests.',
  okta_graph_rows_written: 'Nodes and relationships written to the graph, by kind and change.',
  okta_graph_groups_tried: 'Groups whose members a run tried to read, by result.',
  okta_graph_removals_withheld: 'Removals that the breaker withheld, by kind.',
  okta_graph_runs: 'Runs that ended, by outcome.',
  okta_graph_notifications:
    'Attempts to send a notification, by outcome: sent, failed (tried again), refused (given up).',
} as const;

/** Histograms of seconds, with the labels `domain` and `bucket`. */
const TIMED = {
  okta_graph_okta_wait_seconds: 'Time that a request to Okta waited for a rate limit.',
  okta_graph_okta_answer_seconds: 'Time from sending a request to Okta to the end of its response.',
} as const;

/** Upper bounds of the histograms, seconds. */
export const SECONDS_BOUNDS: Readonly<Record<keyof typeof TIMED, number[]>> = {
  okta_graph_okta_wait_seconds: [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120],
  okta_graph_okta_answer_seconds: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
};

/** Gauges with the labels `domain` and `bucket`. */
const MEASURED = {
  okta_graph_okta_limit_calls: 'Calls that a rate limit of Okta allows, as the last response stated.',
  okta_graph_okta_limit_remaining_calls: 'Calls that are left of it, as the last response stated.',
} as const;

type Name = keyof typeof COUNTED;
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
  apps_created: ['okta_graph_rows_written', { kind: 'apps', change: 'created' }],
  apps_updated: ['okta_graph_rows_written', { kind: 'apps', change: 'updated' }],
  apps_deleted: ['okta_graph_rows_written', { kind: 'apps', change: 'deleted' }],
  assignments_added: ['okta_graph_rows_written', { kind: 'assignments', change: 'added' }],
  assignments_removed: ['okta_graph_rows_written', { kind: 'assignments', change: 'removed' }],
  roles_added: ['okta_graph_rows_written', { kind: 'roles', change: 'added' }],
  roles_removed: ['okta_graph_rows_written', { kind: 'roles', change: 'removed' }],
  rules_created: ['okta_graph_rows_written', { kind: 'rules', change: 'created' }],
  rules_updated: ['okta_graph_rows_written', { kind: 'rules', change: 'updated' }],
  rules_deleted: ['okta_graph_rows_written', { kind: 'rules', change: 'deleted' }],
  memberships_groups_read: ['okta_graph_groups_tried', { result: 'read' }],
  memberships_groups_failed: ['okta_graph_groups_tried', { result: 'failed' }],
  users_withheld: ['okta_graph_removals_withheld', { kind: 'users' }],
  groups_withheld: ['okta_graph_removals_withheld', { kind: 'groups' }],
  memberships_withheld: ['okta_graph_removals_withheld', { kind: 'memberships' }],
  apps_withheld: ['okta_graph_removals_withheld', { kind: 'apps' }],
  assignments_withheld: ['okta_graph_removals_withheld', { kind: 'assignments' }],
  roles_withheld: ['okta_graph_removals_withheld', { kind: 'roles' }],
  rules_withheld: ['okta_graph_removals_withheld', { kind: 'rules' }],
  okta_requests_users: ['okta_graph_okta_requests', { bucket: 'users' }],
  okta_requests_user: ['okta_graph_okta_requests', { bucket: 'user' }],
  okta_requests_groups: ['okta_graph_okta_requests', { bucket: 'groups' }],
  okta_requests_group: ['okta_graph_okta_requests', { bucket: 'group' }],
  okta_requests_apps: ['okta_graph_okta_requests', { bucket: 'apps' }],
  okta_requests_iam: ['okta_graph_okta_requests', { bucket: 'iam' }],
  okta_requests_logs: ['okta_graph_okta_requests', { bucket: 'logs' }],
  okta_requests_other: ['okta_graph_okta_requests', { bucket: 'other' }],
  okta_rate_limited: ['okta_graph_okta_rate_limited', {}],
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
  const counters = eachOf(COUNTED, (name, help) => meter.createCounter(name, '', help));
  const timers = eachOf(TIMED, (name, help) => meter.createHistogram(name, 'float', '', help));
  const gauges = eachOf(MEASURED, (name, help) => meter.createGauge(name, 'int', '', help));
  meter
    .createGauge(
      'okta_graph_build_info',
      'int',
      '',
      'The version of this worker and of its Node.js; always 1.',
    )
    .set(1, { version: PRODUCT_VERSION, node: process.version });
  const add = (name: Name, value: number, labels: Labels) => counters[name].add(value, labels);

  const addNotices = (domain: string, value: (outcome: NoticeOutcome) => number) => {
    for (const outcome of NOTICE_OUTCOMES)
      add('okta_graph_notifications', value(outcome), { domain, outcome });
  };
  const known = new Set<string>();
  const beginAtZero = (domain: string) => {
    if (known.has(domain)) return;
    known.add(domain);
    for (const [name, labels] of Object.values(METRIC_OF)) add(name, 0, { domain, ...labels });
    for (const outcome of OUTCOMES) add('okta_graph_runs', 0, { domain, outcome });
    addNotices(domain, () => 0);
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
    answered.listen(({ domain, bucket, status, durationMs, limit }) => {
      add('okta_graph_okta_answers', 1, { domain, bucket, status: String(status ?? 'none') });
      timers.okta_graph_okta_answer_seconds.record(durationMs / 1000, { domain, bucket });
      if (!limit?.limit) return;
      gauges.okta_graph_okta_limit_calls.set(limit.limit, { domain, bucket });
      gauges.okta_graph_okta_limit_remaining_calls.set(limit.remaining, { domain, bucket });
    }),
    waited.listen(({ domain, bucket, durationMs }) =>
      timers.okta_graph_okta_wait_seconds.record(durationMs / 1000, { domain, bucket }),
    ),
    // The alert compares outcomes, so all have a series, also those of a domain that is not configured.
    notified.listen(({ domain, outcome }) => addNotices(domain, (each) => Number(each === outcome))),
    ended.listen(({ domain, outcome }) => add('okta_graph_runs', 1, { domain, outcome })),
  ];
  return () => listening.forEach((stop) => stop());
}

/** Creates an instrument for each name. */
function eachOf<Key extends string, Instrument>(
  texts: Readonly<Record<Key, string>>,
  create: (name: string, help: string) => Instrument,
): Record<Key, Instrument> {
  const made = Object.entries<string>(texts).map(([name, help]) => [name, create(name, help)] as const);
  return Object.fromEntries(made) as Record<Key, Instrument>;
}
