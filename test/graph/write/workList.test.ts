import assert from 'node:assert/strict';
import { canBeClaimed, failGroup, groupsByState, isKnownEmpty } from '../../../src/graph/write/workList';
import type { Run } from '../../../src/graph/write/run';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from '../support/members';

const READ = `memberships_as_of: datetime({epochMillis: ${AS_OF}}), memberships_read_at: datetime('2026-01-02T12:00:00Z')`;
const stamp = (offsetMs: number) => `last_membership_updated: datetime({epochMillis: ${AS_OF + offsetMs}})`;
const FIVE_MINUTES = 300_000;

describe('the work list', () => {
  const graph = useGraph();
  const members = new Members(graph);
  const ids = (groups: readonly { id: string }[]) => groups.map(({ id }) => id);

  interface Row {
    what: string;
    properties: string;
    full?: boolean;
    /** True if the run lists only changed groups. */
    changesOnly?: boolean;
    isOn: boolean;
  }
  const UNCHANGED = `${READ}, ${stamp(-2 * FIVE_MINUTES)}, users_count: 3, memberships_users_count: 3`;
  const ROWS: readonly Row[] = [
    { what: 'whose members were never read', properties: 'users_count: 3', isOn: true },
    { what: 'that shows no change', properties: UNCHANGED, isOn: false },
    { what: 'that shows no change, in a full run', properties: UNCHANGED, full: true, isOn: true },
    { what: 'stamped after its members were read', properties: `${READ}, ${stamp(1000)}`, isOn: true },
    {
      what: 'stamped five minutes before, which may have come late',
      properties: `${READ}, ${stamp(-FIVE_MINUTES)}`,
      isOn: true,
    },
    { what: 'stamped longer before', properties: `${READ}, ${stamp(-FIVE_MINUTES - 1)}`, isOn: false },
    { what: 'without a stamp', properties: READ, isOn: false },
    { what: 'whose count has moved, stamp or not', properties: `${UNCHANGED}, users_count: 4`, isOn: true },
    { what: 'whose count has come to 0', properties: `${UNCHANGED}, users_count: 0`, isOn: true },
    { what: 'whose count is unknown now', properties: `${UNCHANGED}, users_count: null`, isOn: false },
    {
      what: 'whose count was unknown then',
      properties: `${UNCHANGED}, memberships_users_count: null`,
      isOn: false,
    },
    { what: 'that was tried by the run before', properties: `memberships_tried_run: 1`, isOn: true },
    { what: 'that was tried by this run', properties: `memberships_tried_run: 2`, full: true, isOn: false },
    {
      what: 'that was tried by a later run',
      properties: `memberships_tried_run: 3`,
      full: true,
      isOn: false,
    },
    { what: 'that this run has not listed', properties: 'last_seen_run: 1', full: true, isOn: false },
    {
      what: 'that this run has not listed, which lists only changes, and whose last read failed',
      properties: `${UNCHANGED}, memberships_as_of: null, last_seen_run: 1`,
      changesOnly: true,
      isOn: true,
    },
    {
      what: 'that this run has not listed, which lists only changes, and that shows no change',
      properties: `${UNCHANGED}, last_seen_run: 1`,
      changesOnly: true,
      isOn: false,
    },
    {
      what: 'that this run has to verify',
      properties: `${UNCHANGED}, memberships_verify_run: 2`,
      isOn: true,
    },
    {
      what: 'that an earlier run had to verify',
      properties: `${UNCHANGED}, memberships_verify_run: 1`,
      isOn: false,
    },
    {
      what: 'to verify that is missing from a complete list',
      properties: `${UNCHANGED}, memberships_verify_run: 2, last_seen_run: 1`,
      isOn: false,
    },
    { what: 'that a later run has listed too', properties: 'last_seen_run: 3', isOn: true },
  ];
  for (const { what, properties, full = false, changesOnly = false, isOn } of ROWS) {
    it(`has ${isOn ? 'a' : 'no'} group ${what}`, async () => {
      await graph.begin();
      const begun = await (full ? graph.begin() : graph.beginIncremental());
      const run = changesOnly ? { ...begun, groupsChangedSinceMs: AS_OF } : begun;
      assert.equal(run.mode, full ? 'full' : 'incremental');
      await members.group('00g1', 2, properties);
      assert.equal((await groupsByState(graph.db, run)).left, isOn ? 1 : 0);
      assert.deepEqual(ids(await members.claim(run)), isOn ? ['00g1'] : []);
    });
  }

  it('knows groups to be empty only if they were just listed', async () => {
    await graph.begin();
    const run = { ...(await graph.beginIncremental()), groupsChangedSinceMs: AS_OF };
    await members.group('00gListed', 2, 'users_count: 0');
    await members.group('00gUnlisted', 1, 'users_count: 0');
    await members.group('00gWithMembers', 2, 'users_count: 1');
    const empty = (await members.claim(run)).filter(isKnownEmpty);
    assert.deepEqual(ids(empty), ['00gListed']);
  });

  it('counts groups that it has not listed as unchanged, if it lists only changes', async () => {
    await graph.begin();
    const begun = await graph.beginIncremental();
    const run = { ...begun, groupsChangedSinceMs: AS_OF };
    await members.group('00g1', 1, UNCHANGED);
    await members.group('00g2', 2, UNCHANGED);
    assert.equal((await groupsByState(graph.db, run)).unchanged, 2);
    assert.equal((await groupsByState(graph.db, begun)).unchanged, 1);
  });

  it('has a group that failed until it was read, whatever the mode, but once a run', async () => {
    const failing = await graph.begin();
    await members.group('00g1', 9, UNCHANGED);
    const [failed] = await members.claim(failing);
    assert.ok(failed);
    await failGroup(graph.writer(failing), failed, { code: 'GROUP_FAILED', message: 'm' });
    assert.deepEqual(await members.claim(failing, 'again'), []);
    assert.equal((await graph.syncRun(failing))['memberships_groups_failed'], 1);

    const second = await graph.beginIncremental();
    const [group] = await members.claim(second);
    assert.equal(group?.id, '00g1');
    assert.ok(group);
    await members.write(second, [group], {});
    const third = await graph.beginIncremental();
    await graph.set('MATCH (g:Group {okta_domain: $domain}) SET g.users_count = g.memberships_users_count');
    assert.deepEqual(await members.claim(third), []);
  });

  it('begins with groups never read, the biggest first, then those read longest ago', async () => {
    const run = await graph.begin();
    const readAt = (day: number) => `memberships_read_at: datetime('2026-01-0${day}T00:00:00Z')`;
    await members.group('00gNew', 1, `${readAt(5)}, users_count: 9`);
    await members.group('00gSmall', 1, 'users_count: 1');
    await members.group('00gOld', 1, `${readAt(1)}, users_count: 1`);
    await members.group('00gUnknown', 1);
    await members.group('00gBig', 1, 'users_count: 500');
    await members.group('00gOldBig', 1, `${readAt(1)}, users_count: 70`);
    assert.deepEqual(ids(await members.claim(run)), [
      '00gBig',
      '00gSmall',
      '00gUnknown',
      '00gOldBig',
      '00gOld',
      '00gNew',
    ]);
  });

  it('returns as many as were asked for, with what a reader needs to know', async () => {
    const run = await graph.begin();
    await graph.set(
      `MATCH (r:SyncRun {okta_domain: $domain}) SET r.groups_as_of = datetime({epochMillis: ${AS_OF}})`,
    );
    await members.group('00g1', 1, "users_count: 7, type: 'BUILT_IN'");
    await members.group('00g2', 1);
    await members.users('00u1', '00u2');
    await members.edges('00g1', '00u1', '00u2');
    const [group, ...others] = await members.claim(run, 'a', 1);
    assert.match(group?.claim ?? '', /^1\/a\/[-0-9a-f]{36}$/);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [{ ...group, claim: '' }],
      [
        {
          id: '00g1',
          claim: '',
          type: 'BUILT_IN',
          usersCount: 7,
          edges: 2,
          surplus: 0,
          deferred: null,
          isListed: true,
          isVerification: false,
          listedAtMs: AS_OF,
        },
      ],
    );
    assert.deepEqual(await members.claim(run, 'b', 0), []);
  });

  it('counts what was tried, what is left and what had no reason', async () => {
    await graph.begin();
    const run = await graph.beginIncremental();
    await members.group('00gTried', 2, 'memberships_tried_run: 2');
    await members.group('00gLeft1', 2);
    await members.group('00gLeft2', 2, `${READ}, ${stamp(0)}`);
    for (const id of ['a', 'b', 'c']) await members.group(id, 2, UNCHANGED);
    await members.group('00gGone', 1);
    assert.deepEqual(await groupsByState(graph.db, run), { tried: 1, left: 2, unchanged: 3, deferred: 0 });
    assert.deepEqual(await groupsByState(graph.db, { ...run, domain: 'nobody.okta.com' }), {
      deferred: 0,
      tried: 0,
      left: 0,
      unchanged: 0,
    });
  });
});

