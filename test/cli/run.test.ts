import assert from 'node:assert/strict';
import { type Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Config } from '../../src/config';
import type { SyncOutcome } from '../../src/contract';
import { openTemporal } from '../../src/connections/connect';
import { exitCodeOf } from '../../src/cli/exitCodes';
import { runAndWait, start } from '../../src/cli/run';
import { run, type RunCommandOptions } from '../../src/cli/runCommand';
import { findRunningSync } from '../../src/runs/inProgress';
import { applySchedule, deleteSchedule, manualRunId, triggerSchedule } from '../../src/runs/schedule';
import { SERVICE_TIMEOUT_MS, temporal } from '../../dev/lab/servers/services';
import { startClient } from '../support/clientProcess';
import { configFor, ENVIRONMENT } from '../../dev/lab/configFor';
import { endSignal, turnOverSignal } from './fakeSync';
import { Sink } from '../../dev/lab/sink';
import { until } from '../../dev/lab/until';
import '../../dev/lab/servers/logs';

describe('The run command', () => {
  let client: Client;
  let worker: Worker;
  let workerEnd: Promise<void>;
  let nativeConnection: NativeConnection;
  let address: string;
  let config: Config;
  let domain: string;
  let output: Sink;
  let count = 0;

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    ({ address } = await temporal());
    nativeConnection = await NativeConnection.connect({ address });
    worker = await Worker.create({
      connection: nativeConnection,
      taskQueue: 'client-run-test',
      workflowsPath: require.resolve('./fakeSync'),
    });
    workerEnd = worker.run();
    client = await openTemporal(configOf('acme.okta.com'));
  });

  beforeEach(() => {
    domain = `run-${++count}.okta.com`;
    config = configOf(domain);
    output = new Sink();
  });

  afterEach(async () => {
    const running = await findRunningSync(client, domain);
    if (running) await client.workflow.getHandle(running.workflowId).terminate();
  });

  after(async () => {
    worker.shutdown();
    await workerEnd;
    await nativeConnection.close();
    await client.connection.close();
  });

  it('starts a sync and returns its report after it has ended', async () => {
    const report = runAndWait({ client, config, domain, mode: 'full', output });
    await end('succeeded');
    assert.equal((await report).mode, 'full');
    assert.equal((await report).outcome, 'succeeded');
    assert.match(output.text, new RegExp(`^Started a run of ${domain}: okta-sync/${domain}/manual `));
  });

  it('attaches to a sync that was started manually, and says so', async () => {
    const first = await start({ client, config, domain, output });
    const second = await start({ client, config, domain, mode: 'full', output });
    assert.equal(second.runId, first.runId);
    assert(second.attached && !first.attached, JSON.stringify([first, second]));
    assert.match(
      output.text,
      /A run of run-\d+\.okta\.com is already in progress; attached to .*\n.*--mode.* do not apply to it/,
    );
  });

  it('starts one sync for several concurrent requests', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => start({ client, config, domain, output })));
    assert.equal(new Set(runs.map(({ runId }) => runId)).size, 1);
    assert.deepEqual(runs.map(({ attached }) => attached).sort(), [false, true, true]);
  });

  it('attaches to a sync that the schedule started', async () => {
    await applySchedule(client, config, domain);
    await triggerSchedule(client, domain);
    await until(async () => (await findRunningSync(client, domain)) !== undefined);
    const { workflowId, attached } = await start({ client, config, domain, output });
    assert(attached, 'it must attach to the sync in progress');
    assert.match(workflowId, new RegExp(`^okta-sync/${domain}-\\d{4}-`));
    await deleteSchedule(client, domain);
  });

  it('attaches to a sync with a custom workflow id, and ignores syncs of other domains', async () => {
    const other = await startWithOwnId('other.okta.com');
    const own = await startWithOwnId(domain);
    await until(async () => (await findRunningSync(client, domain)) !== undefined);
    const { workflowId, attached } = await start({ client, config, domain, output });
    assert(attached, 'it must attach to the sync in progress');
    assert.equal(workflowId, own.workflowId);
    await other.terminate();
  });

  it('follows a run that continues as new', async () => {
    const report = runAndWait({ client, config, domain, output });
    await started();
    const { runId } = await client.workflow.getHandle(manualRunId(domain)).describe();
    await client.workflow.getHandle(manualRunId(domain)).signal(turnOverSignal);
    await until(
      async () => (await client.workflow.getHandle(manualRunId(domain)).describe()).runId !== runId,
    );
    const attached = await start({ client, config, domain, output });
    assert.equal(attached.runId, runId);
    await end('succeeded');
    assert.equal((await report).runId, runId);
  });

  it('returns the report of a failed run from its failure', async () => {
    const report = runAndWait({ client, config, domain, output });
    await end('failed');
    assert.equal((await report).outcome, 'failed');
    assert.equal((await report).runNumber, 7);
  });

  it('returns the report of a cancelled run', async () => {
    const report = runAndWait({ client, config, domain, output });
    await started();
    await client.workflow.getHandle(manualRunId(domain)).cancel();
    assert.equal((await report).outcome, 'cancelled');
  });

  it('says that a terminated run has no report', async () => {
    const report = runAndWait({ client, config, domain, output });
    await started();
    await Promise.all([
      assert.rejects(
        report,
        /The run ended without a report: out of patience\. See its history in the Temporal UI/,
      ),
      client.workflow.getHandle(manualRunId(domain)).terminate('out of patience'),
    ]);
  });

  it('stops waiting when its signal aborts, and the run continues', async () => {
    const detach = new AbortController();
    const report = runAndWait({ client, config, domain, output, signal: detach.signal });
    await started();
    detach.abort();
    await assert.rejects(report, { name: 'AbortError' });
    assert(await findRunningSync(client, domain), 'the run must continue');
  });

  it('exits with 130 on Ctrl-C and says that the run continues', async () => {
    const { child, ended } = startClient(['run', '--wait'], environmentOf(domain));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { exitCode, stderr } = await ended;
    assert.equal(stderr, 'Stopped waiting; the run continues. See its progress with: okta-graph status\n');
    assert.equal(exitCode, 130);
    assert(await findRunningSync(client, domain), 'the run must continue');
  });

  it('shows the progress of the run as lines', async () => {
    const report = runAndWait({ client, config, domain, output });
    await until(() => output.text.includes('memberships of 10/40 groups'));
    await end('succeeded');
    await report;
    assert.match(output.text, /\n\d+s memberships: 1,200 users, 40 groups, memberships of 10\/40 groups\n/);
  });

  it('prints only the report as JSON to stdout with --wait --json', async () => {
    const { exitCode, out } = await runCommand({ mode: 'auto', wait: true, json: true }, 'partial');
    assert.equal(exitCode, 3);
    const report = JSON.parse(out.text) as { outcome: string };
    assert.equal(report.outcome, 'partial');
  });

  it('prints the ids of the run as JSON with only --json, and exits with 0', async () => {
    const out = new Sink();
    assert.equal(await run({ config, out, err: new Sink() }, { mode: 'auto', json: true }), 0);
    const { workflowId, attached } = JSON.parse(out.text) as { workflowId: string; attached: boolean };
    assert.deepEqual({ workflowId, attached }, { workflowId: `okta-sync/${domain}/manual`, attached: false });
  });

  it('prints the report as text without --json, and exits with the code of the outcome', async () => {
    const { exitCode, out } = await runCommand({ mode: 'auto', wait: true }, 'failed');
    assert.equal(exitCode, 1);
    assert.match(out.text, new RegExp(`Run #7 of ${domain} failed: incremental, 3m 12s`));
  });

  it('exits with 0 for succeeded, 3 for partial and 1 for any other outcome', () => {
    const outcomes: SyncOutcome[] = ['succeeded', 'partial', 'failed', 'cancelled', 'abandoned'];
    assert.deepEqual(outcomes.map(exitCodeOf), [0, 3, 1, 1, 1]);
  });

  function configOf(okta: string): Config {
    return configFor(environmentOf(okta));
  }

  function environmentOf(okta: string) {
    return {
      ...ENVIRONMENT,
      OKTA_DOMAIN: okta,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_TASK_QUEUE: 'client-run-test',
    };
  }

  function startWithOwnId(of: string) {
    return client.workflow.start('syncOkta', {
      workflowId: `by-someone-${of}`,
      taskQueue: config.temporal.taskQueue,
      args: [{ domain: of }],
    });
  }

  async function runCommand(options: RunCommandOptions, outcome: SyncOutcome) {
    const out = new Sink();
    const exitCode = run({ config, out, err: new Sink() }, options);
    await end(outcome);
    return { exitCode: await exitCode, out };
  }

  async function started(): Promise<void> {
    await until(async () => (await findRunningSync(client, domain)) !== undefined);
  }

  async function end(outcome: SyncOutcome): Promise<void> {
    await started();
    await client.workflow.getHandle(manualRunId(domain)).signal(endSignal, outcome);
  }
});
