import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type {
  CallsNeeded,
  ChurnPlan,
  ChurnResult,
  FaultRule,
  SettingsChange,
  StatsSnapshot,
  TruthCounts,
} from '../../../src/simulator';
import type { AccessLines } from '../graph/accessComparison';
import type { OrgTruth } from '../graph/comparison';
import { NodeProcess } from '../servers/nodeProcess';

export interface OrgSize {
  users: number;
  groups: number;
  memberships: number;
  /** By default a number that fits the users. */
  apps?: number;
  rules?: number;
  roles?: number;
}

type TruthLine =
  | { user: Record<string, unknown> }
  | { group: Record<string, unknown> }
  | { edge: [string, string] }
  | { counts: TruthCounts };

/** A simulated org in a process of its own, so that its CPU time is not the worker's. */
export class SimulatedOrg {
  private constructor(
    private readonly process: NodeProcess,
    readonly domain: string,
    readonly token: string,
  ) {}

  /** @param hasAwkwardPeople false to leave out users with unusual data, which not every client can read. */
  static async start(
    size: OrgSize,
    seed: number,
    settings: SettingsChange,
    hasAwkwardPeople = true,
  ): Promise<SimulatedOrg> {
    const sizes = Object.entries(size).flatMap(([name, count]) => [`--${name}`, String(count)]);
    const args = [
      'dist/client.js',
      'simulator',
      ...sizes,
      '--seed',
      String(seed),
      '--settings',
      JSON.stringify(settings),
      ...(hasAwkwardPeople ? [] : ['--no-awkward']),
    ];
    const { process, line } = await NodeProcess.start(args, {}, (text) => text.startsWith('{"domain"'));
    const { domain, token } = JSON.parse(line) as { domain: string; token: string };
    return new SimulatedOrg(process, domain, token);
  }

  churn(plan: ChurnPlan): Promise<ChurnResult> {
    return this.post('churn', plan);
  }

  async setFaults(rules: readonly FaultRule[]): Promise<void> {
    await this.post('faults', rules);
  }

  async change(settings: SettingsChange): Promise<void> {
    await this.post('settings', settings);
  }

  stats(): Promise<StatsSnapshot> {
    return this.get('stats');
  }

  async resetStats(): Promise<void> {
    await this.post('stats/reset', {});
  }

  counts(): Promise<TruthCounts & { callsNeeded: CallsNeeded }> {
    return this.get('counts');
  }

  /** What the org holds now; read once. */
  async truth(): Promise<OrgTruth> {
    const users: Record<string, unknown>[] = [];
    const groups: Record<string, unknown>[] = [];
    const edges: [string, string][] = [];
    const { body } = await this.fetch('truth', {});
    if (!body) throw new Error('The simulated org sent no truth.');
    for await (const text of createInterface({ input: Readable.fromWeb(body as never) })) {
      const line = JSON.parse(text) as TruthLine;
      if ('user' in line) users.push(line.user);
      if ('group' in line) groups.push(line.group);
      if ('edge' in line) edges.push(line.edge);
    }
    return { users, groups, edges };
  }

  /** The apps, admin roles and group rules that the org holds now, by the kind of line that the org streams. */
  async accessTruth(): Promise<AccessLines> {
    const lines: AccessLines = { app: [], appUser: [], appGroup: [], role: [], rule: [] };
    const text = await (await this.fetch('truth/access', {})).text();
    for (const line of text.trimEnd().split('\n')) {
      for (const [kind, value] of Object.entries(JSON.parse(line) as Record<string, never>))
        if (kind in lines) lines[kind as keyof AccessLines].push(value);
    }
    return lines;
  }

  /** CPU time and memory of the process. */
  usage(): ReturnType<NodeProcess['usage']> {
    return this.process.usage();
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }

  private async get<T>(route: string): Promise<T> {
    return (await (await this.fetch(route, {})).json()) as T;
  }

  private async post<T>(route: string, body: unknown): Promise<T> {
    return (await (await this.fetch(route, { method: 'POST', body: JSON.stringify(body) })).json()) as T;
  }

  private async fetch(route: string, init: RequestInit): Promise<Response> {
    const headers = { Authorization: `SSWS ${this.token}` };
    const response = await fetch(`http://${this.domain}/simulator/${route}`, { ...init, headers });
    if (!response.ok)
      throw new Error(`/simulator/${route} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}
