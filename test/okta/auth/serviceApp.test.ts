import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { decodeProtectedHeader } from 'jose';
import type { OktaErrorCode } from '../../../src/codes';
import { ACCESS_KINDS, type AccessKind } from '../../../src/contract';
import type { OktaApi } from '../../../src/okta/org';
import { Secret } from '../../../src/orgs/secret';
import {
  startSimulator,
  type FaultRule,
  type Simulator,
  type SimulatorOptions,
} from '../../../src/simulator';
import { until } from '../../../dev/lab/until';
import { CLIENT_ID, newApp, pemOf } from '../../../dev/lab/org/serviceApp';
import { appApi, assertFails, idsOf, newContext, pagesOf } from '../support/api';
import { shortenPauses } from '../support/pauses';
import { withServer } from '../support/server';

const APP = newApp();

async function withApp(
  options: SimulatorOptions,
  test: (api: OktaApi, simulator: Simulator) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({ users: 5, awkward: false, app: APP.app, ...options });
  const api = appApi(simulator.domain, APP.privateKey);
  try {
    await test(api, simulator);
  } finally {
    api.close();
    await simulator.close();
  }
}

const tokenRequests = ({ stats }: Simulator): number => stats.snapshot().byRoute.token ?? 0;
const refusals = ({ stats }: Simulator): number => stats.snapshot().byStatus['401'] ?? 0;

