import assert from 'node:assert/strict';
import { OktaHttp } from '../../src/okta/http';
import { orgUrl } from '../../src/okta/url';
import { startSimulator, type Simulator } from '../../src/simulator';
import { hostileCursors, listenAtLongerPort, type NeighborPort } from '../../dev/lab/org/hostileCursors';
import { apiFor, assertFails, newContext, TOKEN } from './support/api';

describe('A cursor that is not of the list it is used for', () => {
  let neighbor: NeighborPort;
  let simulator: Simulator;

  before(async () => {
    neighbor = await listenAtLongerPort();
    simulator = await startSimulator({ users: 3, groups: 2, token: TOKEN, port: neighbor.orgPort });
  });
  after(async () => {
    await simulator.close();
    await neighbor.stop();
  });

  const LISTS = {
    users: '/api/v1/users',
    groups: '/api/v1/groups',
    members: '/api/v1/groups/00g1/users',
  } as const;

  for (const [list, path] of Object.entries(LISTS)) {
    for (const title of hostileCursors(path, { orgPort: 1, digit: '7' }).keys()) {
      it(`is refused before credentials are asked for: ${title}, for ${list}`, async () => {
        const cursor = hostileCursors(path, neighbor).get(title) ?? assert.fail();
        const api = apiFor(simulator.domain);
        const context = newContext();
        const calls = simulator.stats.snapshot().calls;
        try {
          const page =
            list === 'users'
              ? api.users(cursor, context)
              : list === 'groups'
                ? api.groups(cursor, context)
                : api.members('00g1', cursor, context);
          const { retryable, message } = await assertFails(page, 'OKTA_FOREIGN_LINK');
          assert.equal(retryable, false);
          assert.match(message, /nothing was sent/);
          assert.ok(!message.includes('evil'), 'what was forged is not repeated');
        } finally {
          api.close();
        }
        assert.deepEqual(neighbor.requests, []);
        assert.equal(simulator.stats.snapshot().calls, calls, 'no request reached the org either');
        assert.equal(context.usage.requests.other, 0);
      });
    }
  }

  it('does not lead to another host than the org that is configured, whatever the org is called', () => {
    for (const path of [
      '.evil.example/x',
      ':443/x',
      '@evil/x',
      '//evil/x',
      '/\\evil/x',
      'x',
      '',
      '/a b',
      '/é',
    ])
      assert.throws(() => orgUrl(path, 'https://acme.okta.com'), { code: 'OKTA_FOREIGN_LINK' }, path);
    const own = '/api/v1/users?after=a%2Cb,c&limit=200';
    assert.equal(orgUrl(own, 'https://acme.okta.com'), `https://acme.okta.com${own}`);
  });

  it('is refused by the HTTP client too, which is the last to see a path', async () => {
    const http = new OktaHttp(simulator.origin, 1);
    const { signal } = new AbortController();
    const headers = { Authorization: `SSWS ${TOKEN}` };
    try {
      await assertFails(http.get(`${neighbor.digit}/x`, headers, signal), 'OKTA_FOREIGN_LINK');
      await assertFails(http.post('@evil/x', new URLSearchParams(), headers), 'OKTA_FOREIGN_LINK');
    } finally {
      http.close();
    }
    assert.deepEqual(neighbor.requests, []);
  });

  it('is refused as a next link of Okta that leads to another list', async () => {
    const api = apiFor(simulator.domain);
    const link = `<${simulator.origin}/api/v1/apps?after=1>; rel="next"`;
    simulator.faults.set([
      {
        match: { route: 'users' },
        action: { type: 'error', status: 200, body: [], headers: { Link: link } },
      },
    ]);
    try {
      await assertFails(api.users(undefined, newContext()), 'OKTA_FOREIGN_LINK');
    } finally {
      simulator.faults.clear();
      api.close();
    }
  });
});
