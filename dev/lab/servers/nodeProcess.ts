import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';

/** Lines of output that are kept. */
const MAX_LINES = 2_000;

/** A Node process of the build, up when a line of its output says so. */
export class NodeProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
    private readonly lines: readonly string[],
  ) {}

  /** @returns the process, and the line that said that it is up. */
  static async start(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    isUp: (line: string) => boolean,
  ): Promise<{ process: NodeProcess; line: string }> {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const lines: string[] = [];
    const line = await new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (text) => {
          if (lines.length < MAX_LINES) lines.push(text);
          if (isUp(text)) resolve(text);
        });
      }
      child.once('exit', () => reject(new Error(`${args.join(' ')} ended:\n${lines.join('\n')}`)));
    });
    return { process: new NodeProcess(child, exited, lines), line };
  }

  /** The first lines that it has written so far. */
  get output(): string {
    return this.lines.join('\n');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    await this.exited;
  }

  /** CPU seconds so far and the largest resident set, as Linux counts them. */
  usage(): { cpuSeconds: number; peakMb: number } {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
    return { cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100, peakMb: Number(peak) / 1024 };
  }
}
