import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config';
import { checkOkta, type CheckedRead } from '../../src/okta/check';
import type { FaultRule, Simulator } from '../../src/simulator';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import { TOKEN, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';

const check = ({ domain }: Simulator, token = TOKEN): Promise<CheckedRead[]> =>
  checkOkta(loadConfig({ OKTA_DOMAIN: domain, OKTA_API_TOKEN: token, NEO4J_PASSWORD: 'none' }));

const forbid = (route: 'users' | 'groups' | 'members'): FaultRule => ({
  match: { route },
  action: { type: 'error', status: 403, errorCode: 'E0000006' },
});

describe('the check of an Okta org', () => {
  shortenPauses();

  it('tries each read that a sync needs', async () => {
    await withOrg({ users: 250, groups: 1 }, async (_, simulator) => {
      const lines = await check(simulator);
      assert.deepEqual(
        lines.map(({ what, ok, detail }) => [what, ok, detail]),
        [
          [`Okta ${simulator.domain}`, true, `org ${simulator.org.id}, with an API token`],
          ['Okta users', true, 'can read users (at least 200)'],
          ['Okta groups', true, 'can read groups (1)'],
          ['Okta members', true, 'can read members (250)'],
        ],
      );
    });
  });

  it('says what is wrong and how to fix it', async () => {
    await withOrg({ users: 5, groups: 2 }, async (_, simulator) => {
      const lines = await check(simulator, '00Revoked');
      assert.deepEqual(
        lines.map(({ ok }) => ok),
        [true, false, false, false],
      );
      assert.match(lines[1]?.detail ?? '', /^Okta returned 401 E0000011 for GET \/api\/v1\/users\.$/);
      assert.match(lines[1]?.advice ?? '', /set OKTA_API_TOKEN/);
      assert.ok(!JSON.stringify(lines).includes('00Revoked'));
    });
  });

  it('distinguishes a missing right from those that are there', async () => {
    await withOrg({ users: 5, groups: 2 }, async (_, simulator) => {
      simulator.faults.set([forbid('members')]);
      const lines = await check(simulator);
      assert.deepEqual(
        lines.map(({ ok }) => ok),
        [true, true, true, false],
      );
      assert.match(
        lines[3]?.detail ?? '',
        /^Okta returned 403 E0000006 for GET \/api\/v1\/groups\/\w+\/users\.$/,
      );
      assert.match(lines[3]?.advice ?? '', /Read-only Administrator/);
    });
  });

  it('warns of a list that is empty, which a token without a right can read', async () => {
    await withOrg({ users: 5, groups: 2 }, async (_, simulator) => {
      simulator.faults.set([{ match: { route: 'users' }, action: { type: 'emptyList' } }]);
      const [, users] = await check(simulator);
      assert.deepEqual(
        [users?.ok, users?.detail],
        [true, 'can read users (0); the admin role may cover none'],
      );
    });
  });

  it('gives the advice for all three reads once', async () => {
    await withOrg({ users: 5, groups: 2 }, async (_, simulator) => {
      const lines = await check(simulator, '00Revoked');
      assert.equal(lines.filter(({ advice }) => advice !== undefined).length, 1);
    });
  });

  const checkApp = (...[{ domain }, key]: [Simulator, string]): Promise<CheckedRead[]> =>
    checkOkta(
      loadConfig({
        OKTA_DOMAIN: domain,
        OKTA_CLIENT_ID: CLIENT_ID,
        OKTA_PRIVATE_KEY: key,
        NEO4J_PASSWORD: 'none',
      }),
    );

  it('reads as a service app, with DPoP', async () => {
    const { app, privateKey } = newApp();
    await withOrg({ users: 5, groups: 2, app, oauth: { requiresDpop: true } }, async (_, simulator) => {
      const lines = await checkApp(simulator, privateKey);
      assert.deepEqual(
        lines.map(({ ok }) => ok),
        [true, true, true, true],
      );
      assert.equal(lines[0]?.detail, `org ${simulator.org.id}, as service app ${CLIENT_ID}`);
    });
  });

  it('names the scope that the service app lacks, and what it may read all the same', async () => {
    const { app, privateKey } = newApp();
    const oauth = { scopes: ['okta.users.read'] };
    await withOrg({ users: 5, groups: 2, app, oauth }, async (_, simulator) => {
      const [, users, groups, members] = await checkApp(simulator, privateKey);
      assert.deepEqual([users?.ok, users?.detail], [true, 'can read users (5)']);
      assert.deepEqual([groups?.ok, groups?.detail], [false, 'Okta returned 403 for GET /api/v1/groups.']);
      assert.match(groups?.advice ?? '', /lacks the scope okta\.groups\.read\. Grant it/);
      assert.deepEqual(
        [members?.ok, members?.detail, members?.advice],
        [false, "same error as 'Okta groups'", undefined],
      );
    });
  });

  it('reports a wrong client id or key once for all reads', async () => {
    const { app } = newApp();
    await withOrg({ users: 5, app }, async (_, simulator) => {
      const [found, users, ...others] = await checkApp(simulator, newApp().privateKey);
      assert.equal(found?.ok, true);
      assert.match(users?.detail ?? '', /^Okta returned 401 invalid_client for POST \/oauth2\/v1\/token\.$/);
      assert.match(users?.advice ?? '', /OKTA_CLIENT_ID.*public keys/);
      for (const { ok, detail, advice } of others)
        assert.deepEqual([ok, detail, advice], [false, "same error as 'Okta users'", undefined]);
    });
  });

  it('reports an org that does not answer in time, and what to look at', async () => {
    await withOrg({ users: 5 }, async (_, { domain, faults }) => {
      faults.set([{ match: { route: 'organization' }, action: { type: 'stall' } }]);
      const config = loadConfig({ OKTA_DOMAIN: domain, OKTA_API_TOKEN: TOKEN, NEO4J_PASSWORD: 'none' });
      const lines = await checkOkta(config, { timeoutMs: 200 });
      assert.deepEqual(
        lines.map(({ ok, code, detail }) => [ok, code, detail]),
        [[false, 'OKTA_TIMEOUT', 'Okta did not respond within 0.2 s.']],
      );
      assert.match(lines[0]?.advice ?? '', /Check the network.*status\.okta\.com/);
    });
  });

  it('ends at the first line where the host is no Okta org', async () => {
    await withOrg({ users: 5 }, async (_, simulator) => {
      simulator.faults.set([{ match: { route: 'organization' }, action: { type: 'html', status: 404 } }]);
      const lines = await check(simulator);
      assert.deepEqual(
        lines.map(({ ok }) => ok),
        [false],
      );
      assert.match(lines[0]?.advice ?? '', /Check OKTA_DOMAIN/);
    });
  });
});
