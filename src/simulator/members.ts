/** The members of one group: user indexes in ascending order, four bytes each. */
export class Members {
  private indexes: Uint32Array;
  private count: number;

  /** @param sorted ascending and distinct; kept, not copied. */
  constructor(sorted: Uint32Array = new Uint32Array(0)) {
    this.indexes = sorted;
    this.count = sorted.length;
  }

  get size(): number {
    return this.count;
  }

  at(position: number): number {
    const index = this.indexes[position];
    if (index === undefined || position >= this.count) throw new RangeError(`No member at ${position}`);
    return index;
  }

  has(userIndex: number): boolean {
    const position = this.positionFrom(userIndex);
    return position < this.count && this.indexes[position] === userIndex;
  }

  /** The first position whose member is at or behind `userIndex`. */
  positionFrom(userIndex: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.indexes[middle] as number) < userIndex) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @returns whether it was no member before. */
  add(userIndex: number): boolean {
    const position = this.positionFrom(userIndex);
    if (position < this.count && this.indexes[position] === userIndex) return false;
    if (this.count === this.indexes.length) {
      const grown = new Uint32Array(this.count + (this.count >> 2) + 4);
      grown.set(this.indexes);
      this.indexes = grown;
    }
    this.indexes.copyWithin(position + 1, position, this.count);
    this.indexes[position] = userIndex;
    this.count++;
    return true;
  }

  /** @returns whether it was a member before. */
  remove(userIndex: number): boolean {
    const position = this.positionFrom(userIndex);
    if (position >= this.count || this.indexes[position] !== userIndex) return false;
    this.indexes.copyWithin(position, position + 1, this.count);
    this.count--;
    return true;
  }
}
