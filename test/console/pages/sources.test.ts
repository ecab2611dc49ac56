import assert from 'node:assert/strict';
import { pageContext } from '../support/page';
import { SourcesPage } from '../../../src/console/pages/sources';

describe('The page of sources without an org', () => {
  const page = (context: Parameters<typeof pageContext>[0]) =>
    String(
      SourcesPage({
        page: pageContext(context),
        integrations: [],
        faults: [],
        now: new Date(),
      }),
    );

  it('offers to add one to admins, unless the console is read-only', () => {
    assert.match(page({ role: 'admin', isReadOnly: false }), /Add your Okta organization.*href="\/add"/s);
    const operator = page({ role: 'operator', isReadOnly: false });
    assert.match(operator, /An admin of this console can add an Okta organization/);
    const readOnly = page({ role: 'viewer', isReadOnly: true });
    assert.match(readOnly, /no Okta organization yet, and this console is read-only/);
    for (const body of [operator, readOnly]) assert.doesNotMatch(body, /"\/add"/);
  });
});
