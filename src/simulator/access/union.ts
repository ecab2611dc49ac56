import type { Members } from '../members';

/** Yields the user indexes in any of the sets, each once, in ascending order, beginning at `from`. */
export function* unionFrom(sets: readonly Members[], from: number): Generator<number> {
  for (let next: number | undefined = from; ;) {
    const start: number = next;
    next = undefined;
    for (const set of sets) {
      const position = set.positionFrom(start);
      if (position < set.size) next = Math.min(set.at(position), next ?? Infinity);
    }
    if (next === undefined) return;
    yield next++;
  }
}
