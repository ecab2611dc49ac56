import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../../src/cli/check';
import { Explained } from '../../src/faults/explained';
import { renameOrg } from '../../src/cli/renameOrgCommand';
import type { Config } from '../../src/config';
import { SYNC_WORKFLOW_TYPE } from '../../src/contract';
import { approveRemovals, ofEachKind } from '../../src/graph/write/approvals';
import type { GraphDatabase } from '../../src/graph/database';
import { beginRename, finishRename, moveNodes } from '../../src/graph/write/renameOrg';
import { CodedError } from '../../src/faults/fault';
import { beginRun } from '../../src/graph/write/runs';
import { recordConsoleEvent } from '../../src/graph/write/consoleEvents';
import { recordSettingsChange } from '../../src/graph/write/settingsChanges';
import { checkOkta } from '../../src/okta/check';
import { organizationAt } from '../../src/okta/organizationAt';
import { applySchedule, describeSchedule, pauseSchedule } from '../../src/runs/schedule';
import { UsageError } from '../../src/text/usageError';
import { SERVICE_TIMEOUT_MS } from '../../dev/lab/servers/services';
import { differences } from '../../dev/lab/graph/comparison';
import { reportOf } from '../../dev/lab/org/report';
import { Stack } from '../../dev/lab/org/stack';
import { startTestWorker } from '../../dev/lab/servers/testWorker';
import { Sink } from '../../dev/lab/sink';

