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
});

/** A writer whose every write fails. */
function writerWith(signal: AbortSignal): MembershipWriter {
  const graph = { read: () => Promise.reject(new Error('no graph')) };
  const nothing = {} as never;
  const attempt = { signal, reached: () => undefined } as unknown as Attempt<{ groupsDone: number }>;
  const writer = { db: graph as never, run: nothing, usage: nothing };
  return new MembershipWriter({ org: nothing, writer, attempt, failures: nothing, isApproved: () => false });
}

function members(): GroupMembers {
  const group = {
    id: '00g1',
    claim: '1/a/b',
    type: null,
    usersCount: 1,
    edges: 1,
    surplus: 0,
    deferred: null,
    listedAtMs: 0,
  };
  return { group, ids: new Set(['00u1']), newUsers: [], asOfMs: 0 } as unknown as GroupMembers;
}
