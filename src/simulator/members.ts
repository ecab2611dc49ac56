/** The members of a group: user indexes in ascending order, four bytes each. */
export class Members {
  private indexes: Uint32Array;
  private count: number;

  /** @param sorted ascending, distinct indexes; not copied. */
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

  /** Returns the first position whose member is at or after `userIndex`. */
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

  /** @returns false if the user is already a member. */
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

  /** @returns false if the user is not a member. */
  remove(userIndex: number): boolean {
    const position = this.positionFrom(userIndex);
    if (position >= this.count || this.indexes[position] !== userIndex) return false;
    this.indexes.copyWithin(position, position + 1, this.count);
    this.count--;
    return true;
  }
}
