import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { WATCH_WORKFLOW_TYPE } from '../src/contract';
import { exitAfter } from '../dev/lab/exitAfter';
import { Stack } from '../dev/lab/org/stack';
import { mochaGlobalTeardown as stopServers } from '../dev/lab/servers/services';
import { stopWatch, watchId } from '../src/runs/watch';
import { wholeOption } from '../src/text/wholeOption';
import { median } from './support/median';
import { percentile } from './support/percentile';
import { UNLIMITED } from './support/sizes';

interface Options {
  users: number;
  groups: number;
  memberships: number;
  changes: number;
  quietMinutes: number;
}

/** Time between two polls, milliseconds. */
const INTERVAL_MS = 10_000;
/** Time between two looks at the graph. */
const LOOK_MS = 100;
/** A change that takes longer is counted as missed. */
const LONGEST_MS = 120_000;

/** A change of the org, and a statement that is true once the graph has it. */
interface Change {
  kind: string;
  /** Cypher that returns `is`, with `$domain` and these parameters. */
  shows: string;
  parameters: Record<string, unknown>;
}

/** What one part of the measurement has found. */
interface Found {
  latenciesMs: Map<string, number[]>;
  missed: number;
  calls: Readonly<Record<string, number>>;
  runs: number;
}

/** Prints how long changes take from the org to the graph, and what they cost, quiet and in a busy log. */
async function main(): Promise<void> {
  const options = new Command('watch')
    .description('Measures how soon a change is in the graph while the System Log is watched every 10 s.')
    .option('--users <count>', 'users', wholeOption(1), 2_000)
    .option('--groups <count>', 'groups', wholeOption(1), 200)
    .option('--memberships <count>', 'memberships', wholeOption(1), 10_000)
    .option('--changes <count>', 'changes in each part', wholeOption(1), 200)
    .option('--quiet-minutes <count>', 'minutes without a change', wholeOption(1), 2)
    .parse()
    .opts<Options>();
  const { users, groups, memberships, changes, quietMinutes } = options;
  const stack = await Stack.start(
    { users, groups, memberships, limits: UNLIMITED, seed: 1 },
    { WATCH_INTERVAL: '10s' },
  );
  try {
    await stack.sync({ mode: 'full' });
    await stack.client.workflow.start(WATCH_WORKFLOW_TYPE, {
      workflowId: watchId(stack.domain),
      taskQueue: stack.config.temporal.taskQueue,
      args: [{ domain: stack.domain, intervalMs: INTERVAL_MS }],
    });
    await sleep(2 * INTERVAL_MS);
    console.log(`${users} users, ${groups} groups, ${memberships} memberships, polled every 10 s\n`);
    stack.sim.stats.reset();
    await sleep(quietMinutes * 60_000);
    const quiet = Object.entries(stack.sim.stats.snapshot().byRoute).map(
      ([route, count]) => `${route} ${Math.round((count / quietMinutes) * 60)}`,
    );
    console.log(`Calls in an hour without a change: ${quiet.join(', ') || 'none'}\n`);
    print('quiet log', await measure(stack, changes));
    const flooding = new AbortController();
    const flood = keepFlooding(stack, flooding.signal);
    print('1,000 other events a minute', await measure(stack, changes));
    flooding.abort();
    await flood;
    await stack.sync({ mode: 'incremental' });
    const differences = await stack.differences({ loginsMayLag: true });
    if (differences.length > 0) throw new Error(differences.join('\n'));
  } finally {
    await stopWatch(stack.client, stack.domain, 'the benchmark has ended');
    await stack.stop();
    await stopServers();
  }
}

/** Nine of ten events are sign-ins; the tenth asks for a user to be read that has not changed. */
async function keepFlooding(stack: Stack, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    stack.sim.org.flood({ events: 900, overMs: 60_000, types: ['user.session.start'] });
    stack.sim.org.flood({
      events: 100,
      overMs: 60_000,
      concerning: 'users',
      types: ['user.account.update_profile'],
    });
    await sleep(60_000, undefined, { signal }).catch(() => undefined);
  }
}

/** Makes changes at random times within an interval, several at once, and waits for each. */
async function measure(stack: Stack, changes: number): Promise<Found> {
  const latenciesMs = new Map<string, number[]>();
  let missed = 0;
  stack.sim.stats.reset();
  const before = await runsOf(stack);
  const waiting: Promise<void>[] = [];
  for (let nth = 0; nth < changes; nth += 1) {
    const { kind, shows, parameters } = change(stack, nth);
    const sinceMs = performance.now();
    const seen = async () => {
      for (;;) {
        const [row] = await stack.db.read<{ is: boolean }>(shows, { domain: stack.domain, ...parameters });
        const tookMs = performance.now() - sinceMs;
        if (row?.is) return void latenciesMs.set(kind, [...(latenciesMs.get(kind) ?? []), tookMs]);
        if (tookMs > LONGEST_MS) return void (missed += 1);
        await sleep(LOOK_MS);
      }
    };
    waiting.push(seen());
    // Not a divisor of the interval, so that the changes are spread over it.
    await sleep(3_137);
  }
  await Promise.all(waiting);
  return {
    latenciesMs,
    missed,
    calls: stack.sim.stats.snapshot().byRoute,
    runs: (await runsOf(stack)) - before,
  };
}

