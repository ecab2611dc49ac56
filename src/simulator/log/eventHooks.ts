import type { OrgState } from '../orgState';
import { EventHook, type EventHookOptions, type EventHookReport } from './eventHook';

/** The event hook of an org, of which there is at most one at a time. */
export class EventHooks {
  private hook: EventHook | undefined;

  constructor(private readonly org: OrgState) {}

  /** Undefined if there is no hook. */
  get report(): EventHookReport | undefined {
    return this.hook?.report;
  }

  /**
   * Registers a hook in place of the current one, and verifies it.
   *
   * @throws ZodError for invalid options; the current hook is kept.
   */
  async set(options: EventHookOptions): Promise<EventHookReport> {
    const hook = new EventHook(options, this.org);
    this.remove();
    this.hook = hook;
    return hook.start();
  }

  /** Ends deliveries, including those in progress. */
  remove(): void {
    this.hook?.stop();
    this.hook = undefined;
  }
}
