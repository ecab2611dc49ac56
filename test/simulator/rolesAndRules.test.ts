import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/simulator/json';
import type { OktaRole, OktaRule, Simulator } from '../../src/simulator';
import { startSimulator } from '../../src/simulator';
import { assertOktaError, call, listAll, type Reply, withSimulator } from './httpClient';

interface Assignees {
  value: (JsonObject & { id: string })[];
  _links: { self: { href: string }; next?: { href: string } };
}

const ASSIGNEES = '/api/v1/iam/assignees/users';

/** Follows the next links in the bodies. */
async function assigneePages(simulator: Simulator, path = ASSIGNEES): Promise<string[][]> {
  const pages: string[][] = [];
  for (let url: string | undefined = path; url !== undefined;) {
    const reply: Reply<Assignees> = await call<Assignees>(simulator, url);
    assert.deepEqual(reply.linkLines, []);
    pages.push(reply.json.value.map(({ id }) => id));
    url = reply.json._links.next?.href;
  }
  return pages;
}

describe('admin roles of the simulated org', () => {
  let simulator: Simulator;

  before(async () => {
    simulator = await startSimulator({ users: 2_000, groups: 200 });
  });
  after(() => simulator.close());

  const rolesOf = async (kind: 'users' | 'groups', id: string): Promise<OktaRole[]> =>
    (await call<OktaRole[]>(simulator, `/api/v1/${kind}/${id}/roles`)).json;

  it('are a dozen of users and two of groups, listed as in the truth', async () => {
    const truth = [...simulator.org.truth().access.roles()];
    const assignments = truth.map(({ role }) => role.assignmentType);
    assert.equal(assignments.filter((type) => type === 'USER').length, 12);
    assert.equal(assignments.filter((type) => type === 'GROUP').length, 2);
    for (const { assigneeId, role } of truth) {
      const kind = role.assignmentType === 'USER' ? 'users' : 'groups';
      const listed = await rolesOf(kind, assigneeId);
      assert.ok(listed.some((one) => JSON.stringify(one) === JSON.stringify(role)));
    }
    const types = new Set(truth.map(({ role }) => role.type));
    for (const type of ['SUPER_ADMIN', 'CUSTOM']) assert.ok(types.has(type), type);
  });

  it('of an unscoped standard type have one id for all assignees; scoped and custom ones have their own', async () => {
    const { org } = simulator;
    const { roles } = org.access;
    const [a, b] = [org.addUser(), org.addUser()];
    // Recorded from a real org.
    const id = 'JBCUYUC7IRCVGS27IFCE2SKO';
    for (const userId of [a, b]) assert.equal(roles.grant({ userId }, { type: 'HELP_DESK_ADMIN' }), id);
    const scoped = [a, b].map((userId) => roles.grant({ userId }, { type: 'USER_ADMIN', isScoped: true }));
    const custom = [a, b].map((userId) => roles.grant({ userId }, { type: 'CUSTOM' }));
    assert.equal(new Set([...scoped, ...custom]).size, 4);
    const [role] = (await rolesOf('users', a)).filter(({ type }) => type === 'CUSTOM');
    assert.match(String(role?.role), /^cr0/);
    assert.match(String(role?.['resource-set']), /^iam/);
    assert.throws(() => roles.grant({ userId: a }, { type: 'HELP_DESK_ADMIN' }), /validation failed/);
    assert.equal(roles.revoke({ userId: a }, id), true);
    assert.equal(roles.revoke({ userId: a }, id), false);
    assert.ok((await rolesOf('users', b)).some((left) => left.id === id));
  });

  it('through a group are in the list of a member with assignmentType GROUP, and not in the truth', async () => {
    const { org } = simulator;
    const userId = org.addUser();
    const groupId = org.addGroup();
    org.access.roles.grant({ groupId }, { type: 'REPORT_ADMIN' });
    assert.deepEqual(await rolesOf('users', userId), []);
    org.addMembership(groupId, userId);
    const listed = await rolesOf('users', userId);
    assert.deepEqual(
      listed.map(({ type, assignmentType }) => [type, assignmentType]),
      [['REPORT_ADMIN', 'GROUP']],
    );
    assert.deepEqual(listed, await rolesOf('groups', groupId));
    const direct = [...org.truth().access.roles()].map(({ assigneeId }) => assigneeId);
    assert.ok(direct.includes(groupId) && !direct.includes(userId));
    assert.ok((await assigneePages(simulator)).flat().includes(userId));
    const group = await call<{ _embedded: { stats: { hasAdminPrivilege: boolean } } }>(
      simulator,
      `/api/v1/groups/${groupId}?expand=stats`,
    );
    assert.equal(group.json._embedded.stats.hasAdminPrivilege, true);
  });

  it('give groups hasAdminPrivilege in their stats, which can be misspelled as in the specification', async () => {
    const flags = async (name: string): Promise<string[]> => {
      const groups = await listAll<{ id: string; _embedded: { stats: JsonObject } }>(
        simulator,
        '/api/v1/groups?expand=stats',
      );
      return groups.filter(({ _embedded }) => _embedded.stats[name] === true).map(({ id }) => id);
    };
    const expected = [...simulator.org.truth().access.roles()]
      .flatMap(({ assigneeId, role }) => (role.assignmentType === 'GROUP' ? [assigneeId] : []))
      .sort();
    assert.deepEqual((await flags('hasAdminPrivilege')).sort(), expected);
    simulator.settings.access.misspellsHasAdminPrivilege = true;
    assert.deepEqual(await flags('hasAdminPrivilege'), []);
    assert.deepEqual((await flags('hasAdminPrivlege')).sort(), expected);
    simulator.settings.access.misspellsHasAdminPrivilege = false;
  });

  it('list assignees by 100, each once, with the next page in the body', async () => {
    await withSimulator({ users: 400, groups: 10, roles: 0 }, async (own) => {
      const { org } = own;
      const active = [...org.truth().users()].filter(({ status }) => status !== 'DEPROVISIONED');
      const [group] = [...org.truth().groups()].filter(
        ({ usersCount, type }) => usersCount > 3 && type !== 'BUILT_IN',
      );
      assert.ok(group);
      for (const { id } of active.slice(0, 230))
        org.access.roles.grant({ userId: id }, { type: 'ORG_ADMIN' });
      org.access.roles.grant({ groupId: group.id }, { type: 'ORG_ADMIN' });
      const members = new Set([...org.truth().edges()].flatMap(([u, g]) => (g === group.id ? [u] : [])));
      const expected = active.filter(({ id }, i) => i < 230 || members.has(id)).map(({ id }) => id);
      const pages = await assigneePages(own);
      assert.deepEqual(pages.flat(), expected);
      assert.deepEqual(
        pages.map((page) => page.length),
        [100, 100, expected.length - 200],
      );
      assert.equal((await assigneePages(own, `${ASSIGNEES}?limit=7`))[0]?.length, 7);
    });
  });

  it('link assignees to the admin host if configured, with a path that works on the org', async () => {
    await withSimulator({ users: 400, roles: 120, access: { adminHostLinks: true } }, async (own) => {
      const next = new URL((await call<Assignees>(own, ASSIGNEES)).json._links.next?.href ?? '');
      assert.equal(next.hostname, 'localhost-admin');
      assert.equal(next.pathname, ASSIGNEES);
      const { json } = await call<Assignees>(own, next.pathname + next.search);
      assert.ok(json.value.length > 0);
      assert.equal(json._links.next, undefined);
    });
  });

  it('take the faults of pages in the body', async () => {
    const { faults } = simulator;
    faults.set([
      {
        match: { route: 'assignees', nth: 1 },
        action: { type: 'foreignNext', origin: 'http://evil.example' },
      },
    ]);
    const { json } = await call<Assignees>(simulator, ASSIGNEES);
    assert.match(json._links.next?.href ?? '', /^http:\/\/evil\.example\/api\/v1\/iam/);
    faults.clear();
  });

  it('answer 404 for unknown users and groups, and [] for those without roles', async () => {
    for (const path of ['users/00uNobody/roles', 'groups/00gNothing/roles', 'iam/other'])
      assertOktaError(await call(simulator, `/api/v1/${path}`), 404, 'E0000007');
    assert.deepEqual(await rolesOf('groups', simulator.org.everyone.id), []);
  });
});

