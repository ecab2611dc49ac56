import assert from 'node:assert/strict';
import { nodesMet, writeListPages, type ListPages } from '../../../src/graph/write/lists';
import type { NodeLabel } from '../../../src/contract';
import type { Run } from '../../../src/graph/write/run';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { group, user } from '../support/rows';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 2, 12);

describe('pages of a list', () => {
  const graph = useGraph();

  const pages = (change: Partial<ListPages> = {}): ListPages => ({
    rows: [user('00u1')],
    warnings: [],
    asOfMs: NOON,
    isEnd: true,
    newestMs: NOON - MINUTE,
    ...change,
  });
  const write = (run: Run, change: Partial<ListPages>, label: NodeLabel = 'User') =>
    writeListPages(graph.writer(run), label, pages(change));
  const watermark = () =>
    graph.value<number | null>(
      'MATCH (o:OktaOrg {domain: $domain}) RETURN o.users_watermark.epochMillis AS value',
    );

  it('are counted under their kind, with their warnings', async () => {
    const run = await graph.begin();
    const warning = { code: 'MALFORMED_USER', message: 'A user was left out.' } as const;
    await write(run, { rows: [user('00u1'), user('00u2')], warnings: [warning] });
    await write(run, { rows: [group('00g1')] }, 'Group');
    const counted = await graph.syncRun(run);
    const names = ['users_seen', 'users_created', 'groups_seen', 'groups_created', 'groups_updated'];
    assert.deepEqual(
      names.map((name) => counted[name]),
      [2, 2, 1, 1, 0],
    );
    assert.deepEqual(counted['warnings'], [JSON.stringify(warning)]);
  });

  it('are written in several transactions when they are large, and their warnings once', async () => {
    const run = await graph.begin();
    const rows = Array.from({ length: 1200 }, (_, i) => user(`00u${i}`));
    await write(run, { rows, warnings: [{ code: 'MALFORMED_USER', message: 'a' }] });
    const counted = await graph.syncRun(run);
    assert.deepEqual([counted['users_created'], (counted['warnings'] as string[]).length], [1200, 1]);
  });

  describe('of groups', () => {
    const reached = () =>
      graph.value<number | null>(
        'MATCH (o:OktaOrg {domain: $domain}) RETURN o.groups_watermark.epochMillis AS value',
      );
    const list = async (run: Run, newestMs: number | undefined, isEnd = true) => {
      await write(run, { rows: [group('00g1')], newestMs, isEnd }, 'Group');
      return reached();
    };
    const ofChangesSince = async (ms: number) => {
      const run = await graph.begin();
      await graph.set(
        'MATCH (r:SyncRun {okta_domain: $domain, id: $id}) SET r.groups_changed_since = datetime({epochMillis: toInteger($ms)})',
        { id: run.id, ms },
      );
      return run;
    };

    it('leave where the next list of changes begins, five minutes before the latest change, once they are whole', async () => {
      const run = await graph.begin();
      assert.equal(await list(run, NOON - MINUTE, false), null);
      assert.equal(await list(run, NOON - 2 * MINUTE), NOON - 6 * MINUTE);
    });

    it('never leave it later than five minutes before the list', async () => {
      assert.equal(await list(await graph.begin(), NOON + MINUTE), NOON - 5 * MINUTE);
    });

    it('that have changed never move it back, however old the timestamps of built-in groups are', async () => {
      await list(await graph.begin(), NOON - MINUTE);
      const run = await ofChangesSince(NOON - 6 * MINUTE);
      assert.equal(await list(run, NOON - 60 * MINUTE), NOON - 6 * MINUTE);
      assert.equal(await list(await ofChangesSince(NOON - 6 * MINUTE), NOON), NOON - 5 * MINUTE);
    });
  });

  it('may be empty', async () => {
    const run = await graph.begin();
    await write(run, { rows: [], newestMs: undefined });
    assert.equal((await graph.syncRun(run))['users_listed'], true);
  });

  it('make the list whole only with its end', async () => {
    const run = await graph.begin();
    const listed = async () => {
      const { users_listed: users, groups_listed: groups } = await graph.syncRun(run);
      return [users, groups];
    };
    await write(run, { isEnd: false });
    assert.deepEqual(await listed(), [false, false]);
    await write(run, { asOfMs: undefined });
    assert.deepEqual(await listed(), [true, false]);
    await write(run, { rows: [group('00g1')] }, 'Group');
    assert.deepEqual(await listed(), [true, true]);
  });

  it('have met the rows that were written, and what a later run of the same org has met', async () => {
    const run = await graph.begin();
    await write(run, { rows: [user('00u1')] });
    assert.equal(await nodesMet(graph.db, run, 'User'), 1);
    await write(await graph.begin(), { rows: [user('00u2'), user('00u3')] });
    await graph.set("CREATE (:User {okta_domain: $theirs, id: '00u4', last_seen_run: 9})", {
      theirs: graph.newDomain(),
    });
    assert.equal(await nodesMet(graph.db, run, 'User'), 3, 'what another org has does not count');
    assert.equal(await nodesMet(graph.db, run, 'Group'), 0);
  });

  it("keep the date of the list's first page", async () => {
    const run = await graph.begin();
    await write(run, { isEnd: false });
    await write(run, { asOfMs: undefined });
    const asOf = await graph.value(
      'MATCH (r:SyncRun {okta_domain: $domain}) RETURN r.users_as_of.epochMillis AS value',
    );
    assert.equal(asOf, NOON);
  });

  describe('move the watermark of users', () => {
    const ROWS: readonly [what: string, newest: (number | undefined)[], to: number | null][] = [
      ['to the newest update, less five minutes', [NOON - 2 * MINUTE], NOON - 7 * MINUTE],
      [
        'to the newest of all pages, in whatever order',
        [NOON - 2 * MINUTE, NOON - 9 * MINUTE],
        NOON - 7 * MINUTE,
      ],
      ['not past the date of the first page', [NOON + 30 * MINUTE], NOON - 5 * MINUTE],
      ['past a page of which no time is known', [undefined, NOON - MINUTE, undefined], NOON - 6 * MINUTE],
      ['not at all when no time is known', [undefined], null],
    ];
    for (const [what, newest, to] of ROWS) {
      it(what, async () => {
        const run = await graph.begin();
        for (const [i, newestMs] of newest.entries())
          await write(run, {
            newestMs,
            asOfMs: i === 0 ? NOON : undefined,
            isEnd: i === newest.length - 1,
          });
        assert.equal(await watermark(), to);
      });
    }

    it('not before the list was read whole', async () => {
      const run = await graph.begin();
      await write(run, { isEnd: false });
      assert.equal(await watermark(), null);
    });

    it('not with a list of groups', async () => {
      const run = await graph.begin();
      await write(run, { rows: [group('00g1')] }, 'Group');
      assert.equal(await watermark(), null);
    });

    it('never with an empty answer: it stays where it was', async () => {
      const first = await graph.begin();
      await write(first, {});
      const second = await graph.begin();
      await write(second, { rows: [], newestMs: undefined, asOfMs: NOON + 600 * MINUTE });
      assert.equal(await watermark(), NOON - 6 * MINUTE);
    });
  });
});
