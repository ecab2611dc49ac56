import { readdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './command';

/** Identifies a process. The process id alone is not enough, because it may be reused. */
export interface ProcessMark {
  pid: number;
  /** The command line, joined by spaces. */
  commandLine: string;
}

const POLL_MS = 25;
const STOP_TIMEOUT_MS = 15_000;

export async function isRunning(mark: ProcessMark): Promise<boolean> {
  return mark.commandLine !== '' && (await commandLineOf(mark.pid)) === mark.commandLine;
}

/** Returns the mark of a running process. */
export async function markOf(pid: number): Promise<ProcessMark> {
  return { pid, commandLine: (await commandLineOf(pid)) ?? '' };
}

/** Stops a process group, given its leader, with SIGTERM, and after 15 s with SIGKILL. Resolves when it has ended. */
export async function stopProcess(mark: ProcessMark): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isRunning(mark))) return;
    send(mark.pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (await hasEnded(mark)) return;
      await delay(POLL_MS);
    }
  }
}

const children = new Set<number>();

/** Makes a child's process group end with this process, whether it ends normally, by `process.exit` or by a signal. */
export function endWithThisProcess(pid: number): void {
  if (!process.listeners('exit').includes(endChildren)) watchForExit();
  children.add(pid);
}

/** Reverts {@link endWithThisProcess} for a child that has ended. */
export function forgetChild(pid: number): void {
  children.delete(pid);
}

function watchForExit(): void {
  process.on('exit', endChildren);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // If there are other listeners, they decide when this process ends. Otherwise, the signal ends it as usual.
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}

function endChildren(): void {
  for (const pid of children) send(pid, 'SIGTERM');
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Linux clears the command line first, but files and ports are only closed when the last thread has ended. */
async function hasEnded({ pid, commandLine }: ProcessMark): Promise<boolean> {
  const shown = await commandLineOf(pid);
  if (shown !== '') return shown !== commandLine;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  return stat === undefined || (/\) [ZX] /.test(stat) && threads.length <= 1);
}

/** Returns undefined for a process that does not exist. On Linux, returns an empty string for one that is ending. */
async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
    return text?.replaceAll('\0', ' ').trim();
  }
  const shown = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => undefined);
  return shown?.stdout.trim();
}
