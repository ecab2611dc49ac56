import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { choosePort, freePort, isPortFree } from '../../src/local/ports';

describe('Choosing a port', () => {
  let taken: Server;
  let takenPort: number;

  before(async () => {
    takenPort = await freePort();
    taken = createServer().listen(takenPort);
    await once(taken, 'listening');
  });

  after(() => taken.close());

  it('picks the preferred one if it is free, and logs nothing', async () => {
    const lines: string[] = [];
    const port = await freePort();
    assert.equal(await choosePort(port, 'Neo4j', (line) => lines.push(line)), port);
    assert.deepEqual(lines, []);
  });

  it('picks another one if it is in use, and logs it', async () => {
    const lines: string[] = [];
    const port = await choosePort(takenPort, 'Neo4j', (line) => lines.push(line));
    assert.notEqual(port, takenPort);
    assert.ok(await isPortFree(port));
    assert.deepEqual(lines, [`Port ${takenPort} is in use, so Neo4j listens on ${port}`]);
  });

  it('treats a port as in use if a server listens on all addresses', async () => {
    assert.equal(await isPortFree(takenPort), false);
  });
});
