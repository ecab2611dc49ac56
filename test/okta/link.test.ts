import assert from 'node:assert/strict';
import { OktaError } from '../../src/okta/errors';
import { lighterPage, nextCursor } from '../../src/okta/link';

const ORIGIN = 'https://acme.okta.com';
const SELF = `<${ORIGIN}/api/v1/users?limit=200>; rel="self"`;
const NEXT = '/api/v1/users?after=00u1&limit=200';

describe('the next link', () => {
  const READ: readonly [what: string, header: string | string[] | undefined, cursor: string | undefined][] = [
    ['several lines', [SELF, `<${ORIGIN}${NEXT}>; rel="next"`], NEXT],
    ['one merged line', `${SELF}, <${ORIGIN}${NEXT}>; rel="next"`, NEXT],
    ['one line alone', `<${ORIGIN}${NEXT}>; rel="next"`, NEXT],
    ['the next link first', `<${ORIGIN}${NEXT}>; rel="next", ${SELF}`, NEXT],
    ['no quotes', `<${ORIGIN}${NEXT}>;rel=next`, NEXT],
    ['other parameters before rel', `<${ORIGIN}${NEXT}>; title="more"; rel="next"`, NEXT],
    [
      'commas in the URL',
      `${SELF}, <${ORIGIN}/api/v1/users?after=a,b,c>; rel="next"`,
      '/api/v1/users?after=a,b,c',
    ],
    [
      'a semicolon and rel in the URL',
      `<${ORIGIN}/api/v1/users?after=x;%20rel="next">; rel="self"`,
      undefined,
    ],
    ['capitals in the host', `<https://ACME.okta.com${NEXT}>; rel="next"`, NEXT],
    ['the standard port', `<https://acme.okta.com:443${NEXT}>; rel="next"`, NEXT],
    ['a path alone', `<${NEXT}>; rel="next"`, NEXT],
    ['the last page', SELF, undefined],
    ['the last page in lines', [SELF], undefined],
    ['no header', undefined, undefined],
    ['an empty header', '', undefined],
    ['nonsense', 'next', undefined],
  ];
  for (const [what, header, cursor] of READ) {
    it(`is read from ${what}`, () => assert.equal(nextCursor(header, ORIGIN), cursor));
  }

  it('keeps the cursor as it came, escapes and all', () => {
    const path = '/api/v1/users?after=%2Bx%2F%3D&search=lastUpdated+gt+%221970%22';
    assert.equal(nextCursor(`<${ORIGIN}${path}>; rel="next"`, ORIGIN), path);
  });

  const FOREIGN = [
    'https://evil.example/api/v1/users?after=1',
    'https://acme.okta.com.evil.example/api/v1/users',
    'https://acme.okta.com@evil.example/api/v1/users',
    '//evil.example/api/v1/users',
    'http://acme.okta.com/api/v1/users',
    'https://acme.okta.com:8443/api/v1/users',
    'https://acme.okta.com/login/api/v1/users',
    'https://acme.okta.com/api/v1/../../oauth2/v1/token',
    'javascript:alert(1)',
    'not a url but <',
  ];
  for (const target of FOREIGN) {
    it(`is refused where it is ${target}`, () => {
      assert.throws(
        () => nextCursor(`<${target}>; rel="next"`, ORIGIN),
        (error) =>
          error instanceof OktaError &&
          error.code === 'OKTA_FOREIGN_LINK' &&
          !error.retryable &&
          /Set OKTA_DOMAIN/.test(error.message) &&
          !error.message.includes('evil'),
      );
    });
  }
});

describe('a lighter page', () => {
  it('has half the items, down to 25, then no stats, then there is none', () => {
    const sizes: string[] = [];
    for (
      let path: string | undefined = '/api/v1/groups?limit=200&expand=stats&after=a%2Cb';
      path;
      path = lighterPage(path)
    )
      sizes.push(path);
    assert.deepEqual(sizes, [
      '/api/v1/groups?limit=200&expand=stats&after=a%2Cb',
      '/api/v1/groups?limit=100&expand=stats&after=a%2Cb',
      '/api/v1/groups?limit=50&expand=stats&after=a%2Cb',
      '/api/v1/groups?limit=25&expand=stats&after=a%2Cb',
      '/api/v1/groups?limit=25&after=a%2Cb',
    ]);
  });

  it('asks for whole items', () => {
    assert.equal(lighterPage('/api/v1/users?limit=75'), '/api/v1/users?limit=37');
    assert.equal(lighterPage('/api/v1/users?limit=37'), '/api/v1/users?limit=25');
  });

  it('does not exist for a single thing, but without its stats', () => {
    assert.equal(lighterPage('/api/v1/users/00u1'), undefined);
    assert.equal(lighterPage('/api/v1/groups/00g1?expand=stats'), '/api/v1/groups/00g1');
  });

  it('keeps the search, with its escapes', () => {
    const path = lighterPage('/api/v1/users?limit=200&search=lastUpdated%20gt%20%221970-01-01%22') ?? '';
    assert.equal(new URL(path, ORIGIN).searchParams.get('search'), 'lastUpdated gt "1970-01-01"');
  });
});