describe('a service app', () => {
  shortenPauses();

  const MODES = [
    { title: 'a Bearer token', oauth: {}, asked: 1 },
    { title: 'DPoP, which the first refusal shows', oauth: { requiresDpop: true }, asked: 3 },
    {
      title: 'DPoP with nonces for the API too',
      oauth: { requiresDpop: true, apiNonces: true },
      asked: 3,
    },
  ];
  for (const { title, oauth, asked } of MODES) {
    it(`reads every list with ${title}, and asks for one token`, async () => {
      await withApp({ users: 450, groups: 3, oauth }, async (api, simulator) => {
        const context = newContext();
        const users = idsOf(await pagesOf((cursor) => api.users(cursor, context)));
        const groups = idsOf(await pagesOf((cursor) => api.groups(cursor, context)));
        const members = idsOf(await pagesOf((cursor) => api.members(groups[0] ?? '', cursor, context)));
        assert.deepEqual(
          users,
          [...simulator.org.truth().users()].map(({ id }) => id),
        );
        assert.equal(groups.length, 3);
        assert.equal(members.length, 450);
        assert.equal(tokenRequests(simulator), asked);
        assert.equal(context.usage.requests.other, asked);
        assert.equal(refusals(simulator), oauth.apiNonces ? 1 : 0);
        assert.equal(
          context.usage.retries,
          refusals(simulator),
          'no answer about a proof counts as a failure',
        );
      });
    });
  }

  it('asks for one token when many requests begin at once', async () => {
    await withApp({}, async (api, simulator) => {
      simulator.faults.add({ match: { route: 'token' }, action: { type: 'delay', delayMs: 100 } });
      await Promise.all(Array.from({ length: 10 }, () => api.users(undefined, newContext())));
      assert.equal(tokenRequests(simulator), 1);
      assert.equal(simulator.stats.snapshot().byRoute.users, 10);
    });
  });

  it('keeps waiting for the token where the request that began it is stopped', async () => {
    await withApp({}, async (api, simulator) => {
      simulator.faults.add({ match: { route: 'token' }, action: { type: 'delay', delayMs: 200 } });
      const stopped = new AbortController();
      const first = api.users(undefined, newContext(stopped.signal));
      const second = api.users(undefined, newContext());
      setTimeout(() => stopped.abort(new Error('stopped')), 50);
      await assert.rejects(first, /^Error: stopped$/);
      assert.equal((await second).items.length, 5);
      assert.equal(tokenRequests(simulator), 1);
    });
  });

  it('gets a new token before the old one expires', async () => {
    const { now } = performance;
    await withApp({ oauth: { tokenLifetimeS: 3600 } }, async (api, simulator) => {
      try {
        await api.users(undefined, newContext());
        performance.now = () => now.call(performance) + 3_200_000;
        await api.users(undefined, newContext());
        assert.equal(tokenRequests(simulator), 1);
        performance.now = () => now.call(performance) + 3_400_000;
        await api.users(undefined, newContext());
        assert.equal(tokenRequests(simulator), 2);
        assert.equal(refusals(simulator), 0);
      } finally {
        performance.now = now;
      }
    });
  });

  for (const requiresDpop of [false, true]) {
    it(`gets a new ${requiresDpop ? 'DPoP' : 'Bearer'} token when the old one is refused`, async () => {
      await withApp({ oauth: { requiresDpop } }, async (api, simulator) => {
        await api.users(undefined, newContext());
        simulator.stats.reset();
        simulator.credentials.revokeAccessTokens();
        const context = newContext();
        await Promise.all(Array.from({ length: 5 }, () => api.users(undefined, context)));
        assert.equal(tokenRequests(simulator), 1, 'they share it');
        assert.equal(context.usage.retries, refusals(simulator));
      });
    });
  }

  it('keeps a new token when a late response rejects the old one again', async () => {
    await withApp({}, async (api, simulator) => {
      await api.users(undefined, newContext());
      simulator.stats.reset();
      simulator.faults.set([
        { match: { route: 'users', nth: 1 }, action: { type: 'delay', delayMs: 300 } },
        ...[1, 2].map((nth): FaultRule => ({
          match: { route: 'users', nth },
          action: { type: 'error', status: 401 },
        })),
      ]);
      await Promise.all([1, 2].map(() => api.users(undefined, newContext())));
      assert.equal(refusals(simulator), 2);
      assert.equal(tokenRequests(simulator), 1);
    });
  });

  it('takes up a nonce that has changed, at the token endpoint and at the API', async () => {
    await withApp({ oauth: { requiresDpop: true, apiNonces: true } }, async (api, simulator) => {
      await api.users(undefined, newContext());
      simulator.credentials.renewNonces();
      simulator.credentials.revokeAccessTokens();
      assert.equal((await api.users(undefined, newContext())).items.length, 5);
    });
  });

  it('is refused for good when a new token is refused as well', async () => {
    await withApp({}, async (api, simulator) => {
      simulator.faults.set([
        { match: { route: 'users' }, action: { type: 'error', status: 401, errorCode: 'E0000011' } },
      ]);
      const error = await assertFails(api.users(undefined, newContext()), 'OKTA_UNAUTHORIZED');
      assert.equal(error.retryable, false);
      assert.match(error.message, /^Okta returned 401 E0000011 for GET \/api\/v1\/users\. .*app is active/);
      // The old token, at once a new one, and after each of two pauses another.
      assert.equal(simulator.stats.snapshot().byRoute.users, 4);
      assert.equal(tokenRequests(simulator), 4);
    });
  });

  it('reports a key or a client id that the org does not know', async () => {
    await withApp({}, async (_, simulator) => {
      const stranger = appApi(simulator.domain, newApp().privateKey);
      const error = await assertFails(stranger.users(undefined, newContext()), 'OKTA_UNAUTHORIZED');
      stranger.close();
      assert.match(
        error.message,
        /^Okta returned 401 invalid_client for POST \/oauth2\/v1\/token\. .*OKTA_CLIENT_ID.*public keys/,
      );
      assert.equal(tokenRequests(simulator), 3, 'it is asked again before it is believed');
    });
  });

  it('names the scope it lacks, and reads what it may', async () => {
    await withApp({ groups: 2, oauth: { scopes: ['okta.users.read'] } }, async (api) => {
      assert.equal((await api.users(undefined, newContext())).items.length, 5);
      const error = await assertFails(api.groups(undefined, newContext()), 'OKTA_FORBIDDEN');
      assert.match(error.message, /lacks the scope okta\.groups\.read\. Grant it .* Okta API Scopes\.$/);
    });
  });

  it('reports that it has no scope at all', async () => {
    await withApp({ oauth: { scopes: [] } }, async (api) => {
      const error = await assertFails(api.users(undefined, newContext()), 'OKTA_FORBIDDEN');
      assert.match(error.message, /400 consent_required .*okta\.users\.read and okta\.groups\.read/);
    });
  });

  it('distinguishes a missing role from a missing scope', async () => {
    await withApp({}, async (api, simulator) => {
      simulator.faults.set([
        { match: { route: 'users' }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
      ]);
      const error = await assertFails(api.users(undefined, newContext()), 'OKTA_FORBIDDEN');
      assert.match(error.message, /role Read-only Administrator under Applications > the app > Admin roles/);
    });
  });

  it('asks again when the token endpoint fails temporarily', async () => {
    await withApp({}, async (api, simulator) => {
      simulator.faults.set([
        { match: { route: 'token', nth: 1 }, action: { type: 'error', status: 503 } },
        { match: { route: 'token', nth: 2 }, action: { type: 'reset' } },
        { match: { route: 'token', nth: 3 }, action: { type: 'html', status: 200 } },
      ]);
      assert.equal((await api.users(undefined, newContext())).items.length, 5);
      assert.equal(tokenRequests(simulator), 4);
    });
  });

  const ec = (namedCurve: string) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    return { privateKey: pemOf(privateKey), publicKey: publicKey.export({ format: 'jwk' }) };
  };
  const KEYS = [
    { title: 'an RSA key in PEM', privateKey: APP.privateKey, publicKey: APP.app.publicKey },
    {
      title: 'PEM on one line',
      privateKey: APP.privateKey.replaceAll('\n', '\\n'),
      publicKey: APP.app.publicKey,
    },
    { title: 'a JWK', privateKey: APP.privateJwk, publicKey: APP.app.publicKey },
    { title: 'an EC key on P-256', ...ec('P-256') },
    { title: 'an EC key on P-384', ...ec('P-384') },
    { title: 'an EC key on P-521', ...ec('P-521') },
  ];
  for (const { title, privateKey, publicKey } of KEYS) {
    it(`signs with ${title}`, async () => {
      await withApp({ app: { clientId: CLIENT_ID, publicKey } }, async (_, simulator) => {
        const api = appApi(simulator.domain, privateKey);
        assert.equal((await api.users(undefined, newContext())).items.length, 5);
        api.close();
      });
    });
  }

  it('sends its assertion to the token endpoint only, and names the key of a JWK', async () => {
    const forms: string[] = [];
    await withServer(
      ({ path, body }) => {
        if (path !== '/oauth2/v1/token') return {};
        forms.push(body);
        return { body: { token_type: 'Bearer', access_token: 'an-access-token', expires_in: 3600 } };
      },
      async ({ domain, calls }) => {
        const api = appApi(domain, APP.privateJwk);
        await api.users(undefined, newContext());
        api.close();
        const form = new URLSearchParams(forms[0]);
        assert.equal(form.get('scope'), 'okta.users.read okta.groups.read');
        assert.equal(decodeProtectedHeader(form.get('client_assertion') ?? '').kid, 'the-first-key');
        assert.deepEqual(
          calls.map(({ headers }) => headers.authorization),
          [undefined, 'Bearer an-access-token'],
        );
      },
    );
  });
});

