import assert from 'node:assert/strict';
import { KEEP_ALL, parsePatterns, type DataRules } from '../../src/config/dataRules';
import { proofOf } from '../../src/queries/proof';
import { answer } from '../../src/queries/answer';
import type { Question } from '../../src/queries/question';
import { findQuestion } from '../../src/queries/registry';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { approveAll } from '../../dev/lab/org/approval';

function refuse(fault: string): void {
  throw new Error(fault);
}

const selecting = (text: string): DataRules => ({ ...KEEP_ALL, membersOf: parsePatterns(text, refuse) });

describe('Groups whose members are read', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;
  let groups: Record<'a' | 'b', string>;
  let users: string[];

  beforeEach(async () => {
    org = await OrgUnderTest.start({ seed: 11, users: 12, groups: 1, memberships: 12 });
    users = [...org.sim.org.truth().users()].map(({ id }) => id);
    groups = {
      a: org.sim.org.addGroup({ name: 'Eng A' }),
      b: org.sim.org.addGroup({ name: 'Ops, B' }),
    };
    for (const id of users.slice(0, 5)) org.sim.org.addMembership(groups.a, id);
    for (const id of users.slice(2, 9)) org.sim.org.addMembership(groups.b, id);
  });
  afterEach(() => org.stop());

  const sync = (data: DataRules) => ({ ports: { sync: { ...org.ports.sync, data } } });

  async function run(data: DataRules, mode: 'full' | 'incremental' = 'full') {
    return org.wholeRun({ mode, ...(await approveAll(org.db, org.sim.domain)) }, sync(data));
  }

  /** Number of members of a group, now and in the past. */
  async function members(id: string): Promise<{ now: number; past: number; because: (string | null)[] }> {
    const [row] = await org.db.read<{ now: number; past: number; because: (string | null)[] }>(
      `MATCH (g:Group {okta_domain: $domain, id: $id})
       RETURN COUNT { (g)<-[:MEMBER_OF]-() } AS now, COUNT { (g)<-[:WAS_MEMBER_OF]-() } AS past,
              COLLECT { MATCH (g)<-[m:WAS_MEMBER_OF]-() RETURN DISTINCT m.ended_because } AS because`,
      { domain: org.sim.domain, id },
    );
    assert.ok(row);
    return row;
  }

  it('are the selected ones and Everyone; the others are nodes without members', async () => {
    const report = await run(selecting('Eng*'));
    assert.deepEqual(
      [
        (await members(groups.a)).now,
        (await members(groups.b)).now,
        (await members(org.sim.org.everyone.id)).now,
      ],
      [5, 0, 12],
    );
    assert.deepEqual(
      [report.outcome, report.groups.seen, report.memberships.groupsExcluded],
      ['succeeded', 3, 1],
    );
    assert.equal(report.reconciliation.usersCount, report.reconciliation.memberships);
    assert.equal(org.sim.stats.snapshot().byRoute['members'], 2, 'the other group was not asked for');
  });

  it('are all read again, whatever the mode, once all are selected', async () => {
    await run(selecting('!Ops*'));
    await run(KEEP_ALL, 'incremental');
    assert.deepEqual(await org.differences(), []);
    const [edge] = await org.db.read<{ since: unknown }>(
      `MATCH (:Group {okta_domain: $domain, id: $id})<-[m:MEMBER_OF]-() RETURN m.not_before AS since LIMIT 1`,
      { domain: org.sim.domain, id: groups.b },
    );
    assert.equal(edge?.since, null, 'when the membership began is not known');
  });

  it('end in the graph, with the reason, when they are no longer selected', async () => {
    await run(KEEP_ALL);
    const asOf = await lastRead(groups.b);
    const report = await run(selecting('Eng*'), 'incremental');
    assert.deepEqual(await members(groups.b), { now: 0, past: 7, because: ['SYNC_MEMBERS_OF'] });
    assert.equal((await members(groups.a)).now, 5);
    const [ended] = await org.db.read<{ at: string[]; closed: number }>(
      `MATCH (:Group {okta_domain: $domain, id: $id})<-[m:WAS_MEMBER_OF]-()
       RETURN collect(DISTINCT toString(m.valid_to)) AS at, count(m.closed_by) AS closed`,
      { domain: org.sim.domain, id: groups.b },
    );
    assert.deepEqual(ended, { at: [asOf], closed: 0 });
    assert.deepEqual([report.outcome, report.memberships.removed], ['succeeded', 0]);
    const [warning] = report.warnings.filter(({ code }) => code === 'MEMBERS_EXCLUDED');
    assert.match(warning?.message ?? '', /^SYNC_MEMBERS_OF no longer selects 1 group: 7 memberships ended/);

    const again = await run(selecting('Eng*'));
    assert.ok(!again.warnings.some(({ code }) => code === 'MEMBERS_EXCLUDED'));
    assert.deepEqual([again.memberships.groupsRead, again.memberships.groupsUnchanged], [2, 0]);
  });

  it('follow the setting in a run of what the System Log has named, and back', async () => {
    const touched = async (data: DataRules) => {
      const begun = await org.begin({ mode: 'touched' });
      await org.attempt(sync(data)).call('syncTouched', begun, { users: [], groups: [groups.b] });
      await org.members(begun, sync(data));
      await org.sweep(begun, sync(data));
      await org.attempt(sync(data)).call('endRun', begun);
    };
    await run(KEEP_ALL);
    await touched(selecting('Eng*'));
    assert.equal((await members(groups.b)).now, 0);
    await touched(KEEP_ALL);
    assert.deepEqual(await org.differences(), []);
  });

  it('are deleted without history if none is kept', async () => {
    await run(KEEP_ALL);
    await org.wholeRun({ mode: 'full', allowDeletes: false, keepsHistory: false }, sync(selecting('Eng*')));
    assert.deepEqual(await members(groups.b), { now: 0, past: 0, because: [] });
  });

  it('follow a new name of a group, in an incremental run too', async () => {
    const rules = selecting('Eng*');
    await run(rules);
    org.sim.org.renameGroup(groups.a, 'Old A');
    org.sim.org.renameGroup(groups.b, 'Engines');
    await run(rules, 'incremental');
    assert.deepEqual([(await members(groups.a)).now, (await members(groups.b)).now], [0, 7]);
    const changed = await org.db.read<{ fields: string[] }>(
      'MATCH (:Group {okta_domain: $domain})-[:CHANGED]->(c:GroupChange) RETURN c.fields AS fields',
      { domain: org.sim.domain },
    );
    assert.deepEqual(
      changed.map(({ fields }) => fields.toSorted()),
      [
        ['last_updated', 'name'],
        ['last_updated', 'name'],
      ],
    );
  });

  it('are kept up to date by incremental runs, and others are not asked for', async () => {
    const rules = selecting('Eng*');
    await run(rules);
    const [joiner, leaver] = [users[10] as string, users[0] as string];
    org.sim.org.addMembership(groups.a, joiner);
    org.sim.org.removeMembership(groups.a, leaver);
    org.sim.org.removeMembership(groups.b, users[4] as string);
    const report = await run(rules, 'incremental');
    assert.deepEqual([report.memberships.added, report.memberships.removed], [1, 1]);
    assert.equal((await members(groups.b)).now, 0);
    assert.equal(org.sim.stats.snapshot().byRoute['members'], 1);
  });

  it('are said in answers, which do not call the other groups empty', async () => {
    await run(selecting('Eng*'));
    const { domain } = org.sim;
    const now = new Date();
    const proof = await proofOf(org.db, domain, now, 86_400_000);
    assert.equal(proof.groupsExcluded, 1);
    const asking = { domain, now, historyRetentionMs: 86_400_000, given: {} };
    const { rows } = await answer(org.db, asked('empty-groups'), asking);
    assert.deepEqual(rows, []);
    const sizes = await answer(org.db, asked('group-sizes'), asking);
    assert.deepEqual(
      sizes.rows.map(({ group_id: id, members: size }) => [id, size]),
      [
        [org.sim.org.everyone.id, 12],
        [groups.a, 5],
        [groups.b, null],
      ],
    );
  });

  function asked(id: string): Question {
    const question = findQuestion(id);
    assert.ok(question);
    return question;
  }

  async function lastRead(id: string): Promise<string | undefined> {
    const [row] = await org.db.read<{ at: string }>(
      'MATCH (g:Group {okta_domain: $domain, id: $id}) RETURN toString(g.memberships_as_of) AS at',
      { domain: org.sim.domain, id },
    );
    return row?.at;
  }
});
