import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const CLIENT = join(__dirname, '../../dist/client.js');

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface ClientProcess {
  child: ChildProcessWithoutNullStreams;
  ended: Promise<Ended>;
}

/** Starts the command line of the build with nothing in its environment but what is given, away from any `.env`. */
export function startClient(args: string[], environment: Record<string, string>): ClientProcess {
  const options = { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...environment } };
  const child = spawn(process.execPath, [CLIENT, ...args], options);
  return { child, ended: endOf(child) };
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode: exitCode as number | null, stdout, stderr };
}
