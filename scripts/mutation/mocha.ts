import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../../test/support/reporter';
import { Servers, shareServers } from '../../test/support/servers';
import type { Copy } from './copy';
import type { Reached } from './reporter';

const MOCHA = require.resolve('mocha/bin/mocha.js');
const REPORTER = 'scripts/mutation/reporter.ts';
/** Between a wish to end and the kill. */
const GRACE_MS = 5_000;

export interface Result {
  isGood: boolean;
  isTimedOut: boolean;
  failed: Outcome[];
  reached: Reached[];
  output: string;
}

/** Runs test files of the copy, one process at a time, at servers that they share. */
export class Mocha {
  #servers = new Servers();
  #url = shareServers(this.#servers);
  #pid: number | undefined;
  #isStopped = false;

  constructor(private readonly copy: Copy) {}

  /**
   * @param titles of the tests to run; all without.
   * @param isMeasured notes what each test reaches, and goes on after a failure.
   */
  async run(
    files: readonly string[],
    {
      titles,
      timeoutMs,
      isMeasured = false,
    }: { titles?: readonly string[]; timeoutMs: number; isMeasured?: boolean },
  ): Promise<Result> {
    if (this.#isStopped) return new Promise(() => undefined);
    const [chosen, outcomes, reached] = ['chosen', 'outcomes', 'reached'].map((name) =>
      join(this.copy.folder, '.local', name),
    ) as [string, string, string];
    for (const path of [outcomes, reached]) rmSync(path, { force: true });
    if (titles) writeFileSync(chosen, titles.join('\n'));
    const child = spawn(
      process.execPath,
      [MOCHA, '--reporter', REPORTER, ...(isMeasured ? [] : ['--bail']), ...files],
      {
        cwd: this.copy.folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          OKTA_GRAPH_TEST_SERVERS: await this.#url,
          OKTA_GRAPH_TEST_BUNDLE: this.copy.bundle,
          OKTA_GRAPH_TEST_OUTCOMES: outcomes,
          ...(titles && { OKTA_GRAPH_MUTATION_TESTS: chosen }),
          ...(isMeasured && { OKTA_GRAPH_MUTATION_REACHED: reached }),
        },
      },
    );
    this.#pid = child.pid;
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const timer = new AbortController();
    const code = await Promise.race([ended, delay(timeoutMs, 'late' as const, { signal: timer.signal })]);
    timer.abort();
    await this.kill();
    return {
      isGood: code === 0,
      isTimedOut: code === 'late',
      failed: lines<Outcome>(outcomes).filter(({ error }) => error !== undefined),
      reached: lines<Reached>(reached),
      output,
    };
  }

  /** New servers, as after tests of a mutant that left something behind in the shared ones. */
  async restartServers(): Promise<void> {
    await this.#servers.stop();
    this.#servers = new Servers();
    this.#url = shareServers(this.#servers);
  }

  /** Later runs do not begin. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.kill();
    await this.#servers.stop();
  }

  /** Ends what the tests have left running of their process group, in which they start theirs. */
  private async kill(): Promise<void> {
    const pid = this.#pid;
    this.#pid = undefined;
    if (pid === undefined || !signal(pid, 'SIGTERM')) return;
    for (let waited = 0; waited < GRACE_MS && signal(pid, 0); waited += 100) await delay(100);
    signal(pid, 'SIGKILL');
  }
}

function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}

function lines<Line>(path: string): Line[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}
