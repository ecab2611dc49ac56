/**
 * Minimum time between two polls that knocks ask for. A small org has 20 requests for its log a minute, which the polls of
 * the watch itself need too.
 */
const GAP_MS = 5_000;

/** Lets knocks through: the first at once, and those that come within some seconds after it together, as one. */
export class Knocks {
  /** Doors that a knock has opened within the last `gapMs`: true if there was another knock since. */
  private readonly recent = new Map<string, boolean>();

  constructor(
    private readonly open: (at: string) => Promise<unknown>,
    private readonly gapMs = GAP_MS,
  ) {}

  at(door: string): void {
    if (this.isRecent(door)) this.recent.set(door, true);
    else this.forward(door);
  }

  /** True for some seconds after a knock was let through. */
  isRecent(door: string): boolean {
    return this.recent.has(door);
  }

  private forward(door: string): void {
    this.recent.set(door, false);
    // Those who knock do not wait for it.
    setImmediate(() => void this.open(door));
    setTimeout(() => {
      const isWaiting = this.recent.get(door) === true;
      this.recent.delete(door);
      if (isWaiting) this.forward(door);
    }, this.gapMs).unref();
  }
}
