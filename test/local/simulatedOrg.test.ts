import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  DAY_MS,
  knownOrgs,
  PAST_DAYS,
  type RunningOrg,
  startSimulatedOrg,
} from '../../src/local/simulatedOrg';
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

  it('keeps its changes at the next start', async () => {
    const org = await startSimulatedOrg(SIZE, folder.path);
    assert.equal(org.isPastDue, true);
    const before = await usersOf(org);
    await org.change(Date.now() - 7 * DAY_MS);
    await org.change();
    const changed = await usersOf(org);
    await org.close();
    // Four have joined, and two were deactivated, whom this list leaves out.
    assert.equal(changed.length, before.length + 2);
    const again = await startSimulatedOrg(SIZE, folder.path);
    assert.equal(again.isPastDue, false);
    assert.deepEqual(await usersOf(again), changed);
    await again.close();
  });

  it('begins four weeks back, goes on from each change, and is at the present time after the last', async () => {
    const org = await startSimulatedOrg(SIZE, folder.path);
    const daysBack = async () => {
      const response = await fetch(`http://${org.domain}/.well-known/okta-organization`);
      return Math.round((Date.now() - Date.parse(response.headers.get('date') ?? '')) / DAY_MS);
    };
    assert.equal(await daysBack(), PAST_DAYS);
    await org.change(Date.now() - 14 * DAY_MS);
    assert.equal(await daysBack(), 14);
    await org.change();
    assert.equal(await daysBack(), 0);
    await org.close();
    const still = await startSimulatedOrg({ users: 50, groups: 3, still: true }, folder.path);
    const { headers } = await fetch(`http://${still.domain}/.well-known/okta-organization`);
    await still.close();
    assert.ok(Date.now() - Date.parse(headers.get('date') ?? '') < DAY_MS);
  });

  const usersOf = async (org: RunningOrg) => (await read(org, '/api/v1/users?limit=200')) as object[];

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
