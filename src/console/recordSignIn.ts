import type { Context } from 'hono';
import { recordConsoleEvent } from '../graph/write/consoleEvents';
import { operated } from '../telemetry/events';
import type { ConsoleEnv, Services } from './env';
import type { Clock } from './safety/clock';

/** Failed and refused sign-ins that are stored in an hour; anyone can cause more. */
export const MAX_FAILURES_PER_HOUR = 20;

const HOUR_MS = 3_600_000;

/** What happened at a sign-in or sign-out. */
export interface SignInRecord {
  event: 'sign_in' | 'sign_in_failed' | 'sign_in_refused' | 'sign_out';
  /** In words, without secrets. */
  what: string;
  /** Undefined if nobody could be identified. */
  by?: string;
}

/** Records sign-ins and sign-outs in the log and, unless the console is read-only, in the graph. */
export class SignInRecords {
  /** When the failures of the last hour were stored. */
  private failures: number[] = [];

  constructor(
    private readonly services: Pick<Services, 'db' | 'settings'>,
    private readonly clock: Clock,
  ) {}

  /** Does not wait for the graph, so that people can sign in without it. If it is unavailable, the log says so. */
  add(c: Context<ConsoleEnv>, { event, what, by }: SignInRecord): void {
    const network = c.get('network');
    operated.emit({ event, network, ...(by !== undefined && { by }), message: what });
    const { db, settings } = this.services;
    if (settings.isReadOnly) return;
    const isFailure = event === 'sign_in_failed' || event === 'sign_in_refused';
    const stored = isFailure ? this.limited(what) : what;
    if (stored === undefined) return;
    void recordConsoleEvent(db, { what: stored, by, network }).catch((error: Error) =>
      operated.emit({
        event: 'console_error',
        message: `A sign-in or sign-out could not be recorded in the graph: ${error.message}`,
      }),
    );
  }

  /** Returns what to store of a failure, or undefined if too much of the last hour is stored. */
  private limited(what: string): string | undefined {
    const now = this.clock.monotonic();
    this.failures = this.failures.filter((at) => at > now - HOUR_MS);
    if (this.failures.length >= MAX_FAILURES_PER_HOUR) return undefined;
    this.failures.push(now);
    return this.failures.length < MAX_FAILURES_PER_HOUR
      ? what
      : `${what} (further failures of this hour are only in the log)`;
  }
}
