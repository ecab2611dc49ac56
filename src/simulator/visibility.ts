import type { OrgState } from './orgState';
import { Random } from './random';
import type { UserRecord } from './userRecord';

const HIDDEN_STREAM = 81;

/** True if a user is in the hidden share of an org's users: always the same ones, and more of them the larger it is. */
export function isHidden({ options }: OrgState, { index }: UserRecord, hiddenShare: number): boolean {
  return hiddenShare > 0 && new Random(options.seed, HIDDEN_STREAM, index).next() < hiddenShare;
}
