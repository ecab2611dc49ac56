import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { until } from '../../dev/lab/until';
import { organizationAt } from '../../src/okta/organizationAt';
import { configFor } from '../../dev/lab/configFor';
import { withOrg } from './support/api';

describe('The org at a domain', () => {
  it('is found without credentials', async () => {
    await withOrg({ users: 5, groups: 1 }, async (_, { domain, org }) => {
      assert.deepEqual(await organizationAt(domain, configFor({})), { domain, id: org.id });
    });
  });

  it('is asked over a connection that is closed afterwards', async () => {
    const open = new Set<Socket>();
    const server = createServer((_, response) => void response.end(JSON.stringify({ id: '00o1' })));
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      assert.equal((await organizationAt(`127.0.0.1:${port}`, configFor({}))).id, '00o1');
      await until(() => open.size === 0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is not waited for longer than a minute: where nothing answers, the advice is where to look', async () => {
    await withOrg({ users: 5, groups: 1 }, async (_, { domain, faults }) => {
      faults.set([{ match: { route: 'organization' }, action: { type: 'delay', delayMs: 60_000 } }]);
      await assert.rejects(organizationAt(domain, configFor({}), 200), {
        code: 'OKTA_TIMEOUT',
        fact: 'No response within 0.2 s.',
        advice: /https:\/\/status\.okta\.com/,
      });
    });
  });

  it('is none where the text is not a domain', async () => {
    await assert.rejects(organizationAt('acme', configFor({})), /acme/);
  });
});