async function runsOf(stack: Stack): Promise<number> {
  const [row] = await stack.db.read<{ runs: number }>(
    'MATCH (o:OktaOrg {domain: $domain}) RETURN o.last_run AS runs',
    { domain: stack.domain },
  );
  return row?.runs ?? 0;
}

const KINDS = [
  'user changed',
  'user created',
  'user suspended',
  'user deactivated',
  'member added',
  'member removed',
  'group renamed',
  'group created',
] as const;

/** Makes the `nth` change. */
function change({ sim: { org } }: Stack, nth: number): Change {
  const kind = KINDS[nth % KINDS.length] ?? 'user changed';
  const truth = org.truth();
  const active = [...truth.users()].filter(({ status }) => status === 'ACTIVE');
  const groups = [...truth.groups()].filter(({ type }) => type === 'OKTA_GROUP');
  const user = String(active[(nth * 7) % active.length]?.id);
  const membersOf = new Map(groups.map(({ id }) => [id, new Set<string>()]));
  for (const [id, of] of truth.edges()) membersOf.get(of)?.add(id);
  // One that has somebody to remove.
  const withMembers = [...membersOf].filter(([, { size }]) => size > 0);
  const [group = '', members = new Set<string>()] = withMembers[(nth * 5) % withMembers.length] ?? [];
  // The other part of the measurement makes other ones.
  const text = `Changed ${randomUUID()}`;
  const exists = (pattern: string) => `RETURN EXISTS { ${pattern} } AS is`;
  const ofUser = '(u:User {okta_domain: $domain, id: $user})';
  const ofGroup = '(g:Group {okta_domain: $domain, id: $group})';
  switch (kind) {
    case 'user changed':
      org.renameUser(user, { title: text });
      return { kind, parameters: { user, text }, shows: exists(`${ofUser} WHERE u.title = $text`) };
    case 'user created':
      return {
        kind,
        parameters: { user: org.addUser() },
        shows: exists(`${ofUser}-[:MEMBER_OF]->(:Group {type: 'BUILT_IN'})`),
      };
    case 'user suspended':
      org.suspendUser(user);
      return { kind, parameters: { user }, shows: exists(`${ofUser} WHERE u.status = 'SUSPENDED'`) };
    case 'user deactivated':
      org.deactivateUser(user);
      return { kind, parameters: { user }, shows: exists(`${ofUser} WHERE u.status = 'DEPROVISIONED'`) };
    case 'member added': {
      const outsider = String(active.find(({ id }) => !members.has(id))?.id);
      org.addMembership(group, outsider);
      return {
        kind,
        parameters: { user: outsider, group },
        shows: exists(`${ofUser}-[:MEMBER_OF]->${ofGroup}`),
      };
    }
    case 'member removed': {
      const [member = ''] = members;
      org.removeMembership(group, member);
      return {
        kind,
        parameters: { user: member, group },
        shows: `RETURN NOT EXISTS { ${ofUser}-[:MEMBER_OF]->${ofGroup} } AS is`,
      };
    }
    case 'group renamed':
      org.renameGroup(group, text);
      return { kind, parameters: { group, text }, shows: exists(`${ofGroup} WHERE g.name = $text`) };
    case 'group created':
      return { kind, parameters: { group: org.addGroup() }, shows: exists(ofGroup) };
  }
}

function print(title: string, { latenciesMs, missed, calls, runs }: Found): void {
  const all = [...latenciesMs.values()].flat();
  const row = (name: string, figures: readonly number[]) =>
    console.log(
      `| ${name} | ${figures.length} | ${seconds(median(figures))} | ${seconds(percentile(figures, 95))} | ${seconds(Math.max(...figures))} |`,
    );
  console.log(
    `### ${title}\n\n| change | number | median | 95 % | longest |\n| --- | --: | --: | --: | --: |`,
  );
  for (const [kind, figures] of latenciesMs) row(kind, figures);
  row('all', all);
  const perChange = Object.entries(calls)
    .filter(([route]) => route !== 'logs')
    .map(([route, count]) => `${route} ${(count / all.length).toFixed(2)}`);
  console.log(
    `\n${missed} missed; ${runs} runs; calls for each change: ${perChange.join(', ')}; polls: ${calls['logs'] ?? 0}\n`,
  );
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

exitAfter(main);