describe('a claim', () => {
  const graph = useGraph();
  const members = new Members(graph);
  let run: Run;
  beforeEach(async () => {
    run = await graph.begin();
    await members.group('00g1', 9);
    await members.users('00u1', '00u2');
  });
  const counted = async (of = run) => {
    const { memberships_added: added, memberships_groups_read: read } = await graph.syncRun(of);
    return { added, read };
  };

  it('is given once: the same attempt gets a group no second time', async () => {
    assert.equal((await members.claim(run, 'a')).length, 1);
    assert.equal((await members.claim(run, 'a')).length, 0);
  });

  it('passes to whoever picks the group next, and the write of the one before is dropped', async () => {
    const before = await members.claim(run, 'zombie');
    const after = await members.claim(run, 'successor');
    assert.equal(after.length, 1);
    assert.equal(await members.write(run, before, { '00g1': ['00u1'] }), 0);
    assert.deepEqual(await members.of('00g1'), []);
    assert.deepEqual(await counted(), { added: 0, read: 0 });
    assert.equal((await groupsByState(graph.db, run)).left, 1, 'nor is the group off the list');

    await members.write(run, after, { '00g1': ['00u1', '00u2'] });
    assert.deepEqual(await members.of('00g1'), ['00u1', '00u2']);
    assert.deepEqual(await counted(), { added: 2, read: 1 });
  });

  it('that was lost and taken again is another one: what was read before is not written', async () => {
    const before = await members.claim(run, 'a');
    await members.claim(run, 'b');
    const again = await members.claim(run, 'a');
    await members.write(run, before, { '00g1': ['00u1'] });
    assert.deepEqual(await members.of('00g1'), []);
    await members.write(run, again, { '00g1': ['00u1', '00u2'] });
    assert.deepEqual(await members.of('00g1'), ['00u1', '00u2']);
  });

  it('that was lost writes nothing next to the current one, of the same group in the same transaction', async () => {
    const [lost] = await members.claim(run, 'a');
    await members.claim(run, 'b');
    const [held] = await members.claim(run, 'a');
    assert.ok(lost && held);
    await members.write(run, [lost, held], { '00g1': ['00u1', '00u2'] });
    assert.deepEqual(await members.of('00g1'), ['00u1', '00u2']);
    assert.equal((await graph.syncRun(run))['memberships_added'], 2);
  });

  it('that is lost blames no group either', async () => {
    const [group] = await members.claim(run, 'zombie');
    await members.claim(run, 'successor');
    assert.ok(group);
    await failGroup(graph.writer(run), group, { code: 'GROUP_FAILED', message: 'm' });
    const { memberships_groups_failed: failed, warnings } = await graph.syncRun(run);
    assert.deepEqual([failed, warnings], [0, []]);
    assert.equal((await groupsByState(graph.db, run)).left, 1);
  });

  it('that is lost drops only that group, not the others of the same write', async () => {
    await members.group('00g2', 9);
    const both = await members.claim(run, 'a');
    await graph.set('MATCH (g:Group {okta_domain: $domain, id: "00g1"}) SET g.memberships_claim = "1/b"');
    await members.write(run, both, { '00g1': ['00u1'], '00g2': ['00u2'] });
    assert.deepEqual([await members.of('00g1'), await members.of('00g2')], [[], ['00u2']]);
    assert.deepEqual(await counted(), { added: 1, read: 1 });
  });

  it('of a later run takes groups from an earlier one, never the other way round', async () => {
    const later = await graph.begin();
    const [group] = await members.claim(run);
    assert.ok(group);
    assert.equal((await members.claim(later)).length, 1);
    assert.deepEqual(await members.claim(run, 'again'), []);
    await members.write(run, [group], { '00g1': ['00u1'] });
    assert.deepEqual(await members.of('00g1'), []);
  });

  it('can be had of groups that another attempt holds, or nobody, in the same org', async () => {
    const canBeHad = (attempt: string) => graph.db.write((tx) => canBeClaimed(tx, run, { attempt }));
    await graph.set(`CREATE (:Group {okta_domain: $theirs, id: '00g1', last_seen_run: 9})`, {
      theirs: graph.newDomain(),
    });
    assert.equal(await canBeHad('a'), true, 'nobody holds the group');
    await members.claim(run, 'a');
    assert.equal(
      await canBeHad('a'),
      false,
      'what it holds itself, and what another org has, does not count',
    );
    assert.equal(await canBeHad('b'), true);
    const later = await graph.begin();
    await members.claim(later);
    assert.equal(await canBeHad('b'), false, 'a later run keeps what it has');
  });

  it('knows that run 10 is later than run 9', async () => {
    await graph.set(
      'MATCH (g:Group {okta_domain: $domain}) SET g.memberships_claim = "9/x", g.last_seen_run = 10',
    );
    await graph.set('MATCH (o:OktaOrg {domain: $domain}) SET o.last_run = 8');
    const nine = await graph.begin();
    const ten = await graph.begin();
    assert.deepEqual([nine.number, ten.number], [9, 10]);
    assert.equal((await members.claim(ten)).length, 1);
    assert.deepEqual(await members.claim(nine, 'y'), []);
  });
});
