import assert from 'node:assert/strict';
import { pageContext } from '../support/page';
import { NodeView } from '../../../src/console/pages/node';
import type { Membership } from '../../../src/graph/read/explore';
import { textOf } from '../../../dev/lab/browser/browser';

const READ = Date.parse('2026-11-02T10:00:00Z');

const ENDED: Membership = {
  ...{ domain: 'acme.okta.com', label: 'User', id: '00u1', name: 'Ada', detail: null, kind: 'ACTIVE' },
  ...{ isDeleted: false, isMissing: false, validFromMs: READ - 86_400_000, notBeforeMs: null },
  ...{ validToMs: READ, endedAfterMs: READ - 3_600_000 },
};

describe('The page of a group', () => {
  const page = (properties: Record<string, string>, ended: Membership) =>
    textOf(
      String(
        NodeView({
          page: pageContext(),
          domain: 'acme.okta.com',
          node: {
            ...{ label: 'Group', id: '00g1', isDeleted: false, isMissing: false, properties },
            ...{ total: 0, memberships: [] },
          },
          ...{ line: undefined, sizes: undefined, opens: undefined, changes: undefined, similar: [] },
          ...{ at: undefined, historySinceMs: READ - 30 * 86_400_000, skip: 0, pageSize: 100 },
          ended: [ended],
          isEndedCut: false,
          now: new Date(READ + 86_400_000),
        }),
      ),
    );

  it('counts its members, and says between which reads a past one left', () => {
    const text = page({ name: 'Eng' }, ENDED);
    assert.match(text, /0 members now/);
    assert.match(text, /between 2026-11-02 09:00:00Z and 2026-11-02 10:00:00Z/);
    assert.doesNotMatch(text, /SYNC_MEMBERS_OF/);
  });

  it('does not call a group empty whose members are not read', () => {
    const text = page(
      { name: 'Eng', memberships_excluded: 'true' },
      { ...ENDED, endedAfterMs: ENDED.validToMs },
    );
    assert.match(text, /Members: not read SYNC_MEMBERS_OF does not select this group/);
    assert.match(text, /not read after 2026-11-02 10:00:00Z/);
    assert.doesNotMatch(text, /0 members now/);
  });
});
