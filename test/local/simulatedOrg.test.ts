import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { knownOrgs, type RunningOrg, startSimulatedOrg } from '../../src/local/simulatedOrg';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const SIZE = { users: 60, groups: 4 };

describe('The simulated org of npm start', () => {
  const folder = temporaryFolder();

  it('is the same at the next start', async () => {
    const first = await startAndRead(SIZE);
    const second = await startAndRead(SIZE);
    assert.deepEqual(second, first);
    assert.equal((await knownOrgs(folder.path)).length, 1);
  });

  it('is another org, with another id and domain, if it has another size', async () => {
    const first = await startAndRead(SIZE);
    const larger = await startAndRead({ ...SIZE, users: 70 });
    assert.notEqual(larger.domain, first.domain);
    assert.notEqual(larger.id, first.id);
    assert.ok(larger.users.length > first.users.length);
    assert.deepEqual(await startAndRead(SIZE), first);
  });

  it('does not become another org while its port is in use', async () => {
    const first = await startAndRead(SIZE);
    const taken = createServer().listen(Number(first.domain.split(':')[1]), '127.0.0.1');
    await once(taken, 'listening');
    try {
      await assert.rejects(startAndRead(SIZE), /^SetupError: Port \d+, which is part of .* is in use/);
    } finally {
      taken.close();
      await once(taken, 'close');
    }
    assert.deepEqual(await startAndRead(SIZE), first);
  });

  async function startAndRead(size: { users: number; groups: number }) {
    const org = await startSimulatedOrg(size, folder.path);
    try {
      const { id } = (await read(org, '/.well-known/okta-organization')) as { id: string };
      return { domain: org.domain, id, users: (await read(org, '/api/v1/users?limit=200')) as object[] };
    } finally {
      await org.close();
    }
  }
});

async function read({ domain, token }: RunningOrg, path: string): Promise<unknown> {
  const response = await fetch(`http://${domain}${path}`, { headers: { Authorization: `SSWS ${token}` } });
  assert.equal(response.status, 200);
  return response.json();
}
