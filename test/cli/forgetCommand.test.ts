import assert from 'node:assert/strict';
import { forget, type HasUser } from '../../src/cli/forgetCommand';
import { main } from '../../src/cli/main';
import type { Config } from '../../src/config';
import { ACCESS_KINDS } from '../../src/contract';
import { CodedError, faultFor } from '../../src/faults/fault';
import { approveRemovals, ofEachKind } from '../../src/graph/write/approvals';
import { recordSettingsChange, settingsChanges } from '../../src/graph/write/settingsChanges';
import { hasUser } from '../../src/okta/hasUser';
import { configFor } from '../../dev/lab/configFor';
import { neo4jVariables, orgVariables } from '../../dev/lab/environment';
import { neo4j, SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { approveAll } from '../../dev/lab/org/approval';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { Sink } from '../../dev/lab/sink';

type Profile = Record<string, unknown>;

describe('The forget command', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;
  let config: Config;

  beforeEach(async () => {
    org = await OrgUnderTest.start({
      seed: 7,
      users: 30,
      groups: 5,
      memberships: 60,
      apps: 4,
      rules: 3,
      roles: 4,
    });
    config = configFor({ ...orgVariables(org.sim), ...neo4jVariables(await neo4j()) });
    await run();
  });
  afterEach(() => org.stop());

  async function run(): Promise<void> {
    await org.wholeRun({ mode: 'full', access: ACCESS_KINDS, ...(await approveAll(org.db, org.sim.domain)) });
  }

  /** The command, with what it printed; an error's message is printed as well. */
  async function forgetting(
    user: string,
    asking: HasUser = hasUser,
    out = new Sink(),
  ): Promise<{ code: number; text: string }> {
    const inTest = { ...config, sync: { ...config.sync, proofGapMs: 0 } };
    const code = await forget({ config: inTest, out, err: out }, asking, { user }).catch((error: Error) => {
      out.text += error.message;
      return -1;
    });
    return { code, text: out.text };
  }

  const people = () => [...org.sim.org.truth().users()] as { id: string; profile: Profile }[];

  /** A user who manages others, has changed, has left a group, and whom reports, approvals and rules name. */
  async function someoneKnown(): Promise<{ id: string; profile: Profile }> {
    const person = people().find(({ id }) => people().some(({ profile }) => profile['managerId'] === id));
    const [other] = people().filter(
      ({ id, profile }) => id !== person?.id && profile['managerId'] !== person?.id,
    );
    assert.ok(person && other && person.id !== other.id);
    const { sim, db } = org;
    const group = [...sim.org.truth().groups()].find(({ type }) => type === 'OKTA_GROUP')?.id as string;
    sim.org.addMembership(group, person.id);
    sim.org.renameUser(person.id, { department: 'Forgotten Works' });
    sim.org.renameUser(other.id, { email: person.profile['email'] as string, managerId: person.id });
    await run();
    sim.org.removeMembership(group, person.id);
    sim.org.renameUser(other.id, { managerId: null, manager: null, email: 'other@acme.example' });
    await run();
    const counts = ofEachKind(1);
    const listed = { ofRun: 1, userIds: [person.id, other.id], groupIds: [] };
    await approveRemovals(db, sim.domain, { by: 'a test', counts, listed });
    await recordSettingsChange(db, sim.domain, { what: `Looked at ${person.id}, twice`, by: 'a test' });
    return person;
  }

  /** Rules of the org that leave a user out, and a list of users to ask for; a run would read the rules again. */
  async function nameInRules(id: string): Promise<void> {
    await org.db.run(
      `MATCH (r:GroupRule {okta_domain: $domain}) SET r.excluded_users = [$id, '00uOther'], r.expression = 'user.id == "' + $id + '"'
       WITH count(r) AS rules MATCH (o:OktaOrg {domain: $domain}) SET o.suspects = [$id]`,
      { domain: org.sim.domain, id },
    );
  }

  function deleteInOkta(id: string): void {
    org.sim.org.deactivateUser(id);
    org.sim.org.deleteUser(id);
  }

  /** Nodes and relationships of the org that have a text in any property. */
  async function having(text: string): Promise<string[]> {
    const rows = await org.db.read<{ of: string; properties: Record<string, unknown> }>(
      `MATCH (n) WHERE coalesce(n.okta_domain, n.domain) = $domain RETURN labels(n)[0] AS of, properties(n) AS properties
       UNION ALL
       MATCH (n)-[r]->() WHERE coalesce(n.okta_domain, n.domain) = $domain RETURN type(r) AS of, properties(r) AS properties`,
      { domain: org.sim.domain },
    );
    const found = rows.filter(({ properties }) => JSON.stringify(properties).includes(text));
    return [...new Set(found.map(({ of }) => of))].sort();
  }

  it('leaves nothing of a deleted user, wherever it was', async () => {
    const { id, profile } = await someoneKnown();
    deleteInOkta(id);
    await run();
    await nameInRules(id);
    const before = await having(id);
    for (const label of [
      'FormerUser',
      'GroupRule',
      'OktaOrg',
      'RemovalApproval',
      'SettingsChange',
      'SyncRun',
      'User',
      'UserChange',
    ])
      assert.ok(before.includes(label), `${label} has the id`);
    const { code, text } = await forgetting(id);
    assert.equal(code, 0, text);
    assert.match(
      text,
      /^Removed all data of a deleted user: 1 node, \d+ relationships, \d+ changes?; cleared from \d+ other nodes\.$/m,
    );
    assert.match(text, /current users or group rules name this user in Okta/);
    assert.deepEqual(await having(id), []);
    for (const part of ['Forgotten Works', profile['displayName'], profile['githubUsername']])
      assert.deepEqual(await having(String(part)), [], String(part));
    assert.deepEqual(await having(String(profile['email'])), ['UserChange'], 'another user once had it, too');
  });

  it('records that it did, when and by whom, but not of whom', async () => {
    const { id } = await someoneKnown();
    deleteInOkta(id);
    await run();
    await forgetting(id);
    const [change] = await settingsChanges(org.db, org.sim.domain, 1);
    assert.match(change?.what ?? '', /^Removed all data of a deleted user: 1 node, /);
    assert.match(change?.by ?? '', /, on the command line$/);
    assert.ok(Date.now() - (change?.at.getTime() ?? 0) < 60_000);
  });

  it('leaves everybody else as they are', async () => {
    const { id } = await someoneKnown();
    const others = async () =>
      org.db.read<{ id: string; edges: number; changes: number }>(
        `MATCH (u:User|FormerUser {okta_domain: $domain}) WHERE u.id <> $id
         RETURN u.id AS id, COUNT { (u)-[:MEMBER_OF|WAS_MEMBER_OF]->() } AS edges, COUNT { (u)-[:CHANGED]->() } AS changes
         ORDER BY id`,
        { domain: org.sim.domain, id },
      );
    deleteInOkta(id);
    await run();
    const before = await others();
    await forgetting(id);
    assert.deepEqual(await others(), before);
    const reports = people().filter(({ profile }) => profile['managerId'] === id);
    assert.ok(reports.length > 0);
    const [managers] = await org.db.read<{ left: number }>(
      'MATCH (u:User {okta_domain: $domain}) WHERE u.id IN $ids AND (u.manager IS NOT NULL OR u.manager_id IS NOT NULL) RETURN count(u) AS left',
      { domain: org.sim.domain, ids: reports.map((report) => report.id) },
    );
    assert.equal(managers?.left, 0, 'its reports no longer name it');
  });

  it('lets later runs go on, and other users with the same login be', async () => {
    const { id, profile } = await someoneKnown();
    deleteInOkta(id);
    const successor = org.sim.org.addUser({
      login: profile['login'] as string,
      email: profile['email'] as string,
    });
    const report = people().find((each) => each.id !== successor)?.id as string;
    org.sim.org.renameUser(report, { managerId: profile['login'] as string });
    await run();
    await forgetting(id);
    const [named] = await org.db.read<{ manager: string }>(
      'MATCH (u:User {okta_domain: $domain, id: $id}) RETURN u.manager_id AS manager',
      { domain: org.sim.domain, id: report },
    );
    assert.equal(named?.manager, profile['login']);
    for (const each of people())
      if (each.profile['managerId'] === id)
        org.sim.org.renameUser(each.id, { managerId: null, manager: null });
    await run();
    assert.deepEqual(await org.differences(), []);
    assert.ok(!(await having(id)).includes('User'));
  });

  it('asks Okta twice about a user that no run has seen deleted', async () => {
    const { id } = await someoneKnown();
    deleteInOkta(id);
    let asked = 0;
    const { code, text } = await forgetting(id, (...args) => {
      asked += 1;
      return hasUser(...args);
    });
    assert.deepEqual([code, asked], [0, 2]);
    assert.match(text, /^No run has removed this user yet\. Okta does not find it; asking again in 0 s/);
    assert.deepEqual(await having(id), []);
    await run();
    assert.ok(!(await having(id)).includes('FormerUser'));
  });

  it('waits for a run of what the System Log has named', async () => {
    const { id } = await someoneKnown();
    deleteInOkta(id);
    await run();
    const touched = await org.begin({ mode: 'touched', allowDeletes: false });
    const out = new Sink();
    const write = out.write.bind(out);
    out.write = (chunk: string) => {
      if (chunk.startsWith('Waiting')) void org.attempt().call('endRun', touched);
      return write(chunk);
    };
    const { code, text } = await forgetting(id, hasUser, out);
    assert.match(text, /^Waiting for the end of a run that takes seconds\.$/m);
    assert.equal(code, 0, text);
    assert.deepEqual(await having(id), []);
  });

  describe('refuses', () => {
    const refused = async (user: string, why: RegExp, asking?: HasUser) => {
      const { code, text } = await forgetting(user, asking);
      assert.notEqual(code, 0);
      assert.match(text, why);
      assert.deepEqual((await settingsChanges(org.db, org.sim.domain, 9)).length, 0);
    };

    it('a user that Okta still has, deactivated or not', async () => {
      const [person] = people();
      assert.ok(person);
      const why = /^Okta still has user \w+\. Nothing was removed\. Delete the user in Okta first/;
      await refused(person.id, why);
      org.sim.org.deactivateUser(person.id);
      await refused(person.id, why);
      assert.deepEqual(
        await org.differences().then((found) => found.length > 0),
        true,
        'the graph is as it was',
      );
    });

    it('a user that Okta has again when asked again', async () => {
      const [person] = people();
      assert.ok(person);
      let asked = 0;
      await refused(person.id, /Okta still has user/, () => Promise.resolve((asked += 1) === 2));
    });

    it('a user that Okta does not answer for', async () => {
      const [person] = people();
      assert.ok(person);
      await refused(
        person.id,
        /^Okta could not be asked for the user: Okta was away\. Nothing was removed\. Check OKTA_DOMAIN/,
        () => Promise.reject(new CodedError('OKTA_UNREACHABLE', 'Okta was away.')),
      );
    });

    it('while a run is in progress, which may write the user again', async () => {
      const [person] = people();
      assert.ok(person);
      const inProgress = await org.begin({ allowDeletes: false });
      deleteInOkta(person.id);
      const why = new RegExp(
        `Run ${inProgress.number} of .* is in progress: .* Nothing was removed\\. Wait until it has ended, or end it: okta-graph cancel\\.`,
      );
      await refused(person.id, why);
      await org
        .attempt()
        .call('endRun', inProgress, { outcome: 'cancelled', failure: faultFor('CANCELLED') });
      const { code, text } = await forgetting(person.id);
      assert.equal(code, 0, text);
    });

    it("a user that a run finds again between Okta's answer and the removal", async () => {
      const [person] = people();
      assert.ok(person);
      const { id } = person;
      await org.db.run('MATCH (u:User {okta_domain: $domain, id: $id}) SET u:FormerUser REMOVE u:User', {
        domain: org.sim.domain,
        id,
      });
      await refused(
        id,
        /^A run has found user \w+ in Okta again\. Nothing was removed\. Try again/,
        async () => {
          await org.db.run(
            'MATCH (u:FormerUser {okta_domain: $domain, id: $id}) SET u:User REMOVE u:FormerUser',
            {
              domain: org.sim.domain,
              id,
            },
          );
          return false;
        },
      );
    });

    it('an ID that the graph does not have, and an email', async () => {
      await refused(
        '00uNobody',
        /^The graph has no user 00uNobody in .* current or deleted\. Nothing was removed\./,
      );
      await refused('ada@acme.com', /^--user must be the Okta ID of the user, .*: ada@acme\.com$/);
    });

    it('to run without a user', async () => {
      const out = new Sink();
      const access = { check: () => Promise.resolve([]), findOrganization: () => Promise.reject(), hasUser };
      assert.equal(await main(['forget'], { out, err: out }, access, () => ({})), 2);
      assert.match(out.text, /required option '--user <id>' not specified/);
    });
  });
});