describe('group rules of the simulated org', () => {
  const RULES = '/api/v1/groups/rules';

  it('are listed, and served by id, exactly as in the truth', async () => {
    await withSimulator({ users: 2_000, groups: 200 }, async (simulator) => {
      const rules = [...simulator.org.truth().access.rules()];
      assert.equal(rules.length, 15);
      assert.deepEqual(await listAll(simulator, `${RULES}?limit=4`), rules);
      for (const rule of rules) assert.deepEqual((await call(simulator, `${RULES}/${rule.id}`)).json, rule);
      assertOktaError(await call(simulator, `${RULES}/0prNothing`), 404, 'E0000007');
      assert.deepEqual([...new Set(rules.map(({ status }) => status))].sort(), [
        'ACTIVE',
        'INACTIVE',
        'INVALID',
      ]);
      const withoutPeople = rules.filter(({ conditions }) => !('people' in conditions));
      assert.ok(withoutPeople.length > 0 && withoutPeople.length < rules.length);
      const groupIds = new Set([...simulator.org.truth().groups()].map(({ id }) => id));
      for (const { status, actions } of rules) {
        const missing = actions.assignUserToGroups.groupIds.filter((id) => !groupIds.has(id));
        assert.equal(missing.length > 0, status === 'INVALID');
      }
    });
  });

  it('take several pages of at most 200', async () => {
    await withSimulator({ users: 100, rules: 350 }, async (simulator) => {
      assert.equal((await call<unknown[]>(simulator, RULES)).json.length, 50);
      assert.equal((await call<unknown[]>(simulator, `${RULES}?limit=300`)).json.length, 200);
      assert.equal((await listAll(simulator, `${RULES}?limit=300`)).length, 350);
    });
  });

  it('with a target that is deleted become INVALID and keep its id', async () => {
    await withSimulator({ users: 100 }, async ({ org }) => {
      const [kept, deleted] = [org.addGroup(), org.addGroup()];
      const ids = [[kept], [kept, deleted]].map((groupIds) => org.access.rules.add({ groupIds }));
      org.deleteGroup(deleted);
      const rules = [...org.truth().access.rules()].filter(({ id }) => ids.includes(id));
      assert.deepEqual(
        rules.map(({ status, actions }) => [status, actions.assignUserToGroups.groupIds]),
        [
          ['ACTIVE', [kept]],
          ['INVALID', [kept, deleted]],
        ],
      );
    });
  });

  it('have a new lastUpdated only after a change', async () => {
    let nowMs = Date.UTC(2026, 2, 1);
    await withSimulator({ users: 100, now: () => nowMs }, async (simulator) => {
      const { rules } = simulator.org.access;
      const id = rules.add();
      nowMs += 1_000;
      rules.change(id, { status: 'INACTIVE', expression: 'false' });
      const { json } = await call<OktaRule>(simulator, `${RULES}/${id}`);
      assert.equal(json.status, 'INACTIVE');
      assert.equal(Date.parse(json.lastUpdated) - Date.parse(json.created), 1_000);
      assert.deepEqual(json.conditions, { expression: { value: 'false', type: 'urn:okta:expression:1.0' } });
    });
  });
});
