import type { Clock } from './clock';
import { Turns, type Outcome, type Pace, type Attempt, type TurnLimits } from './turns';

/** Maximum time between two throttled attempts. */
export const MAX_PAUSE_MS = 15_000;

/** Maximum time until an attempt is checked; below the usual 60 s timeout of proxies. */
export const MAX_WAIT_MS = 50_000;

const ALONE: Pace = { free: 5, firstPauseMs: 1_000, maxPauseMs: MAX_PAUSE_MS };

const KNOWN_DEVICES: TurnLimits = {
  alone: ALONE,
  // The last of three attempts waits for three pauses, which is less than the maximum wait.
  maxPerKey: 3,
  maxWaiting: 16,
  maxWaitMs: MAX_WAIT_MS,
};

const UNKNOWN_DEVICES: TurnLimits = { ...KNOWN_DEVICES, together: { ...ALONE, free: 20 } };

/** The client of a sign-in attempt. */
export interface Client {
  /** Id from the device cookie, if the device has signed in before. */
  device?: string | undefined;
  /** Network of the client's address. */
  network: string;
}

/**
 * Sign-in attempts. Wrong passwords of the last hour slow down further attempts but never lock anyone out.
 *
 * A network has 5 wrong attempts at full speed, and all unknown devices together have 20. Then there are pauses of 1,
 * 2, 4 and 8 seconds, and of 15 seconds from then on. That allows at most 250 wrong attempts an hour from one network,
 * and 265 from all unknown devices. A device that has signed in before has its own budget of 250 wrong attempts an
 * hour, so unknown devices cannot slow it down.
 *
 * An unknown device with the right password is checked before every network with wrong attempts, so it waits for at
 * most one pause. Only attempts from other networks without wrong attempts can delay it, which takes 240 networks an
 * hour.
 */
export class Attempts {
  private readonly unknownDevices: Turns;
  private readonly devices: Turns;

  constructor(clock: Clock) {
    this.unknownDevices = new Turns(UNKNOWN_DEVICES, clock);
    this.devices = new Turns(KNOWN_DEVICES, clock);
  }

  check(client: Client, attempt: Omit<Attempt, 'key'>): Promise<Outcome> {
    const { turns, key } = this.lineOf(client);
    return turns.check({ key, ...attempt });
  }

  /** Returns true if the client's next attempt has to wait. */
  isSlow(client: Client): boolean {
    const { turns, key } = this.lineOf(client);
    return turns.pauseMs(key) > 0;
  }

  private lineOf({ device, network }: Client): { turns: Turns; key: string } {
    return device === undefined
      ? { turns: this.unknownDevices, key: network }
      : { turns: this.devices, key: device };
  }
}
