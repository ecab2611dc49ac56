import type { ClaimedGroup } from '../graph/write/workList';

/** Number of groups left at which more are claimed: a claim waits for the writer, and readers should not wait for it. */
const LOW = 40;

/** Hands out claimed groups one by one, and claims more before it is empty, once for all readers. */
export class GroupQueue {
  private hasAll = false;
  private groups: ClaimedGroup[] = [];
  private claiming: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly claimMore: () => Promise<ClaimedGroup[]>,
    private readonly isOver: () => boolean,
  ) {}

  /** True if the work list has nothing more to claim, and what was claimed was handed out. */
  get isExhausted(): boolean {
    return this.hasAll && this.groups.length === 0;
  }

  /**
   * Returns the next group to read; undefined if there is none, the time is up or the queue was stopped.
   *
   * @throws what claiming more has thrown, once no claimed group is left.
   */
  async next(): Promise<ClaimedGroup | undefined> {
    while (!this.isStopped && !this.isOver()) {
      if (this.groups.length <= LOW && !this.hasAll) this.claiming ??= this.refill();
      if (this.groups.length > 0 || !this.claiming) return this.groups.shift();
      await this.claiming;
    }
    return undefined;
  }

  /** Stops handing out groups. */
  stop(): void {
    this.isStopped = true;
  }

  /** Resolves when no claim is in progress, even if it failed. */
  async settled(): Promise<void> {
    await this.claiming?.catch(() => undefined);
  }

  private refill(): Promise<void> {
    const refilled = this.claimMore().then((more) => {
      this.groups.push(...more);
      this.hasAll = more.length === 0;
    });
    // A claim that failed is made again when the next group is asked for.
    refilled.catch(() => undefined).finally(() => (this.claiming = undefined));
    return refilled;
  }
}
