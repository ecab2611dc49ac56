import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities';
import { LIST_START } from '../../src/activities/lists';
import type { Run } from '../../src/graph/write/run';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import '../../dev/lab/servers/logs';
import { hostileCursors, listenAtLongerPort, type NeighborPort } from '../../dev/lab/org/hostileCursors';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

type Input = readonly [title: string, name: keyof Activities, args: (run: Run) => unknown[], fault: RegExp];

const changed =
  (change: object) =>
  (run: Run): unknown[] => [{ ...run, ...change }, LIST_START];

const UNUSABLE: readonly Input[] = [
  ['no run', 'syncUsers', () => [], /Input 1 of \w+ cannot be used/],
  ['a run that is text', 'syncGroups', () => ['run', LIST_START], /Input 1/],
  ['a run without a number', 'syncUsers', changed({ number: undefined }), /number/],
  ['a run of a broken number', 'syncUsers', changed({ number: 1.5 }), /number/],
  ['a run of another mode', 'syncUsers', changed({ mode: 'everything' }), /mode/],
  ['a run with a list as its domain', 'syncUsers', changed({ domain: ['a'] }), /domain/],
  [
    'a run from a time that is none',
    'syncUsers',
    changed({ usersChangedSinceMs: 1e300 }),
    /usersChangedSinceMs/,
  ],
  ['a run that allows deletes by text', 'syncMemberships', changed({ allowDeletes: 'no' }), /allowDeletes/],
  ['a cursor that is a path', 'syncUsers', (run) => [run, '/api/v1/users'], /Input 2/],
  ['a cursor with a count below 0', 'syncUsers', (run) => [run, { seen: -1, restarts: 0 }], /seen/],
  ['a cursor with an object as its page', 'syncGroups', (run) => [run, { ...LIST_START, next: {} }], /next/],
  ['a sweep of another label', 'sweep', (run) => [run, { label: 'OktaOrg', after: '' }], /label/],
  ['an ending without a reason', 'endRun', (run) => [run, { outcome: 'failed' }], /failure/],
  ['an ending of a success', 'endRun', (run) => [run, { outcome: 'succeeded' }], /outcome/],
  ['a request with a mode that is none', 'beginRun', () => [{ mode: 'all' }, 'id'], /mode/],
  ['a request with a misspelled field', 'beginRun', () => [{ allowDelets: true }, 'id'], /allowDelets/],
  ['a request that is a list', 'beginRun', () => [['full'], 'id'], /Input 1/],
  ['a run id that is a number', 'beginRun', () => [{}, 7], /Input 2/],
  ['a notification of no run', 'notify', () => [{ domain: 'acme.okta.com' }], /runId/],
  ['a notification of a failure that is an object', 'notify', () => [{ runId: 'r', failure: {} }], /failure/],
];

describe('The inputs of an activity', () => {
  let org: OrgUnderTest;
  let neighbor: NeighborPort;
  let run: Run;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    neighbor = await listenAtLongerPort();
    org = await OrgUnderTest.start({ users: 20, groups: 3, memberships: 30, port: neighbor.orgPort });
    run = await org.begin();
  });
  beforeEach(() => org.sim.stats.reset());
  after(async () => {
    await org.stop();
    await neighbor.stop();
  });

  const failureOf = async (name: keyof Activities, args: unknown[], heartbeatDetails?: unknown) => {
    const attempt = org.attempt({ heartbeatDetails });
    const failure = await attempt.failure(
      attempt.call(name, ...(args as Parameters<Activities[typeof name]>)),
    );
    assert(failure instanceof ApplicationFailure, String(failure));
    return failure;
  };

  for (const [title, name, args, fault] of UNUSABLE) {
    it(`end it in words, without a retry, where they are ${title}`, async () => {
      const { type, nonRetryable, message, cause } = await failureOf(name, args(run));
      assert.deepEqual([type, nonRetryable, cause], ['INVALID_INPUT', true, undefined]);
      assert.match(message, fault);
      assert.deepEqual(org.calls, {}, 'nothing was asked of Okta');
    });
  }

  for (const [name, list] of [
    ['syncUsers', '/api/v1/users'],
    ['syncGroups', '/api/v1/groups'],
  ] as const) {
    for (const title of hostileCursors(list, { orgPort: 1, digit: '7' }).keys()) {
      it(`send no token anywhere: ${title}, as cursor and as heartbeat of ${name}`, async () => {
        const cursor = { ...LIST_START, next: hostileCursors(list, neighbor).get(title) };
        for (const failure of [
          await failureOf(name, [run, cursor]),
          await failureOf(name, [run, LIST_START], cursor),
        ])
          assert.deepEqual([failure.type, failure.nonRetryable], ['OKTA_FOREIGN_LINK', true]);
        assert.deepEqual(neighbor.requests, []);
        assert.deepEqual(org.calls, {});
      });
    }
  }

  it('are checked in a heartbeat too', async () => {
    for (const [name, heartbeat] of [
      ['syncUsers', { seen: 'all', restarts: 0 }],
      ['sweep', { label: 'User', after: 7 }],
    ] as const) {
      const { type, message } = await failureOf(
        name,
        [run, name === 'sweep' ? undefined : LIST_START],
        heartbeat,
      );
      assert.equal(type, 'INVALID_INPUT');
      assert.match(message, /heartbeat of an earlier attempt/);
    }
  });

  for (const [title, forgery] of [
    ['a number that later runs can never reach', { number: Number.MAX_SAFE_INTEGER }],
    ['another mode', { mode: 'incremental' }],
    ['the permission to delete, which nobody gave', { allowDeletes: true }],
  ] as const) {
    it(`are refused where they are the open run with ${title}, and nothing is read or written`, async () => {
      run = await org.begin({ allowDeletes: false });
      await org.lists(run);
      org.sim.stats.reset();
      const graphBefore = await properties();
      for (const [name, ...args] of [
        ['syncUsers', LIST_START],
        ['syncGroups', LIST_START],
        ['syncMemberships'],
        ['sweep', undefined],
      ] as const) {
        const { type, nonRetryable } = await failureOf(name, [{ ...run, ...forgery }, ...args]);
        assert.deepEqual([name, type, nonRetryable], [name, 'RUN_ENDED', true]);
      }
      assert.deepEqual(org.calls, {}, 'nothing was asked of Okta');
      assert.deepEqual(await properties(), graphBefore);
      assert.equal(
        (await org.attempt().call('syncUsers', run, LIST_START)).seen,
        20,
        'the real run continues',
      );
    });
  }

  /** Everything that the graph holds of the org, with `last_seen_run` of each node. */
  const properties = () =>
    org.db.read(
      `MATCH (n) WHERE n.okta_domain = $domain OR n.domain = $domain
       RETURN elementId(n) AS id, properties(n) AS properties ORDER BY id`,
      { domain: org.sim.domain },
    );

  it('may have fields that a newer version adds', async () => {
    const attempt = org.attempt();
    const chunk = await attempt.call(
      'syncUsers',
      { ...run, added: 1 } as Run,
      { ...LIST_START, added: 1 } as never,
    );
    assert.equal(chunk.seen, 20);
  });
});
