import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../src/contract';
import { Stack } from '../../dev/lab/org/stack';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { until } from '../../dev/lab/until';

/** Temporal's `IndexedValueType`. */
const [KEYWORD, TEXT] = [2, 1];

describe('The search attributes of a run', () => {
  let connection: Connection;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    connection = await Connection.connect({ address: (await temporal()).address });
  });
  after(() => connection.close());

  /** A new namespace with search attributes, by name and type. */
  async function namespaceWith(searchAttributes: Record<string, number>): Promise<string> {
    const namespace = `attributes-${randomUUID()}`;
    const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    // The server's caches learn of a namespace some seconds later.
    await until(() =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).then(
        () => true,
        () => false,
      ),
    );
    await until(async () => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      return Object.keys(searchAttributes).every((name) => name in customAttributes);
    });
    return namespace;
  }

  /** Syncs an org with a worker of the namespace. */
  async function syncIn(namespace: string): Promise<{ stack: Stack; workflowId: string }> {
    const stack = await Stack.start({ users: 5, groups: 1 }, { TEMPORAL_NAMESPACE: namespace });
    try {
      const handle = await stack.begin({ mode: 'full' });
      await handle.result();
      return { stack, workflowId: handle.workflowId };
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  it('are its org and its outcome, by which runs are found, where the namespace has them', async () => {
    const namespace = await namespaceWith(
      Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD])),
    );
    const { stack, workflowId } = await syncIn(namespace);
    try {
      const query = `OktaDomain = '${stack.domain}' AND SyncOutcome = 'succeeded'`;
      const found = async () => {
        const ids: string[] = [];
        for await (const run of stack.client.workflow.list({ query })) ids.push(run.workflowId);
        return ids;
      };
      await until(async () => (await found()).length > 0);
      assert.deepEqual(await found(), [workflowId]);
    } finally {
      await stack.stop();
    }
  });

  it('are left out where the namespace has none, or one of another type', async () => {
    const { stack, workflowId } = await syncIn(await namespaceWith({ SyncOutcome: TEXT }));
    try {
      const { typedSearchAttributes } = await stack.client.workflow.getHandle(workflowId).describe();
      const [domain, outcome] = SEARCH_ATTRIBUTES;
      assert.equal(typedSearchAttributes.get(defineSearchAttributeKey(domain, 'KEYWORD')), undefined);
      assert.equal(typedSearchAttributes.get(defineSearchAttributeKey(outcome, 'TEXT')), undefined);
    } finally {
      await stack.stop();
    }
  });
});
