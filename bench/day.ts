import { Command } from 'commander';
import { mochaGlobalTeardown as stopServers } from '../dev/lab/servers/services';
import { RUNS_A_DAY, SimulatedDays } from '../dev/lab/org/simulatedDays';
import { assertNone } from './support/assertNone';
import { wholeOption } from '../src/text/wholeOption';
import { UNLIMITED } from './support/sizes';

interface Options {
  users: number;
  groups: number;
  memberships: number;
  changed: number;
  days: number;
}

/** Prints the calls of each automatic run after a full one, with verification spread and daily, of the same org. */
async function main(): Promise<void> {
  const options = new Command('day')
    .description('Counts the calls of the runs of simulated days, with SYNC_VERIFY=spread and daily.')
    .option('--users <count>', 'users', wholeOption(1), 2_000)
    .option('--groups <count>', 'groups', wholeOption(1), 1_000)
    .option('--memberships <count>', 'memberships', wholeOption(1), 20_000)
    .option('--changed <count>', 'groups that change between two runs', wholeOption(1), 10)
    .option('--days <count>', 'days', wholeOption(1), 2)
    .parse()
    .opts<Options>();
  const sides = await bothSides(options);
  const { users, groups, memberships, changed } = options;
  console.log(
    `${users} users, ${groups} groups, ${memberships} memberships, ${changed} groups change between two runs\n\n` +
      '| hours after a full run | spread | daily |\n| --: | --: | --: |',
  );
  for (const [nth, calls] of sides.spread.entries())
    console.log(`| ${(24 / RUNS_A_DAY) * (nth + 1)} | ${calls} | ${sides.daily[nth]} |`);
  const row = (name: string, of: (calls: readonly number[]) => number) =>
    console.log(`| ${name} | ${of(sides.spread)} | ${of(sides.daily)} |`);
  row('peak', (calls) => Math.max(...calls));
  row('mean', (calls) => Math.round(calls.reduce((sum, each) => sum + each, 0) / calls.length));
}

async function bothSides(options: Options) {
  try {
    return { spread: await callsOf('spread', options), daily: await callsOf('daily', options) };
  } finally {
    await stopServers();
  }
}

async function callsOf(verify: 'spread' | 'daily', { days, changed, ...size }: Options): Promise<number[]> {
  const org = await SimulatedDays.start({ ...size, limits: UNLIMITED, seed: 1 }, verify);
  try {
    await org.full();
    const calls: number[] = [];
    for (let nth = 0; nth < days * RUNS_A_DAY; nth += 1) {
      org.org.sim.org.churn({
        seed: nth,
        groupsTouched: changed,
        addMemberships: changed,
        removeMemberships: changed,
      });
      calls.push((await org.later()).calls);
    }
    assertNone(await org.org.differences({ loginsMayLag: true }));
    return calls;
  } finally {
    await org.org.stop();
  }
}

void main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
