import { Agent, get, type IncomingMessage } from 'node:http';
import type { GraphDatabase } from '../src/graph/database';
import { writeListPages } from '../src/graph/write/lists';
import {
  diffMemberships,
  writeMemberships,
  MAX_EDGES,
  type GroupMembers,
} from '../src/graph/write/memberships';
import { claimGroups } from '../src/graph/write/workList';
import { MAX_ROWS, groupRow, userRow, type NodeRow } from '../src/graph/write/nodes';
import { beginRun } from '../src/graph/write/runs';
import { ensureSchema } from '../src/graph/schema/schema';
import { noUsage } from '../src/okta/callContext';
import { readGroup } from '../src/okta/group';
import { readUser } from '../src/okta/user';
import type { OrgTruth } from '../dev/lab/graph/comparison';

const PARALLEL = 10;

/** Milliseconds that a bare HTTP loop takes over every page of an org: nothing parsed but the links and the group ids. */
export async function fetchOnly(domain: string, token: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  const startedAt = performance.now();
  const groupIds: string[] = [];
  const search = encodeURIComponent('lastUpdated gt "1970-01-01T00:00:00.000Z"');
  const list = async (path: string, take: (body: Buffer) => void): Promise<void> => {
    for (let next: string | undefined = path; next;) {
      const { body, link } = await page(agent, domain, token, next);
      take(body);
      next = /<http:\/\/[^/]+([^>]+)>; rel="next"/.exec(link)?.[1];
    }
  };
  await Promise.all([
    list(`/api/v1/users?limit=200&search=${search}`, () => undefined),
    list('/api/v1/groups?limit=200&expand=stats', (body) => {
      for (const { id } of JSON.parse(body.toString()) as { id: string }[]) groupIds.push(id);
    }),
  ]);
  const readers = Array.from({ length: PARALLEL }, async () => {
    for (let id = groupIds.shift(); id; id = groupIds.shift()) {
      await list(`/api/v1/groups/${id}/users?limit=1000`, () => undefined);
    }
  });
  await Promise.all(readers);
  agent.destroy();
  return performance.now() - startedAt;
}

function page(
  agent: Agent,
  domain: string,
  token: string,
  path: string,
): Promise<{ body: Buffer; link: string }> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `SSWS ${token}` };
    get(`http://${domain}${path}`, { agent, headers }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        resolve({ body: Buffer.concat(chunks), link: String(response.headers.link ?? '') });
      });
      response.once('error', reject);
    }).once('error', reject);
  });
}

/** Milliseconds that the same rows take to write, page by page, when they lie ready in memory; the graph's own statements. */
export async function writeOnly(graph: GraphDatabase, domain: string, truth: OrgTruth): Promise<number> {
  const users: NodeRow[] = [];
  for await (const item of truth.users) {
    const user = readUser(item);
    if (!('malformed' in user)) users.push(userRow(user));
  }
  const groups: NodeRow[] = [];
  for await (const { usersCount, ...item } of truth.groups) {
    const group = readGroup({ ...item, _embedded: { stats: { usersCount } } });
    if (!('malformed' in group)) groups.push(groupRow(group));
  }
  const members = new Map<string, Set<string>>();
  for await (const [user, group] of truth.edges) {
    const ids = members.get(group);
    if (ids) ids.add(user);
    else members.set(group, new Set([user]));
  }

  await ensureSchema(graph);
  const startedAt = performance.now();
  const id = `write-only-${startedAt}`;
  const run = await beginRun(graph, {
    domain,
    organizationId: domain,
    id,
    workflowId: id,
    mode: 'full',
    allowDeletes: false,
    keepsHistory: true,
    hasOktaLabels: true,
    fullEveryMs: 0,
  });
  const writer = { db: graph, run, usage: noUsage() };
  const writeList = async (label: 'User' | 'Group', rows: readonly NodeRow[]) => {
    for (let from = 0; from < rows.length; from += MAX_ROWS) {
      await writeListPages(writer, label, {
        rows: rows.slice(from, from + MAX_ROWS),
        warnings: [],
        asOfMs: from === 0 ? Date.now() : undefined,
        newestMs: undefined,
        isEnd: from + MAX_ROWS >= rows.length,
      });
    }
  };
  await Promise.all([writeList('User', users), writeList('Group', groups)]);
  for (;;) {
    const claimed = await claimGroups(writer, { attempt: 'write-only', atMost: 1_600 });
    if (claimed.length === 0) break;
    let batch: GroupMembers[] = [];
    const flush = async () => {
      const changes = await diffMemberships(graph, run, batch);
      const confirmed = changes.map((change) => ({ ...change, result: 'confirmed' as const, surplus: 0 }));
      await writeMemberships(writer, confirmed);
      batch = [];
    };
    for (const group of claimed) {
      batch.push({
        group,
        ids: members.get(group.id) ?? new Set(),
        newUsers: [],
        warnings: [],
        asOfMs: Date.now(),
      });
      if (batch.reduce((sum, { ids }) => sum + ids.size, 0) >= MAX_EDGES) await flush();
    }
    await flush();
  }
  return performance.now() - startedAt;
}