describe('An org that has moved to another domain', () => {
  let stack: Stack;
  let old: string;
  let moved: string;
  let organizationId: string;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    stack = await Stack.start(
      { users: 60, groups: 8, apps: 6, rules: 3, roles: 4 },
      { SYNC_ACCESS: 'rules,apps,roles' },
    );
    old = stack.sim.domain;
    moved = old.replace('127.0.0.1', 'localhost');
    organizationId = stack.sim.org.id;
    await stack.sync({ mode: 'full' });
    const [left, renamed] = stack.sim.org.truth().users();
    assert(left && renamed);
    stack.sim.org.deactivateUser(left.id);
    stack.sim.org.deleteUser(left.id);
    stack.sim.org.renameUser(renamed.id);
    const group = [...stack.sim.org.truth().groups()].find(({ id }) => id !== stack.sim.org.everyone.id);
    stack.sim.org.deleteGroup(group?.id ?? '');
    stack.sim.org.churn({ deleteApps: 1 });
    await stack.sync({ mode: 'full' });
    await recordSettingsChange(stack.db, old, { what: 'something', by: 'a test' });
    await recordConsoleEvent(stack.db, { domain: old, what: 'a run', by: 'a test', network: '::' });
    await approveRemovals(stack.db, old, { by: 'a test', counts: ofEachKind(1) });
  });
  after(async () => {
    await stack.db.run(
      'MATCH (c:SettingsChange|ConsoleEvent|RemovalApproval) WHERE c.okta_domain IN [$old, $moved] DELETE c',
      {
        old,
        moved,
      },
    );
    await stack.stop();
  });

  const here = (): Config => ({
    ...stack.config,
    okta: {
      ...stack.config.okta,
      orgs: stack.config.okta.orgs.map((org) => ({ ...org, domain: moved, origin: `http://${moved}` })),
      readOrgs: () => ({ orgs: here().okta.orgs, faults: [], isUnread: () => false }),
    },
  });
  async function rename(from: string, to: string): Promise<string> {
    const out = new Sink();
    const context = { config: here(), out, err: new Sink() };
    assert.equal(await renameOrg(context, organizationAt, from, to), 0);
    return out.text;
  }
  const refusal = (from: string, to: string, words: RegExp) =>
    assert.rejects(rename(from, to), (error) => error instanceof Explained && words.test(error.message));
  async function checkText(): Promise<string> {
    const out = new Sink();
    await check({ config: here(), out, err: new Sink() }, checkOkta);
    return out.text;
  }

  /** Counts the nodes of a domain by label, and their relationships by type. */
  const content = (domain: string) =>
    stack.db.read(
      `MATCH (n) WHERE n.okta_domain = $domain
       UNWIND [(n)-[r]->() | type(r)] + labels(n) AS kind RETURN kind, count(*) AS count ORDER BY kind`,
      { domain },
    );

  /** Returns the labels of all nodes that some statement creates or finds by domain. */
  function labelsWithDomain(): Set<string> {
    const folder = join(__dirname, '../../src/graph');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const sources = files.map((file) => readFileSync(join(folder, file), 'utf8'));
    const labels = [...sources.join().matchAll(/:((?:\w|\$\{label\})+) \{okta_domain/g)].map(
      ([, label = '']) => label,
    );
    return new Set(
      labels.flatMap((label) => ['User', 'Group'].map((kind) => label.replace('${label}', kind))),
    );
  }

  const begin = (domain: string) =>
    beginRun(stack.db, {
      domain,
      organizationId,
      id: randomUUID(),
      workflowId: 'none',
      mode: 'auto',
      allowDeletes: false,
      keepsHistory: true,
      hasOktaLabels: true,
      fullEveryMs: 86_400_000,
    });

  it('is reported by check, with the command that renames it', async () => {
    const kinds = new Set((await content(old)).map((row) => (row as { kind: string }).kind));
    const labels = labelsWithDomain();
    for (const known of ['User', 'FormerUser', 'FormerGroup', 'RemovalApproval'])
      assert.ok(labels.has(known), known);
    for (const label of labels) assert.ok(kinds.has(label), label);
    assert.match(
      await checkText(),
      new RegExp(`FAIL +Org ${moved} .*under ${old}.*\\n.*rename-org ${old} ${moved}`),
    );
  });

  it('is not renamed, and nothing is changed, if the new domain is wrong or in use', async () => {
    const before = await content(old);
    await refusal('other.okta.com', moved, /has no org other\.okta\.com\. It has: .*127\.0\.0\.1/);
    await refusal(old, 'no such domain', /not a host name|not an Okta domain/);
    await assert.rejects(rename(moved, moved), UsageError);
    await stack.db.run("MATCH (o:OktaOrg {domain: $old}) SET o.org_id = '00oOther'", { old });
    await refusal(
      old,
      moved,
      new RegExp(`is org ${organizationId}, but the graph has ${old} as org 00oOther`),
    );
    await stack.db.run('MATCH (o:OktaOrg {domain: $old}) SET o.org_id = $organizationId', {
      old,
      organizationId,
    });
    await stack.db.run("CREATE (:User {okta_domain: $moved, id: '00u1'})", { moved });
    await refusal(old, moved, /has data of localhost:\d+ already/);
    await stack.db.run('MATCH (u:User {okta_domain: $moved}) DELETE u', { moved });
    const handle = await stack.client.workflow.start(SYNC_WORKFLOW_TYPE, {
      workflowId: `okta-sync/${old}/manual`,
      taskQueue: `nobody-${randomUUID()}`,
      args: [{ domain: old }],
    });
    await refusal(old, moved, /is in progress: okta-sync\/.*Try again after it has ended/);
    await handle.terminate();
    assert.deepEqual(await content(old), before);
  });

  it('can be renamed again after a crash, and no run starts before that is done', async () => {
    const before = await content(old);
    await assert.rejects(begin(moved), /rename-org/);
    await applySchedule(stack.client, stack.config, old);
    await pauseSchedule(stack.client, old, 'Moving');
    let writes = 0;
    const crashing = Object.assign(Object.create(stack.db) as GraphDatabase, {
      write: (work: Parameters<GraphDatabase['write']>[0]) =>
        (writes += 1) > 3 ? Promise.reject(new Error('killed')) : stack.db.write(work),
    });
    const change = { from: old, to: moved, organizationId };
    assert.equal(await beginRename(crashing, change), true);
    await assert.rejects(moveNodes(crashing, change), /killed/);
    const [half, rest] = [await content(moved), await content(old)];
    assert.ok(half.length > 0 && rest.length > 0, `${half.length} are renamed, ${rest.length} are left`);

    for (const domain of [old, moved])
      await assert.rejects(
        begin(domain),
        (error) =>
          error instanceof CodedError &&
          error.code === 'ORG_IDENTITY' &&
          error.message.includes(`rename-org ${old} ${moved}`),
      );
    const text = await rename(old, moved);
    assert.match(text, new RegExp(`The graph of ${old} was moved to ${moved}: \\d+ nodes moved`));
    assert.match(text, new RegExp(`Schedule okta-sync/${old} was deleted. It was paused: Moving.`));
    assert.match(text, new RegExp(`schedule apply --domain ${moved}`));
    assert.equal(await describeSchedule(stack.client, old), undefined);

    assert.deepEqual(await content(old), []);
    const noted = (row: object) => ({ ...row, count: (row as { count: number }).count + 1 });
    assert.deepEqual(
      await content(moved),
      before.map((row) => ((row as { kind: string }).kind === 'SettingsChange' ? noted(row) : row)),
    );
    const left = await stack.db.read(
      'MATCH (n) WHERE any(key IN keys(n) WHERE n[key] = $old) OR n.report CONTAINS $old RETURN labels(n) AS labels',
      { old },
    );
    assert.deepEqual(left, []);
    assert.match(await rename(old, moved), /nothing was left to do/);
  });

  it('continues its history under the new domain', async () => {
    await rename(old, moved);
    await stack.stopWorker();
    const worker = await startTestWorker(here());
    try {
      const handle = await stack.begin({ domain: moved, mode: 'full' });
      const report = await reportOf(handle);
      assert.deepEqual([report.outcome, report.runNumber, report.domain], ['succeeded', 3, moved]);
      assert.deepEqual([report.users.created, report.users.updated, report.users.deleted], [0, 0, 0]);
      assert.deepEqual(await differences(stack.db, moved, stack.truth()), []);
      assert.doesNotMatch(await checkText(), /rename-org/);
    } finally {
      await worker.stop();
    }
  });

  it('keeps its data under the new domain if the last step runs twice', async () => {
    await rename(old, moved);
    const orgs = () =>
      stack.db.read<{ domain: string; lastRun: number }>(
        'MATCH (o:OktaOrg) WHERE o.domain IN [$old, $moved] RETURN o.domain AS domain, o.last_run AS lastRun',
        { old, moved },
      );
    const before = await orgs();
    assert.deepEqual(
      before.map(({ domain, lastRun }) => [domain, lastRun > 1]),
      [[moved, true]],
    );
    const change = { from: old, to: moved, organizationId };
    await Promise.all([finishRename(stack.db, change), finishRename(stack.db, change)]);
    assert.deepEqual(await orgs(), before);
  });
});
