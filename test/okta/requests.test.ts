import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { readGroup } from '../../src/okta/group';
import type { OktaApi } from '../../src/okta/org';
import { apiFor, assertFails, newContext, TOKEN, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';
import { withServer, type ScriptedAnswer } from './support/server';

const NOT_FOUND = { errorCode: 'E0000007', errorSummary: 'Not found: 00u1 (User)' };
const FORBIDDEN = { errorCode: 'E0000006', errorSummary: 'You do not have permission' };

/** Runs a test with a proxy for public orgs that answers every request in these words, and with what it was asked. */
async function withProxy(answer: string, test: (asked: readonly string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    const nth = asked.push('') - 1;
    socket.on('error', () => undefined).on('data', (data) => (asked[nth] += data.toString('latin1')));
    socket.once('data', () => socket.end(answer));
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  process.env['https_proxy'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    await test(asked);
  } finally {
    delete process.env['https_proxy'];
    proxy.close();
  }
}

describe('requests to Okta', () => {
  shortenPauses();

  const opened: OktaApi[] = [];
  /** An org that is not on this machine; closed after the test. */
  const publicOrg = (): OktaApi => {
    const api = apiFor('acme.okta.com');
    opened.push(api);
    return api;
  };
  afterEach(() => opened.splice(0).forEach((api) => api.close()));

  it('carry the token in the header that is for it, and nowhere else', async () => {
    await withServer(
      () => ({ body: { id: '00u1' } }),
      async ({ domain, calls }) => {
        const api = apiFor(domain);
        await api.user('00u1', newContext());
        const { authorization, ...others } = calls[0]?.headers ?? {};
        assert.equal(authorization, `SSWS ${TOKEN}`);
        assert.equal(others.accept, 'application/json');
        assert.ok(
          !JSON.stringify([others, calls[0]?.path]).includes(TOKEN),
          'the token is outside of its header',
        );
        api.close();
      },
    );
  });

  it('go past a proxy of the environment where they go to this machine', async () => {
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    try {
      await withOrg({ users: 1 }, async (api) => {
        await api.users(undefined, newContext());
      });
    } finally {
      delete process.env['http_proxy'];
    }
  });

  it('go to a public org through a tunnel of the proxy, which does not see the token', async () => {
    await withProxy('HTTP/1.1 502 Bad Gateway\r\n\r\n', async (asked) => {
      const error = await assertFails(publicOrg().user('00u1', newContext()), 'OKTA_UNREACHABLE');
      assert.match(
        error.message,
        /^A proxy responded to GET \/api\/v1\/users\/00u1 instead of Okta\. Check HTTPS_PROXY/,
      );
      assert.ok(asked.length > 0);
      for (const request of asked) {
        assert.match(request, /^CONNECT acme\.okta\.com:443 HTTP/);
        assert.ok(!request.includes(TOKEN), request);
      }
    });
  });

  const USERS = JSON.stringify([{ id: '00uForged', status: 'ACTIVE', profile: { login: 'forged' } }]);
  const forged = (status: string, body: string) =>
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  for (const [what, answer] of [
    ['an answer after a 100', `HTTP/1.1 100 Continue\r\n\r\n${forged('200 OK', USERS)}`],
    ['a 200 with users', forged('200 OK', USERS)],
    ['a 201 with users', forged('201 Created', USERS)],
    ['a 404 in the words of Okta', forged('404 Not Found', JSON.stringify(NOT_FOUND))],
    ['a 401 in the words of Okta', forged('401 Unauthorized', '{"errorCode":"E0000011"}')],
  ] as const) {
    it(`take nothing that a proxy says in the clear for a word of Okta's: ${what}`, async () => {
      await withProxy(answer, async (asked) => {
        for (const request of [
          (api: OktaApi) => api.users(undefined, newContext()),
          (api: OktaApi) => api.user('00u1', newContext()),
          (api: OktaApi) => api.group('00g1', newContext()),
          (api: OktaApi) => api.organizationId(newContext()),
        ]) {
          const api = publicOrg();
          const { retryable } = await assertFails(request(api), 'OKTA_UNREACHABLE');
          assert.equal(retryable, true);
        }
        assert.ok(asked.length > 0, 'the proxy was asked');
        const others = asked.filter((request) => !request.startsWith('CONNECT ') || request.includes(TOKEN));
        assert.deepEqual(others, [], 'the proxy is asked for tunnels, without the token');
      });
    });
  }

  describe('for one thing', () => {
    it('give its object, a group with its count', async () => {
      await withOrg({ users: 3, groups: 2 }, async (api, { org }) => {
        const [user] = org.truth().users();
        assert.deepEqual((await api.user(user?.id ?? '', newContext()))?.value, user);
        const everyone = readGroup((await api.group(org.everyone.id, newContext()))?.value);
        assert.equal('usersCount' in everyone && everyone.usersCount, 3);
      });
    });

    it('give undefined only when Okta proves that it does not exist', async () => {
      await withOrg({ users: 3 }, async (api, { stats }) => {
        const context = newContext();
        assert.equal(await api.user('00uNobody', context), undefined);
        assert.equal(await api.group('00gNobody', context), undefined);
        assert.deepEqual(context.usage.requests, {
          users: 0,
          user: 1,
          groups: 0,
          group: 1,
          apps: 0,
          iam: 0,
          logs: 0,
          other: 0,
        });
        assert.equal(stats.snapshot().calls, 2);
      });
    });

    it('fail for a 404 of another code', async () => {
      await withServer(
        () => ({ status: 404, body: { ...NOT_FOUND, errorCode: 'E0000008' } }),
        async ({ domain, calls }) => {
          const api = apiFor(domain);
          await assertFails(api.user('00u1', newContext()), 'OKTA_NOT_FOUND');
          assert.equal(calls.length, 1, 'no retry');
          api.close();
        },
      );
    });

    const NOT_OKTAS: readonly [what: string, body: unknown][] = [
      ['a proxy', '<html><body>404</body></html>'],
      ['no code', {}],
      ['nothing', ''],
    ];
    for (const [what, body] of NOT_OKTAS) {
      it(`are repeated after a 404 of ${what}, which is no word of Okta's, and then fail`, async () => {
        await withServer(
          () => ({ status: 404, body }),
          async ({ domain, calls }) => {
            const api = apiFor(domain);
            const error = await assertFails(api.user('00u1', newContext()), 'OKTA_UNREADABLE_ANSWER');
            assert.equal(error.retryable, true, 'the next attempt may meet Okta');
            assert.equal(calls.length, 5);
            api.close();
          },
        );
      });
    }
  });

  it('for the members of a deleted group fail: no page is not an empty page', async () => {
    await withOrg({ users: 3, groups: 2 }, async (api) => {
      const error = await assertFails(api.members('00gGone', undefined, newContext()), 'OKTA_NOT_FOUND');
      assert.match(error.message, /404 E0000007 for GET \/api\/v1\/groups\/00gGone\/users/);
    });
  });

  it('are repeated twice with a token that Okta refuses, and then it is believed', async () => {
    await withOrg({ users: 3 }, async (_, { domain, stats }) => {
      const api = apiFor(domain, { token: '00Revoked' });
      const error = await assertFails(api.users(undefined, newContext()), 'OKTA_UNAUTHORIZED');
      assert.equal(error.retryable, false);
      assert.equal(stats.snapshot().calls, 3);
      api.close();
    });
  });

  it('are not repeated where the token may not read', async () => {
    await withOrg({ users: 3 }, async (api, { faults, stats }) => {
      faults.set([{ match: {}, action: { type: 'error', status: 403, ...FORBIDDEN } }]);
      await assertFails(api.groups(undefined, newContext()), 'OKTA_FORBIDDEN');
      assert.equal(stats.snapshot().calls, 1);
    });
  });

  it('distinguish an expired cursor from a bad request', async () => {
    await withOrg({ users: 250 }, async (api, { faults }) => {
      const { next } = await api.users(undefined, newContext());
      faults.set([{ match: {}, action: { type: 'error', status: 400, errorCode: 'E0000001' } }]);
      await assertFails(api.users(next, newContext()), 'OKTA_CURSOR_EXPIRED');
      await assertFails(api.users(undefined, newContext()), 'OKTA_BAD_REQUEST');
    });
  });

  describe('that are led elsewhere', () => {
    it('do not follow a redirect, and take the token nowhere', async () => {
      await withServer(
        () => ({}),
        async (elsewhere) => {
          await withOrg({ users: 3 }, async (api, { faults, stats }) => {
            const location = `${elsewhere.origin}/api/v1/users`;
            faults.set([{ match: {}, action: { type: 'redirect', location } }]);
            const error = await assertFails(api.users(undefined, newContext()), 'OKTA_NOT_AN_ORG');
            assert.equal(error.retryable, false);
            assert.equal(stats.snapshot().calls, 3, 'a maintenance page may have been in between');
          });
          assert.deepEqual(elsewhere.calls, []);
        },
      );
    });

    it('do not follow a next link to another origin, and take the token nowhere', async () => {
      await withServer(
        () => ({}),
        async ({ origin, calls }) => {
          await withOrg({ users: 250, groups: 2 }, async (api, { org, faults, stats }) => {
            faults.set([{ match: {}, action: { type: 'foreignNext', origin } }]);
            for (const list of [
              () => api.users(undefined, newContext()),
              () => api.groups(undefined, newContext()),
              () => api.members(org.everyone.id, undefined, newContext()),
            ])
              await assertFails(list(), 'OKTA_FOREIGN_LINK');
            assert.equal(stats.snapshot().calls, 3);
          });
          assert.deepEqual(calls, []);
        },
      );
    });
  });

  describe('for the id of the org', () => {
    it('go without the token', async () => {
      await withServer(
        () => ({ body: { id: '00oAcme' } }),
        async ({ domain, calls }) => {
          const api = apiFor(domain);
          assert.equal(await api.organizationId(newContext()), '00oAcme');
          assert.equal(calls[0]?.path, '/.well-known/okta-organization');
          assert.equal(calls[0]?.headers.authorization, undefined);
          api.close();
        },
      );
    });

    it('are answered by the simulated org', async () => {
      await withOrg({ users: 1 }, async (api, { org }) =>
        assert.equal(await api.organizationId(newContext()), org.id),
      );
    });

    const NOT_AN_ORG: readonly [what: string, answer: ScriptedAnswer][] = [
      ['a page that is not there', { status: 404, body: 'Not here' }],
      ['a redirect to a portal', { status: 302, headers: { Location: 'https://portal.example' } }],
      ['JSON without an id', { body: { name: 'Acme' } }],
      ['an id that is no text', { body: { id: 7 } }],
      ['a list', { body: ['00o1'] }],
    ];
    for (const [what, answer] of NOT_AN_ORG) {
      it(`say that the host is no Okta org when it answers with ${what}`, async () => {
        await withServer(
          () => answer,
          async ({ domain }) => {
            const api = apiFor(domain);
            const error = await assertFails(api.organizationId(newContext()), 'OKTA_NOT_AN_ORG');
            assert.match(
              error.message,
              new RegExp(`^${domain} does not respond like an Okta org.*OKTA_DOMAIN`),
            );
            api.close();
          },
        );
      });
    }
  });
});
