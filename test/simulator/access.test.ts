import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { CLIENT_ID, newApp } from '../../dev/lab/org/serviceApp';
import type { SettingsChange, Simulator, SimulatorOptions } from '../../src/simulator';
import { ALL_USERS, assertOktaError, call, listAll, withSimulator } from './httpClient';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { app } = newApp(keys);
const now = (): number => Date.UTC(2026, 4, 5, 6);

/** Paths of every call about apps, roles and rules. */
function pathsOf({ org }: Simulator) {
  const [appId, userId, groupId] = [org.access.apps.add(), org.addUser(), org.addGroup()];
  return {
    apps: ['/apps', `/apps/${appId}`, `/apps/${appId}/users`, `/apps/${appId}/groups`],
    groupApps: [`/groups/${groupId}/apps`],
    roles: ['/iam/assignees/users', `/users/${userId}/roles`, `/groups/${groupId}/roles`],
    rules: ['/groups/rules', `/groups/rules/${org.access.rules.add()}`],
  };
}

describe('access to apps, roles and rules of the simulated org', () => {
  it('counts apps in one bucket, IAM in another, roles with their users and groups, and rules with groups', async () => {
    await withSimulator({ users: 60 }, async (simulator) => {
      const { apps, groupApps, roles, rules } = pathsOf(simulator);
      for (const path of [...apps, ...groupApps, ...roles, ...rules])
        assert.equal((await call(simulator, `/api/v1${path}`)).status, 200, path);
      assert.deepEqual(simulator.stats.snapshot().byBucket, { apps: 4, groups: 4, iam: 1, user: 1 });
    });
  });

  it('is limited by bucket', async () => {
    await withSimulator({ users: 60, limits: { apps: 2, iam: 1 } }, async (simulator) => {
      const { apps } = pathsOf(simulator);
      const statuses = [];
      for (const path of [...apps, '/iam/assignees/users', '/iam/assignees/users', '/groups/rules'])
        statuses.push((await call(simulator, `/api/v1${path}`)).status);
      assert.deepEqual(statuses, [200, 200, 429, 429, 200, 429, 200]);
    });
  });

  const REFUSALS: readonly {
    what: string;
    access: SettingsChange['access'];
    refused: ('apps' | 'groupApps' | 'roles' | 'rules')[];
    status: number;
    errorCode: string;
  }[] = [
    {
      what: 'apps are forbidden',
      access: { readsApps: false },
      refused: ['apps', 'groupApps'],
      status: 403,
      errorCode: 'E0000006',
    },
    {
      what: 'roles are forbidden, as for a Read-only Administrator',
      access: { readsRoles: false },
      refused: ['roles'],
      status: 403,
      errorCode: 'E0000006',
    },
    {
      what: 'the org has no rules',
      access: { hasRules: false },
      refused: ['rules'],
      status: 400,
      errorCode: 'E0000015',
    },
  ];
  for (const { what, access, refused, status, errorCode } of REFUSALS) {
    it(`is refused with ${status} if ${what}, and nothing else is`, async () => {
      await withSimulator({ users: 60, access }, async (simulator) => {
        const paths = pathsOf(simulator);
        for (const [kind, list] of Object.entries(paths)) {
          for (const path of list) {
            const reply = await call(simulator, `/api/v1${path}`);
            if (refused.includes(kind as keyof typeof paths)) assertOktaError(reply, status, errorCode);
            else assert.equal(reply.status, 200, path);
          }
        }
        assert.equal((await call(simulator, '/api/v1/groups?expand=stats')).status, 200);
      });
    });
  }

  async function askForToken(simulator: Simulator, scope: string) {
    const audience = `${simulator.origin}/oauth2/v1/token`;
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(CLIENT_ID)
      .setSubject(CLIENT_ID)
      .setAudience(audience)
      .setExpirationTime('5m')
      .sign(keys.privateKey);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion: assertion,
    });
    const response = await fetch(audience, { method: 'POST', body });
    return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
  }

  it('needs the scope of its kind: a token without it gets 403', async () => {
    const scopes = [
      'okta.users.read',
      'okta.groups.read',
      'okta.apps.read',
      'okta.roles.read',
      'okta.logs.read',
    ];
    await withSimulator({ users: 60, app, oauth: { scopes } }, async (simulator) => {
      const { apps, groupApps, roles, rules } = pathsOf(simulator);
      const needed: Record<string, string[]> = {
        'okta.apps.read': apps,
        'okta.roles.read': roles,
        'okta.groups.read': [...groupApps, ...rules],
        'okta.logs.read': ['/logs'],
      };
      for (const scope of scopes) {
        const token: Record<string, unknown> = await askForToken(simulator, scope);
        const headers = { authorization: `Bearer ${String(token['access_token'])}` };
        for (const [needs, paths] of Object.entries(needed)) {
          for (const path of paths) {
            const reply = await fetch(`${simulator.origin}/api/v1${path}`, { headers });
            assert.equal(reply.status, needs === scope ? 200 : 403, `${path} with ${scope}`);
            if (needs !== scope)
              assert.equal(
                reply.headers.get('www-authenticate'),
                `Bearer error="insufficient_scope", scope="${needs}"`,
              );
          }
        }
      }
    });
  });

  it('is refused with invalid_scope if configured, when the app lacks one of the requested scopes', async () => {
    await withSimulator({ users: 20, app }, async (simulator) => {
      const scope = 'okta.users.read okta.apps.read';
      assert.equal(((await askForToken(simulator, scope)) as { scope?: string }).scope, 'okta.users.read');
      simulator.settings.oauth.refusesUngranted = true;
      const refused: Record<string, unknown> = await askForToken(simulator, scope);
      assert.deepEqual([refused['status'], refused['error']], [400, 'invalid_scope']);
      simulator.settings.oauth.scopes.push('okta.apps.read');
      assert.equal((await askForToken(simulator, scope)).status, 200);
    });
  });
});

