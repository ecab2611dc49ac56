import assert from 'node:assert/strict';
import { groupsThatCountTheDenied } from '../../../src/graph/write/scope';
import type { Run } from '../../../src/graph/write/run';
import { useGraph } from '../../../dev/lab/graph/graphUnderTest';
import { AS_OF, Members } from '../support/members';
import { denyOnce } from '../support/removal';

describe('The groups whose counts still have users that Okta denies', () => {
  const graph = useGraph();
  const members = new Members(graph);

  const WHOLE =
    "memberships_tried_run: 1, memberships_whole_run: 1, memberships_as_of: datetime('2026-01-02T00:00:00Z')";
  const UNREAD = 'memberships_tried_run: 1';
  const CONTRADICTED = `${UNREAD}, memberships_contradicted: true`;
  const EVERYONE = "type: 'BUILT_IN'";

  /** Each group had user `a`, and Okta counts one more than who is left, Everyone apart. */
  async function votesOf(
    groups: Readonly<Record<string, string>>,
    change: Partial<Run> = {},
  ): Promise<string[]> {
    const run = { ...(await graph.begin()), ...change };
    await members.users('a', 'b');
    for (const [id, properties] of Object.entries(groups)) {
      await members.group(id, 1, `users_count: 2, ${properties}`);
      await members.edges(id, 'b', ...(properties.includes('BUILT_IN') ? [] : ['a']));
    }
    await denyOnce(graph, run, 'User', ['a'], { asOfMs: AS_OF });
    const found = await groupsThatCountTheDenied(graph.db, run, 'denied');
    return found.map(({ id }) => id);
  }

  it('are those that were read and count more than who is left', async () => {
    assert.deepEqual(await votesOf({ everyone: `${EVERYONE}, ${WHOLE}`, read: WHOLE }), ['read']);
  });

  it('are not those that could not be read, where Everyone was: they may have grown', async () => {
    assert.deepEqual(await votesOf({ everyone: `${EVERYONE}, ${WHOLE}`, unread: UNREAD }), []);
  });

  it('are those that could not be read too, where Everyone was not', async () => {
    assert.deepEqual(await votesOf({ everyone: `${EVERYONE}, ${UNREAD}`, unread: UNREAD }), ['unread']);
  });

  describe('in a run that lists only changed groups', () => {
    const changesOnly = { groupsChangedSinceMs: AS_OF };
    const READ_BEFORE = "last_seen_run: 0, memberships_as_of: datetime('2026-01-02T00:00:00Z')";

    it('are not those that it has not listed, where Everyone was read: they may have grown', async () => {
      const groups = { everyone: `${EVERYONE}, ${WHOLE}`, unlisted: READ_BEFORE };
      assert.deepEqual(await votesOf(groups, changesOnly), []);
    });

    it('are those that it has listed', async () => {
      const groups = { everyone: `${EVERYONE}, ${WHOLE}`, listed: `${READ_BEFORE}, last_seen_run: 1` };
      assert.deepEqual(await votesOf(groups, changesOnly), ['listed']);
    });

    it('are those that it has not listed too, where Everyone was not read', async () => {
      const groups = { everyone: `${EVERYONE}, ${UNREAD}`, unlisted: READ_BEFORE };
      assert.deepEqual(await votesOf(groups, changesOnly), ['unlisted']);
    });

    it('are those that were read and found to count who is not listed', async () => {
      const groups = { everyone: `${EVERYONE}, ${WHOLE}`, unlisted: `last_seen_run: 0, ${CONTRADICTED}` };
      assert.deepEqual(await votesOf(groups, changesOnly), ['unlisted']);
    });
  });

  it('are those that were read and found to count who is not listed, whatever else was read', async () => {
    assert.deepEqual(await votesOf({ everyone: `${EVERYONE}, ${WHOLE}`, contradicted: CONTRADICTED }), [
      'contradicted',
    ]);
  });

  it('do not take another built-in group for Everyone, whose count is not known', async () => {
    const groups = {
      administrators: `${EVERYONE}, ${WHOLE}`,
      everyone: `${EVERYONE}, ${WHOLE}, users_count: null`,
      unread: UNREAD,
    };
    assert.deepEqual(await votesOf(groups), ['unread']);
  });
});