describe('a service app of a sync of apps and admin roles', () => {
  shortenPauses();
  const BASE = ['okta.users.read', 'okta.groups.read'];

  /** Runs a test with what the org has granted, and returns the scopes that were requested, in order. */
  async function requested(
    scopes: readonly string[],
    test: (api: OktaApi, simulator: Simulator) => Promise<void>,
    access: readonly AccessKind[] = ACCESS_KINDS,
    readsLog = false,
  ): Promise<string[]> {
    const oauth = { scopes: [...scopes], refusesUngranted: true };
    const simulator = await startSimulator({ users: 5, groups: 2, awkward: false, app: APP.app, oauth });
    const asked: string[] = [];
    const { issue } = simulator.credentials;
    simulator.credentials.issue = async (request, url) => {
      const body = await text(request);
      asked.push(new URLSearchParams(body).get('scope') ?? '');
      return issue.call(
        simulator.credentials,
        Object.assign(Readable.from([body]), { method: request.method }) as never,
        url,
      );
    };
    const api = appApi(simulator.domain, APP.privateKey, 500, access, readsLog);
    try {
      await test(api, simulator);
    } finally {
      api.close();
      await simulator.close();
    }
    return asked.map((scope) => scope.replace(BASE.join(' '), '').trim());
  }

  it('requests the scopes of the kinds that are read, and no others', async () => {
    const read = async (api: OktaApi) => void (await api.users(undefined, newContext()));
    const all = [...BASE, 'okta.apps.read', 'okta.roles.read'];
    assert.deepEqual(await requested(all, read), ['okta.apps.read okta.roles.read']);
    assert.deepEqual(await requested(all, read, ['rules', 'apps']), ['okta.apps.read']);
    assert.deepEqual(await requested(all, read, ['roles']), ['okta.roles.read']);
    assert.deepEqual(await requested(all, read, ['rules']), ['']);
  });

  it('reads users and groups when Okta rejects the token request because of the other scopes', async () => {
    const asked = await requested(BASE, async (api, simulator) => {
      const context = newContext();
      assert.equal((await api.users(undefined, context)).items.length, 5);
      assert.equal((await api.groups(undefined, context)).items.length, 2);
      assert.equal(context.usage.retries, 0);
      const error = await assertFails(api.apps(undefined, context), 'OKTA_FORBIDDEN');
      assert.match(error.message, /lacks the scope okta\.apps\.read\. Grant it .* Okta API Scopes\.$/);
      await assertFails(api.admins(undefined, context), 'OKTA_FORBIDDEN');
      // The next access token is requested for all scopes again: one may have been granted meanwhile.
      simulator.settings.oauth.scopes = [...BASE, 'okta.apps.read', 'okta.roles.read'];
      simulator.credentials.revokeAccessTokens();
      await api.apps(undefined, context);
      await api.admins(undefined, context);
    });
    const both = 'okta.apps.read okta.roles.read';
    assert.deepEqual(asked, [both, 'okta.apps.read', 'okta.roles.read', '', both]);
  });

  it('reads the one of the two kinds that is granted', async () => {
    for (const granted of ['okta.apps.read', 'okta.roles.read']) {
      await requested([...BASE, granted], async (api) => {
        const context = newContext();
        await api.users(undefined, context);
        const [apps, roles] = await Promise.allSettled([
          api.apps(undefined, context),
          api.admins(undefined, context),
        ]);
        assert.deepEqual(
          [apps.status, roles.status],
          granted === 'okta.apps.read' ? ['fulfilled', 'rejected'] : ['rejected', 'fulfilled'],
        );
      });
    }
  });

  it('requests the scopes again once the credentials have changed', async () => {
    const asked = await requested(
      BASE,
      async (api, simulator) => {
        await api.users(undefined, newContext());
        const changed = newApp();
        simulator.credentials.app = changed.app;
        simulator.credentials.revokeAccessTokens();
        simulator.settings.oauth.scopes = [...BASE, 'okta.apps.read'];
        api.use({ kind: 'app', clientId: CLIENT_ID, privateKey: new Secret(changed.privateKey) });
        await api.apps(undefined, newContext());
      },
      ['apps'],
    );
    assert.deepEqual(asked, ['okta.apps.read', '', 'okta.apps.read']);
  });

  it('reads everything else when Okta rejects the scope of the System Log', async () => {
    const asked = await requested(
      [...BASE, 'okta.apps.read'],
      async (api) => {
        const context = newContext();
        await api.users(undefined, context);
        await api.apps(undefined, context);
        const error = await assertFails(api.log(undefined, Date.now(), context), 'OKTA_FORBIDDEN');
        assert.match(error.message, /lacks the scope okta\.logs\.read\. Grant it/);
      },
      ['apps'],
      true,
    );
    assert.deepEqual(asked, ['okta.apps.read okta.logs.read', 'okta.apps.read']);
  });

  it('reads the System Log with the scope of it alone', async () => {
    const asked = await requested(
      [...BASE, 'okta.logs.read'],
      async (api) => void (await api.log(undefined, Date.now(), newContext())),
      ['apps', 'roles'],
      true,
    );
    assert.equal(asked[0], 'okta.apps.read okta.roles.read okta.logs.read');
    assert.equal(asked.at(-1), 'okta.logs.read');
  });

  it('reports a rejection of the scopes that every sync needs', async () => {
    const asked = await requested(
      ['okta.users.read'],
      async (api) => {
        const error = await assertFails(api.users(undefined, newContext()), 'OKTA_FORBIDDEN');
        assert.match(error.message, /400 invalid_scope .*okta\.users\.read and okta\.groups\.read/);
      },
      ['apps'],
    );
    assert.deepEqual(asked.slice(0, 2), ['okta.apps.read', '']);
  });
});

