import { randomUUID } from 'node:crypto';
import '../servers/logs';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Activities } from '../../../src/activities';
import { LIST_START, type ListCursor } from '../../../src/activities/lists';
import type { AccessPart } from '../../../src/activities/access/syncAccess';
import type { Ports } from '../../../src/activities/ports';
import type { SweepCursor } from '../../../src/activities/sweep';
import { loadConfig, type Config } from '../../../src/config';
import { ACCESS_KINDS, type RequestedMode, type SyncReport } from '../../../src/contract';
import { GraphDatabase } from '../../../src/graph/database';
import type { Run } from '../../../src/graph/write/run';
import { beginRun, type RunToBegin } from '../../../src/graph/write/runs';
import { ensureAccessSchema } from '../../../src/graph/schema/accessSchema';
import { ensureSchema } from '../../../src/graph/schema/schema';
import type { Neo4jServer } from '../../../src/local/neo4j';
import { ConfiguredOrgs } from '../../../src/okta/directory';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator';
import { neo4j } from '../servers/services';
import { neo4jVariables, orgVariables } from '../environment';
import { accessDifferences } from '../graph/accessComparison';
import { differences } from '../graph/comparison';
import { emptyGraph } from '../graph/emptyGraph';
import { approveAll } from './approval';
import { accessTruthOf, truthOf } from './truth';

/** A simulated org, the real Neo4j and the activities between them, without Temporal. */
export class OrgUnderTest {
  private constructor(
    readonly sim: Simulator,
    readonly db: GraphDatabase,
    private readonly okta: ConfiguredOrgs,
    private readonly config: Config,
  ) {}

  private readonly otherWorkers: ConfiguredOrgs[] = [];

  /** @param retryPauseMs the base of the pauses between attempts at a request. */
  static async start(
    options: SimulatorOptions,
    retryPauseMs = 5,
    server: () => Promise<Pick<Neo4jServer, 'uri' | 'username' | 'password'>> = neo4j,
  ): Promise<OrgUnderTest> {
    const [graph, sim] = await Promise.all([server(), startSimulator({ awkward: false, ...options })]);
    const config = loadConfig({ ...orgVariables(sim), ...neo4jVariables(graph) });
    const okta = { ...config.okta, retryPauseMs };
    const db = GraphDatabase.open(config.neo4j);
    await ensureSchema(db);
    await ensureAccessSchema(db, ACCESS_KINDS);
    return new OrgUnderTest(sim, db, new ConfiguredOrgs(okta), config);
  }

  /**
   * Begins a run as `beginRun` does, every removal of which is approved unless `change` says otherwise, and forgets what was
   * asked of the org before.
   */
  async begin(change: Partial<RunToBegin> = {}): Promise<Run> {
    const approval =
      change.allowDeletes === undefined
        ? await approveAll(this.db, this.sim.domain)
        : { allowDeletes: false };
    const run = await beginRun(this.db, {
      domain: this.sim.domain,
      organizationId: `00o-${this.sim.domain}`,
      id: randomUUID(),
      workflowId: 'test',
      mode: 'full',
      ...approval,
      keepsHistory: true,
      hasOktaLabels: true,
      fullEveryMs: 86_400_000,
      ...change,
    });
    this.sim.stats.reset();
    return run;
  }

  /** Calls that the org has answered or refused, by route. */
  get calls(): Readonly<Record<string, number>> {
    return this.sim.stats.snapshot().byRoute;
  }

  attempt(options: AttemptOptions = {}): ActivityAttempt {
    const { chunkMs, heartbeatDetails, nth = 1, ports, ...limits } = options;
    const { sync, ...others } = { ...this.ports, ...ports };
    const chunk = chunkMs === undefined ? {} : { chunkMs };
    return new ActivityAttempt(createActivities({ ...others, sync: { ...sync, ...limits }, ...chunk }), {
      attempt: nth,
      ...(heartbeatDetails !== undefined && { heartbeatDetails }),
    });
  }

  /** What activities work with here. */
  get ports(): Ports {
    const { okta, db: graph, config } = this;
    return { okta, graph, sync: { ...config.sync, proofGapMs: 0 }, searchAttributes: [] };
  }

  /** A whole run, chunk by chunk, as the workflow does it. */
  async wholeRun(change: Partial<RunToBegin> = {}, options: AttemptOptions = {}): Promise<SyncReport> {
    const run = await this.begin({ allowDeletes: false, ...change });
    await this.lists(run, options);
    await this.members(run, options);
    if (run.access) await this.access(run, 'read', options);
    await this.sweep(run, options);
    if (run.access) await this.access(run, 'settled', options);
    return this.attempt(options).call('endRun', run);
  }

  /** A {@link wholeRun} of which every removal is approved. */
  async approvedRun(mode: RequestedMode): Promise<SyncReport> {
    return this.wholeRun({ mode, ...(await approveAll(this.db, this.sim.domain)) });
  }

  /** Where the graph is not what the org is. */
  async differences(options?: { loginsMayLag: boolean }): Promise<string[]> {
    return differences(this.db, this.sim.domain, truthOf(this.sim), options);
  }

