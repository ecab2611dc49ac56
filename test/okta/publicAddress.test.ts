import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { OktaApi } from '../../src/okta/org';
import { isPublicAddress, publicLookup } from '../../src/okta/publicAddress';
import { Secret } from '../../src/orgs/secret';
import { assertFails, newContext, TOKEN, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';

const at = (address: string) => ({ address, family: isIP(address.split('%')[0] ?? '') });

describe('An address on the public internet', () => {
  for (const address of [
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '64:ff9b::808:808',
    '64:ff9b::8.8.8.8',
    '::ffff:8.8.8.8',
  ])
    it(`is ${address}`, () => assert.equal(isPublicAddress(at(address)), true));

  for (const address of [
    ...['127.0.0.1', '127.255.255.255', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...[
      '169.254.169.254',
      '100.64.0.1',
      '100.127.255.255',
      '192.0.0.8',
      '192.0.2.1',
      '198.18.0.1',
      '224.0.0.1',
    ],
    ...[
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:a00:1',
      '::7f00:1',
      'fe80::1',
      'fe80::1%eth0',
    ],
    ...[
      'fc00::1',
      'fd12::1',
      'fec0::1',
      'ff02::1',
      '64:ff9b::7f00:1',
      '64:ff9b::a00:1',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2001:db8::1',
      '2001::1',
    ],
    // Where IANA has given out nothing, or not for the public internet.
    ...['::ffff:0:10.0.0.1', '0:0:0:1::1', '100:0:0:1::1', '4000::1'],
  ])
    it(`is not ${address}`, () => assert.equal(isPublicAddress(at(address)), false));
});

describe('A connection to public addresses only', () => {
  shortenPauses();
  const HOST = 'okta.acme.example';
  const credentials = { kind: 'token', token: new Secret(TOKEN) } as const;
  const limits = { maxApiCapacityPercent: 100, maxConcurrency: 2 };

  /** An org by a name that resolves to these addresses, one answer after another and the last again. */
  const named = (port: string, host: string, answers: string[][]) => {
    const asked: string[] = [];
    const lookup = publicLookup(host, (hostname, _, callback) => {
      asked.push(hostname);
      callback(null, (answers.length > 1 ? answers.shift() : answers[0])?.map(at) ?? []);
    });
    const org = { domain: HOST, origin: `http://${HOST}:${port}`, credentials };
    return { api: new OktaApi(org, limits, () => undefined, lookup), asked };
  };

  for (const [what, answers] of [
    ['resolves to this machine', [['127.0.0.1']]],
    ['resolves to a public address and to this machine', [['8.8.8.8', '127.0.0.1']]],
    ['resolves to this machine in IPv6', [['::1']]],
    ['resolves to nothing', [[]]],
  ] as const) {
    it(`is not made to a name that ${what}, and says no more than that it cannot be reached`, async () => {
      await withOrg({ users: 1, groups: 1 }, async (_, simulator) => {
        const { port } = new URL(`http://${simulator.domain}`);
        const { api, asked } = named(
          port,
          HOST,
          answers.map((each) => [...each]),
        );
        await assertFails(api.organizationId(newContext()), 'OKTA_UNREACHABLE');
        api.close();
        assert(asked.includes(HOST));
        assert.equal(simulator.stats.snapshot().calls, 0);
      });
    });
  }

  it('is what the lookup decides on: the same name is reached where the lookup is about another', async () => {
    await withOrg({ users: 1, groups: 1, hostNames: [HOST] }, async (_, simulator) => {
      const { port } = new URL(`http://${simulator.domain}`);
      const { api } = named(port, 'another.example', [['127.0.0.1']]);
      assert.equal(await api.organizationId(newContext()), simulator.org.id);
      api.close();
    });
  });
});
