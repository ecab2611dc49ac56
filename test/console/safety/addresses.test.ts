import assert from 'node:assert/strict';
import { Hono } from 'hono';
import { AddressList, clientAddress, networkOf } from '../../../src/console/safety/addresses';

describe('Addresses', () => {
  it('can be listed as addresses or blocks, IPv4 and IPv6', () => {
    const list = new AddressList();
    for (const entry of ['10.0.0.7', '192.168.4.0/22', '2001:db8::1', 'fd00:1::/32'])
      assert(list.add(entry), entry);
    for (const address of ['10.0.0.7', '192.168.7.255', '2001:db8:0::1', 'fd00:1:ffff::9'])
      assert(list.has(address), address);
    for (const address of ['10.0.0.8', '192.168.8.0', '2001:db8::2', 'fd00:2::1', '', 'unix'])
      assert(!list.has(address), address);
  });

  it('cannot be listed if they are malformed, or a block of everything', () => {
    const list = new AddressList();
    const entries = [
      '',
      'proxy',
      '10.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '::/129',
    ];
    for (const entry of [...entries, '0.0.0.0/0', '::/0']) assert(!list.add(entry), entry);
    assert(!list.has('10.0.0.1'));
  });

  it('share a budget with their /64 in IPv6, and do not share one in IPv4', () => {
    const network = '2001:db8:0:5::/64';
    for (const address of ['2001:db8:0:5::1', '2001:DB8::5:1:2:3:4', '2001:db8:0:5:ffff:ffff:ffff:ffff'])
      assert.equal(networkOf(address), network, address);
    assert.notEqual(networkOf('2001:db8:0:6::1'), network);
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(networkOf('192.0.2.1'), '192.0.2.1');
    assert.notEqual(networkOf('192.0.2.1'), networkOf('192.0.2.2'));
  });

  describe('of a client behind proxies', () => {
    const proxies = new AddressList();
    proxies.add('10.0.0.0/24');
    proxies.add('2001:db8::/64');

    const clientOf = async (remoteAddress: string, forwardedFor?: string): Promise<string> => {
      const app = new Hono().get('/', (c) => c.text(clientAddress(c, proxies)));
      const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
      const response = await app.request('/', { headers }, { incoming: { socket: { remoteAddress } } });
      return response.text();
    };

    it('are the last ones that are not a proxy, with any number of proxies', async () => {
      for (const [remote, header, client] of [
        ['10.0.0.1', '192.0.2.1', '192.0.2.1'],
        ['10.0.0.1', '192.0.2.1, 10.0.0.2', '192.0.2.1'],
        ['10.0.0.1', '192.0.2.1,10.0.0.3 , 10.0.0.2', '192.0.2.1'],
        ['::ffff:10.0.0.1', '192.0.2.1, ::ffff:10.0.0.2', '192.0.2.1'],
        ['10.0.0.1', '[2001:db9::7]:4711, [2001:db8::1]:443', '2001:db9::7'],
        ['10.0.0.1', '192.0.2.1:4711, 10.0.0.2:443', '192.0.2.1'],
      ] as const)
        assert.equal(await clientOf(remote, header), client, header);
    });

    it('cannot be forged by the client, nor by anyone but a proxy', async () => {
      assert.equal(await clientOf('10.0.0.1', '198.51.100.1, 192.0.2.1, 10.0.0.2'), '192.0.2.1');
      assert.equal(await clientOf('192.0.2.9', '198.51.100.1, 10.0.0.2'), '192.0.2.9');
    });

    it('are those of the connection if the header has none', async () => {
      for (const header of [undefined, '', '10.0.0.2', '10.0.0.3, 10.0.0.2', '192.0.2.1, unknown, 10.0.0.2'])
        assert.equal(await clientOf('10.0.0.1', header), '10.0.0.1', header);
    });
  });
});