describe('a token endpoint that fails', () => {
  const CALLERS = 12;
  /** Times for which failures in a row are shared, milliseconds. */
  const SHARED_FOR_MS = {
    retryable: [200, 400, 800, 1_600, 3_200],
    final: [800, 1_600, 2_000, 2_000, 2_000],
  };

  type Action = FaultRule['action'];
  const FAILURES: readonly { what: string; action: Action; code: OktaErrorCode }[] = [
    {
      what: '401 invalid_client',
      action: { type: 'error', status: 401, body: { error: 'invalid_client' } },
      code: 'OKTA_UNAUTHORIZED',
    },
    {
      what: '403 access_denied',
      action: { type: 'error', status: 403, body: { error: 'access_denied' } },
      code: 'OKTA_FORBIDDEN',
    },
    { what: '429', action: { type: 'error', status: 429, errorCode: 'E0000047' }, code: 'OKTA_RATE_LIMITED' },
    { what: '503', action: { type: 'error', status: 503 }, code: 'OKTA_UNREACHABLE' },
    { what: 'a page in HTML', action: { type: 'html', status: 200 }, code: 'OKTA_UNREACHABLE' },
    { what: 'a broken connection', action: { type: 'reset' }, code: 'OKTA_UNREACHABLE' },
  ];
  describe('for good', () => {
    const { now } = performance;
    shortenPauses();
    afterEach(() => (performance.now = now));

    for (const { what, action, code } of FAILURES) {
      it(`with ${what} gets one request for ${CALLERS} callers, then another ever more seldom`, async () => {
        await withApp({ groups: 2 }, async (api, simulator) => {
          simulator.faults.set([{ match: { route: 'token' }, action }]);
          const context = newContext();
          let nowMs = 1_000;
          performance.now = () => nowMs;
          // Each makes all its attempts while the clock stands still.
          const askAll = async (): Promise<boolean[]> => {
            const calls = Array.from({ length: CALLERS }, (_unused, i) =>
              assertFails(i % 2 ? api.users(undefined, context) : api.groups(undefined, context), code),
            );
            return (await Promise.all(calls)).map(({ retryable }) => retryable);
          };
          const [isRetryable] = await askAll();
          assert.equal(tokenRequests(simulator), 1);
          for (const [i, sharedForMs] of SHARED_FOR_MS[isRetryable ? 'retryable' : 'final'].entries()) {
            nowMs += sharedForMs - 1;
            await askAll();
            assert.equal(tokenRequests(simulator), i + 1, `failure ${i + 1} is shared for ${sharedForMs} ms`);
            nowMs += 1;
            await askAll();
            assert.equal(tokenRequests(simulator), i + 2, `failure ${i + 1} is shared for no longer`);
          }
          assert.equal(context.usage.requests.other, tokenRequests(simulator));
        });
      });
    }
  });

  it('gets no request of callers that come during its pause; each of them can be stopped at once', async () => {
    await withApp({}, async (_, simulator) => {
      simulator.faults.set([{ match: { route: 'token' }, action: { type: 'error', status: 503 } }]);
      const api = appApi(simulator.domain, APP.privateKey, 600_000);
      const stop = new AbortController();
      const callers = Array.from({ length: 5 }, () => {
        const context = newContext(stop.signal);
        return { context, read: api.users(undefined, context) };
      });
      await until(() => callers.every(({ context }) => context.usage.retries === 1));
      assert.equal(tokenRequests(simulator), 1);
      stop.abort(new Error('stopped'));
      for (const { read } of callers) await assert.rejects(read, /^Error: stopped$/);
      api.close();
    });
  });

  it('is asked again after the pause, and the token is then used by all', async () => {
    await withApp({}, async (_, simulator) => {
      simulator.faults.set([{ match: { route: 'token', times: 2 }, action: { type: 'error', status: 503 } }]);
      const api = appApi(simulator.domain, APP.privateKey, 20);
      const pages = await Promise.all(
        Array.from({ length: CALLERS }, () => api.users(undefined, newContext())),
      );
      assert.ok(
        pages.every(({ items }) => items.length === 5),
        'every caller gets its page',
      );
      assert.equal(tokenRequests(simulator), 3);
      api.close();
    });
  });
});

