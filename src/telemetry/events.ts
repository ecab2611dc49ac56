import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { REHEARSAL, type Bucket, type OktaWait, type SyncMode, type SyncReport } from '../contract';
import type { Counts } from './runCounts';

/** An event within one process: the emitter does not know its listeners. The metrics listen. */
class ProcessEvent<Message> {
  private readonly channel;

  constructor(private readonly name: `okta-graph:${string}`) {
    this.channel = channel(name);
  }

  /** Nobody hears of a rehearsed run. */
  emit(message: Message): void {
    if ((message as { domain?: string }).domain !== REHEARSAL) this.channel.publish(message);
  }

  /** `handler` MUST NOT throw: that would end the process. Returns a function that stops listening. */
  listen(handler: (message: Message) => void): () => void {
    const subscriber = (message: unknown) => handler(message as Message);
    subscribe(this.name, subscriber);
    return () => void unsubscribe(this.name, subscriber);
  }
}

/** A transaction of a run was committed, with what it added to the `SyncRun`. */
export const counted = new ProcessEvent<{ domain: string; counts: Counts }>('okta-graph:counted');

/** A request to Okta ended; `status` is undefined if there was no complete response. */
export const answered = new ProcessEvent<{
  domain: string;
  bucket: Bucket;
  status: number | undefined;
  durationMs: number;
  /** The rate limit that the response stated, and the calls that are left of it. */
  limit?: { limit: number; remaining: number } | undefined;
}>('okta-graph:answered');

/** A request to Okta has waited for a rate limit. */
export const waited = new ProcessEvent<{ domain: string; bucket: Bucket; durationMs: number }>(
  'okta-graph:waited',
);

/** A run was begun. */
export const began = new ProcessEvent<{
  domain: string;
  runId: string;
  runNumber: number;
  mode: SyncMode;
  workflowId: string;
}>('okta-graph:began');

/** An activity of a run begins to wait for a rate limit of Okta. */
export const waiting = new ProcessEvent<OktaWait & { workflowId: string }>('okta-graph:waiting');

/** A run was closed with its report. */
export const ended = new ProcessEvent<SyncReport>('okta-graph:ended');

/** An attempt to send a notification has ended; `failed` is tried again, `refused` is not. */
export const notified = new ProcessEvent<{ domain: string; outcome: NoticeOutcome }>('okta-graph:notified');

/** All outcomes of an attempt to send a notification. */
export const NOTICE_OUTCOMES = ['sent', 'failed', 'refused'] as const;

export type NoticeOutcome = (typeof NOTICE_OUTCOMES)[number];

/** The numbers of the org at the end of a run were counted. */
export const measured = new ProcessEvent<{
  domain: string;
  runId: string;
  runNumber: number;
  /** What could not be counted. */
  failed: readonly string[];
  cause?: string;
}>('okta-graph:measured');

/** Someone has signed in to the console or changed something there, or it has failed at something. */
export const operated = new ProcessEvent<{
  event:
    | 'sign_in'
    | 'sign_in_failed'
    | 'sign_in_refused'
    | 'sign_out'
    | 'approval'
    | 'run_requested'
    | 'settings_changed'
    | 'console_error';
  message: string;
  domain?: string;
  /** Who signed in, approved or changed something. */
  by?: string;
  /** Where it came from: an IPv4 address or an IPv6 network. */
  network?: string;
}>('okta-graph:operated');
