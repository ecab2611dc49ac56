import assert from 'node:assert/strict';
import { organizationAt } from '../../src/okta/organizationAt';
import { configFor } from '../../dev/lab/configFor';
import { withOrg } from './support/api';

describe('The org at a domain', () => {
  it('is found without credentials', async () => {
    await withOrg({ users: 5, groups: 1 }, async (_, { domain, org }) => {
      assert.deepEqual(await organizationAt(domain, configFor({})), { domain, id: org.id });
    });
  });

  it('is not waited for longer than a minute: where nothing answers, the advice is where to look', async () => {
    await withOrg({ users: 5, groups: 1 }, async (_, { domain, faults }) => {
      faults.set([{ match: { route: 'organization' }, action: { type: 'delay', delayMs: 60_000 } }]);
      await assert.rejects(organizationAt(domain, configFor({}), 200), {
        code: 'OKTA_TIMEOUT',
        fact: 'No response within 0.2 s.',
        advice: /https:\/\/status\.okta\.com/,
      });
    });
  });

  it('is none where the text is not a domain', async () => {
    await assert.rejects(organizationAt('acme', configFor({})), /acme/);
  });
});
