import { randomUUID } from 'node:crypto';
import { loadConfig, type Environment } from '../../../src/config';
import { GraphDatabase, type DatabaseOptions } from '../../../src/graph/database';
import type { NodeLabel } from '../../../src/contract';
import type { Run, RunWriter } from '../../../src/graph/write/run';
import { beginRun, type RunToBegin } from '../../../src/graph/write/runs';
import { ensureSchema } from '../../../src/graph/schema/schema';
import { noUsage, type Usage } from '../../../src/okta/callContext';
import { neo4jVariables, orgVariables } from '../environment';
import { emptyGraph } from './emptyGraph';
import { neo4j, SERVICE_TIMEOUT_MS } from '../servers/services';

/** The real Neo4j, with one org of its own for each test. */
export class GraphUnderTest {
  domain = '';
  usage: Usage = noUsage();
  private readonly domains: string[] = [];

  constructor(readonly db: GraphDatabase) {}

  /** Another org; `domain` is the one of the test. */
  newDomain(): string {
    const domain = `${randomUUID()}.okta.com`;
    this.domains.push(domain);
    return domain;
  }

  /** What writers of a run take. */
  writer(run: Run): RunWriter {
    return { db: this.db, run, usage: this.usage };
  }

  begin(change: Partial<RunToBegin> = {}): Promise<Run> {
    const domain = change.domain ?? this.domain;
    return beginRun(this.db, {
      domain,
      organizationId: `00o-${domain}`,
      id: randomUUID(),
      workflowId: `okta-sync/${domain}`,
      mode: 'full',
      allowDeletes: false,
      keepsHistory: true,
      hasOktaLabels: true,
      fullEveryMs: 86_400_000,
      ...change,
    });
  }

  /** An incremental run needs a watermark, which an earlier one has left. */
  async beginIncremental(change: Partial<RunToBegin> = {}): Promise<Run> {
    await this.db.run(
      `MERGE (o:OktaOrg {domain: $domain})
       SET o.users_watermark = coalesce(o.users_watermark, datetime('2026-01-01T00:00:00Z'))`,
      { domain: change.domain ?? this.domain },
    );
    return this.begin({ mode: 'incremental', ...change });
  }

  /** All properties of one node as Cypher values; undefined when there is none. */
  async node(label: NodeLabel, id: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.db.read<{ node: Record<string, unknown> }>(
      `MATCH (n:${label} {okta_domain: $domain, id: $id}) RETURN properties(n) AS node`,
      { domain: this.domain, id },
    );
    return row?.node;
  }

  /** What a run has counted so far, and its other properties. */
  async syncRun(run: Run): Promise<Record<string, unknown>> {
    const [row] = await this.db.read<{ node: Record<string, unknown> }>(
      'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) RETURN properties(r) AS node',
      { domain: run.domain, id: run.id },
    );
    return row?.node ?? {};
  }

  /** One value of one row, for a test of the test's own. */
  async value<T>(cypher: string, parameters: Record<string, unknown> = {}): Promise<T> {
    const [row] = await this.db.read<{ value: T }>(cypher, { domain: this.domain, ...parameters });
    return row?.value as T;
  }

  set(cypher: string, parameters: Record<string, unknown> = {}): Promise<unknown> {
    return this.db.run(cypher, { domain: this.domain, ...parameters });
  }

  async clean(): Promise<void> {
    await emptyGraph(this.db, this.domains.splice(0));
  }
}

/** The database under test, by default as its owner and directly. */
export async function openGraph(
  change: Environment = {},
  options: DatabaseOptions = {},
  server = neo4j,
): Promise<GraphDatabase> {
  const { neo4j: config } = loadConfig({
    ...orgVariables(),
    ...neo4jVariables(await server()),
    ...change,
  });
  return GraphDatabase.open(config, options);
}

/** Call it within a `describe`; what it returns is ready in each test. */
export function useGraph(server = neo4j): GraphUnderTest {
  const graph = new GraphUnderTest(undefined as unknown as GraphDatabase);
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    Object.assign(graph, { db: await openGraph({}, undefined, server) });
    await ensureSchema(graph.db);
  });
  beforeEach(() => {
    graph.domain = graph.newDomain();
    graph.usage = noUsage();
  });
  after(async () => {
    // Another server goes with the tests.
    if (server === neo4j) await graph.clean();
    await graph.db.close();
  });
  return graph;
}
