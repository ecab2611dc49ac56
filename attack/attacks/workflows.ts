import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { SYNC_WORKFLOW_TYPE } from '../../src/contract';
import type { Attack, Target } from '../attack';
import { hostileCursors } from '../../dev/lab/org/hostileCursors';

const LISTS = { users: '/api/v1/users', groups: '/api/v1/groups' } as const;

/** What whoever may start workflows in the namespace can try. */
export const WORKFLOW_ATTACKS: readonly Attack[] = [
  {
    title: 'start a sync with a carried state whose cursor leads to another host',
    run: (target) =>
      untouched(target, () =>
        withClient(target, async (client) => {
          const state = carriedState(target, 'users', '.evil/x');
          const { taskQueue } = target.temporal;
          const end = await endOf(client, target, SYNC_WORKFLOW_TYPE, taskQueue, [{ mode: 'full' }, state]);
          return end.code === 'INVALID_INPUT' ? [] : [[end.text]];
        }),
      ),
  },
  {
    title:
      'continue as a sync, from a workflow of another type, with such a state: to another host, port or path',
    run: (target) =>
      untouched(target, () =>
        withForeignWorker(target, async (client, foreignQueue) => {
          const starts = Object.entries(LISTS).flatMap(([list, path]) =>
            [...hostileCursors(path, target.neighbor)].map(([title, next]) => ({ list, title, next })),
          );
          return Promise.all(
            starts.map(async ({ list, title, next }) => {
              const end = await endOf(client, target, 'continueAsSync', foreignQueue, [
                {
                  taskQueue: target.temporal.taskQueue,
                  workflowType: SYNC_WORKFLOW_TYPE,
                  args: [{ mode: 'full' }, carriedState(target, list, next)],
                },
              ]);
              // The run is none that the graph knows, so nothing can be reported for it.
              return end.code === 'RUN_ENDED' ? [] : [`${list}, ${title}: ${end.text}`];
            }),
          );
        }),
      ),
  },
  {
    title: 'schedule the activities of a sync from a workflow of another type, with such a cursor',
    run: (target) =>
      untouched(target, () =>
        withForeignWorker(target, async (client, foreignQueue) => {
          const calls = (['users', 'groups'] as const).flatMap((list) =>
            [...hostileCursors(LISTS[list], target.neighbor)].map(([title, next]) => ({ list, title, next })),
          );
          return Promise.all(
            calls.map(async ({ list, title, next }) => {
              const activity = list === 'users' ? 'syncUsers' : 'syncGroups';
              const args = [runOf(target), { seen: 0, restarts: 0, next }];
              const end = await endOf(client, target, 'scheduleActivity', foreignQueue, [
                { taskQueue: target.temporal.taskQueue, activity, args },
              ]);
              // A run that the graph does not know as open is refused before its cursor is looked at.
              return end.code === 'RUN_ENDED' ? [] : [`${activity}, ${title}: ${end.text}`];
            }),
          );
        }),
      ),
  },
  {
    title: 'start a sync with an input that is not one, so that its workflow task fails forever',
    run: (target) =>
      withClient(target, async (client) => {
        const inputs: unknown[][] = [[7], ['full'], [['full']], [{ mode: 'all' }], [{ domain: { a: 1 } }]];
        inputs.push([{}, 7], [{}, { progress: null }], [{}, []], [{ ['__proto__x']: 1 }]);
        return Promise.all(
          inputs.map(async (args) => {
            const { taskQueue } = target.temporal;
            const end = await endOf(client, target, SYNC_WORKFLOW_TYPE, taskQueue, args);
            return end.code === 'INVALID_INPUT' ? [] : [`${JSON.stringify(args)}: ${end.text}`];
          }),
        );
      }),
  },
  {
    title: 'name a domain that is not configured, as a path, a host or a URL',
    run: (target) =>
      untouched(target, () =>
        withClient(target, async (client) => {
          const { orgPort, digit } = target.neighbor;
          const stranger = `127.0.0.1:${orgPort}${digit}`;
          const domains = [
            stranger,
            `http://${stranger}`,
            `${target.org.domain}@${stranger}`,
            '../../x',
            '*',
            '',
          ];
          return Promise.all(
            domains.map(async (domain) => {
              const { taskQueue } = target.temporal;
              const end = await endOf(client, target, SYNC_WORKFLOW_TYPE, taskQueue, [{ domain }]);
              const isRefused = end.code === 'UNKNOWN_ORG' || end.code === 'INVALID_INPUT';
              return isRefused ? [] : [`${domain}: ${end.text}`];
            }),
          );
        }),
      ),
  },
];

/** What the attacked installation says of a run that is in progress. */
const runOf = ({ org }: Target) => ({
  domain: org.domain,
  number: 1,
  id: randomUUID(),
  mode: 'full',
  allowDeletes: true,
  keepsHistory: true,
});

function carriedState(target: Target, list: string, next: string) {
  const progress = { seen: 0, done: false };
  return {
    startedAtMs: Date.now(),
    run: { ...runOf(target), deadlineMs: 60_000 },
    users: { seen: 0, restarts: 0, ...(list === 'users' && { next }) },
    groups: { seen: 0, restarts: 0, ...(list === 'groups' && { next }) },
    membershipsDone: false,
    sweep: null,
    progress: {
      phase: 'users and groups',
      runId: randomUUID(),
      users: progress,
      groups: progress,
      memberships: { groupsDone: 0 },
    },
  };
}

/** Reports requests that the listener or the org received during the attack. */
async function untouched(target: Target, attack: () => Promise<string[]>): Promise<string[]> {
  const before = await target.orgCalls();
  const received = target.neighbor.requests.length;
  const found = await attack();
  const after = await target.orgCalls();
  for (const route of ['users', 'groups', 'members', 'unknown'])
    if (after[route] !== before[route]) found.push(`the org was asked for ${route} with its token`);
  for (const request of target.neighbor.requests.slice(received))
    found.push(`the listener was sent: ${request}`);
  return found;
}

async function withClient(
  target: Target,
  attack: (client: Client) => Promise<string[][]>,
): Promise<string[]> {
  const connection = await Connection.connect({ address: target.temporal.address });
  try {
    return (await attack(new Client({ connection }))).flat();
  } finally {
    await connection.close();
  }
}

/** A worker of the attacker's, in the same namespace. */
async function withForeignWorker(
  target: Target,
  attack: (client: Client, taskQueue: string) => Promise<string[][]>,
): Promise<string[]> {
  const connection = await NativeConnection.connect({ address: target.temporal.address });
  try {
    const taskQueue = `attacker-${randomUUID()}`;
    const workflowsPath = join(__dirname, '../foreignWorkflow.ts');
    const worker = await Worker.create({ connection, taskQueue, workflowsPath });
    return await worker.runUntil(withClient(target, (client) => attack(client, taskQueue)));
  } finally {
    await connection.close();
  }
}

/** How a workflow ended: the code of its innermost failure. */
async function endOf(
  client: Client,
  { org }: Target,
  type: string,
  taskQueue: string,
  args: unknown[],
): Promise<{ code: string; text: string }> {
  const workflowId = `attack/${org.domain}/${randomUUID()}`;
  const options = { workflowId, taskQueue, args, workflowExecutionTimeout: '2m' } as const;
  try {
    await client.workflow.execute(type, options);
    return { code: '', text: 'it succeeded' };
  } catch (error) {
    let cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    while (cause?.cause instanceof Error) cause = cause.cause;
    const code = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
    return { code, text: `${code} ${String(cause ?? error)}` };
  }
}
