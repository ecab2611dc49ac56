import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { startSimulator } from './server';

interface Io {
  out: NodeJS.WritableStream;
  err: NodeJS.WritableStream;
}

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Must be a whole number.');
  return Number(text);
};

const jsonObject = (text: string): object => {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new InvalidArgumentError('Must be valid JSON.');
  }
};

/**
 * Serves a simulated Okta org until SIGTERM or SIGINT. Prints one line of JSON when it is ready. Never rejects.
 *
 * @returns the exit code.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    await serve(args, io);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.err.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function serve(args: readonly string[], { out, err }: Io): Promise<void> {
  const { latency, jitter, settings, clientId, publicKey, ...options } = new Command('okta-graph simulator')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .description('A simulated Okta org, for a demo, tests and benchmarks')
    .option('--users <count>', 'number of users', wholeNumber)
    .option('--groups <count>', 'number of groups, including Everyone', wholeNumber)
    .option('--memberships <count>', 'number of memberships, including those of Everyone', wholeNumber)
    .option('--apps <count>', 'number of apps', wholeNumber)
    .option('--rules <count>', 'number of group rules', wholeNumber)
    .option('--roles <count>', 'number of admin role assignments', wholeNumber)
    .option('--seed <number>', 'the same seed gives the same org', wholeNumber)
    .option('--port <number>', 'port to listen on, 0 for a free one', wholeNumber)
    .option('--host <address>', 'address to listen on')
    .option('--token <token>', 'accepted API token')
    .option('--client-id <id>', 'client ID of an accepted service app; requires --public-key')
    .option('--public-key <file>', "the service app's public key, PEM or JWK")
    .option('--huge-profiles <count>', 'number of users with a profile of 1 MB', wholeNumber)
    .option('--no-awkward', 'leave out users with unusual data')
    .option('--latency <ms>', 'time to the first byte of a response', wholeNumber)
    .option('--jitter <ms>', 'maximum random addition to the latency', wholeNumber)
    .option('--settings <json>', 'other settings, such as {"limits":{"groups":500}}', jsonObject)
    .parse(args, { from: 'user' })
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
  out.write(`${JSON.stringify({ domain, origin, token, ...org.truth().counts })}\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await simulator.close();
}

interface CommandLine {
  users?: number;
  groups?: number;
  memberships?: number;
  apps?: number;
  rules?: number;
  roles?: number;
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
