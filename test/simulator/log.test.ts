import assert from 'node:assert/strict';
import { Client } from '@okta/okta-sdk-nodejs';
import type { LogEvent, Simulator, SimulatorOptions } from '../../src/simulator';
import { assertOktaError, call, nextOf, type Reply, withSimulator } from './httpClient';

const DAY_MS = 86_400_000;

/** Runs a test with an org whose clock the test sets. */
async function withClock(
  options: SimulatorOptions,
  test: (simulator: Simulator, advance: (ms: number) => number) => Promise<void>,
): Promise<void> {
  let nowMs = Date.UTC(2026, 2, 1, 12);
  await withSimulator({ users: 60, groups: 6, ...options, now: () => nowMs }, (simulator) =>
    test(simulator, (ms) => (nowMs += ms)),
  );
}

const logs = (
  simulator: Simulator,
  query: Record<string, string | number> = {},
): Promise<Reply<LogEvent[]>> => {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) text.set(name, `${value}`);
  return call<LogEvent[]>(simulator, `/api/v1/logs?${text}`);
};

const typesOf = ({ json }: Reply<LogEvent[]>): string[] => json.map(({ eventType }) => eventType);
const namesOf = (events: readonly LogEvent[]): unknown[] =>
  events.map(({ target }) => target?.[0]?.displayName);
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** Follows next links until a page is empty. */
async function poll(
  simulator: Simulator,
  url: string | undefined,
): Promise<{ events: LogEvent[]; next: string }> {
  const events: LogEvent[] = [];
  for (;;) {
    assert.ok(url, 'a polling request always has a next link');
    const page: Reply<LogEvent[]> = await call<LogEvent[]>(simulator, url);
    assert.equal(page.status, 200, page.text);
    if (page.json.length === 0) return { events, next: url };
    events.push(...page.json);
    url = nextOf(page);
  }
}

