import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config';
import { checkOkta, type CheckedRead } from '../../src/okta/check';
import type { FaultRule, Simulator } from '../../src/simulator';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import { TOKEN, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';

const variables = (domain: string) => ({ OKTA_DOMAIN: domain, NEO4J_PASSWORD: 'none', SYNC_ACCESS: 'none' });

const check = ({ domain }: Simulator, token = TOKEN): Promise<CheckedRead[]> =>
  checkOkta(loadConfig({ ...variables(domain), OKTA_API_TOKEN: token }));

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
    checkOkta(loadConfig({ ...variables(domain), OKTA_CLIENT_ID: CLIENT_ID, OKTA_PRIVATE_KEY: key }));

  const checkKinds = ({ domain }: Simulator, as: Record<string, string> = { OKTA_API_TOKEN: TOKEN }) =>
    checkOkta(loadConfig({ ...variables(domain), SYNC_ACCESS: 'rules,apps,roles', ...as }));

  it('tries each kind in SYNC_ACCESS with one request', async () => {
    await withOrg({ users: 50, groups: 3, apps: 4, rules: 2, roles: 3 }, async (_, simulator) => {
      const lines = await checkKinds(simulator);
      const truth = simulator.org.truth();
      const assignees = new Set([...truth.access.roles()].map(({ assigneeId }) => assigneeId));
      const users = [...truth.users()].filter(({ id }) => assignees.has(id)).map(({ id }) => id);
      const throughGroups = [...truth.edges()].flatMap(([id, group]) => (assignees.has(group) ? [id] : []));
      const admins = new Set([...users, ...throughGroups]).size;
      assert.deepEqual(
        lines.slice(4).map(({ what, ok, detail, advice }) => [what, ok, detail, advice]),
        [
          ['Okta group rules', true, 'can read group rules (2)', undefined],
          ['Okta apps', true, 'can read apps (4)', undefined],
          ['Okta admin roles', true, `can read users with admin roles (${admins})`, undefined],
        ],
      );
      const { rules, apps, assignees: roles } = simulator.stats.snapshot().byRoute;
      assert.deepEqual([rules, apps, roles], [1, 1, 1]);
    });
  });

  it('warns of each kind that the role may not read, and what to grant or to change', async () => {
    await withOrg({ users: 50, groups: 3 }, async (_, simulator) => {
      simulator.faults.set([
        { match: { route: 'rules' }, action: { type: 'error', status: 400, errorCode: 'E0000001' } },
        { match: { route: 'apps' }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
        { match: { route: 'assignees' }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
      ]);
      const [rules, apps, roles] = (await checkKinds(simulator)).slice(4);
      assert.deepEqual([rules?.ok, apps?.ok, roles?.ok], [true, true, true], 'a sync continues without');
      assert.match(rules?.detail ?? '', /^Okta returned 400 E0000001 .* A sync continues without rules\.$/);
      assert.match(
        rules?.advice ?? '',
        /^The org may not have this feature\. .* rules out of SYNC_ACCESS\.$/,
      );
      assert.match(apps?.advice ?? '', /^Apps need .* view applications .*who created the token/);
      assert.match(roles?.advice ?? '', /custom role .*"View roles, resources, and admin assignments"/);
    });
  });

  it('reads the System Log where it is watched, and warns if it may not', async () => {
    await withOrg({ users: 5 }, async (_, simulator) => {
      const watching = { OKTA_API_TOKEN: TOKEN, WATCH_INTERVAL: '20s' };
      const lineOf = async (as: Record<string, string>) =>
        (await checkKinds(simulator, as)).find(({ what }) => what === 'Okta System Log');
      assert.equal(await lineOf({ OKTA_API_TOKEN: TOKEN }), undefined);
      const read = await lineOf(watching);
      assert.equal(read?.ok, true);
      assert.match(read?.detail ?? '', /^can read the System Log \(\d+ events in the last five minutes\)$/);
      simulator.faults.set([
        { match: { route: 'logs' }, action: { type: 'error', status: 403, errorCode: 'E0000006' } },
      ]);
      const refused = await lineOf(watching);
      assert.equal(refused?.ok, true, 'a sync continues without');
      assert.match(refused?.detail ?? '', /^Okta returned 403 .* and the log is not watched\.$/);
      assert.match(refused?.advice ?? '', /Otherwise, set WATCH_INTERVAL to off\.$/);
    });
  });

  it('names the scope of the System Log that a service app lacks', async () => {
    const { app, privateKey } = newApp();
    const oauth = { scopes: ['okta.users.read', 'okta.groups.read'], refusesUngranted: true };
    await withOrg({ users: 5, app, oauth }, async (_, { domain }) => {
      const as = { OKTA_CLIENT_ID: CLIENT_ID, OKTA_PRIVATE_KEY: privateKey, WATCH_INTERVAL: '20s' };
      const lines = await checkOkta(loadConfig({ ...variables(domain), ...as }));
      assert.deepEqual(
        lines.map(({ ok }) => ok),
        lines.map(() => true),
      );
      assert.match(lines.at(-1)?.advice ?? '', /lacks the scope okta\.logs\.read\. Grant it/);
    });
  });

  it('fails where a kind could not be tried', async () => {
    await withOrg({ users: 5 }, async (_, simulator) => {
      simulator.faults.set([{ match: { route: 'apps' }, action: { type: 'html', status: 502 } }]);
      const apps = (await checkKinds(simulator)).find(({ what }) => what === 'Okta apps');
      assert.deepEqual([apps?.ok, apps?.code], [false, 'OKTA_SERVER_ERROR']);
    });
  });

  it('names the scopes of kinds that a service app lacks', async () => {
    const { app, privateKey } = newApp();
    for (const refusesUngranted of [true, false]) {
      await withOrg({ users: 5, groups: 2, app, oauth: { refusesUngranted } }, async (_, simulator) => {
        simulator.settings.oauth.scopes = ['okta.users.read', 'okta.groups.read'];
        const lines = await checkKinds(simulator, {
          OKTA_CLIENT_ID: CLIENT_ID,
          OKTA_PRIVATE_KEY: privateKey,
        });
        assert.ok(lines.every(({ ok }) => ok));
        const [rules, apps, roles] = lines.slice(4);
        assert.equal(rules?.advice, undefined);
        assert.match(
          apps?.advice ?? '',
          /lacks the scope okta\.apps\.read\. .* take apps out of SYNC_ACCESS/,
        );
        assert.match(roles?.advice ?? '', /lacks the scope okta\.roles\.read\. Grant it/);
      });
    }
  });

  it('does not say that a sync continues where a service app gets no access token', async () => {
    const { app, privateKey } = newApp();
    await withOrg({ users: 5, app, oauth: { scopes: [] } }, async (_, simulator) => {
      const as = { OKTA_CLIENT_ID: CLIENT_ID, OKTA_PRIVATE_KEY: privateKey };
      const lines = (await checkKinds(simulator, as)).slice(1);
      assert.deepEqual(
        lines.map(({ ok, code }) => [ok, code]),
        lines.map(() => [false, 'OKTA_FORBIDDEN']),
      );
      assert.doesNotMatch(JSON.stringify(lines), /continues/);
    });
  });

  it('reports credentials that can read nothing once, and as an error of each kind too', async () => {
    await withOrg({ users: 5, groups: 2 }, async (_, simulator) => {
      const lines = await checkKinds(simulator, { OKTA_API_TOKEN: '00Revoked' });
      assert.deepEqual(
        lines.map(({ ok }) => ok),
        [true, false, false, false, false, false, false],
      );
      assert.equal(lines.filter(({ advice }) => advice !== undefined).length, 1);
    });
  });

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
