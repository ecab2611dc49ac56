/** A value whose changes become visible after a delay. */
export class Lagged<T> {
  private readonly pending: { value: T; visibleAtMs: number }[] = [];

  constructor(private seen: T) {}

  set(value: T, nowMs: number, lagMs: number): void {
    this.pending.push({ value, visibleAtMs: nowMs + lagMs });
    this.get(nowMs);
  }

  get(nowMs: number): T {
    for (let next = this.pending[0]; next && next.visibleAtMs <= nowMs; next = this.pending[0]) {
      this.seen = next.value;
      this.pending.shift();
    }
    return this.seen;
  }

  get isSettled(): boolean {
    return this.pending.length === 0;
  }
}
