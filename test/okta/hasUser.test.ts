import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config';
import { OktaError } from '../../src/okta/errors';
import { hasUser } from '../../src/okta/hasUser';
import type { Simulator } from '../../src/simulator';
import { TOKEN, withOrg } from './support/api';
import { shortenPauses } from './support/pauses';

const ask = ({ domain }: Pick<Simulator, 'domain'>, id: string, asked = domain) =>
  hasUser(
    loadConfig({ OKTA_DOMAIN: domain, OKTA_API_TOKEN: TOKEN, NEO4J_PASSWORD: 'none', SYNC_ACCESS: 'none' }),
    asked,
    id,
  );

describe('Asking Okta for one user', () => {
  shortenPauses();

  it('finds one that exists, and knows when one does not', async () => {
    await withOrg({ users: 3, groups: 1 }, async (_, simulator) => {
      const [user] = [...simulator.org.truth().users()];
      assert.ok(user);
      assert.equal(await ask(simulator, user.id), true);
      simulator.org.deactivateUser(user.id);
      assert.equal(await ask(simulator, user.id), true);
      simulator.org.deleteUser(user.id);
      assert.equal(await ask(simulator, user.id), false);
    });
  });

  it('takes no other answer for a deletion', async () => {
    await withOrg({ users: 3, groups: 1 }, async (_, simulator) => {
      for (const action of [
        { type: 'error', status: 403, errorCode: 'E0000006' },
        { type: 'error', status: 404, errorCode: 'E0000022' },
        { type: 'error', status: 404, body: '<html>not found</html>' },
      ] as const) {
        simulator.faults.set([{ match: { route: 'user' }, action }]);
        await assert.rejects(ask(simulator, '00uDeleted'), OktaError);
      }
      await assert.rejects(ask(simulator, '00uDeleted', 'another.okta.com'), /another\.okta\.com/);
    });
  });
});
