import type { Clock } from './clock';
import { Turns, type Outcome, type Pace, type Try, type TurnLimits } from './turns';

/** Max. time between two tries that were slowed down. */
export const MAX_PAUSE_MS = 15_000;

/** Max. time until a try is compared; below the 60 s after which proxies usually give up on an answer. */
export const MAX_WAIT_MS = 50_000;

const ALONE: Pace = { free: 5, firstPauseMs: 1_000, maxPauseMs: MAX_PAUSE_MS };

const KNOWN_DEVICES: TurnLimits = {
  alone: ALONE,
  // The last of three waits for three pauses, which is within the max. wait.
  maxPerKey: 3,
  maxWaiting: 16,
  maxWaitMs: MAX_WAIT_MS,
};

const STRANGERS: TurnLimits = { ...KNOWN_DEVICES, together: { ...ALONE, free: 20 } };

/** Who tries to sign in. */
export interface Client {
  /** The id of its device cookie, if it has signed in before. */
  device?: string | undefined;
  /** Whose address it comes from. */
  network: string;
}

/**
 * Tries to sign in, slowed down by the wrong ones of the last hour but never refused for them.
 *
 * A network has 5 wrong tries at full speed, all strangers together have 20; then come pauses of 1, 2, 4, 8 and from then
 * on 15 seconds. That is at most 250 wrong tries an hour from one network, and 265 from all strangers. A device that has
 * signed in before has a budget of its own, so no stranger can slow it down: again at most 250 wrong tries an hour.
 *
 * A stranger with the right password goes before every network that has guessed wrong, and so waits for one pause at
 * most. Only tries from other networks without wrong ones can hold it up; keeping that up takes 240 of them an hour.
 */
export class Attempts {
  private readonly strangers: Turns;
  private readonly devices: Turns;

  constructor(clock: Clock) {
    this.strangers = new Turns(STRANGERS, clock);
    this.devices = new Turns(KNOWN_DEVICES, clock);
  }

  take(client: Client, attempt: Omit<Try, 'key'>): Promise<Outcome> {
    const { turns, key } = this.lineOf(client);
    return turns.take({ key, ...attempt });
  }

  /** True if the client's next try has to wait. */
  isSlow(client: Client): boolean {
    const { turns, key } = this.lineOf(client);
    return turns.pauseMs(key) > 0;
  }

  private lineOf({ device, network }: Client): { turns: Turns; key: string } {
    return device === undefined
      ? { turns: this.strangers, key: network }
      : { turns: this.devices, key: device };
  }
}
