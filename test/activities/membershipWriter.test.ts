import assert from 'node:assert/strict';
import type { Attempt } from '../../src/activities/context';
import { MembershipWriter } from '../../src/activities/membershipWriter';
import type { GroupMembers } from '../../src/graph/write/memberships';

const MANY = 50;

describe('The writer of memberships', () => {
  it('lets go of all who wait for it when it must stop before it has begun', async () => {
    const stop = new AbortController();
    const writer = writerWith(stop.signal);
    stop.abort(new Error('stop requested'));
    const added = await Promise.allSettled(Array.from({ length: MANY }, () => writer.add(members())));
    assert(
      added.some(({ status }) => status === 'rejected'),
      'nobody noticed that it stopped',
    );
    await writer.settled();
    await assert.rejects(writer.flush(), /stop requested/);
  });

  it('takes nothing more, and does not hang, once a write has failed', async () => {
    const writer = writerWith(new AbortController().signal);
    await assert.rejects(
      writer.add(members()).then(() => writer.flush()),
      /no graph/,
    );
    const added = await Promise.allSettled(Array.from({ length: MANY }, () => writer.add(members())));
    assert(
      added.every(({ status }) => status === 'rejected'),
      'something was taken after a write had failed',
    );
    await writer.settled();
  });

  it('compares groups with many members one by one, also those that Okta shows as empty', async () => {
    const compared: number[] = [];
    const writer = writerWith(new AbortController().signal, (_, { ids }) => {
      compared.push(ids.length);
      return new Promise(() => undefined);
    });
    const add = () => writer.add({ ...members(300_000), ids: new Set() });
    await Promise.all([add(), add(), add()]);
    assert.deepEqual(compared, [1]);
    const paused = new Promise((resolve) => setImmediate(resolve, 'paused'));
    assert.equal(await Promise.race([add(), paused]), 'paused', 'readers pause while two wait');
  });
});

type Read = (cypher: string, parameters: { ids: string[] }) => Promise<never>;

/** A writer whose every write fails. */
function writerWith(
  signal: AbortSignal,
  read: Read = () => Promise.reject(new Error('no graph')),
): MembershipWriter {
  const graph = { read };
  const nothing = {} as never;
  const attempt = { signal, reached: () => undefined } as unknown as Attempt<{ groupsDone: number }>;
  const writer = { db: graph as never, run: nothing, usage: nothing };
  return new MembershipWriter({ org: nothing, writer, attempt, failures: nothing, isApproved: () => false });
}

function members(edges = 1): GroupMembers {
  const group = {
    id: '00g1',
    claim: '1/a/b',
    type: null,
    usersCount: 1,
    edges,
    surplus: 0,
    deferred: null,
    listedAtMs: 0,
  };
  return { group, ids: new Set(['00u1']), newUsers: [], asOfMs: 0 } as unknown as GroupMembers;
}
