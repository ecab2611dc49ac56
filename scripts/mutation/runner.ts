import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithThisProcess, forgetChild } from '../../src/local/processes';
import { Servers, shareServers } from '../../dev/lab/servers/servers';
import type { Copy } from './copy';
import type { Job, Reached, Try, Verdict } from './testProcess';

/** Between a wish to end and the kill. */
const GRACE_MS = 5_000;

interface JobOptions {
  files: readonly string[];
  tries?: readonly Try[];
  /** Longest time between two messages of the process. */
  timeoutMs: number;
}

/** How a process with tests ended. */
export type Ending = 'done' | 'timed out' | 'crashed';

/** Runs test files of the copy, in one process at a time, at servers that they share. */
export class Runner {
  #servers = new Servers();
  #url = shareServers(this.#servers);
  #pid: number | undefined;
  #isStopped = false;

  constructor(private readonly copy: Copy) {}

  /** Runs the tries one after another; `onVerdict` gets each that ends. */
  async play(options: JobOptions, onVerdict: (verdict: Verdict) => void): Promise<Ending> {
    const { files, tries = [] } = options;
    return this.start({ files, tries, isMeasured: false }, options.timeoutMs, onVerdict);
  }

  /** Runs all tests of a file; what they have reached until then is returned when they take too long, too. */
  async measure(file: string, timeoutMs: number): Promise<Reached[]> {
    const found: Reached[] = [];
    await this.start<Reached>({ files: [file], tries: [], isMeasured: true }, timeoutMs, (each) =>
      found.push(each),
    );
    return found;
  }

  /** New servers, as after a mutant that left something behind in the shared ones. */
  async restartServers(): Promise<void> {
    await this.#servers.stop();
    this.#servers = new Servers();
    this.#url = shareServers(this.#servers);
  }

  /** Later jobs do not begin. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.kill();
    await this.#servers.stop();
  }

  private async start<Message>(
    job: Job,
    timeoutMs: number,
    onMessage: (message: Message) => void,
  ): Promise<Ending> {
    if (this.#isStopped) return new Promise(() => undefined);
    const path = join(this.copy.folder, '.local/job.json');
    writeFileSync(path, JSON.stringify(job));
    const child = fork('scripts/mutation/testProcess.ts', [path], {
      cwd: this.copy.folder,
      execArgv: ['--import', 'tsx'],
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {
        ...process.env,
        OKTA_GRAPH_TEST_SERVERS: await this.#url,
        OKTA_GRAPH_TEST_BUNDLE: this.copy.bundle,
      },
    });
    this.#pid = child.pid;
    if (child.pid !== undefined) endWithThisProcess(child.pid);
    const ending = await new Promise<Ending>((resolve) => {
      const timer = setTimeout(() => resolve('timed out'), timeoutMs);
      child.on('message', (message) => {
        timer.refresh();
        onMessage(message as Message);
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        resolve(code === 0 ? 'done' : 'crashed');
      });
    });
    await this.kill();
    return ending;
  }

  /** Ends what is left of the tests' process group, where they start theirs. */
  private async kill(): Promise<void> {
    const pid = this.#pid;
    this.#pid = undefined;
    if (pid === undefined) return;
    forgetChild(pid);
    if (!signal(pid, 'SIGTERM')) return;
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
