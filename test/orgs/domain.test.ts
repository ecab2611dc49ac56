import assert from 'node:assert/strict';
import { isLoopback, parseOktaDomain } from '../../src/orgs/domain';

describe('the Okta domain', () => {
  const READ: readonly [text: string, domain: string, origin: string][] = [
    ['acme.okta.com', 'acme.okta.com', 'https://acme.okta.com'],
    ['  https://ACME.Okta.com/ ', 'acme.okta.com', 'https://acme.okta.com'],
    ['acme.oktapreview.com', 'acme.oktapreview.com', 'https://acme.oktapreview.com'],
    ['acme.okta-emea.com', 'acme.okta-emea.com', 'https://acme.okta-emea.com'],
    ['acme.okta-gov.com', 'acme.okta-gov.com', 'https://acme.okta-gov.com'],
    ['acme.okta.mil', 'acme.okta.mil', 'https://acme.okta.mil'],
    ['login.acme.example', 'login.acme.example', 'https://login.acme.example'],
    ['sysadmin.okta.com', 'sysadmin.okta.com', 'https://sysadmin.okta.com'],
    ['login-admin.acme.example', 'login-admin.acme.example', 'https://login-admin.acme.example'],
    ['127.0.0.1:8080', '127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/', 'localhost:8080', 'http://localhost:8080'],
    ['[::1]:8080', '[::1]:8080', 'http://[::1]:8080'],
    ['ａｃｍｅ.okta.com', 'acme.okta.com', 'https://acme.okta.com'],
    ['bücher.example', 'xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.okta.com`, `${'a'.repeat(63)}.okta.com`, `https://${'a'.repeat(63)}.okta.com`],
  ];
  for (const [text, domain, origin] of READ) {
    it(`of ${JSON.stringify(text)} is ${domain}`, () =>
      assert.deepEqual(parseOktaDomain(text), { domain, origin }));
  }

  const REFUSED: readonly [text: string, fault: RegExp, fix: string][] = [
    ['acme-admin.okta.com', /is the admin console/, 'enter acme.okta.com'],
    ['https://acme-admin.oktapreview.com', /is the admin console/, 'enter acme.oktapreview.com'],
    ['acme-admin.okta-emea.com/', /is the admin console/, 'enter acme.okta-emea.com'],
    ['acme-admin.okta.mil', /is the admin console/, 'enter acme.okta.mil'],
    ['http://acme.okta.com', /plain http would send the token unencrypted/, 'enter https://acme.okta.com'],
    ['acme.okta.com:8443', /a port is only allowed for a loopback host/, 'enter acme.okta.com'],
    ['https://acme.okta.com/app/UserHome', /must not contain a path or a query/, 'such as acme.okta.com'],
    ['acme.okta.com?fromURI=x', /must not contain a path or a query/, 'such as acme.okta.com'],
    ['acme.okta.com\\@evil.example', /must not contain/, 'such as acme.okta.com'],
    ['acme.okta.com#', /must not contain a path or a query/, 'such as acme.okta.com'],
    ['https://me@acme.okta.com', /must not contain user info/, 'such as acme.okta.com'],
    ['ldaps://acme.okta.com', /"ldaps:\/\/" is not a scheme/, 'such as acme.okta.com'],
    ['acme', /"acme" is not an Okta domain/, 'such as acme.okta.com'],
    ['10.1.2.3', /is not an Okta domain/, 'such as acme.okta.com'],
    ['acme okta com', /is not a host name/, 'such as acme.okta.com'],
    ['acme..%%', /is not a host name/, 'such as acme.okta.com'],
    ['https://', /is not a host name/, 'such as acme.okta.com'],
    ['acme.okta.com.', /must not end with a dot/, 'enter acme.okta.com'],
    ['localhost.', /must not end with a dot/, 'enter localhost'],
    ['okta.localhost', /is this machine/, 'enter localhost or 127.0.0.1'],
    ['acme..okta.com', /two dots with nothing between them/, 'such as acme.okta.com'],
    ['a_b.okta.com', /has the part "a_b".*letters, digits and hyphens/, 'such as acme.okta.com'],
    ['-acme.okta.com', /has the part "-acme"/, 'such as acme.okta.com'],
    ['acme-.okta.com', /has the part "acme-"/, 'such as acme.okta.com'],
    [`${'a'.repeat(64)}.okta.com`, /1 to 63 letters/, 'such as acme.okta.com'],
    [`${'a.'.repeat(127)}com`, /longer than a host name's 253 characters/, 'like acme.okta.com'],
  ];
  for (const [text, fault, fix] of REFUSED) {
    it(`is refused as ${JSON.stringify(text)}, and the fix is named`, () => {
      assert.throws(
        () => parseOktaDomain(text),
        (error: Error) => fault.test(error.message) && error.message.includes(fix),
      );
    });
  }

  it('does not repeat user info, which can be a password', () => {
    assert.throws(
      () => parseOktaDomain('https://admin:hunter2@acme.okta.com'),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });

  it('takes for this machine only what is this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.255.0.9', '[::1]']) assert.ok(isLoopback(host), host);
    for (const host of ['localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '0.0.0.0'])
      assert.ok(!isLoopback(host), host);
  });
});
