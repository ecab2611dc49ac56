import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import '../../dev/lab/properties';
import { ACCESS_KINDS } from '../../src/contract';
import type { GraphDatabase } from '../../src/graph/database';
import {
  findingsIn,
  MEASURE,
  statusNumber,
  toMeasure,
  type MeasureRow,
} from '../../src/graph/write/measures';
import { answer } from '../../src/queries/answer';
import { FINDINGS } from '../../src/queries/findings';
import { STATUSES } from '../../src/queries/measure';
import { measured } from '../../src/telemetry/events';
import { churnOfPeople } from '../../dev/lab/org/churnPlans';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';

describe('The measure of a run', function () {
  this.timeout(SERVICE_TIMEOUT_MS);
  let org: OrgUnderTest;

  beforeEach(async () => {
    org = await OrgUnderTest.start({ users: 40, groups: 8, apps: 8, rules: 4, roles: 5, seed: 2 });
  });
  afterEach(() => org.stop());

  /** The latest measure at the end of a run: a run that changes nothing is not measured again. */
  const lastMeasure = async () => {
    const [row] = await org.db.read<MeasureRow>(
      `MATCH (m:OrgMeasure {okta_domain: $domain}) RETURN ${MEASURE} ORDER BY m.run DESC LIMIT 1`,
      { domain: org.sim.domain },
    );
    return row && toMeasure(row);
  };

  const measureOf = async (run: number) => {
    const [row] = await org.db.read<MeasureRow>(
      `MATCH (m:OrgMeasure {okta_domain: $domain}) WHERE m.run = $run RETURN ${MEASURE}`,
      { domain: org.sim.domain, run },
    );
    return row && toMeasure(row);
  };

  /** The numbers that the org itself has. */
  const numbersOfOrg = () => {
    const truth = org.sim.org.truth();
    const users = [...truth.users()];
    const groups = [...truth.groups()];
    return {
      users: users.length,
      groups: groups.length,
      memberships: groups.reduce((sum, { usersCount }) => sum + usersCount, 0),
      ...Object.fromEntries(
        STATUSES.map((each) => [
          statusNumber(each),
          users.filter(({ status }) => (status as string) === each).length,
        ]),
      ),
    };
  };

  /** The numbers of rows of the findings' questions. */
  const findingsOf = async (atMs: number) => {
    const numbers: Record<string, number> = {};
    for (const { name, question, given, historyDays } of FINDINGS) {
      if (historyDays > 0) continue;
      const asking = { domain: org.sim.domain, given, now: new Date(atMs), historyRetentionMs: 0 };
      numbers[name] = (await answer(org.db, question, asking)).rows.length;
    }
    return numbers;
  };

  it('has the numbers of the org after each run, whatever has changed', async () => {
    let number = 0;
    const check = async () => {
      const { runNumber } = await org.wholeRun({ access: ACCESS_KINDS, allowDeletes: true });
      number = runNumber;
      const measure = await lastMeasure();
      assert.ok(measure);
      const { numbers } = measure;
      const expected = numbersOfOrg();
      assert.deepEqual({ ...numbers, ...expected }, numbers);
      assert.deepEqual(findingsIn(measure), await findingsOf(measure.atMs));
    };
    await check();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          ...churnOfPeople(4),
          addMemberships: fc.nat(20),
          removeMemberships: fc.nat(20),
          assignAppUsers: fc.nat(3),
          grantRoles: fc.nat(2),
        }),
        async (plan) => {
          org.sim.org.churn(plan);
          await check();
        },
      ),
      { numRuns: 5, endOnFailure: true },
    );
    assert.ok(number >= 6);
  });

  it('is not made again while it is fresh, by a run that changes nothing', async () => {
    const { runNumber: first } = await org.wholeRun();
    const { runNumber: second } = await org.wholeRun({ mode: 'full' });
    assert.ok(await measureOf(first));
    assert.equal(await measureOf(second), undefined);
    await org.db.run(`MATCH (m:OrgMeasure {okta_domain: $domain}) SET m.at = m.at - duration('PT7H')`, {
      domain: org.sim.domain,
    });
    const { runNumber: third } = await org.wholeRun({ mode: 'full' });
    assert.ok(await measureOf(third));
  });

  it('lacks what the run does not read', async () => {
    const { runNumber } = await org.wholeRun({ access: ['rules'] });
    const measure = await measureOf(runNumber);
    const names = Object.keys(measure?.numbers ?? {});
    assert.ok(names.includes('rules') && names.includes('finding_invalid_rules'));
    assert.deepEqual(
      names.filter((name) => /app|assignments|admin|roles/.test(name)),
      [],
    );
  });

  it('is made of a partial run, and not of a failed one', async () => {
    org.sim.faults.set([{ match: { route: 'members', nth: 1 }, action: { type: 'error', status: 403 } }]);
    const partial = await org.wholeRun();
    assert.equal(partial.outcome, 'partial');
    assert.ok(await measureOf(partial.runNumber));
    const run = await org.begin();
    const failure = { code: 'OKTA_FORBIDDEN', message: 'No.' } as const;
    await org.attempt().call('endRun', run, { outcome: 'failed', failure });
    assert.equal(await measureOf(run.number), undefined);
  });

  describe('that cannot be made', () => {
    const heard: object[] = [];
    let stop: () => void;
    beforeEach(() => {
      heard.length = 0;
      stop = measured.listen((message) => heard.push(message));
    });
    afterEach(() => stop());

    /** Ends a run with a database of which a part fails. */
    const endWith = async (change: Partial<Record<'stream' | 'read', unknown>>) => {
      const run = await org.begin();
      const graph = Object.create(
        org.db,
        Object.fromEntries(Object.entries(change).map(([name, value]) => [name, { value }])),
      ) as GraphDatabase;
      const report = await org.attempt({ ports: { graph } }).call('endRun', run);
      return { run, report };
    };

    it('in part lacks the numbers whose statements fail, and leaves the report as it is', async () => {
      const stream = function (this: GraphDatabase, cypher: string, ...rest: [object]) {
        if (cypher.includes('shared')) throw new Error('It takes too long.');
        return org.db.stream(cypher, ...(rest as [Record<string, unknown>]));
      };
      const { run, report } = await endWith({ stream });
      assert.equal(report.runNumber, run.number);
      const numbers = (await measureOf(run.number))?.numbers ?? {};
      assert.ok('finding_empty_groups' in numbers && !('finding_shared_emails' in numbers));
      assert.deepEqual(heard, [
        { domain: run.domain, runId: run.id, runNumber: run.number, failed: ['shared_emails'] },
      ]);
    });

    it('at all is reported, and leaves the report as it is', async () => {
      const read = (cypher: string, ...rest: [Record<string, unknown>]) =>
        cypher.includes('AS size') ? Promise.reject(new Error('No.')) : org.db.read(cypher, ...rest);
      const { run, report } = await endWith({ read });
      assert.equal(report.runNumber, run.number);
      assert.equal(await measureOf(run.number), undefined);
      assert.deepEqual(
        heard.map((each) => (each as { failed: string[] }).failed),
        [['all']],
      );
    });
  });
});