describe("the simulated org's System Log", () => {
  it('is empty after the creation of the org, and has what changes then', async () => {
    await withClock({}, async (simulator, advance) => {
      const { org } = simulator;
      assert.deepEqual((await logs(simulator)).json, []);
      const at = advance(1_000);
      const userId = org.addUser({ login: 'ada@acme.example', displayName: 'Ada' });
      const { json } = await logs(simulator);
      assert.deepEqual(
        json.map(({ eventType }) => eventType),
        ['user.lifecycle.create', 'user.lifecycle.activate'],
      );
      const [created] = json;
      assert.equal(created?.published, iso(at));
      assert.match(created.uuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.deepEqual(created.outcome, { result: 'SUCCESS', reason: null });
      assert.deepEqual(created.target, [
        {
          id: userId,
          type: 'User',
          alternateId: 'ada@acme.example',
          displayName: 'Ada',
          detailEntry: null,
        },
      ]);
    });
  });

  it('polls in pages whose next links never end, and equal the requested one while nothing happens', async () => {
    await withClock({}, async (simulator, advance) => {
      const first = await logs(simulator, { since: iso(advance(0)), limit: 2 });
      assert.deepEqual(first.json, []);
      const start = nextOf(first);
      const empty = await call<LogEvent[]>(simulator, start ?? '');
      assert.equal(nextOf(empty), start);
      for (let i = 0; i < 5; i++) simulator.org.addGroup({ name: `Group ${i}` });
      const { events, next } = await poll(simulator, start);
      assert.deepEqual(namesOf(events), ['Group 0', 'Group 1', 'Group 2', 'Group 3', 'Group 4']);
      assert.match(new URL(next).searchParams.get('after') ?? '', /^\d{13}_\d+$/);
      assert.equal(new URL(next).searchParams.get('limit'), '2');
      advance(1_000);
      simulator.org.addGroup({ name: 'Late' });
      assert.deepEqual(namesOf((await poll(simulator, next)).events), ['Late']);
    });
  });

  it('stores events late if configured, and a poll gets each once although published jumps back', async () => {
    await withClock({}, async (simulator, advance) => {
      simulator.settings.log.persistLagMs = 2_000;
      simulator.settings.log.persistJitterMs = 30_000;
      let url = nextOf(await logs(simulator, { since: iso(advance(0)) }));
      const published: string[] = [];
      const names: unknown[] = [];
      const read = async (): Promise<void> => {
        const { events, next } = await poll(simulator, url);
        names.push(...namesOf(events));
        published.push(...events.map((event) => event.published));
        url = next;
      };
      for (let i = 0; i < 30; i++) {
        simulator.org.addGroup({ name: `Group ${i}` });
        if (i === 0) assert.deepEqual((await logs(simulator)).json, []);
        advance(1_000);
        await read();
      }
      advance(60_000);
      await read();
      assert.deepEqual([...names].sort(), Array.from({ length: 30 }, (_, i) => `Group ${i}`).sort());
      assert.notDeepEqual(published, [...published].sort());
    });
  });

  it('repeats and loses a share of the events if configured, the same ones for the same seed', async () => {
    const run = async (): Promise<{ uuids: string[]; counts: unknown }> => {
      const uuids: string[] = [];
      let counts: unknown;
      await withClock({ log: { repeated: 0.2, missing: 0.3 } }, async (simulator) => {
        for (let i = 0; i < 200; i++) simulator.org.addGroup();
        const { json } = await logs(simulator, { limit: 1_000 });
        uuids.push(...json.map(({ uuid }) => uuid));
        counts = (await call(simulator, '/simulator/log')).json;
        const { recorded, missing, repeated, kept } = simulator.org.log.counts;
        assert.equal(recorded, 200);
        assert.ok(missing > 30 && missing < 90 && repeated > 10 && repeated < 60);
        assert.equal(kept, 200 - missing + repeated);
        assert.equal(uuids.length, kept);
        assert.equal(new Set(uuids).size, 200 - missing);
      });
      return { uuids, counts };
    };
    assert.deepEqual(await run(), await run());
  });

  it('answers a bounded request in order of published, in pages that end', async () => {
    await withClock({ log: { persistJitterMs: 60_000 } }, async (simulator, advance) => {
      const sinceMs = advance(0);
      for (let i = 0; i < 7; i++) {
        simulator.org.addGroup({ name: `Group ${i}` });
        advance(1_000);
      }
      const untilMs = advance(120_000);
      simulator.org.addGroup({ name: 'After' });
      const range = { since: iso(sinceMs), until: iso(untilMs - 1), limit: 3 };
      for (const [sortOrder, expected] of [
        ['ASCENDING', [0, 1, 2, 3, 4, 5, 6]],
        ['DESCENDING', [6, 5, 4, 3, 2, 1, 0]],
      ] as const) {
        const names: unknown[] = [];
        const sizes: number[] = [];
        let page = await logs(simulator, { ...range, sortOrder });
        for (;;) {
          names.push(...namesOf(page.json));
          sizes.push(page.json.length);
          const next = nextOf(page);
          if (next === undefined) break;
          page = await call<LogEvent[]>(simulator, next);
        }
        assert.deepEqual(sizes, [3, 3, 1]);
        assert.deepEqual(
          names,
          expected.map((i) => `Group ${i}`),
        );
      }
      const newest = await logs(simulator, { sortOrder: 'DESCENDING', until: '' });
      assert.equal(newest.json.length, 7);
      assert.equal(nextOf(newest), undefined);
    });
  });

  it('has 100 events a page, or up to 1,000', async () => {
    await withClock({}, async (simulator) => {
      await call(simulator, '/simulator/flood', { method: 'POST', body: { events: 1_200 } });
      for (const [query, count] of [
        [{}, 100],
        [{ limit: 0 }, 0],
        [{ limit: 1_000 }, 1_000],
        [{ limit: 5_000 }, 1_000],
      ] as const)
        assert.equal((await logs(simulator, query)).json.length, count);
    });
  });

  it('serves events for 90 days of the simulated clock, and rejects a since of more than 180 days ago', async () => {
    await withClock({}, async (simulator, advance) => {
      simulator.org.addGroup({ name: 'Old' });
      const old = nextOf(await logs(simulator));
      advance(89 * DAY_MS);
      simulator.org.addGroup({ name: 'New' });
      const since = (days: number): string => iso(advance(0) - days * DAY_MS);
      const named = async (days: number) => namesOf((await logs(simulator, { since: since(days) })).json);
      assert.deepEqual(await named(100), ['Old', 'New']);
      assert.deepEqual(await named(7), ['New']);
      advance(2 * DAY_MS);
      assert.deepEqual(await named(100), ['New']);
      assert.deepEqual(namesOf((await logs(simulator, { since: since(100), until: since(0) })).json), [
        'New',
      ]);
      const refused = await logs(simulator, { since: since(181) });
      assertOktaError(refused, 400, 'E0000053');
      assert.match(refused.text, /The since parameter is over 180 days prior to the current day/);
      assert.equal((await call(simulator, old ?? '')).status, 200);
    });
  });

  it('keeps a limited number of events, and a cursor of a dropped one goes on with the oldest', async () => {
    await withClock({ log: { keeps: 100 } }, async (simulator) => {
      simulator.org.addGroup({ name: 'First' });
      const next = nextOf(await logs(simulator));
      await call(simulator, '/simulator/flood', { method: 'POST', body: { events: 25_000 } });
      const { kept } = simulator.org.log.counts;
      assert.ok(kept >= 100 && kept <= 10_100, `${kept}`);
      assert.equal((await call<LogEvent[]>(simulator, next ?? '')).json.length, 100);
      simulator.settings.log.keeps = 0;
      simulator.org.addGroup();
      assert.equal(simulator.org.log.counts.kept, 0);
    });
  });

  it('keeps the order of persistence when the clock is set back', async () => {
    await withClock({}, async (simulator, advance) => {
      simulator.org.addGroup({ name: 'Before' });
      const next = nextOf(await logs(simulator));
      advance(-60_000);
      simulator.org.addGroup({ name: 'After' });
      assert.deepEqual(namesOf((await poll(simulator, next)).events), ['After']);
    });
  });

  it('filters by expressions and keywords', async () => {
    await withClock({}, async (simulator) => {
      const { org } = simulator;
      const userId = org.addUser({ login: 'ada-maria@acme.example' });
      const groupId = org.addGroup({ name: 'Payroll' });
      org.addMembership(groupId, userId);
      org.renameGroup(groupId, 'Salaries');
      const filtered = async (filter: string) => typesOf(await logs(simulator, { filter }));
      const [created, activated, group, member, renamed] = typesOf(await logs(simulator));
      assert.deepEqual(await filtered('eventType eq "group.profile.update"'), [renamed]);
      assert.deepEqual(await filtered(`target.id eq "${userId}" and target.id eq "${groupId}"`), [member]);
      assert.deepEqual(await filtered('eventType sw "user." or eventType ew ".create"'), [
        created,
        activated,
        group,
      ]);
      assert.deepEqual(await filtered('eventType co "member" or not (eventType sw "group.")'), [
        created,
        activated,
        member,
      ]);
      assert.deepEqual(await filtered('(target.type eq "UserGroup") and (target.displayName ne "Payroll")'), [
        renamed,
      ]);
      assert.deepEqual(await filtered('legacyEventType pr'), []);
      assert.equal((await filtered('outcome.result eq "SUCCESS"')).length, 5);
      assert.deepEqual(typesOf(await logs(simulator, { q: 'SALARIES' })), [renamed]);
      assert.deepEqual(typesOf(await logs(simulator, { q: 'ada Payroll' })), [member]);
      assert.deepEqual(typesOf(await logs(simulator, { q: 'Pay' })), []);
    });
  });

  it('rejects invalid parameters as Okta does', async () => {
    await withClock({}, async (simulator) => {
      for (const [query, code] of [
        [{ since: 'yesterday' }, 'E0000001'],
        [{ until: '01-01-2026' }, 'E0000001'],
        [{ sortOrder: 'asc' }, 'E0000001'],
        [{ limit: '-1' }, 'E0000001'],
        [{ after: 'not-a-cursor' }, 'E0000001'],
        [{ q: 'x'.repeat(41) }, 'E0000001'],
        [{ q: 'a b c d e f g h i j k' }, 'E0000001'],
        [{ filter: 'eventType eqq "a"' }, 'E0000053'],
        [{ filter: 'published gt "2026-01-01T00:00:00Z"' }, 'E0000053'],
        [{ filter: '(eventType eq "a"' }, 'E0000053'],
        [{ filter: 'eventType eq "a" eventType eq "b"' }, 'E0000053'],
        [{ filter: 'eventType eq "a' }, 'E0000053'],
      ] as const)
        assertOktaError(await logs(simulator, query), 400, code);
    });
  });

  it('has a rate limit of its own, 120 calls a minute unless configured otherwise', async () => {
    await withClock({}, async (simulator) => {
      const { headers } = await logs(simulator);
      assert.equal(headers['x-rate-limit-limit'], '120');
      assert.equal(headers['x-rate-limit-remaining'], '119');
      simulator.settings.limits.logs = 2;
      assert.equal((await logs(simulator)).status, 200);
      const refused = await logs(simulator);
      assertOktaError(refused, 429, 'E0000047');
      assert.equal(refused.headers['x-rate-limit-remaining'], '0');
      assert.deepEqual(simulator.stats.snapshot().byBucket, { logs: 2 });
      assert.deepEqual(simulator.stats.snapshot().byRoute, { logs: 3 });
    });
  });

  it('is refused to an admin who cannot read it', async () => {
    await withClock({ access: { readsLog: false } }, async (simulator) => {
      assertOktaError(await logs(simulator), 403, 'E0000006');
    });
  });

  it('has the faults of other lists', async () => {
    await withClock({}, async (simulator) => {
      for (const name of ['A', 'B', 'C']) simulator.org.addGroup({ name });
      const next = nextOf(await logs(simulator, { limit: 2 })) ?? '';
      simulator.faults.set([{ match: { route: 'logs' }, action: { type: 'repeatItem' } }]);
      assert.deepEqual(namesOf((await call<LogEvent[]>(simulator, next)).json), ['B', 'C']);
      simulator.faults.set([{ match: { route: 'logs' }, action: { type: 'emptyPage' } }]);
      const empty = await call<LogEvent[]>(simulator, next);
      assert.deepEqual([empty.json, nextOf(empty)], [[], next]);
      simulator.faults.set([{ match: { route: 'logs' }, action: { type: 'error', status: 500 } }]);
      assert.equal((await logs(simulator)).status, 500);
    });
  });

  it("is read by Okta's own SDK", async () => {
    await withSimulator({ users: 60, groups: 6 }, async (simulator) => {
      const { origin, token, org } = simulator;
      const groupId = org.addGroup({ name: 'Payroll' });
      const client = new Client({ orgUrl: origin, token });
      const events = await client.systemLogApi.listLogEvents({ limit: 10 });
      const { value } = await events.next();
      assert.equal(value?.eventType, 'group.lifecycle.create');
      assert.equal(value.severity, 'INFO');
      assert.ok(value.published instanceof Date);
      assert.equal(value.target?.[0]?.id, groupId);
    });
  });
});