describe('a token that sees a share of the users', () => {
  it('does not see the others as users of apps, as admins or by their roles', async () => {
    const scope = { visibleShare: 0.5 };
    await withSimulator({ users: 400, roles: 200, scope }, async (simulator) => {
      const { org } = simulator;
      const appId = org.access.apps.add();
      org.access.apps.assignGroup(appId, org.everyone.id);
      const listed = async (path: string) =>
        (await listAll<{ id: string }>(simulator, path)).map(({ id }) => id);
      const visible = new Set(await listed(ALL_USERS));
      const present = await listed('/api/v1/users');
      assert.ok(present.length > 100 && present.length < 250);
      assert.deepEqual(await listed(`/api/v1/apps/${appId}/users`), present);
      const admins = [...org.access.roles.admins()].map(({ id }) => id);
      const { json } = await call<{ value: { id: string }[] }>(simulator, '/api/v1/iam/assignees/users');
      assert.deepEqual(
        json.value.map(({ id }) => id),
        admins.filter((id) => visible.has(id)).slice(0, 100),
      );
      const hidden = admins.find((id) => !visible.has(id)) ?? '';
      assertOktaError(await call(simulator, `/api/v1/users/${hidden}/roles`), 404, 'E0000007');
    });
  });
});

describe('changes of apps, roles and rules in the simulated org', () => {
  it('a deleted user or group loses its assignments and roles, a deactivated user its direct ones', async () => {
    await withSimulator({ users: 100 }, async ({ org }) => {
      const { apps, roles } = org.access;
      const appId = apps.add();
      const [leaver, stayer] = [org.addUser(), org.addUser()];
      const groupId = org.addGroup();
      for (const userId of [leaver, stayer]) {
        org.addMembership(groupId, userId);
        apps.assignUser(appId, userId);
        roles.grant({ userId }, { type: 'ORG_ADMIN' });
      }
      apps.assignGroup(appId, groupId);
      roles.grant({ groupId }, { type: 'APP_ADMIN' });
      const holders = () => {
        const truth = org.truth().access;
        return [
          [...truth.appUsers()].flatMap(({ appId: of, user }) => (of === appId ? [user.id] : [])),
          [...truth.appGroups()].flatMap(({ appId: of, group }) => (of === appId ? [group.id] : [])),
          [...truth.roles()]
            .map(({ assigneeId }) => assigneeId)
            .filter((id) => [leaver, stayer, groupId].includes(id)),
        ];
      };
      assert.deepEqual(holders(), [[leaver, stayer], [groupId], [leaver, stayer, groupId]]);
      org.deactivateUser(leaver);
      assert.deepEqual(holders(), [[stayer], [groupId], [stayer, groupId]]);
      assert.throws(() => apps.assignUser(appId, leaver), /validation failed/);
      assert.throws(() => roles.grant({ userId: leaver }, { type: 'ORG_ADMIN' }), /validation failed/);
      org.deleteUser(leaver);
      org.deleteGroup(groupId);
      assert.deepEqual(holders(), [[stayer], [], [stayer]]);
      assert.ok(![...roles.admins()].some(({ id }) => id === leaver));
    });
  });

  it('an app keeps its lastUpdated when assignments change, and its assignments when it is deactivated', async () => {
    let nowMs = now();
    await withSimulator({ users: 100, now: () => nowMs }, async ({ org }) => {
      const { apps } = org.access;
      const appId = apps.add();
      const one = () => [...org.truth().access.apps()].find(({ id }) => id === appId);
      const before = one();
      nowMs += 5_000;
      apps.assignUser(appId, org.addUser());
      apps.assignGroup(appId, org.everyone.id, 3);
      assert.equal(apps.assignGroup(appId, org.everyone.id, 3), false);
      assert.equal(apps.assignGroup(appId, org.everyone.id, 4), true);
      assert.deepEqual(one(), before);
      assert.throws(() => apps.delete(appId), /validation failed/);
      apps.setStatus(appId, 'INACTIVE');
      assert.equal(one()?.lastUpdated, new Date(nowMs).toISOString());
      const counted = org.truth().access.counts;
      assert.equal([...org.truth().access.appUsers()].filter((user) => user.appId === appId).length, 1);
      apps.delete(appId);
      assert.deepEqual(org.truth().access.counts, {
        ...counted,
        apps: counted.apps - 1,
        appUsers: counted.appUsers - 1,
        appGroups: counted.appGroups - 1,
      });
    });
  });

  it('churn makes and counts the planned changes', async () => {
    await withSimulator({ users: 1_000, groups: 100 }, async ({ org }) => {
      const before = org.truth().access.counts;
      const done = org.churn({
        seed: 5,
        addApps: 3,
        renameApps: 2,
        deactivateApps: 2,
        deleteApps: 1,
        assignAppUsers: '10%',
        unassignAppUsers: 7,
        assignAppGroups: 6,
        unassignAppGroups: 4,
        addRules: 3,
        changeRules: 2,
        invalidateRules: 1,
        deleteRules: 2,
        grantRoles: 5,
        revokeRoles: 3,
      });
      assert.equal(done.appUsersAssigned, Math.round(before.appUsers / 10));
      const counts = org.truth().access.counts;
      assert.equal(counts.apps, before.apps + 3 - 1);
      assert.equal(counts.rules, before.rules + 3 - 2);
      assert.equal(counts.roles, before.roles + 5 - 3);
      const { appsAdded, appsRenamed, appsDeactivated, rulesChanged, rulesInvalidated, ...rest } = done;
      assert.deepEqual(
        [appsAdded, appsRenamed, appsDeactivated, rulesChanged, rulesInvalidated],
        [3, 2, 2, 2, 1],
      );
      assert.deepEqual(
        [rest.appUsersUnassigned, rest.appGroupsAssigned, rest.appGroupsUnassigned],
        [7, 6, 4],
      );
      assert.equal(rest.usersAdded + rest.membershipsAdded + rest.groupsDeleted, 0);
    });
  });

  it('churn makes the same changes for the same seed, and part of a mix for a fraction', async () => {
    const contents: string[] = [];
    for (let i = 0; i < 2; i++) {
      await withSimulator({ users: 1_000, groups: 100, now }, async ({ org, origin }) => {
        const done = org.churn({ fraction: 0.1, seed: 9 });
        assert.ok(done.appUsersAssigned > 10 && done.appGroupsAssigned > 0 && done.rolesGranted > 0);
        const truth = org.truth().access;
        const lists = [truth.apps(), truth.appUsers(), truth.appGroups(), truth.roles(), truth.rules()];
        contents.push(JSON.stringify(lists.map((list) => [...list])).replaceAll(origin, ''));
      });
    }
    assert.equal(contents[0], contents[1]);
  });

  it('churn does nothing where there is nothing to change', async () => {
    await withSimulator({ users: 1, groups: 1, apps: 0, rules: 0, roles: 0 }, async ({ org }) => {
      const done = org.churn({
        unassignAppUsers: 3,
        deleteApps: 3,
        changeRules: 3,
        addRules: 3,
        revokeRoles: 3,
      });
      assert.deepEqual([...new Set(Object.values(done))], [0]);
    });
  });
});

