import { type Client, ScheduleNotFoundError, type ScheduleSummary } from '@temporalio/client';
import type { Config } from '../config';
import {
  type AppliedSchedule,
  applySchedule,
  deleteSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  scheduleId,
  triggerSchedule,
} from '../runs/schedule';
import { ScheduleError } from '../runs/scheduleChanges';
import { scheduleJson } from '../runs/scheduleState';
import { withTemporal } from '../connections/connect';
import type { Context } from './context';
import { formatDuration, formatTime } from '../text/times';
import { EXIT } from './exitCodes';
import { Explained } from '../faults/explained';
import { printable } from '../text/printable';
import { selectDomain, selectDomains } from './selectOrg';
import { recordChange } from './recordChange';
import { styleOf } from '../text/style';
import { renderTable } from '../text/table';
import { findRunningSync } from '../runs/inProgress';

export interface ScheduleOptions {
  domain?: string;
  note?: string;
}

/** `schedule apply`: applies the schedule of all configured orgs, or only of `--domain`. An error of one org does not stop the others. */
export async function scheduleApply(context: Context, { domain }: ScheduleOptions): Promise<number> {
  const { config, out, err } = context;
  let exitCode: number = EXIT.succeeded;
  await withTemporal(config, async (client) => {
    for (const each of selectDomains(config, domain)) {
      try {
        const applied = await applySchedule(client, config, each);
        const every = formatDuration(config.sync.intervalMs);
        await recordChange(context, each, `The schedule was ${applied.change}: every ${every}`);
        out.write(`${appliedText(applied, config)}\n`);
      } catch (error) {
        if (!(error instanceof ScheduleError)) throw error;
        err.write(`${error.message}\n`);
        exitCode = EXIT.failed;
      }
    }
  });
  return exitCode;
}

function appliedText({ scheduleId, change, paused, note }: AppliedSchedule, { sync }: Config): string {
  const state = paused ? `paused: ${printable(note ?? 'without a note')}` : 'active';
  return `Schedule ${scheduleId} ${change}: every ${formatDuration(sync.intervalMs)}, ${state}`;
}

export async function schedulePause(context: Context, { domain, note }: ScheduleOptions): Promise<number> {
  return onSchedule(context, domain, async (client, selected) => {
    await pauseSchedule(client, selected, note || 'Paused from the command line');
    await recordChange(
      context,
      selected,
      note ? `The schedule was paused: ${note}` : 'The schedule was paused',
    );
    return 'paused; a run in progress continues';
  });
}

export async function scheduleResume(context: Context, { domain, note }: ScheduleOptions): Promise<number> {
  return onSchedule(context, domain, async (client, selected) => {
    await resumeSchedule(client, context.config, selected, note || 'Resumed from the command line');
    await recordChange(context, selected, 'The schedule was resumed');
    return 'resumed';
  });
}

/** `schedule trigger`: starts a run of the schedule. Temporal's SKIP policy ignores manual runs, so this checks for one first. */
export async function scheduleTrigger(context: Context, { domain }: ScheduleOptions): Promise<number> {
  return onSchedule(context, domain, async (client, selected) => {
    const running = await findRunningSync(client, selected);
    if (running) return `not triggered: a run is already in progress: ${running.workflowId}`;
    await triggerSchedule(client, selected);
    await recordChange(context, selected, 'A run of the schedule was started');
    return 'triggered; see: okta-graph status';
  });
}

export async function scheduleDelete(context: Context, { domain }: ScheduleOptions): Promise<number> {
  return onSchedule(context, domain, async (client, selected) => {
    await deleteSchedule(client, selected);
    await recordChange(context, selected, 'The schedule was deleted');
    return 'deleted; a run in progress continues';
  });
}

/** `schedule list`: lists every schedule of this application in the namespace, including those of orgs that are not configured here. */
export async function scheduleList(
  { config, out }: Context,
  { json }: { json?: true } = {},
): Promise<number> {
  const schedules = await withTemporal(config, listSchedules);
  if (json) {
    out.write(`${JSON.stringify(schedules.map(scheduleJson), null, 2)}\n`);
    return EXIT.succeeded;
  }
  out.write(
    schedules.length === 0
      ? 'There are no schedules. Create one with: okta-graph schedule apply\n'
      : `${renderTable(['schedule', 'every', 'next run', 'state'], schedules.map(scheduleRow), {
          style: styleOf(out),
        })}\n`,
  );
  return EXIT.succeeded;
}

function scheduleRow({ scheduleId, spec, state, info }: ScheduleSummary): string[] {
  const everyMs = spec?.intervals?.[0]?.every;
  const [next] = info.nextActionTimes;
  return [
    scheduleId,
    everyMs === undefined ? '' : formatDuration(everyMs),
    state.paused || !next ? '' : formatTime(next),
    state.paused ? `paused: ${printable(state.note ?? '')}` : 'active',
  ];
}

async function onSchedule(
  { config, out }: Context,
  requested: string | undefined,
  work: (client: Client, domain: string) => Promise<string>,
): Promise<number> {
  const domain = selectDomain(config, requested);
  const done = await withTemporal(config, (client) => work(client, domain).catch(rethrowExplained(domain)));
  out.write(`Schedule ${scheduleId(domain)} ${done}\n`);
  return EXIT.succeeded;
}

function rethrowExplained(domain: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof ScheduleError) throw new Explained(error.message);
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new Explained(
      `There is no schedule ${scheduleId(domain)}. Create it with: okta-graph schedule apply`,
    );
  };
}
