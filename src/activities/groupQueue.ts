import type { ClaimedGroup } from '../graph/write/workList';

/** Number of groups left at which more are claimed: a claim waits for the writer, and readers should not wait for it. */
const LOW = 40;

/** Hands out claimed groups one by one, and claims more before it is empty, once for all readers. */
export class GroupQueue {
  /** True if the work list had nothing more to claim. */
  isExhausted = false;
  private groups: ClaimedGroup[] = [];
  private claiming: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly claimMore: () => Promise<ClaimedGroup[]>,
    private readonly isOver: () => boolean,
  ) {}

  /**
   * Returns the next group to read; undefined if there is none, the time is up or the queue was stopped.
   *
   * @throws what claiming more has thrown, once no claimed group is left.
   */
  async next(): Promise<ClaimedGroup | undefined> {
    while (!this.isStopped && !this.isOver()) {
      if (this.groups.length <= LOW && !this.isExhausted) this.claiming ??= this.refill();
      if (this.groups.length > 0 || !this.claiming) return this.groups.shift();
      await this.claiming;
    }
    return undefined;
  }

  /** Stops handing out groups. */
  stop(): void {
    this.isStopped = true;
  }

  private refill(): Promise<void> {
    const refilled = this.claimMore().then((more) => {
      this.groups.push(...more);
      this.isExhausted = more.length === 0;
    });
    // A claim that failed while groups were left is made again when they are gone.
    refilled.catch(() => undefined).finally(() => (this.claiming = undefined));
    return refilled;
  }
}
