import type { SyncReport, SyncWarning } from '../contract';
import { adviceOnAll, groupByCode } from '../faults/fault';
import { usersOf } from './names';

/** Maximum number of warnings shown per code; the JSON of a report has all of them. */
const MAX_SHOWN = 20;

/** The warnings of one code. */
export interface WarningsOfCode {
  code: string;
  /** What to do about them; different warnings of a code may have different advice. */
  advice: string[];
  shown: readonly SyncWarning[];
  /** Number of warnings that are not shown. */
  more: number;
}

/** Groups the warnings of a report by code, in the order of their first appearance. */
export function warningsByCode({ warnings }: SyncReport, place?: 'console'): WarningsOfCode[] {
  return [...groupByCode(warnings)].map(([code, alike]) => ({
    code,
    advice: adviceOnAll(alike, place),
    shown: alike.slice(0, MAX_SHOWN),
    more: Math.max(0, alike.length - MAX_SHOWN),
  }));
}

/** What a warning is about: two with the same key are the same, even if their numbers differ. */
export function warningKey(warning: SyncWarning): string {
  return JSON.stringify([warning.code, warning.groupId, [...usersOf(warning)].sort()]);
}

/** Returns whether a warning is the same as one of the run before. */
export function repeats(before: Pick<SyncReport, 'warnings'> | undefined): (warning: SyncWarning) => boolean {
  const known = new Set(before?.warnings.map(warningKey));
  return (warning) => known.has(warningKey(warning));
}