describe('an app that examples name', () => {
  it('keeps its label when others are renamed', async () => {
    await withSimulator({ users: 40, groups: 4, apps: 5, now }, async ({ org }) => {
      for (const seed of [1, 2, 3]) assert.equal(org.churn({ seed, renameApps: 4 }).appsRenamed, 4);
      const labels = [...org.truth().access.apps()].map(({ label }) => label);
      assert.ok(labels.includes('Salesforce'), labels.join());
      assert.ok(
        labels.some((label) => label.startsWith('Renamed ')),
        labels.join(),
      );
    });
  });
});

describe('users, groups and memberships of a seed', () => {
  const digestOf = async (options: SimulatorOptions): Promise<string[]> => {
    const digests: string[] = [];
    await withSimulator(
      { users: 300, groups: 30, seed: 7, now, missedStamps: 0.3, ...options },
      async ({ org }) => {
        const digest = (): void => {
          const truth = org.truth();
          const users = [...truth.users()].map(({ id, status, created, lastUpdated, profile }) => [
            id,
            status,
            created,
            lastUpdated,
            profile,
          ]);
          const groups = [...truth.groups()].map(({ _links, ...group }) => group);
          const content = JSON.stringify([users, groups, [...truth.edges()]]);
          digests.push(createHash('sha256').update(content).digest('hex').slice(0, 16));
        };
        digest();
        for (const seed of [1, 2])
          org.churn({ seed, fraction: 0.05, deleteUsers: 4, addGroups: 2, deleteGroups: 1 });
        digest();
      },
    );
    return digests;
  };

  it('are those of version 0.2, before and after churn, with any number of apps, rules and roles', async () => {
    const expected = ['66a6b5da23a53017', '1c47ef7268fd11a2'];
    assert.deepEqual(await digestOf({}), expected);
    assert.deepEqual(await digestOf({ apps: 0, rules: 0, roles: 0 }), expected);
    assert.deepEqual(await digestOf({ apps: 500, rules: 100, roles: 90 }), expected);
  });
});
