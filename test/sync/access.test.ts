import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RequestedMode } from '../../src/contract';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { churnOfAccess } from '../../dev/lab/org/accessChurn';
import { OrgUnderTest } from '../../dev/lab/org/orgUnderTest';

const ACCESS = ['rules', 'apps', 'roles'] as const;
const BETWEEN_RUNS_MS = 10 * 60_000;

describe('A sync of apps, admin roles and group rules', () => {
  let org: OrgUnderTest;
  let clockAheadMs = 0;
  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    org = await OrgUnderTest.start({
      users: 120,
      groups: 20,
      memberships: 700,
      apps: 25,
      rules: 8,
      roles: 12,
      now: () => Date.now() + clockAheadMs,
    });
  });
  after(() => org.stop());

  const run = (mode: RequestedMode) => org.wholeRun({ mode, access: ACCESS }, { maxDeletePercent: 100 });

  it('makes the graph equal the org, with counts of what it has made', async () => {
    const report = await run('full');
    assert.deepEqual(await org.accessDifferences(), []);
    const { counts } = org.sim.org.truth().access;
    assert.deepEqual(
      [report.access?.apps?.created, report.access?.rules?.created, report.access?.roles?.added],
      [counts.apps, counts.rules, counts.roles],
    );
    assert.equal(report.access?.assignments?.added, counts.appUsers + counts.appGroups);
    assert.equal(report.outcome, 'succeeded', JSON.stringify(report.warnings));
  });

  it('has nothing to do in a second run', async () => {
    const report = await run('full');
    const { apps, rules, assignments, roles } = report.access ?? {};
    assert.deepEqual(
      [apps?.created, apps?.updated, apps?.deleted, rules?.updated, assignments?.added, roles?.removed],
      [0, 0, 0, 0, 0, 0],
    );
  });

  it('makes the graph equal the org after random changes, and a full run', async function () {
    this.timeout(240_000);
    await fc.assert(
      fc.asyncProperty(churnOfAccess, async (plan) => {
        org.sim.org.churn(plan);
        clockAheadMs += BETWEEN_RUNS_MS;
        await run('full');
        assert.deepEqual(await org.accessDifferences(), []);
      }),
      { numRuns: 8 },
    );
  });
});
