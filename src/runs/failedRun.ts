import type { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { SyncReport } from '../contract';

/** Returns the report in the failure details of a failed or canceled run, at any depth of its causes; undefined if there is none. */
export function reportOfFailure(error: WorkflowFailedError): SyncReport | undefined {
  return reportIn(error.cause);
}

function reportIn(cause: unknown): SyncReport | undefined {
  if (cause instanceof ApplicationFailure || cause instanceof CancelledFailure) {
    const report: unknown = cause.details?.[0];
    if (isReport(report)) return report;
  }
  return cause instanceof Error ? reportIn(cause.cause) : undefined;
}

function isReport(value: unknown): value is SyncReport {
  return typeof value === 'object' && value !== null && 'runId' in value && 'outcome' in value;
}
