import assert from 'node:assert/strict';
import type { OrgConfig } from '../../src/orgs/org';
import type { Config } from '../../src/config';
import { CodedError } from '../../src/faults/fault';
import { ConfiguredOrgs } from '../../src/okta/directory';
import { Secret } from '../../src/orgs/secret';

const org = (domain: string): OrgConfig => ({
  domain,
  origin: `https://${domain}`,
  credentials: { kind: 'token', token: new Secret('t') },
});
const configOf = (...domains: string[]): Config['okta'] => ({
  orgs: domains.map(org),
  readOrgs: () => ({ orgs: domains.map(org), faults: [], isUnread: () => false }),
  maxApiCapacityPercent: 75,
  maxConcurrency: 10,
});

const isUnknown = (error: unknown): error is CodedError =>
  error instanceof CodedError && error.code === 'UNKNOWN_ORG' && !error.retryable;

describe('the orgs that a worker may speak to', () => {
  const one = new ConfiguredOrgs(configOf('acme.okta.com'));
  const two = new ConfiguredOrgs(configOf('acme.okta.com', 'acme.oktapreview.com'));
  after(() => {
    one.close();
    two.close();
  });

  it('are found by their domain, the only one also without', () => {
    assert.equal(one.org('acme.okta.com').domain, 'acme.okta.com');
    assert.equal(one.org(undefined).domain, 'acme.okta.com');
    assert.equal(two.org('acme.oktapreview.com').domain, 'acme.oktapreview.com');
  });

  it('are not guessed where there are several', () => {
    assert.throws(
      () => two.org(undefined),
      (error) => isUnknown(error) && /acme\.okta\.com, acme\.oktapreview\.com/.test(error.message),
    );
  });

  it('are named ten at a time at most where there are more', () => {
    const domains = Array.from({ length: 12 }, (_, n) => `org${n}.okta.com`);
    const many = new ConfiguredOrgs(configOf(...domains));
    assert.throws(
      () => many.org(undefined),
      (error) =>
        isUnknown(error) &&
        error.message.includes(`${domains.slice(0, 10).join(', ')}, and 2 more`) &&
        !error.message.includes('org10.'),
    );
    many.close();
  });

  const OTHERS = [
    'ACME.okta.com',
    'acme.okta.com ',
    'https://acme.okta.com',
    'evil.example',
    '',
    '__proto__',
  ];
  for (const domain of OTHERS) {
    it(`are no others: not ${JSON.stringify(domain)}, which is not repeated either`, () => {
      assert.throws(
        () => one.org(domain),
        (error) => isUnknown(error) && !/evil|proto|ACME/.test(error.message),
      );
    });
  }
});
