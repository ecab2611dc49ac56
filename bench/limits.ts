import { reportOf } from '../dev/lab/org/report';
import { BuiltStack } from '../dev/lab/org/builtStack';

/** A token's share as small as a free org's, and groups for several windows of it. */
const SIZE = { users: 200, groups: 350, memberships: 2_000 };
const LIMIT = 100;
const CAPACITY = 75;

/**
 * Syncs under a limit of 100 calls a minute, of which 75 % may be used, with so many workers and as many runs at
 * once, which share the limit through Okta's headers alone. Prints calls a minute against what is allowed, and 429s.
 */
async function measure(workers: number): Promise<void> {
  const limits = { users: LIMIT, groups: LIMIT, group: LIMIT, user: LIMIT };
  const lab = await BuiltStack.start({
    size: SIZE,
    seed: 1,
    settings: { latencyMs: 20, limits },
    environment: { OKTA_MAX_API_CAPACITY: String(CAPACITY) },
  });
  const running = await Promise.all(Array.from({ length: workers }, () => lab.startWorker()));
  try {
    const handles = await Promise.all(running.map(() => lab.begin({ mode: 'full' })));
    const reports = await Promise.all(handles.map(reportOf));
    const { byBucket, rateLimited, perMinute } = await lab.org.stats();
    const calls = byBucket.groups ?? 0;
    const windows = Math.ceil(calls / ((LIMIT * CAPACITY) / 100));
    const wallMs = Math.max(...reports.map(({ durationMs }) => durationMs));
    // The last window is not used up, and the first begins with the run.
    const fullWindows = windows - 1;
    const usedPerMinute = (fullWindows * ((LIMIT * CAPACITY) / 100)) / (wallMs / 60_000);
    const differences = await lab.differences();
    console.log(
      `${workers} worker(s): ${calls} calls below /groups in ${(wallMs / 1000).toFixed(0)} s, ` +
        `${usedPerMinute.toFixed(1)} a minute of ${(LIMIT * CAPACITY) / 100} allowed ` +
        `(ratio ${((usedPerMinute * 100) / (LIMIT * CAPACITY)).toFixed(2)}), ` +
        `${rateLimited.limit} 429s for the limit, ${rateLimited.concurrency} for concurrency; calls in each minute ${perMinute.join(', ')}; ` +
        `outcomes ${reports.map(({ outcome }) => outcome).join(', ')}; differences ${differences.length}`,
    );
  } finally {
    await Promise.all(running.map((worker) => worker.stop()));
    await lab.stop();
  }
}

async function main(): Promise<void> {
  await measure(1);
  await measure(2);
}

if (require.main === module) void main();
