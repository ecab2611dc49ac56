import type { Simulator } from '../../../src/simulator';

/** Who was in which group of a simulated org, from each moment of recording until the next. */
export class RecordedTruth {
  private readonly states: { fromMs: number; members: ReadonlyMap<string, string[]> }[] = [];

  constructor(private readonly sim: Simulator) {}

  /** Notes what the org holds now, by its own clock. */
  record(): void {
    const members = new Map<string, string[]>();
    for (const [userId, groupId] of this.sim.org.truth().edges()) {
      const ids = members.get(groupId);
      if (ids) ids.push(userId);
      else members.set(groupId, [userId]);
    }
    this.states.push({ fromMs: this.sim.org.nowMs(), members });
  }

  /** Ids in order; none before the first recording. */
  membersAt(groupId: string, atMs: number): string[] {
    const state = this.states.findLast(({ fromMs }) => fromMs <= atMs);
    return (state?.members.get(groupId) ?? []).toSorted();
  }
}
