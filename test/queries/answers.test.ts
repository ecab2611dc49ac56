import assert from 'node:assert/strict';
import { answer, type Answer, UnknownNameError } from '../../src/queries/answer';
import { QUESTIONS, findQuestion } from '../../src/queries/registry';
import { UsageError } from '../../src/text/usageError';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { BETWEEN_RUNS_MS, ChurnedOrg } from './support/churnedOrg';
import { ACCESS_EXPECTATIONS } from './support/accessExpectations';
import type { Expectation } from './support/expectation';
import { GRAPH_EXPECTATIONS } from './support/graphExpectations';
import { HISTORY_EXPECTATIONS } from './support/historyExpectations';

const EXPECTATIONS = [...GRAPH_EXPECTATIONS, ...HISTORY_EXPECTATIONS];
const RETENTION_MS = 400 * 86_400_000;

describe('The answer to each question', () => {
  let org: ChurnedOrg;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await ChurnedOrg.start();
  });
  after(() => org.stack.stop());

  async function ask(id: string, given: Record<string, string | string[]> = {}): Promise<Answer> {
    const question = findQuestion(id);
    assert.ok(question, id);
    return answer(org.stack.db, question, {
      domain: org.stack.sim.domain,
      given: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value].flat()])),
      now: new Date(org.now.atMs),
      historyRetentionMs: RETENTION_MS,
    });
  }

  const compared = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();

  for (const [i, expectation] of EXPECTATIONS.entries()) {
    const nth = EXPECTATIONS.slice(0, i).filter(({ id }) => id === expectation.id).length + 1;
    it(`${expectation.id} matches the org (${nth})`, async () => {
      const {
        id,
        given,
        columns,
        converted = (_org, _column, value) => value,
        rows,
      }: Expectation = expectation;
      const { rows: answered } = await ask(id, given?.(org));
      const actual = answered.map((row) =>
        columns.map((column) => converted(org, column, row[column] ?? null)),
      );
      const expected = rows(org);
      assert.ok(expected.length > 0, 'the expectation has no rows');
      assert.deepEqual(compared(actual), compared(expected));
    });
  }

  it('is tested for all of them', () => {
    const tested = new Set([...EXPECTATIONS, ...ACCESS_EXPECTATIONS].map(({ id }) => id));
    assert.deepEqual(
      QUESTIONS.map(({ id }) => id).filter((id) => !tested.has(id)),
      [],
    );
  });

  it('has the longest memberships first', async () => {
    const { rows } = await ask('longest-members', { group: 'Project X' });
    const steps = rows.map(({ began_by }) => org.stepOf(began_by) ?? -1);
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
    assert.ok(new Set(steps).size > 1, `steps ${steps.join()}`);
  });

  it('comes with the run that it is based on', async () => {
    const { proof } = await ask('users-by-status');
    const { run, wholeRun, isRunUnderWay, historySince } = proof;
    assert.deepEqual(
      [run?.runNumber, run?.mode, run?.outcome, run?.isWhole, wholeRun?.runNumber, isRunUnderWay],
      [org.snapshots.length, 'full', 'succeeded', true, org.snapshots.length, false],
    );
    assert.ok(run && run.ageMs > 0);
    // By the org's clock, which is ahead of this machine's by the time between runs.
    const beforeFirstMs = org.at(0).atMs - Date.parse(historySince ?? '');
    assert.ok(beforeFirstMs >= 0 && beforeFirstMs < BETWEEN_RUNS_MS, `${beforeFirstMs} ms`);
  });

  it('has a history since the first list of groups, not since a run that read nothing', async () => {
    const { domain } = org.stack.sim;
    const before = (await ask('users-by-status')).proof.historySince;
    await org.stack.db.run(
      `CREATE (:SyncRun {okta_domain: $domain, id: 'failed', number: 0, keeps_history: true, outcome: 'failed',
         started_at: datetime('2020-01-01')})`,
      { domain },
    );
    const { historySince } = (await ask('users-by-status')).proof;
    await org.stack.db.run("MATCH (r:SyncRun {okta_domain: $domain, id: 'failed'}) DELETE r", { domain });
    assert.equal(historySince, before);
  });

  it('is an error, not empty, for a name that the graph does not have', async () => {
    await assert.rejects(
      ask('group-members', { group: 'project x' }),
      (error) =>
        error instanceof UnknownNameError &&
        /no group of .* with the name or ID project x\. Similar names: Project X, Project X \(copy\)\.$/.test(
          error.message,
        ),
    );
    await assert.rejects(
      ask('person-groups', { person: 'nobody@acme.example' }),
      /no user of .* with the email or ID/,
    );
    await assert.rejects(
      ask('person-groups', { person: org.ids.leaver }),
      /Okta has deleted user .*\. For its history, use person-history\.$/,
    );
  });

  it('is an error for invalid parameters', async () => {
    for (const [id, given, message] of [
      ['group-members', {}, /group is required \(the group\)/],
      ['group-members', { group: ['a', 'b'] }, /group is given more than once/],
      ['group-members', { group: 'Everyone', color: 'red' }, /has no parameter color; it has: group/],
      ['users-by', { by: 'id' }, /by must be one of department, /],
      ['inactive-users', { since: 'long ago' }, /long ago is not a valid time/],
      ['similar-groups', { share: '90' }, /share must be greater than 0 and at most 1/],
      ['similar-groups', { smallest: '-1' }, /smallest must be a whole number/],
    ] as const) {
      await assert.rejects(
        ask(id, given as Record<string, string>),
        (error) => error instanceof UsageError && message.test(error.message),
        JSON.stringify(given),
      );
    }
  });
});
