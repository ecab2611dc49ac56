import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Attack } from '../attack';

/** What somebody with an account on the machine, or the right to read Temporal's histories, can look for. */
export const SECRET_ATTACKS: readonly Attack[] = [
  {
    title: 'look for secrets in the argument lists of all processes',
    async run({ secrets }) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lists = await Promise.all(
        pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      return containing(secrets, lists.join('\n'), 'an argument list');
    },
  },
  {
    title: 'look for our secrets in the environments of the servers that were started',
    async run({ secrets, processes }) {
      const servers = (['Temporal', 'Neo4j'] as const).map((name) => processes.get(name));
      const environments = await Promise.all(servers.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8')));
      return containing(secrets, environments.join('\n'), 'the environment of a server');
    },
  },
  {
    title: 'read the files that the servers keep, as another user of the machine',
    run: async ({ folder }) => openToOthers(folder),
  },
  {
    title: 'look for secrets in the logs of the worker and the console',
    run: ({ secrets, logs }) => Promise.resolve(containing(secrets, logs(), 'a log')),
  },
  {
    title: "look for secrets in the histories of all workflows, this attack's own starts included",
    async run({ secrets, temporal }) {
      const connection = await Connection.connect({ address: temporal.address });
      try {
        const client = new Client({ connection });
        const found: string[] = [];
        for await (const { workflowId, runId } of client.workflow.list()) {
          const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
          const payloads = JSON.stringify(history, (_, value: unknown) =>
            value instanceof Uint8Array ? Buffer.from(value).toString() : value,
          );
          found.push(...containing(secrets, payloads, `the history of ${workflowId}`));
        }
        return found;
      } finally {
        await connection.close();
      }
    },
  },
];

function containing(secrets: ReadonlyMap<string, string>, text: string, where: string): string[] {
  return [...secrets].flatMap(([name, secret]) => (text.includes(secret) ? [`${where} holds ${name}`] : []));
}

/** Everything below a folder that its group or others may read, write or enter. */
async function openToOthers(path: string): Promise<string[]> {
  const status = await lstat(path).catch(() => undefined);
  if (!status || status.isSymbolicLink()) return [];
  const mode = status.mode & 0o777;
  const found = (mode & 0o077) === 0 ? [] : [`${path} has mode ${mode.toString(8)}`];
  if (!status.isDirectory()) return found;
  const children = await Promise.all((await readdir(path)).map((name) => openToOthers(join(path, name))));
  return [...found, ...children.flat()];
}
