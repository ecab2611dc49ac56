import { percentile } from './percentile';

/** The middle one of some figures; of an even number of them the upper of the two. */
export const median = (figures: readonly number[]): number => percentile(figures, 50);
