import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { startSimulator } from './server';

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

const jsonObject = (text: string): object => {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new InvalidArgumentError('It must be JSON.');
  }
};

/** Runs a simulated Okta org until SIGTERM or SIGINT; prints one line of JSON once it listens. */
async function main(): Promise<void> {
  const { latency, jitter, settings, clientId, publicKey, ...options } = new Command('simulator')
    .description('A simulated Okta org, for a demo, tests and benchmarks')
    .option('--users <count>', 'users', wholeNumber)
    .option('--groups <count>', 'groups, Everyone among them', wholeNumber)
    .option('--memberships <count>', 'memberships, those of Everyone among them', wholeNumber)
    .option('--seed <number>', 'the same seed gives the same org', wholeNumber)
    .option('--port <number>', 'port, 0 for a free one', wholeNumber)
    .option('--host <address>', 'address to listen at')
    .option('--token <token>', 'the API token that is let in')
    .option('--client-id <id>', 'the service app that is let in, with --public-key')
    .option('--public-key <file>', 'its public key, PEM or JWK')
    .option('--huge-profiles <count>', 'users whose profile has 1 MB', wholeNumber)
    .option('--no-awkward', 'leave out the awkward people')
    .option('--latency <ms>', 'time to the first byte of an answer', wholeNumber)
    .option('--jitter <ms>', 'up to this much more', wholeNumber)
    .option('--settings <json>', 'any other setting, such as {"limits":{"groups":500}}', jsonObject)
    .parse()
    .opts<CommandLine>();
  const simulator = await startSimulator({
    ...options,
    ...(clientId !== undefined &&
      publicKey !== undefined && { app: { clientId, publicKey: readFileSync(publicKey, 'utf8') } }),
    ...(latency !== undefined && { latencyMs: latency }),
    ...(jitter !== undefined && { latencyJitterMs: jitter }),
    ...settings,
  });
  const { domain, origin, token, org } = simulator;
  process.stdout.write(`${JSON.stringify({ domain, origin, token, ...org.truth().counts })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
}

interface CommandLine {
  users?: number;
  groups?: number;
  memberships?: number;
  seed?: number;
  port?: number;
  host?: string;
  token?: string;
  clientId?: string;
  publicKey?: string;
  hugeProfiles?: number;
  awkward: boolean;
  latency?: number;
  jitter?: number;
  settings?: object;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
