import type { OrgState } from './orgState';
import { Random } from './random';
import type { UserRecord } from './userRecord';

const HIDDEN_STREAM = 81;

/** Returns true if a user is in the hidden share. A larger share hides the same users and more. */
export function isHidden({ options }: OrgState, { index }: UserRecord, hiddenShare: number): boolean {
  return hiddenShare > 0 && new Random(options.seed, HIDDEN_STREAM, index).next() < hiddenShare;
}
