import assert from 'node:assert/strict';
import { LIST_START, type ListChunk, type ListCursor } from '../../src/activities/lists';
import type { SweepCursor } from '../../src/activities/sweep';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

describe('A chunk of work', () => {
  let org: OrgUnderTest;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({ users: 600, groups: 40, memberships: 2_000 });
  });
  after(() => org.stop());

  it('of a list ends with the page at which its time is over, and asks for none in vain', async () => {
    const run = await org.begin();
    const chunks: number[] = [];
    for (let cursor: ListCursor | undefined = LIST_START; cursor;) {
      const chunk: ListChunk = await org.attempt({ ports: { chunkMs: 0 } }).call('syncUsers', run, cursor);
      chunks.push(chunk.seen);
      cursor = chunk.cursor;
    }
    assert.deepEqual(chunks, [200, 400, 600]);
    assert.equal(org.calls['users'], 4, 'the last page, which is full, twice');
  });

  it('of memberships finishes the groups that it began, and the next one reads the others', async () => {
    const run = await org.begin();
    await org.lists(run);
    org.sim.settings.latencyMs = 1_500;
    const chunk = await org.attempt({ ports: { chunkMs: 2_000 } }).call('syncMemberships', run);
    org.sim.settings.latencyMs = 0;
    assert.equal(chunk.done, false);
    assert(chunk.groupsDone > 0 && chunk.groupsDone < 40, `${chunk.groupsDone} groups`);
    assert.equal(org.calls['members'], chunk.groupsDone);

    const rest = await org.attempt().call('syncMemberships', run);
    assert.deepEqual(rest, { done: true, groupsDone: 40, groupsTotal: 40 });
    const { memberPages, emptyGroups } = org.sim.org.callsNeeded();
    assert.equal(org.calls['members'], memberPages - emptyGroups);
  });

  it('of the sweep ends with the candidates that were settled when its time was over', async () => {
    await org.attempt().call('syncUsers', await org.begin(), LIST_START);
    org.deleteUsers(60);
    const run = await org.begin();
    await org.attempt().call('syncUsers', run, LIST_START);
    const asked: (number | undefined)[] = [];
    for (let cursor: SweepCursor | undefined; asked.length === 0 || cursor;) {
      cursor = await org.attempt({ ports: { chunkMs: 0 } }).call('sweep', run, cursor);
      asked.push(org.calls['user']);
    }
    const calls = [...new Set(asked)];
    assert.deepEqual(calls, [50, 60, 110, 120], 'a portion a chunk, each candidate twice');
    assert.equal((await org.counted(run))['users_deleted'], 60);
  });
});
