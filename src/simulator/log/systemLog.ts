import { Random } from '../random';
import type { Settings } from '../settings';
import type { Happening, RecordedEvent, StoredEvent } from './event';

const LOG_STREAM = 121;
/** Number of events that the log exceeds its maximum by before the oldest are dropped. */
const SLACK = 10_000;

/** An event that is not in the log yet. */
interface PendingEvent {
  readonly event: RecordedEvent;
  readonly dueMs: number;
}

/** Receives each event that is recorded and not missing, and how long after `published` it is stored. */
export type Listener = (event: RecordedEvent, lagMs: number) => void;

export interface LogCounts {
  /** Including those that are missing or not kept. */
  readonly recorded: number;
  readonly missing: number;
  /** Events that were recorded once and stored twice. */
  readonly repeated: number;
  /** Events in the log; those that repeat count twice. */
  readonly kept: number;
  /** Events that are not yet stored. */
  readonly pending: number;
}

/**
 * The System Log of an org: what has changed since it was created, in order of persistence. It holds at most 10,000
 * events more than `log.keeps`, and as many again that are recorded but not yet stored.
 */
export class SystemLog {
  /** Receives events for event hooks. */
  listener: Listener | undefined;
  private readonly stored: StoredEvent[] = [];
  private readonly pending: PendingEvent[] = [];
  private readonly random: Random;
  private readonly done = { recorded: 0, missing: 0, repeated: 0, stored: 0 };
  private isSilent = false;

  constructor(
    seed: number,
    private readonly settings: Settings,
    private readonly nowMs: () => number,
  ) {
    this.random = new Random(seed, LOG_STREAM);
  }

  get counts(): LogCounts {
    this.settle();
    const { recorded, missing, repeated } = this.done;
    return { recorded, missing, repeated, kept: this.stored.length, pending: this.pending.length };
  }

  /** Records an event, which is then stored according to the settings. */
  record(happening: Happening, publishedMs = Math.floor(this.nowMs())): void {
    if (this.isSilent) return;
    const { persistLagMs, persistJitterMs, missing, repeated } = this.settings.log;
    const event = { ...happening, index: this.done.recorded++, publishedMs };
    if (this.random.chance(missing)) {
      this.done.missing++;
      return;
    }
    const store = (): void => {
      const lagMs = Math.floor(persistLagMs + this.random.next() * persistJitterMs);
      this.listener?.(event, lagMs);
      this.store({ event, dueMs: publishedMs + lagMs });
    };
    store();
    if (this.random.chance(repeated)) {
      this.done.repeated++;
      store();
    }
  }

  /** Makes changes without events, as an import does. */
  silently<T>(change: () => T): T {
    this.isSilent = true;
    try {
      return change();
    } finally {
      this.isSilent = false;
    }
  }

  /** Returns the stored events, in order of persistence. */
  events(): readonly StoredEvent[] {
    this.settle();
    return this.stored;
  }

  private store(pending: PendingEvent): void {
    if (this.pending.length === 0 && pending.dueMs <= this.nowMs()) {
      this.append(pending);
      return;
    }
    this.pending.push(pending);
    if (this.pending.length % SLACK === 0) this.settle();
  }

  /** Stores the events that are due. */
  private settle(): void {
    const { pending } = this;
    if (pending.length === 0) return;
    const nowMs = this.nowMs();
    pending.sort((a, b) => a.dueMs - b.dueMs);
    const firstLater = pending.findIndex(({ dueMs }) => dueMs > nowMs);
    for (const due of pending.splice(0, firstLater === -1 ? pending.length : firstLater)) this.append(due);
    pending.splice(0, pending.length - this.settings.log.keeps);
  }

  private append({ event, dueMs }: PendingEvent): void {
    // If the clock is set back, the order of persistence still ascends.
    const storedMs = Math.max(dueMs, this.stored.at(-1)?.storedMs ?? 0);
    this.stored.push({ event, storedMs, number: ++this.done.stored });
    const surplus = this.stored.length - this.settings.log.keeps;
    if (surplus > SLACK || this.settings.log.keeps === 0) this.stored.splice(0, surplus);
  }
}
