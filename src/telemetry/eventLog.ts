import type { Logger } from '@temporalio/common';
import type { Code } from '../codes';
import type { SyncReport, SyncWarning } from '../contract';
import { groupByCode } from '../faults/fault';
import { began, ended, measured, operated, waiting } from './events';

/** Warnings that get a line of their own. */
const LOGGED: ReadonlySet<string> = new Set<Code>([
  'GROUP_FAILED',
  'REMOVALS_WITHHELD',
  'SCOPE_SHRANK',
  'NOT_REMOVED',
  'ACCESS_NOT_READ',
]);

/** Shorter waits for a rate limit are part of every run. */
const LOGGED_WAIT_MS = 60_000;

/**
 * Logs the runs of this process's workers and what people do in its console. Each line has an `event`, whose fields do
 * not change within a major version. Lines about runs contain no name and no email.
 *
 * @returns a function that stops logging.
 */
export function logEvents(log: Logger): () => void {
  const stops = [
    began.listen((run) => log.info('A run has begun', { event: 'run_began', ...run })),
    waiting.listen((wait) => {
      if (Date.parse(wait.until) - Date.now() < LOGGED_WAIT_MS) return;
      log.info('A run waits for a rate limit of Okta', { event: 'okta_wait', ...wait });
    }),
    measured.listen(({ failed, ...fields }) => {
      if (failed.length > 0)
        log.warn('Numbers of the org could not be counted', { event: 'not_measured', ...fields, failed });
    }),
    operated.listen(({ message, ...fields }) =>
      log[fields.event === 'console_error' ? 'warn' : 'info'](message, fields),
    ),
    ended.listen((report) => {
      for (const warning of report.warnings) if (LOGGED.has(warning.code)) logWarning(log, report, warning);
      const isFine = report.outcome === 'succeeded' || report.outcome === 'cancelled';
      log[isFine ? 'info' : 'warn'](`A run has ended: ${report.outcome}`, endOf(report));
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

function logWarning(log: Logger, { domain, runId, runNumber }: SyncReport, warning: SyncWarning): void {
  const { code, message, groupId, count } = warning;
  log.warn(message, { event: 'run_warning', domain, runId, runNumber, code, groupId, count });
}

function endOf(report: SyncReport): Record<string, unknown> {
  const { domain, runId, runNumber, mode, outcome, durationMs, users, groups, memberships, access, okta } =
    report;
  const byCode = [...groupByCode(report.warnings)];
  const warnings = Object.fromEntries(byCode.map(([code, alike]) => [code, alike.length]));
  return {
    event: 'run_ended',
    ...{ domain, runId, runNumber, mode, outcome, durationMs, users, groups, memberships, okta, warnings },
    ...(access && { access }),
    warningsOmitted: report.warningsOmitted,
    ...(report.failure && { failure: { code: report.failure.code, message: report.failure.message } }),
  };
}
