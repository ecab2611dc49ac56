import assert from 'node:assert/strict';
import { pageContext } from '../support/page';
import { AccessListPage } from '../../../src/console/pages/access';
import { textOf } from '../../../dev/lab/browser/browser';

describe('An empty list of apps, admin roles or group rules', () => {
  const page = (kind: 'apps' | 'roles', change: { skip?: number; isSynced?: boolean; readBy?: number }) =>
    textOf(
      String(
        AccessListPage({
          page: pageContext(),
          ...{ domain: 'acme.okta.com', kind, items: [], hasMore: false, skip: 0, pageSize: 100 },
          ...{ isSynced: true, readBy: undefined, ...change },
        }),
      ),
    );

  it('says so when SYNC_ACCESS does not name the kind', () => {
    assert.match(
      page('roles', { isSynced: false }),
      /Admin roles are not synced. To sync them, add roles to SYNC_ACCESS/,
    );
  });

  it('says so when no run has read the kind', () => {
    assert.match(page('apps', {}), /No run has read the apps yet/);
  });

  it('says so when a run has read that there are none', () => {
    assert.match(page('apps', { readBy: 7 }), /This org has no apps, as run #7 read/);
    assert.match(page('roles', { readBy: 7 }), /Nobody has an admin role, as run #7 read/);
  });

  it('links to the first page when there are no more', () => {
    assert.match(page('apps', { skip: 100, isSynced: false }), /No more apps\.\s+First page/);
  });
});
