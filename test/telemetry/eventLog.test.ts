import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { SyncReport } from '../../src/contract';
import { began, ended, operated, waiting } from '../../src/telemetry/events';
import { JsonLog } from '../../src/telemetry/jsonLog';
import { logEvents } from '../../src/telemetry/eventLog';
import { SAMPLE_ACCESS, sampleReport } from '../../dev/lab/sampleReport';

describe('The log of a worker', () => {
  let lines: Record<string, unknown>[];
  let log: JsonLog;
  let stop = () => {};

  beforeEach(() => {
    lines = [];
    log = new JsonLog('INFO', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
    stop = logEvents(log);
  });
  afterEach(() => stop());

  const withoutTime = () =>
    lines.map(({ time, ...line }) => {
      assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
      return line;
    });
  const run = { domain: 'acme.okta.com', runId: 'run-7', runNumber: 7 };

  it('has a line when a run begins', () => {
    began.emit({ ...run, mode: 'full', workflowId: 'okta-sync/acme.okta.com/manual' });
    assert.deepEqual(withoutTime(), [
      {
        level: 'INFO',
        message: 'A run has begun',
        event: 'run_began',
        ...run,
        mode: 'full',
        workflowId: 'okta-sync/acme.okta.com/manual',
      },
    ]);
  });

  it('has a line when a run ends, and one for each group and kind whose data was not changed', () => {
    const report: SyncReport = sampleReport({
      ...run,
      outcome: 'partial',
      warnings: [
        { code: 'GROUP_FAILED', message: 'Not read.', groupId: '00g1' },
        { code: 'REMOVALS_WITHHELD', message: 'Withheld.', count: 9 },
        { code: 'MISSING_EMAIL', message: 'No email.', count: 2, userIds: ['00u1'] },
      ],
      warningsOmitted: 3,
      failure: { code: 'DEADLINE_REACHED', message: 'Not done.' },
    });
    ended.emit(report);
    const { mode, durationMs, users, groups, memberships, okta } = report;
    const warned = { level: 'WARN', event: 'run_warning', ...run };
    assert.deepEqual(withoutTime(), [
      { ...warned, message: 'Not read.', code: 'GROUP_FAILED', groupId: '00g1' },
      { ...warned, message: 'Withheld.', code: 'REMOVALS_WITHHELD', count: 9 },
      {
        level: 'WARN',
        message: 'A run has ended: partial',
        event: 'run_ended',
        ...run,
        mode,
        outcome: 'partial',
        durationMs,
        users,
        groups,
        memberships,
        okta,
        warnings: { GROUP_FAILED: 1, REMOVALS_WITHHELD: 1, MISSING_EMAIL: 1 },
        warningsOmitted: 3,
        failure: { code: 'DEADLINE_REACHED', message: 'Not done.' },
      },
    ]);
  });

  it('has the counts of apps, roles and rules of a run that has read them, and a line for what it could not read', () => {
    const message = 'Okta does not let these credentials read roles (OKTA_FORBIDDEN).';
    ended.emit(
      sampleReport({ ...run, access: SAMPLE_ACCESS, warnings: [{ code: 'ACCESS_NOT_READ', message }] }),
    );
    const [warned, line] = withoutTime();
    assert.deepEqual([warned?.['event'], warned?.['code']], ['run_warning', 'ACCESS_NOT_READ']);
    assert.deepEqual([line?.['event'], line?.['access']], ['run_ended', SAMPLE_ACCESS]);
  });

  it('has a line for a wait of more than a minute, and none for a shorter one', () => {
    const wait = (ms: number) => ({
      bucket: 'users' as const,
      until: new Date(Date.now() + ms).toISOString(),
      reason: 'limit' as const,
      workflowId: 'okta-sync/acme.okta.com/manual',
    });
    waiting.emit(wait(30_000));
    const long = wait(120_000);
    waiting.emit(long);
    assert.deepEqual(withoutTime(), [
      { level: 'INFO', message: 'A run waits for a rate limit of Okta', event: 'okta_wait', ...long },
    ]);
  });

  it('has a line for what people do in the console, and for what it could not do', () => {
    operated.emit({ event: 'approval', domain: run.domain, by: 'ada', message: 'Removals were approved' });
    operated.emit({ event: 'console_error', message: 'A download was aborted' });
    assert.deepEqual(withoutTime(), [
      {
        level: 'INFO',
        message: 'Removals were approved',
        event: 'approval',
        domain: run.domain,
        by: 'ada',
      },
      { level: 'WARN', message: 'A download was aborted', event: 'console_error' },
    ]);
  });

  it('has the code and message of a failure, and nothing that another error says', () => {
    log.warn('Activity failed', {
      error: ApplicationFailure.create({ type: 'OKTA_TIMEOUT', message: 'Okta did not respond.' }),
    });
    log.warn('Activity failed', { error: new Error('token 00secret') });
    const [known, unknown] = withoutTime();
    assert.deepEqual(known?.['error'], { type: 'OKTA_TIMEOUT', message: 'Okta did not respond.' });
    assert.match(JSON.stringify(unknown?.['error']), /^\{"at":"Error .*eventLog\.test\.ts:\d+"\}$/);
  });

  it('leaves out what is below its level', () => {
    const quiet = new JsonLog('WARN', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
    quiet.info('nothing');
    quiet.warn('something');
    assert.deepEqual(withoutTime(), [{ level: 'WARN', message: 'something' }]);
  });
});
