import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { simulatorCommand } from './options';
import { startSimulator } from './server';

interface Io {
  out: NodeJS.WritableStream;
  err: NodeJS.WritableStream;
}

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
  const { latency, jitter, settings, clientId, publicKey, ...options } = simulatorCommand()
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
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
