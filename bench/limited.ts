import { BuiltStack } from '../dev/lab/org/builtStack';
import { ratio, seconds } from './support/text';

export interface LimitedRow {
  calls: number;
  reportMs: number;
  /** What the bucket alone dictates. */
  dictatedMs: number;
}

/** A cold run under Workforce-like limits: what the buckets alone dictate, and our time over it. */
export async function benchLimited(): Promise<LimitedRow> {
  const size = { users: 6_000, groups: 700, memberships: 40_000 };
  const limits = { users: 300, groups: 250, group: 500, user: 1000 };
  const lab = await BuiltStack.start({ size, seed: 1, settings: { latencyMs: 20, limits } });
  const worker = await lab.startWorker();
  try {
    const { callsNeeded } = await lab.org.counts();
    const calls = callsNeeded.groupPages + callsNeeded.memberPages - callsNeeded.emptyGroups;
    const report = await lab.sync({ mode: 'full' });
    const { rateLimited } = await lab.org.stats();
    const dictatedMs = Math.floor((calls - 1) / limits.groups) * 60_000;
    console.log(
      `limited  ${calls} calls of a bucket of ${limits.groups} a minute: ${seconds(report.durationMs)} s, ` +
        `the buckets dictate ${seconds(dictatedMs)} s, ratio ${ratio(report.durationMs, dictatedMs)}, ` +
        `${rateLimited.limit + rateLimited.concurrency} 429s, outcome ${report.outcome}`,
    );
    return { calls, reportMs: report.durationMs, dictatedMs };
  } finally {
    await worker.stop();
    await lab.stop();
  }
}
