import assert from 'node:assert/strict';
import { pageContext } from '../support/page';
import { SourcesPage } from '../../../src/console/pages/sources';

describe('The page of sources without an org', () => {
  const page = (isReadOnly: boolean) =>
    String(
      SourcesPage({
        page: pageContext({ isReadOnly }),
        integrations: [],
        faults: [],
        now: new Date(),
      }),
    );

  it('offers to add one, unless the console is read-only', () => {
    assert.match(page(false), /Add your Okta organization.*href="\/add"/s);
    assert.match(page(true), /no Okta organization yet, and this console is read-only/);
    assert.doesNotMatch(page(true), /"\/add"/);
  });
});
