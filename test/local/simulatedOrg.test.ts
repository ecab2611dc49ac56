import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort, isPortFree } from '../../src/local/ports';
import {
  changesOf,
  DAY_MS,
  knownOrgs,
  PAST_DAYS,
  type RunningOrg,
  type SimulatedOrgOptions,
  startSimulatedOrg,
} from '../../src/local/simulatedOrg';
import { startSimulator } from '../../src/simulator';
import { ACCESS_MIX } from '../../src/simulator/access/accessPlan';
import { SetupError } from '../../src/local/setupError';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const SIZE = { users: 60, groups: 4 };

describe('The simulated org of npm start', () => {
  const folder = temporaryFolder();
  let port: number;
  beforeEach(async () => {
    port = await freePort();
  });

  it('is the same at the next start', async () => {
    const first = await startAndRead({ ...SIZE, port });
    const second = await startAndRead(SIZE);
    assert.deepEqual(second, first);
    assert.equal((await knownOrgs(folder.path)).length, 1);
  });

  it('is another org, with another id and domain, if it has another size', async () => {
    const first = await startAndRead({ ...SIZE, port });
    const larger = await startAndRead({ ...SIZE, users: 70, port: await freePort() });
    assert.notEqual(larger.domain, first.domain);
    assert.notEqual(larger.id, first.id);
    assert.ok(larger.users.length > first.users.length);
    assert.deepEqual(await startAndRead(SIZE), first);
  });

  it('is the latest one if nothing is said of its size, also with another size than a first one has', async () => {
    const first = await startAndRead({ ...SIZE, port });
    assert.deepEqual(await startAndRead({}), first);
    assert.deepEqual(await startAndRead({ port }), first);
    const larger = await startAndRead({ users: 70, port: await freePort() });
    assert.deepEqual(await startAndRead({}), larger);
    assert.equal(larger.users.length > first.users.length, true);
  });

  for (const [how, text, why] of [
    ['is cut', '[{"port": 89', /Unterminated|Unexpected|Expected/],
    ['has no list', '{}', /it has no list of orgs/],
  ] as const) {
    it(`does not start if the record of orgs ${how}, which is explained`, async () => {
      await writeFile(join(folder.path, 'simulated-orgs.json'), text);
      await assert.rejects(startAndRead({ ...SIZE, port }), (error: Error) => {
        assert.match(error.message, /simulated-orgs\.json, .* Delete it to start with a new simulated org/);
        assert.match(error.message, why);
        return error instanceof SetupError;
      });
    });
  }

  it('does not become another org while its port is in use', async () => {
    const first = await startAndRead({ ...SIZE, port });
    await whileTaken(port, () => assert.rejects(startAndRead(SIZE), inUse(port)));
    assert.deepEqual(await startAndRead(SIZE), first);
  });

  it('does not become another org if its port is in use at its first start', async () => {
    await whileTaken(port, () => assert.rejects(startAndRead({ ...SIZE, port }), inUse(port)));
    assert.deepEqual(await knownOrgs(folder.path), []);
  });

  it('has port 8989 by default, and does not start if that is in use', async () => {
    const start = () => startSimulatedOrg(SIZE, folder.path);
    const taken = (await isPortFree(8_989)) ? createServer().listen(8_989, '127.0.0.1') : undefined;
    if (taken) await once(taken, 'listening');
    try {
      await assert.rejects(start(), inUse(8_989));
    } finally {
      taken?.close();
    }
  });

  it('is another org on another port, and the latest one of its size by default', async () => {
    const first = await startAndRead({ ...SIZE, port });
    const second = await startAndRead({ ...SIZE, port: await freePort() });
    assert.notEqual(second.id, first.id);
    assert.deepEqual(await startAndRead(SIZE), second);
    assert.deepEqual(await startAndRead({ ...SIZE, port }), first);
    assert.deepEqual(await startAndRead(SIZE), first);
  });

  it('does not start on the port of an org of another size', async () => {
    await startAndRead({ ...SIZE, port });
    await assert.rejects(
      startAndRead({ users: 70, groups: 5, port }),
      new RegExp(
        `^SetupError: Port ${port} belongs to the simulated org of 60 users and 4 groups.*--org-port`,
      ),
    );
  });

  it('stays in its past at the next start if that was interrupted, unless it is then left as it is', async () => {
    const atMs = Date.now() - 21 * DAY_MS;
    const first = await startSimulatedOrg({ ...SIZE, port }, folder.path);
    await first.change(atMs);
    await first.close();
    const again = await startSimulatedOrg(SIZE, folder.path);
    assert.deepEqual([again.isPastDue, again.reachedMs], [true, atMs]);
    assert.equal(await daysBack(again), 21);
    await again.close();
    for (const still of [true, false]) {
      const org = await startSimulatedOrg({ ...SIZE, still }, folder.path);
      assert.equal(org.isPastDue, false);
      assert.equal(await daysBack(org), 0);
      await org.close();
    }
  });

  it('keeps its changes at the next start', async () => {
    const org = await startSimulatedOrg({ ...SIZE, port }, folder.path);
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

  it('has the same users, groups and memberships as without changes of apps, rules and roles', async () => {
    const atMs = Date.now() - 7 * DAY_MS;
    const org = await startSimulatedOrg({ ...SIZE, port }, folder.path);
    let nowMs = org.createdMs;
    const without = await startSimulator({ ...SIZE, seed: port, now: () => nowMs });
    try {
      const [accessBefore, peopleBefore] = [await accessOf(org), await peopleOf(org)];
      assert.deepEqual(await peopleOf(without), peopleBefore);
      for (let day = 0; day < 4; day++) {
        nowMs = atMs + day * DAY_MS;
        await org.change(nowMs);
        const people = Object.entries(changesOf(day)).filter(([change]) => !(change in ACCESS_MIX));
        without.org.churn(Object.fromEntries(people));
      }
      const peopleNow = await peopleOf(org);
      assert.notDeepEqual(peopleNow, peopleBefore);
      assert.deepEqual(await peopleOf(without), peopleNow);
      const accessNow = await accessOf(org);
      for (const [i, what] of ['apps', 'rules', 'assignments'].entries())
        assert.notDeepEqual(accessNow[i], accessBefore[i], what);
    } finally {
      await without.close();
      await org.close();
    }
  });

  it('begins four weeks back, goes on from each change, and is at the present time after the last', async () => {
    const org = await startSimulatedOrg({ ...SIZE, port }, folder.path);
    assert.equal(await daysBack(org), PAST_DAYS);
    await org.change(Date.now() - 14 * DAY_MS);
    assert.equal(await daysBack(org), 14);
    await org.change();
    assert.equal(await daysBack(org), 0);
    await org.close();
    const still = await startSimulatedOrg(
      { users: 50, groups: 3, port: await freePort(), still: true },
      folder.path,
    );
    assert.equal(await daysBack(still), 0);
    await still.close();
  });

  const inUse = (taken: number) =>
    new RegExp(
      `^SetupError: Port ${taken}, which is part of the simulated org's domain, is in use.*--org-port`,
    );

  async function whileTaken(taken: number, work: () => Promise<void>): Promise<void> {
    const server = createServer().listen(taken, '127.0.0.1');
    await once(server, 'listening');
    try {
      await work();
    } finally {
      server.close();
      await once(server, 'close');
    }
  }

  async function daysBack({ domain }: RunningOrg): Promise<number> {
    const { headers } = await fetch(`http://${domain}/.well-known/okta-organization`);
    return Math.round((Date.now() - Date.parse(headers.get('date') ?? '')) / DAY_MS);
  }

  const usersOf = async (org: RunningOrg) => (await read(org, '/api/v1/users?limit=200')) as object[];

  async function startAndRead(size: SimulatedOrgOptions) {
    const org = await startSimulatedOrg(size, folder.path);
    try {
      const { id } = (await read(org, '/.well-known/okta-organization')) as { id: string };
      return { domain: org.domain, id, users: (await read(org, '/api/v1/users?limit=200')) as object[] };
    } finally {
      await org.close();
    }
  }
});

type Served = Pick<RunningOrg, 'domain' | 'token'>;
type Item = Readonly<Record<string, unknown>> & { id: string };

/** Users, groups and memberships, without links, which have the port in them. */
async function peopleOf(org: Served): Promise<unknown> {
  const list = async (path: string) =>
    ((await read(org, path)) as Item[]).map(({ id, status, profile, lastUpdated, lastMembershipUpdated }) => [
      id,
      status,
      profile,
      lastUpdated,
      lastMembershipUpdated,
    ]);
  const groups = await list('/api/v1/groups?limit=200');
  const members = await Promise.all(groups.map(([id]) => list(`/api/v1/groups/${String(id)}/users`)));
  return { users: await list('/api/v1/users?limit=200'), groups, members };
}

/** Apps, group rules, and the users of each app. */
async function accessOf(org: Served): Promise<[apps: unknown, rules: unknown, assignments: unknown]> {
  const apps = (await read(org, '/api/v1/apps?limit=200')) as Item[];
  const users = await Promise.all(apps.map(({ id }) => read(org, `/api/v1/apps/${id}/users?limit=500`)));
  return [apps, await read(org, '/api/v1/groups/rules'), users];
}

async function read({ domain, token }: Served, path: string): Promise<unknown> {
  const response = await fetch(`http://${domain}${path}`, { headers: { Authorization: `SSWS ${token}` } });
  assert.equal(response.status, 200);
  return response.json();
}