  async lists(run: Run, options: AttemptOptions = {}): Promise<void> {
    const read = async (name: 'syncUsers' | 'syncGroups') => {
      for (let cursor: ListCursor | undefined = LIST_START; cursor;)
        ({ cursor } = await this.attempt(options).call(name, run, cursor));
    };
    await Promise.all([read('syncUsers'), read('syncGroups')]);
  }

  async members(run: Run, options: AttemptOptions = {}): Promise<void> {
    while (!(await this.attempt(options).call('syncMemberships', run)).done);
  }

  async sweep(run: Run, options: AttemptOptions = {}): Promise<void> {
    let cursor: SweepCursor | undefined;
    do cursor = await this.attempt(options).call('sweep', run, cursor);
    while (cursor);
  }

  async access(run: Run, part: AccessPart, options: AttemptOptions = {}): Promise<void> {
    while (!(await this.attempt(options).call('syncAccess', run, part)).isDone);
  }

  /** Where the apps, rules and roles of the graph are not those of the org. */
  accessDifferences(): Promise<string[]> {
    const groupIds = new Set([...this.sim.org.truth().groups()].map(({ id }) => id));
    return accessDifferences(this.db, this.sim.domain, accessTruthOf(this.sim), groupIds);
  }

  /** What the graph holds of the org now. */
  async content(): Promise<{ users: string[]; groups: string[]; memberships: number }> {
    const [content] = await this.db.read<{ users: string[]; groups: string[]; memberships: number }>(
      `RETURN COLLECT { MATCH (u:User {okta_domain: $domain}) RETURN u.id ORDER BY u.id } AS users,
              COLLECT { MATCH (g:Group {okta_domain: $domain}) RETURN g.id ORDER BY g.id } AS groups,
              COUNT { MATCH (:Group {okta_domain: $domain})<-[:MEMBER_OF]-() } AS memberships`,
      { domain: this.sim.domain },
    );
    return content ?? { users: [], groups: [], memberships: 0 };
  }

  /** The org as another worker knows it, whose requests take no turns with those of this one. */
  get oktaOfAnotherWorker(): ConfiguredOrgs {
    const okta = new ConfiguredOrgs(this.config.okta);
    this.otherWorkers.push(okta);
    return okta;
  }

  /** What a run has counted on its `SyncRun`. */
  async counted(run: Run): Promise<Record<string, unknown>> {
    const [row] = await this.db.read<{ counts: Record<string, unknown> }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN properties(r) AS counts',
      { domain: run.domain, id: run.id },
    );
    return row?.counts ?? {};
  }

  /** Deletes users as Okta does, which takes two steps. */
  deleteUsers(count: number): void {
    for (const { id, status } of [...this.sim.org.truth().users()].slice(0, count)) {
      if (status !== 'DEPROVISIONED') this.sim.org.deactivateUser(id);
      this.sim.org.deleteUser(id);
    }
  }

  async stop(): Promise<void> {
    await emptyGraph(this.db, [this.sim.domain]);
    await this.close();
  }

  /** Leaves the graph as it is. */
  async close(): Promise<void> {
    await this.db.close();
    for (const okta of [this.okta, ...this.otherWorkers]) okta.close();
    await this.sim.close();
  }
}

export interface AttemptOptions {
  chunkMs?: number;
  /** Default 0. */
  proofGapMs?: number;
  maxDeletePercent?: number;
  /** What the activities work with instead. */
  ports?: Partial<Ports>;
  /** Number of the attempt; default 1. */
  nth?: number;
  /** What the attempt before has said last. */
  heartbeatDetails?: unknown;
}

/** A value as it is on the other side of Temporal, which sends JSON. */
function sent<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** One attempt at an activity, in a context of its own. */
export class ActivityAttempt extends MockActivityEnvironment {
  readonly heartbeats: unknown[] = [];

  constructor(
    private readonly activities: Activities,
    info: { attempt: number; heartbeatDetails?: unknown },
  ) {
    super(info);
    this.on('heartbeat', (details: unknown) => this.heartbeats.push(details));
  }

  async call<Name extends keyof Activities>(
    name: Name,
    ...args: Parameters<Activities[Name]>
  ): Promise<Awaited<ReturnType<Activities[Name]>>> {
    type Result = Awaited<ReturnType<Activities[Name]>>;
    const activity = this.activities[name] as unknown as (...args: unknown[]) => Promise<Result>;
    return sent(await this.run<unknown[], Result, typeof activity>(activity, ...args.map(sent)));
  }

  /** Calls an activity and cancels it at the first heartbeat that says so; returns what it failed with. */
  async cancelledWhen<Name extends keyof Activities>(
    saysSo: (details: never) => boolean,
    name: Name,
    ...args: Parameters<Activities[Name]>
  ): Promise<unknown> {
    this.on('heartbeat', (details: unknown) => void (saysSo(details as never) && this.cancel()));
    return this.failure(this.call(name, ...args));
  }

  /** What a call failed with; undefined when it did not. */
  failure(call: Promise<unknown>): Promise<unknown> {
    return call.then(
      () => undefined,
      (error: unknown) => error,
    );
  }
}
