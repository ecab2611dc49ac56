import assert from 'node:assert/strict';
import { changes, type ChangesOptions } from '../../src/cli/changesCommand';
import { report, type ReportOptions } from '../../src/cli/reportCommand';
import type { SyncReport } from '../../src/contract';
import { changesOf, latestChanges, type GraphChange } from '../../src/graph/read/changes';
import { changingRuns } from '../../src/graph/read/changingRuns';
import { addAnotherOrg } from '../../dev/lab/graph/anotherOrg';
import { emptyGraph } from '../../dev/lab/graph/emptyGraph';
import { Sink } from '../../dev/lab/sink';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { Stack } from '../../dev/lab/org/stack';

const BETWEEN_RUNS_MS = 10 * 60_000;

interface Document {
  runs: { runNumber: number }[];
  changes: GraphChange[];
  missing: number;
}

describe('What runs have changed', () => {
  let stack: Stack;
  let aheadMs = 0;
  const reports: SyncReport[] = [];
  /** Another org has changed in runs of the same numbers, which nobody here asks about. */
  let theirs: string;

  before(async function () {
    // Five runs of everything.
    this.timeout(2 * SERVICE_TIMEOUT_MS);
    stack = await Stack.start(
      {
        ...{ users: 60, groups: 10, memberships: 300, apps: 12, rules: 6, roles: 10 },
        now: () => Date.now() + aheadMs,
      },
      { SYNC_ACCESS: 'rules,apps,roles' },
    );
    theirs = await addAnotherOrg(stack.db);
    for (let step = 0; step < 5; step += 1) {
      aheadMs += BETWEEN_RUNS_MS;
      reports.push(await stack.syncApproved({ mode: step % 2 ? 'incremental' : 'full' }));
      stack.sim.org.churn({
        ...{ seed: step, addUsers: 2, renameUsers: 3, deactivateUsers: 2, deleteUsers: 2 },
        ...{ addGroups: 1, renameGroups: 2, deleteGroups: 1, addMemberships: 10, removeMemberships: 8 },
        ...{
          addApps: 2,
          deactivateApps: 2,
          deleteApps: 1,
          assignAppUsers: 5,
          unassignAppUsers: 3,
          assignAppGroups: 2,
        },
        ...{ grantRoles: 2, revokeRoles: 1, addRules: 2, invalidateRules: 1, deleteRules: 1 },
      });
    }
  });
  after(async () => {
    await emptyGraph(stack.db, [theirs]);
    await stack.stop();
  });

  const printed = async (options: ChangesOptions) => {
    const out = new Sink();
    assert.equal(await changes({ config: stack.config, out, err: new Sink() }, options), 0);
    return out.text;
  };
  const document = async (since = '1h') => JSON.parse(await printed({ since, json: true })) as Document;
  const printedReport = async (run: string, options: ReportOptions) => {
    const out = new Sink();
    await report({ config: stack.config, out, err: new Sink() }, run, options);
    return out.text;
  };

  it('is reported for each run, as many as its report has counted', async () => {
    const kinds = new Set<string>();
    for (const { runNumber, users, groups, memberships, access } of reports) {
      const told: Record<string, number> = {};
      for await (const { what, change } of changesOf(stack.db, stack.sim.domain, runNumber, runNumber)) {
        told[`${what} ${change}`] = (told[`${what} ${change}`] ?? 0) + 1;
      }
      const counted = {
        'user added': users.created,
        'user changed': users.updated,
        'user removed': users.deleted,
        'group added': groups.created,
        'group changed': groups.updated,
        'group removed': groups.deleted,
        'membership added': memberships.added,
        'membership removed': memberships.removed,
        'app added': access?.apps?.created ?? 0,
        'app removed': access?.apps?.deleted ?? 0,
        'assignment added': access?.assignments?.added ?? 0,
        'assignment removed': access?.assignments?.removed ?? 0,
        'role added': access?.roles?.added ?? 0,
        'role removed': access?.roles?.removed ?? 0,
        'rule added': access?.rules?.created ?? 0,
        'rule removed': access?.rules?.deleted ?? 0,
      };
      const some = Object.entries(counted).filter(([, count]) => count > 0);
      assert.deepEqual(told, Object.fromEntries(some), `run ${runNumber}`);
      for (const [kind] of some) kinds.add(kind);
    }
    assert.equal(kinds.size, 16, `each kind happens: ${[...kinds].join()}`);
  });

  it('is the same newest first, and limited to a user or group', async () => {
    const { db, sim } = stack;
    const all: GraphChange[] = [];
    for await (const change of changesOf(db, sim.domain, 1, 5)) all.push(change);
    const sorted = (changes: readonly GraphChange[]) => changes.map((each) => JSON.stringify(each)).sort();
    const latest = (limits: Partial<Parameters<typeof latestChanges>[4]>) =>
      latestChanges(db, sim.domain, 1, 5, { atMost: 10_000, ...limits });
    const found = await latest({});
    assert.deepEqual(sorted(found), sorted(all));
    const numbers = found.map(({ runNumber }) => runNumber);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => b - a),
    );
    assert.deepEqual(
      (await latest({ atMost: 7 })).map(({ runNumber }) => runNumber),
      numbers.slice(0, 7),
    );
    const assigned = all.find(({ what, groupId }) => what === 'assignment' && groupId !== undefined);
    const left = all.find(({ what, change }) => what === 'user' && change === 'removed');
    for (const about of [
      { label: 'Group', id: assigned?.groupId ?? '' },
      { label: 'User', id: left?.userId ?? '' },
    ] as const) {
      const theirs = all.filter(
        ({ userId, groupId }) => about.id === (about.label === 'User' ? userId : groupId),
      );
      assert.ok(theirs.length > 1);
      assert.deepEqual(sorted(await latest({ about })), sorted(theirs), about.label);
      const ofMemberships = { about, kinds: new Set(['membership'] as const) };
      assert.deepEqual(
        sorted(await latest(ofMemberships)),
        sorted(theirs.filter(({ what }) => what === 'membership')),
      );
      const streamed: GraphChange[] = [];
      for await (const change of changesOf(db, sim.domain, 1, 5, { about })) streamed.push(change);
      assert.deepEqual(sorted(streamed), sorted(theirs));
    }
  });

  it('makes each run lead from the graph before it to the one after it', async () => {
    const held = new Set<string>();
    for (const { runNumber } of reports) {
      for await (const { what, change, userId, groupId, appId } of changesOf(
        stack.db,
        stack.sim.domain,
        runNumber,
        runNumber,
      )) {
        if (what !== 'membership' && what !== 'assignment') continue;
        const edge = what === 'membership' ? `${userId} -> ${groupId}` : `${userId ?? groupId} -> ${appId}`;
        if (change === 'added') held.add(edge);
        else assert.ok(held.delete(edge), `${edge} was there before run ${runNumber}`);
      }
    }
    const rows = await stack.db.read<{ edge: string }>(
      "MATCH (n)-[:MEMBER_OF|ASSIGNED_TO]->(t {okta_domain: $domain}) RETURN n.id + ' -> ' + t.id AS edge",
      { domain: stack.sim.domain },
    );
    assert.deepEqual([...held].sort(), rows.map(({ edge }) => edge).sort());
  });

  it('is reported with names, properties and the reads in between', async () => {
    const { changes: all } = await document();
    const renamed = all.find(
      ({ what, change, fields }) => what === 'user' && change === 'changed' && fields?.includes('last_name'),
    );
    assert.ok(renamed?.userName && renamed.userId, JSON.stringify(renamed));
    const left = all.find(({ values }) => values?.['status_after'] === 'DEPROVISIONED');
    assert.ok(left?.values?.['status_before'], JSON.stringify(left));
    const joined = all.find(
      ({ what, change, runNumber }) => what === 'membership' && change === 'added' && runNumber > 1,
    );
    assert.ok(
      joined?.after && joined.by && joined.after < joined.by && joined.userName && joined.groupName,
      JSON.stringify(joined),
    );
  });

  it('is reported since a given time, as JSON and as CSV of the same changes', async () => {
    const { runs, changes: all, missing } = await document();
    assert.deepEqual(
      runs.map(({ runNumber }) => runNumber),
      reports.map(({ runNumber }) => runNumber),
    );
    assert.equal(missing, 0);
    const csv = await printed({ since: '2026-01-01', csv: true });
    assert.equal(csv.trimEnd().split('\r\n').length, all.length + 1);
    assert.match(
      csv,
      /^run,what,change,user_id,user_name,user_email,group_id,group_name,fields,values,after,by,app_id,/,
    );
    const [third] = reports.slice(2);
    assert.ok(third);
    const later = await document(third.startedAt);
    assert.deepEqual(
      later.runs.map(({ runNumber }) => runNumber),
      [3, 4, 5],
    );
    assert.deepEqual(
      later.changes,
      all.filter(({ runNumber }) => runNumber >= 3),
    );
  });

  it('is reported with the report of one run', async () => {
    const withChanges = JSON.parse(await printedReport('4', { changes: true, json: true })) as SyncReport &
      Document;
    assert.deepEqual(
      { ...withChanges, changes: undefined, missing: undefined },
      { ...reports[3], changes: undefined, missing: undefined },
    );
    assert.equal(withChanges.changes.filter(({ what }) => what === 'user').length, userChanges(reports[3]));
    assert.match(
      await printedReport('4', { changes: true }),
      /^Run #4 of [^]*#4 membership added: .* in .*; between /m,
    );
    await assert.rejects(printedReport('4', { csv: true }), /--csv requires --changes/);
  });

  it('is reported as incomplete when some of it is no longer kept', async () => {
    await stack.db.run(
      'MATCH (:Group {okta_domain: $domain})<-[m:WAS_MEMBER_OF]-() WITH m LIMIT 1 DELETE m',
      { domain: stack.sim.domain },
    );
    assert.equal((await document()).missing, 2);
    assert.match(
      await printed({ since: '1h' }),
      /2 further changes cannot be listed: older than HISTORY_RETENTION/,
    );
  });

  it('is not told since the future, or since what is no time', async () => {
    assert.deepEqual(await changingRuns(stack.db, stack.sim.domain, { sinceMs: Date.now() + 3_600_000 }), []);
    await assert.rejects(printed({ since: '2100-01-01' }), /--since is in the future: 2100-01-01/);
    for (const since of ['7', 'yesterday', '2026-13-01', '-7d'])
      await assert.rejects(printed({ since }), /is not a valid time: use how long ago, such as 7d/);
    await assert.rejects(printed({ since: '1d', json: true, csv: true }), /use only one/);
  });
});

function userChanges(of: SyncReport | undefined): number {
  return of ? of.users.created + of.users.updated + of.users.deleted : 0;
}
