import type { ClaimedGroup } from '../graph/write/workList';

/** Hands out claimed groups one by one, and claims more when it runs dry, once for all who wait. */
export class GroupQueue {
  /** Whether the work list had nothing more to claim. */
  isExhausted = false;
  private groups: ClaimedGroup[] = [];
  private claiming: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly claimMore: () => Promise<ClaimedGroup[]>,
    private readonly isOver: () => boolean,
  ) {}

  /** The next group to read; undefined when there is none, the time is over or the queue was stopped. */
  async next(): Promise<ClaimedGroup | undefined> {
    while (this.groups.length === 0 && !this.isExhausted && !this.isEnded()) {
      this.claiming ??= this.refill().finally(() => (this.claiming = undefined));
      await this.claiming;
    }
    return this.isEnded() ? undefined : this.groups.shift();
  }

  /** Hands out no more. */
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
