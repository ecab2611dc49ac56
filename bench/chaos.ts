import { Command } from 'commander';
import { chaos, type ChaosOptions } from '../dev/lab/chaos';
import { number } from './support/number';

async function main(): Promise<void> {
  const options = new Command('chaos')
    .description(
      'Syncs a simulated org while everything fails, then compares the whole graph with it. Needs npm run build.',
    )
    .option('--users <count>', 'users', number, 3000)
    .option('--groups <count>', 'groups', number, 300)
    .option('--memberships <count>', 'memberships', number, 33_000)
    .option('--seed <number>', 'draws the faults and the moments', number, 1)
    .option('--runs <count>', 'runs, one after another', number, 3)
    .option('--kills <count>', 'kill -9 of the worker in each run', number, 5)
    .option('--latency <ms>', 'time to the first byte of an answer', number, 20)
    .option('--no-faults', 'no faults of Okta')
    .option('--no-outages', 'no restarts of Neo4j and Temporal')
    .option('--no-churn', 'no changes between the runs')
    .parse()
    .opts<ChaosOptions>();
  const { isGood } = await chaos(options, (line) => console.log(line));
  process.exitCode = isGood ? 0 : 1;
}

void main();
