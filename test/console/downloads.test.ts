import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { Downloads } from '../../src/console/downloads';
import type { ConsoleEnv, Services } from '../../src/console/env';
import { questionPath } from '../../src/console/pages/links';
import type { RunningConsole } from '../../src/console/server';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';
import { send } from '../../dev/lab/browser/browser';
import { openConsole } from './support/consoleUnderTest';
import { useConsoleLog } from './support/consoleLog';

/** Enough for a CSV larger than the buffers of two sockets, so that a browser that does not read blocks it. */
const USERS = 30_000;
const TITLE = 'x'.repeat(500);

describe('Downloads of the console', () => {
  const log = useConsoleLog();
  let stack: Stack;
  let console: RunningConsole;
  let path: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start({ users: 1, groups: 1 });
    const { domain } = stack.sim;
    await stack.db.run(
      `CREATE (g:Group {okta_domain: $domain, id: '00gLarge', name: 'Large', type: 'OKTA_GROUP'}) WITH g
       UNWIND range(1, $count) AS i
       CREATE (:User {okta_domain: $domain, id: '00u' + i, title: $title, status: 'ACTIVE'})-[:MEMBER_OF]->(g)`,
      { domain, count: USERS, title: TITLE },
    );
    path = questionPath(domain, 'group-members', 'answer.csv', { group: ['00gLarge'] });
    console = await openConsole(stack.config);
  });
  after(async () => {
    await console.close();
    await stack.stop();
  });

  /** Starts a download without reading it. */
  const begin = async (): Promise<IncomingMessage> => {
    const sent = request(console.url + path).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response.on('error', () => undefined);
  };

  /** Returns the number of Neo4j transactions open for downloads. */
  const reads = async (): Promise<number> => {
    const [row] = await stack.db.read<{ count: number }>(
      `SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS 'title' AND NOT currentQuery STARTS WITH 'SHOW'
       RETURN count(*) AS count`,
    );
    return row?.count ?? -1;
  };

  it('are read from the graph only as fast as the browser reads, and are complete', async () => {
    const response = await begin();
    assert.equal(response.statusCode, 200);
    assert.equal(await reads(), 1);
    const lines = (await text(response)).trimEnd().split('\r\n');
    assert.equal(lines.length, USERS + 1);
    assert.equal(new Set(lines).size, USERS + 1);
    assert.equal(await reads(), 0);
  });

  it('are limited in number, with a Retry-After header, and free their slot when the browser disconnects', async () => {
    const started = await Promise.all([begin(), begin(), begin()]);
    assert.deepEqual(
      started.map(({ statusCode }) => statusCode),
      [200, 200, 200],
    );
    const refused = await send(console.url + path);
    assert.equal(refused.status, 503);
    assert.match(String(refused.headers['retry-after']), /^\d+$/);
    assert.match(refused.body, /^3 downloads are in progress, which is the limit\. Try again in \d+ s\.\n$/);
    for (const response of started) response.destroy();
    while ((await reads()) > 0) await sleep(50);
    // The slots are free once the reads have also ended in the console.
    let again = await begin();
    while (again.statusCode === 503) {
      again.destroy();
      await sleep(50);
      again = await begin();
    }
    assert.equal(again.statusCode, 200);
    again.destroy();
    assert.equal(log.text, '');
  });

  it('take no slot for a HEAD request or an error', async () => {
    for (let times = 0; times < 5; times += 1) {
      const head = await send(console.url + path, { method: 'HEAD' });
      assert.deepEqual([head.status, head.body], [200, '']);
      assert.match(String(head.headers['content-disposition']), /^attachment; /);
      const unknown = path.replace('00gLarge', 'Nobody');
      assert.equal((await send(console.url + unknown)).status, 404);
    }
  });
});

describe('Downloads without a response from Neo4j', () => {
  const never = new Promise<never>(() => undefined);
  const headers = { 'Content-Type': 'text/plain' };
  async function* answered() {
    yield 'complete';
  }
  async function* silent() {
    yield await never;
  }
  async function* silentAfterTheFirst() {
    yield 'first';
    yield await never;
  }

  for (const [title, pieces] of [
    ['at all', silent],
    ['after the first piece', silentAfterTheFirst],
  ] as const) {
    it(`${title} free their slots at the time limit`, async () => {
      const downloads = new Downloads({} as Services, 1_000);
      let opened = 0;
      const app = new Hono<ConsoleEnv>()
        .get('/never', (c) =>
          downloads.send(c, async () => {
            opened += 1;
            return { pieces: pieces(), headers };
          }),
        )
        .get('/answered', (c) => downloads.send(c, async () => ({ pieces: answered(), headers })));
      const server = createAdaptorServer({ fetch: app.fetch });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      try {
        const ends = await Promise.all(
          [1, 2, 3].map(() =>
            fetch(`${url}/never`)
              .then((response) => response.text())
              .catch(() => 'cut off'),
          ),
        );
        assert.deepEqual([opened, ...ends], [3, 'cut off', 'cut off', 'cut off']);
        const fourth = await send(`${url}/answered`);
        assert.deepEqual([fourth.status, fourth.body], [200, 'complete']);
      } finally {
        server.close();
      }
    });
  }
});
