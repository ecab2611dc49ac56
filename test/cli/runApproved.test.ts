import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { defaultPayloadConverter, type Client } from '@temporalio/client';
import { openTemporal } from '../../src/connections/connect';
import { start } from '../../src/cli/run';
import type { Config } from '../../src/config';
import type { SyncRequest } from '../../src/contract';
import { configFor } from '../../dev/lab/configFor';
import { neo4jVariables, temporalVariables } from '../../dev/lab/environment';
import { useGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { Sink } from '../../dev/lab/sink';

/** No worker picks up the runs, since these tests look only at their input. */
describe('The run command with --allow-deletes', () => {
  const graph = useGraph();
  let client: Client;
  let config: Config;
  let output: Sink;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    client = await openTemporal(configFor(temporalVariables(await temporal())));
  });
  beforeEach(async () => {
    const [server, database] = await Promise.all([temporal(), neo4j()]);
    config = configFor({
      ...temporalVariables(server),
      ...neo4jVariables(database),
      OKTA_DOMAIN: graph.domain,
    });
    output = new Sink();
  });
  after(() => client.connection.close());

  const approve = async (allowDeletes: true | number) => {
    const sync = await start({ client, config, domain: graph.domain, mode: 'full', allowDeletes, output });
    const handle = client.workflow.getHandle(sync.workflowId);
    const { events } = await handle.fetchHistory();
    const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    assert(input, 'the run has an input');
    return { ...sync, request: defaultPayloadConverter.fromPayload<SyncRequest>(input) };
  };
  /** The stored approvals: by whom, and the limit for each kind. */
  const approvals = () =>
    graph.db.read<{ id: string; by: string; limits: number[] }>(
      `MATCH (a:RemovalApproval {okta_domain: $domain})
       RETURN a.id AS id, a.by AS by, [a.users, a.groups, a.memberships, a.apps] AS limits`,
      { domain: graph.domain },
    );
  const stop = ({ workflowId }: { workflowId: string }) => client.workflow.getHandle(workflowId).terminate();
  const lastRunWithheld = (users: number, memberships: number) =>
    graph.set(
      `CREATE (:SyncRun {okta_domain: $domain, id: 'last', number: 1, outcome: 'partial',
                         users_withheld: $users, memberships_withheld: $memberships, apps_withheld: 4})`,
      { users, memberships },
    );

  it('approves the removals that the last run withheld, in the name of the OS user, only for the run that it starts', async () => {
    await lastRunWithheld(3, 20);
    const sync = await approve(true);
    const [approval, ...others] = await approvals();
    assert.deepEqual([approval?.by, approval?.limits, others], [userInfo().username, [3, 0, 20, 4], []]);
    assert.deepEqual([sync.request.allowDeletes, sync.request.approvalId], [true, approval?.id]);
    assert.match(output.text, /removal of at most 3 users, 0 groups, 20 memberships, 4 apps\n/);
    await stop(sync);
  });

  it('approves at most the given number of removals of each kind', async () => {
    await lastRunWithheld(90, 90);
    const sync = await approve(57);
    const [approval] = await approvals();
    assert.deepEqual(approval?.limits, [57, 57, 57, 57]);
    await stop(sync);
  });

  it('approves nothing if the last run withheld nothing, and says so', async () => {
    const sync = await approve(true);
    assert.deepEqual(await approvals(), []);
    assert.deepEqual([sync.request.allowDeletes, sync.request.approvalId], [false, undefined]);
    assert.match(output.text, /withheld nothing, so there is nothing to approve; the usual limits apply/);
    await stop(sync);
  });

  it('approves nothing for a run that is already in progress, and says so', async () => {
    await lastRunWithheld(3, 20);
    const running = await start({ client, config, domain: graph.domain, output: new Sink() });
    const sync = await approve(true);
    assert.deepEqual([sync.attached, sync.runId], [true, running.runId]);
    assert.deepEqual(await approvals(), [], 'the approval is withdrawn');
    assert.match(output.text, /--allow-deletes do not apply to it/);
    await stop(sync);
  });
});
