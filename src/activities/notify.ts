import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { NotifyRequest } from '../contract';
import { NOTIFIES } from '../faults/temporalFailure';
import type { GraphDatabase } from '../graph/database';
import { noticeId, noticeOf, noticeWithoutReport, type Notice } from '../notify/notice';
import { NotifyError, sendNotice } from '../notify/send';
import type { NotifySettings } from '../config/notify';
import type { OktaDirectory } from '../okta/directory';
import { notified } from '../telemetry/events';
import type { Ports } from './ports';

/** What became of a notification. */
export interface Notified {
  /** Status of the receiver's response; absent if there was nothing to send. */
  status?: number;
}

/**
 * Number of notifications that a worker sends at the same time: a receiver that hangs MUST NOT take the places of runs.
 */
const MAX_SENDING = 4;

/** Time after which a notification that found no place is tried again, milliseconds. */
const NO_PLACE_MS = 30_000;

/** Returns the activity that reads from the graph what is to be said of a run, and sends it. */
export function notifier({ notify, graph, okta }: Ports): (request: NotifyRequest) => Promise<Notified> {
  let sending = 0;
  return async (request) => {
    // This worker may have been restarted without the variables.
    if (!notify) return {};
    if (sending >= MAX_SENDING) {
      const fact = `${notify.host} has not answered ${sending} other notifications yet.`;
      throw new NotifyError('NOTIFY_FAILED', fact, undefined, NO_PLACE_MS);
    }
    const domain = configured(okta, request.domain) ?? 'unknown';
    sending += 1;
    try {
      const notice = await noticeFor(notify, { graph, okta }, request);
      if (!notice) return {};
      const signal = Context.current().cancellationSignal;
      const { status } = await sendNotice(notify, notice, noticeId(request.runId), signal);
      notified.emit({ domain, outcome: 'sent' });
      return { status };
    } catch (error) {
      if (error instanceof NotifyError)
        notified.emit({ domain, outcome: error.retryable ? 'failed' : 'refused' });
      throw error;
    } finally {
      sending -= 1;
    }
  };
}

async function noticeFor(
  notify: NotifySettings,
  { graph, okta }: { graph: GraphDatabase; okta: OktaDirectory },
  { domain: requested, runId: run, failure }: NotifyRequest,
): Promise<Notice | undefined> {
  const domain = configured(okta, requested);
  if (failure !== undefined) return noticeWithoutReport(notify, { org: domain, run, code: failure });
  return domain === undefined ? undefined : noticeOf(graph, notify, { domain, run });
}

/** Returns the domain of a configured org; a request can have any text. */
function configured(okta: OktaDirectory, domain: string | undefined): string | undefined {
  try {
    return okta.org(domain).domain;
  } catch {
    return undefined;
  }
}

/**
 * Wraps the activity that begins a run: if it fails, nothing else can tell the workflow that this is to be announced.
 */
export function announcing<Args extends unknown[], Result>(
  { notify }: Ports,
  begin: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  if (!notify) return begin;
  return async (...args) => {
    try {
      return await begin(...args);
    } catch (error) {
      if (error instanceof ApplicationFailure) Object.assign(error.details?.[0] ?? {}, NOTIFIES);
      throw error;
    }
  };
}
