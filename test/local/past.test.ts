import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config';
import { loadConsoleSettings } from '../../src/console/settings';
import type { GraphDatabase } from '../../src/graph/database';
import { trends } from '../../src/graph/read/overview';
import { freePort } from '../../src/local/ports';
import { runSession } from '../../src/local/session';
import { DAY_MS, PAST_DAYS, type RunningOrg, startSimulatedOrg } from '../../src/local/simulatedOrg';
import { answer } from '../../src/queries/answer';
import { proofText } from '../../src/queries/answerText';
import { findQuestion } from '../../src/queries/registry';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { openGraph } from '../../dev/lab/graph/graphUnderTest';
import { neo4jVariables, orgVariables, temporalVariables } from '../../dev/lab/environment';
import { neo4j, SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import '../../dev/lab/servers/logs';
import { Sink } from '../../dev/lab/sink';
import { temporaryFolder } from '../../dev/lab/temporaryFolder';

const RETENTION_MS = 400 * DAY_MS;

describe('The past of the demo', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  const folder = temporaryFolder();
  let org: RunningOrg;
  let db: GraphDatabase;

  beforeEach(async () => {
    const [server, graph] = await Promise.all([temporal(), neo4j()]);
    db = await openGraph();
    org = await startSimulatedOrg({ users: 40, groups: 4, port: await freePort() }, folder.path);
    await emptyGraph(db, [org.domain]);
    const config = loadConfig({
      ...orgVariables(org),
      ...temporalVariables(server),
      ...neo4jVariables(graph),
      SYNC_ACCESS: 'rules',
    });
    const code = await runSession({
      config,
      parts: { simulated: org, stop: () => Promise.resolve() },
      console: loadConsoleSettings({}),
      once: true,
      still: false,
      output: new Sink(),
      stop: new AbortController().signal,
    });
    assert.equal(code, 0);
  });
  afterEach(async () => {
    await emptyGraph(db, [org.domain]);
    await db.close();
    await org.close();
  });

  it('is what the history begins with, so that dates in it are answered', async () => {
    const { proof } = await ask('users-by-status', {});
    const historySince = Date.parse(proof.historySince ?? '');
    // Okta's clock has whole seconds.
    assert.ok(Math.abs(historySince - org.createdMs) < 1_000, new Date(historySince).toISOString());
    assert.equal(proof.access.rules?.since, proof.historySince);

    await assert.rejects(membersOfEveryone(PAST_DAYS + 1), /at is before the history, which begins at/);
    // Two join on each of four days.
    for (const [daysAgo, members] of [
      [27, 40],
      [18, 42],
      [10, 44],
      [5, 46],
      [1, 48],
    ] as const) {
      const then = await membersOfEveryone(daysAgo);
      assert.equal(then.members, members, `${daysAgo} days ago`);
      assert.match(then.proof, /^History is kept since \S+ \S+\.$/m);
    }
  });

  it('has members who joined and left on its days, and numbers of each', async () => {
    const { series } = await trends(db, org.domain);
    assert.deepEqual(
      series.map(({ atMs, numbers }) => [Math.round((atMs - org.createdMs) / DAY_MS), numbers['users']]),
      [0, 7, 14, 21, 26].map((day, i) => [day, 40 + 2 * i]),
    );
    const { rows } = await ask('membership-changes', { since: '30d' });
    const days = new Map<unknown, Set<number>>();
    for (const { change, by } of rows) {
      const day = Math.round((Date.parse(String(by)) - org.createdMs) / DAY_MS);
      days.set(change, (days.get(change) ?? new Set()).add(day));
    }
    const sorted = (change: string) => [...(days.get(change) ?? [])].sort((a, b) => a - b);
    assert.deepEqual(sorted('added'), [7, 14, 21, 26]);
    assert.deepEqual(sorted('removed'), [7, 14, 21, 26]);
  });

  async function membersOfEveryone(daysAgo: number) {
    const at = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
    const answered = await ask('group-members-at', { group: 'Everyone', at });
    return { members: answered.rows.length, proof: proofText(answered) };
  }

  function ask(id: string, given: Record<string, string>) {
    const question = findQuestion(id);
    assert.ok(question, id);
    return answer(db, question, {
      domain: org.domain,
      given: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]])),
      now: new Date(),
      historyRetentionMs: RETENTION_MS,
    });
  }
});