describe('the lifetime that an access token states', () => {
  const { now } = performance;
  afterEach(() => (performance.now = now));

  const LIFETIMES: readonly [stated: string, usedForS: number][] = [
    ['0', 60],
    ['-1', 60],
    ['0.001', 60],
    ['61', 60],
    ['300', 150],
    ['3600', 3300],
    ['"3600"', 3300],
    ['86400', 86_100],
    ['1e12', 86_400],
    ['1e999', 86_400],
  ];
  for (const [stated, usedForS] of LIFETIMES) {
    it(`of ${stated} s is believed so far that the token is used for ${usedForS} s`, async () => {
      await withServer(
        ({ path }) =>
          path === '/oauth2/v1/token'
            ? { body: `{"token_type":"Bearer","access_token":"a","expires_in":${stated}}` }
            : {},
        async ({ domain, calls }) => {
          const api = appApi(domain, APP.privateKey);
          const asked = (): number => calls.filter(({ path }) => path === '/oauth2/v1/token').length;
          const readAfterS = async (seconds: number): Promise<void> => {
            performance.now = () => now.call(performance) + seconds * 1000;
            await api.users(undefined, newContext());
          };
          await readAfterS(0);
          await readAfterS(usedForS - 30);
          assert.equal(asked(), 1);
          await readAfterS(usedForS + 1);
          assert.equal(asked(), 2);
          api.close();
        },
      );
    });
  }

  it('is corrected by a 401: a token that has ended sooner is renewed then', async () => {
    await withApp({ oauth: { tokenLifetimeS: 1 } }, async (api, simulator) => {
      await api.users(undefined, newContext());
      simulator.credentials.revokeAccessTokens();
      assert.equal((await api.users(undefined, newContext())).items.length, 5);
      assert.equal(tokenRequests(simulator), 2);
    });
  });
});
