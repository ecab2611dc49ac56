import type { ClaimedGroup } from '../graph/write/workList';

/** Hands out claimed groups one by one, and claims more when it is empty, once for all waiting readers. */
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

  /** Returns the next group to read; undefined if there is none, the time is up or the queue was stopped. */
  async next(): Promise<ClaimedGroup | undefined> {
    while (this.groups.length === 0 && !this.isExhausted && !this.isEnded()) {
      this.claiming ??= this.refill().finally(() => (this.claiming = undefined));
      await this.claiming;
    }
    return this.isEnded() ? undefined : this.groups.shift();
  }

  /** Stops handing out groups. */
  stop(): void {
    this.isStopped = true;
  }

  private isEnded(): boolean {
    return this.isStopped || this.isOver();
  }

  private async refill(): Promise<void> {
    this.groups = await this.claimMore();
    this.isExhausted = this.groups.length === 0;
  }
}
