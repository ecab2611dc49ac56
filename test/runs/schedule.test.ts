import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import {
  applySchedule,
  deleteSchedule,
  describeSchedule,
  FLAG_NOTE,
  IntegrationHiddenError,
  isRunOf,
  listSchedules,
  manualRunId,
  pauseSchedule,
  resumeSchedule,
  scheduleId,
  triggerSchedule,
} from '../../src/runs/schedule';
import { ScheduleContendedError } from '../../src/runs/scheduleChanges';
import { configFor } from '../../dev/lab/configFor';
import { until } from '../../dev/lab/until';
import { SERVICE_TIMEOUT_MS, temporal, temporalWithChasm } from '../../dev/lab/servers/services';
import { type Change, type ModelState, randomSteps, shownOf, statesAfter } from '../support/scheduleModel';

const HOUR_MS = 3_600_000;

describe('A schedule', () => {
  itBehaves(async () => (await temporal()).address);
});

describe("A schedule on Temporal's next scheduler (CHASM)", () => {
  itBehaves(async () => (await temporalWithChasm()).address);
});

function itBehaves(addressOfServer: () => Promise<string>): void {
  let client: Client;
  let domain: string;
  let count = 0;

  const shown = configWith({});
  const hidden = configWith({ SHOW_OKTA_INTEGRATION: 'false' });

  before(async function () {
    this.timeout(SERVICE_TIMEOUT_MS);
    const address = await addressOfServer();
    // While the scheduler is busy, Temporal lets one describe call wait and rejects others; the default retry delay is 1 s.
    const retry = { ...defaultGrpcRetryOptions({ maxAttempts: 1_000 }), delayFunction: () => 10 };
    const interceptors = [makeGrpcRetryInterceptor(retry)];
    client = new Client({ connection: await Connection.connect({ address, interceptors }) });
  });

  beforeEach(() => {
    domain = `schedule-${++count}.okta.com`;
  });

  afterEach(() => deleteSchedule(client, domain).catch(() => undefined));

  after(() => client.connection.close());

  async function assertAsConfigured(): Promise<void> {
    const { spec, policies } = await described();
    assert.deepEqual(spec.intervals, [{ every: 3 * HOUR_MS, offset: undefined }]);
    assert.deepEqual(policies, {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: 3 * HOUR_MS,
      pauseOnFailure: false,
    });
  }

  it('runs every SYNC_INTERVAL, skips overlaps, catches up on one interval and continues after failures', async () => {
    const applied = await applySchedule(client, shown, domain);
    assert.deepEqual(applied, { scheduleId: `okta-sync/${domain}`, change: 'created', paused: false });
    await assertAsConfigured();
  });

  it('starts syncOkta for its domain on the configured task queue', async () => {
    await applySchedule(client, shown, domain);
    const { action } = await described();
    assert.equal(action.workflowType, 'syncOkta');
    assert.equal(action.workflowId, `okta-sync/${domain}`);
    assert.equal(action.taskQueue, 'nobody-polls');
    assert.deepEqual(action.args, [{ domain }]);
  });

  it("keeps an operator's pause and note when it is applied again", async () => {
    await applySchedule(client, shown, domain);
    await pauseSchedule(client, domain, 'Okta maintenance');
    const applied = await applySchedule(client, shown, domain);
    assert.deepEqual(applied, {
      scheduleId: `okta-sync/${domain}`,
      change: 'updated',
      paused: true,
      note: 'Okta maintenance',
    });
    assert.deepEqual(await state(), { paused: true, note: 'Okta maintenance' });
  });

  it('is reset to the configuration when it has drifted from it', async () => {
    await applySchedule(client, shown, domain);
    await client.schedule.getHandle(scheduleId(domain)).update((current) => ({
      ...current,
      spec: { intervals: [{ every: '5m' }, { every: '1d' }] },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: '1y', pauseOnFailure: true },
    }));
    await applySchedule(client, shown, domain);
    await assertAsConfigured();
  });

  it('is created only once when it is applied twice at the same time', async () => {
    const applied = await Promise.all([
      applySchedule(client, shown, domain),
      applySchedule(client, shown, domain),
    ]);
    assert.deepEqual(applied.map(({ change }) => change).sort(), ['created', 'updated']);
  });

  it('cannot be created or resumed while the feature flag is off, and the error says why', async () => {
    await assert.rejects(applySchedule(client, hidden, domain), (error) => {
      assert(error instanceof IntegrationHiddenError, String(error));
      assert.match(error.message, /SHOW_OKTA_INTEGRATION is false, so no schedule can be created/);
      return true;
    });
    assert.equal(await describeSchedule(client, domain), undefined);
    await assert.rejects(resumeSchedule(client, hidden, domain, 'on'), IntegrationHiddenError);
  });

  it('is paused by the feature flag with a note, and resumed by it with its previous note', async () => {
    await applySchedule(client, shown, domain);
    await resumeSchedule(client, shown, domain, 'Talk to Ada first');
    for (let times = 0; times < 2; times += 1) await applySchedule(client, hidden, domain);
    assert.deepEqual(await state(), { paused: true, note: `${FLAG_NOTE} Talk to Ada first` });
    await applySchedule(client, shown, domain);
    assert.deepEqual(await state(), { paused: false, note: 'Talk to Ada first' });
  });

  it("keeps an operator's pause when the feature flag is turned off and on again", async () => {
    await applySchedule(client, shown, domain);
    await pauseSchedule(client, domain, 'Okta maintenance');
    await applySchedule(client, hidden, domain);
    await applySchedule(client, shown, domain);
    assert.deepEqual(await state(), { paused: true, note: 'Okta maintenance' });
  });

  it('stays paused if an operator paused it after the feature flag did', async () => {
    await applySchedule(client, shown, domain);
    await applySchedule(client, hidden, domain);
    await pauseSchedule(client, domain, 'Okta maintenance');
    await applySchedule(client, shown, domain);
    assert.deepEqual(await state(), { paused: true, note: 'Okta maintenance' });
  });

  it('loses no pause, resume, note or interval in a hundred rounds of changes, some of them concurrent', async function () {
    this.timeout(180_000);
    await applySchedule(client, configWith({ SYNC_INTERVAL: '1h' }), domain);
    let possible: ModelState[] = [{ pausedBy: 'nobody', note: '', hours: 1 }];
    const steps = randomSteps({ seed: 2_026, count: 100 });
    for (const [index, { changes, isLookedAt }] of steps.entries()) {
      await Promise.all(changes.map(make));
      possible = statesAfter(changes, possible);
      // A describe call makes the scheduler apply pending changes; without it, they are still pending in the next round.
      if (!isLookedAt && index + 1 < steps.length) continue;
      const now = await shownNow();
      const matching = possible.filter((each) => isDeepStrictEqual(shownOf(each), now));
      const recent = steps.slice(Math.max(0, index - 4), index + 1);
      assert(matching.length > 0, JSON.stringify({ index, now, possible, recent }, null, 1));
      possible = matching;
    }
  });

  it('stays paused if an operator paused it just before it is triggered', async () => {
    await applySchedule(client, shown, domain);
    const handle = client.schedule.getHandle(scheduleId(domain));
    for (let times = 1; times <= 10; times += 1) {
      const note = `Okta maintenance ${times}`;
      await handle.pause(note);
      await triggerSchedule(client, domain);
      assert.deepEqual(await state(), { paused: true, note });
      await handle.unpause('Okta is back');
    }
  });

  it('is paused or resumed again if the stale update of another client reverts the change', async () => {
    await applySchedule(client, shown, domain);
    await pauseSchedule(await followedByStaleUpdate('patchSchedule'), domain, 'Okta maintenance');
    assert.deepEqual(await state(), { paused: true, note: 'Okta maintenance' });
    await resumeSchedule(await followedByStaleUpdate('patchSchedule'), shown, domain, 'Okta is back');
    assert.deepEqual(await state(), { paused: false, note: 'Okta is back' });
  });

  it('is paused by the feature flag again if a stale update reverts the pause', async () => {
    await applySchedule(client, shown, domain);
    const applied = await applySchedule(await followedByStaleUpdate('updateSchedule'), hidden, domain);
    assert.deepEqual(applied, {
      scheduleId: `okta-sync/${domain}`,
      change: 'updated',
      paused: true,
      note: FLAG_NOTE,
    });
    assert.deepEqual(await state(), { paused: true, note: FLAG_NOTE });
  });

  it('is not changed, and an error says why, if other clients change it during every attempt', async () => {
    await applySchedule(client, shown, domain);
    let changes = 0;
    const handle = client.schedule.getHandle(scheduleId(domain));
    const contended = clientWith('updateSchedule', () => handle.pause(`Pause ${++changes}`));
    await assert.rejects(applySchedule(contended, configWith({ SYNC_INTERVAL: '1h' }), domain), (error) => {
      assert(error instanceof ScheduleContendedError, String(error));
      assert.match(error.message, /^The schedule okta-sync\/.* was not changed: other clients changed it/);
      return true;
    });
    assert.deepEqual(await shownNow(), { paused: true, note: `Pause ${changes}`, hours: 3 });
  });

  it('starts only one run, no matter how often it is triggered', async () => {
    await applySchedule(client, shown, domain);
    await triggerSchedule(client, domain);
    await until(async () => (await described()).info.runningActions.length === 1);
    await triggerSchedule(client, domain);
    await until(async () => (await described()).info.numActionsSkippedOverlap === 1);
    const [running, ...others] = (await described()).info.runningActions;
    assert(running);
    assert.deepEqual(others, []);
    assert.match(running.workflow.workflowId, new RegExp(`^okta-sync/${domain}-\\d{4}-`));
    assert(isRunOf(running.workflow.workflowId, domain));
    await client.workflow.getHandle(running.workflow.workflowId).terminate();
  });

  it('is listed with all schedules of this application and no others', async () => {
    const domains = [`a.${domain}`, `b.${domain}`, domain];
    const foreign = await client.schedule.create({
      scheduleId: `elsewhere/${domain}`,
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'nobody-polls' },
    });
    for (const each of domains) await applySchedule(client, shown, each);
    const listed = async () => {
      const ids = (await listSchedules(client)).map((each) => each.scheduleId);
      return ids.filter((id) => id.endsWith(domain));
    };
    await until(async () => (await listed()).length >= domains.length);
    assert.deepEqual(await listed(), domains.map(scheduleId));
    await foreign.delete();
    for (const each of domains.slice(0, 2)) await deleteSchedule(client, each);
  });

  it('no longer exists after it is deleted', async () => {
    await applySchedule(client, shown, domain);
    await deleteSchedule(client, domain);
    assert.equal(await describeSchedule(client, domain), undefined);
  });

  it('does not match runs of another domain with the same prefix', () => {
    assert(isRunOf(manualRunId('acme.okta.com'), 'acme.okta.com'));
    assert(isRunOf('okta-sync/acme.okta.com-2026-11-24T08:00:00Z', 'acme.okta.com'));
    assert(!isRunOf('okta-sync/acme.okta.com.example.com/manual', 'acme.okta.com'));
    assert(!isRunOf('okta-sync/acme.okta.com-2.example.com/manual', 'acme.okta.com'));
    assert(!isRunOf('okta-sync/127.0.0.1:8080/manual', '127.0.0.1:80'));
  });

  /** Returns a client whose first call of `method` is followed by a stale update, from a client that had read the schedule earlier. */
  async function followedByStaleUpdate(method: 'patchSchedule' | 'updateSchedule') {
    const { raw } = await described();
    const { namespace } = client.options;
    const stale = { namespace, scheduleId: scheduleId(domain), schedule: raw.schedule ?? null };
    let times = 0;
    return clientWith(method, undefined, async () => {
      if (times++ === 0) await client.workflowService.updateSchedule(stale);
    });
  }

  /** Returns a client that runs callbacks before and after each call of `method`. */
  function clientWith(
    method: 'patchSchedule' | 'updateSchedule',
    before?: () => Promise<void>,
    after?: () => Promise<void>,
  ): Client {
    const service = client.workflowService;
    const send = async (request: object) => {
      await before?.();
      const sent =
        method === 'patchSchedule' ? service.patchSchedule(request) : service.updateSchedule(request);
      const answer = await sent;
      await after?.();
      return answer;
    };
    const workflowService: object = Object.assign(Object.create(service), { [method]: send });
    const connection = Object.create(client.connection, { workflowService: { value: workflowService } });
    return new Client({ connection: connection as typeof client.connection });
  }

  async function make(change: Change): Promise<unknown> {
    const handle = client.schedule.getHandle(scheduleId(domain));
    switch (change.kind) {
      case 'pause':
        return change.raw ? handle.pause(change.note) : pauseSchedule(client, domain, change.note);
      case 'resume':
        return change.raw ? handle.unpause(change.note) : resumeSchedule(client, shown, domain, change.note);
      case 'apply': {
        const SHOW_OKTA_INTEGRATION = String(change.isShown);
        const config = configWith({ SYNC_INTERVAL: `${change.hours}h`, SHOW_OKTA_INTEGRATION });
        return applySchedule(client, config, domain);
      }
      case 'trigger':
        return triggerSchedule(client, domain);
    }
  }

  async function shownNow() {
    const { state, spec } = await described();
    const hours = Number(spec.intervals?.[0]?.every) / HOUR_MS;
    return { paused: state.paused, note: state.note ?? '', hours };
  }

  async function described() {
    const schedule = await describeSchedule(client, domain);
    assert(schedule);
    return schedule;
  }

  async function state() {
    const { paused, note } = (await described()).state;
    return { paused, note };
  }
}

function configWith(environment: Record<string, string>) {
  return configFor({ SYNC_INTERVAL: '3h', TEMPORAL_TASK_QUEUE: 'nobody-polls', ...environment });
}
