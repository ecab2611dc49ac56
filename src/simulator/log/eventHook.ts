import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { randomId } from '../ids';
import { isoTime } from '../isoTime';
import type { OrgState } from '../orgState';
import { Random } from '../random';
import type { RecordedEvent } from './event';
import { toLogEvent } from './logEvent';

const HOOK_STREAM = 124;
/** From Okta's documentation of event hooks, like the single retry. */
const TIMEOUT_MS = 3_000;
/** Events of a request. */
const MAX_EVENTS = 100;

/** An event hook to register. */
export const EVENT_HOOK = z.strictObject({
  url: z.url(),
  /** The header that proves to the endpoint that a request is from Okta. */
  header: z.strictObject({ name: z.string().min(1), value: z.string() }),
  /** Event types to deliver; default: all. */
  events: z.array(z.string()).min(1).optional(),
  /** Time for which events are collected to one request. */
  batchMs: z.number().int().nonnegative().default(100),
  /** Share of the requests that are sent twice. */
  doubled: z.number().min(0).max(1).default(0),
  /** Share of the requests that are sent `delayMs` late, and therefore after later ones. */
  delayed: z.number().min(0).max(1).default(0),
  delayMs: z.number().int().nonnegative().default(1_000),
});

export type EventHookOptions = z.input<typeof EVENT_HOOK>;

/** How the deliveries of a hook went. */
export interface EventHookReport {
  readonly verificationStatus: 'VERIFIED' | 'UNVERIFIED';
  /** Events in delivered requests; those of doubled ones count twice. */
  readonly events: number;
  readonly delivered: number;
  readonly retried: number;
  /** Requests that were lost. */
  readonly failed: number;
}

/** Sends events to an endpoint as Okta's event hooks do. */
export class EventHook {
  private readonly options: z.output<typeof EVENT_HOOK>;
  private readonly random: Random;
  private readonly source: string;
  private readonly stopped = new AbortController();
  private readonly done = { events: 0, delivered: 0, retried: 0, failed: 0 };
  private isVerified = false;
  private readonly batch: RecordedEvent[] = [];

  /** @throws ZodError for invalid options. */
  constructor(
    options: EventHookOptions,
    private readonly org: OrgState,
  ) {
    this.options = EVENT_HOOK.parse(options);
    this.random = new Random(org.options.seed, HOOK_STREAM);
    this.source = `${org.options.origin}/api/v1/eventHooks/${randomId('who', this.random)}`;
  }

  get report(): EventHookReport {
    return { verificationStatus: this.isVerified ? 'VERIFIED' : 'UNVERIFIED', ...this.done };
  }

  /** Makes the one-time verification request, and delivers events from then on if the endpoint passes. */
  async start(): Promise<EventHookReport> {
    const challenge = randomId('', this.random);
    this.isVerified = await this.returns(challenge);
    if (this.isVerified) this.org.log.listener = (event, lagMs) => void this.take(event, lagMs);
    return this.report;
  }

  /** Ends deliveries, including those in progress. */
  stop(): void {
    this.org.log.listener = undefined;
    this.stopped.abort();
  }

  private async returns(challenge: string): Promise<boolean> {
    try {
      const response = await fetch(this.options.url, {
        headers: { ...this.headers, 'x-okta-verification-challenge': challenge },
        signal: this.signal,
      });
      const body = z.object({ verification: z.string() }).safeParse(await response.json());
      return response.ok && body.data?.verification === challenge;
    } catch {
      return false;
    }
  }

  private async take(event: RecordedEvent, lagMs: number): Promise<void> {
    if (this.options.events?.includes(event.type) === false) return;
    if (lagMs > 0) await this.wait(lagMs);
    this.batch.push(event);
    if (this.batch.length > 1) return;
    await this.wait(this.options.batchMs);
    const events = this.batch.splice(0);
    const requests = Array.from({ length: Math.ceil(events.length / MAX_EVENTS) }, (_, i) =>
      this.send(events.slice(i * MAX_EVENTS, (i + 1) * MAX_EVENTS)),
    );
    await Promise.all(requests);
  }

  private async send(batch: readonly RecordedEvent[]): Promise<void> {
    const isDoubled = this.random.chance(this.options.doubled);
    const isDelayed = this.random.chance(this.options.delayed);
    if (isDelayed) await this.wait(this.options.delayMs);
    await Promise.all([this.deliver(batch), ...(isDoubled ? [this.deliver(batch)] : [])]);
  }

  private async deliver(events: readonly RecordedEvent[]): Promise<void> {
    const body = JSON.stringify(this.bodyOf(events));
    let status = await this.post(body);
    // Okta does not repeat a request that the endpoint rejects.
    if (!isSuccess(status) && !(status >= 400 && status < 500) && !this.stopped.signal.aborted) {
      this.done.retried++;
      status = await this.post(body);
    }
    if (!isSuccess(status)) this.done.failed++;
    else {
      this.done.delivered++;
      this.done.events += events.length;
    }
  }

  private bodyOf(events: readonly RecordedEvent[]): object {
    return {
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: this.source,
      eventId: randomId('', this.random),
      data: { events: events.map((event) => toLogEvent(event, this.org.options)) },
      eventTime: isoTime(this.org.nowMs()),
      contentType: 'application/json',
    };
  }

  /** Returns the response's status, or 0 if there was none in time. */
  private async post(body: string): Promise<number> {
    try {
      const headers = { ...this.headers, 'Content-Type': 'application/json' };
      const response = await fetch(this.options.url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: this.signal,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  private get headers(): Record<string, string> {
    const { name, value } = this.options.header;
    return { Accept: 'application/json', [name]: value };
  }

  private get signal(): AbortSignal {
    return AbortSignal.any([this.stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  }

  private async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false });
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
