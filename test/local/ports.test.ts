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

  it('takes the preferred one when it is free, and says nothing', async () => {
    const lines: string[] = [];
    const port = await freePort();
    assert.equal(await choosePort(port, 'Neo4j', (line) => lines.push(line)), port);
    assert.deepEqual(lines, []);
  });

  it('takes another one when it is taken, and says so', async () => {
    const lines: string[] = [];
    const port = await choosePort(takenPort, 'Neo4j', (line) => lines.push(line));
    assert.notEqual(port, takenPort);
    assert.ok(await isPortFree(port));
    assert.deepEqual(lines, [`Port ${takenPort} is taken, so Neo4j listens on ${port}`]);
  });

  it('sees a server that listens on every address as one that holds the port', async () => {
    assert.equal(await isPortFree(takenPort), false);
  });
});
