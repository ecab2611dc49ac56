import type { RequestedMode } from '../../contract';
import type { Transaction } from '../database';
import type { Run } from './run';

/**
 * Okta's search index lags behind its data, usually by less than a second; `lastMembershipUpdated` becomes visible some
 * seconds late, and then has the earlier time.
 */
export const LAG = 'PT5M';

/** How often unchanged objects are read. */
export interface ReadingOptions {
  mode: RequestedMode | 'touched';
  /** Maximum age of what the graph holds of an object, changed or not, milliseconds; 0 makes automatic runs full. */
  fullEveryMs: number;
  /**
   * Set if automatic runs each read a share of the unchanged objects, and only some list all groups. If absent, an
   * automatic run reads everything when the last full run that tried every group is older than `fullEveryMs`.
   */
  spread?: Spread;
}

export interface Spread {
  /** Interval of the schedule, milliseconds. */
  intervalMs: number;
}

/** What a run reads, apart from signs of change; decided when it begins. */
export type Reading = Pick<Run, 'mode' | 'usersChangedSinceMs' | 'groupsChangedSinceMs'>;

interface OrgRow {
  watermarkMs: number | null;
  /** Start of the last full run that tried every group. */
  lastFullMs: number | null;
  /** Start of the last run that read the whole user list; null if only versions up to 0.2.0 have. */
  usersListedMs: number | null;
  /** True if a run that listed all users has withheld removals: it did not ask for all that it missed. */
  usersLeftOpen: boolean;
  groupsWatermarkMs: number | null;
  /** Start of the last run that listed all groups and settled those that were missing; null if the next one has to. */
  groupsListedMs: number | null;
  /** Number of groups in the graph. */
  groups: number;
}

/**
 * Returns the options without `spread` if Okta counts the members of fewer than nine in ten groups. Where counts cannot
 * contradict a removal, the breaker has to see all removals at once: over many runs, each could stay below its limit.
 */
export async function safelySpread<Options extends ReadingOptions>(
  tx: Transaction,
  domain: string,
  options: Options,
): Promise<Options> {
  if (!options.spread) return options;
  const [groups] = await tx.run<{ all: number; counted: number }>(
    'MATCH (g:Group {okta_domain: $domain}) RETURN count(g) AS all, count(g.users_count) AS counted',
    { domain },
  );
  const { spread: _, ...daily } = options;
  return groups && groups.counted < groups.all * COUNTED ? (daily as Options) : options;
}

const COUNTED = 0.9;

/** Orgs with at most this many groups, four pages, list all of them in each run. */
export const MAX_GROUPS_LISTED = 800;

/** Decides what a run reads that begins now. */
export async function chooseReading(
  tx: Transaction,
  domain: string,
  options: ReadingOptions,
): Promise<Reading> {
  if (options.mode === 'touched') return { mode: 'touched' };
  const [org] = await tx.run<OrgRow>(
    `MATCH (o:OktaOrg {domain: $domain})
     RETURN o.users_watermark.epochMillis AS watermarkMs, o.last_full_at.epochMillis AS lastFullMs,
            o.users_listed_at.epochMillis AS usersListedMs, coalesce(o.users_left_open, false) AS usersLeftOpen,
            o.groups_watermark.epochMillis AS groupsWatermarkMs,
            o.groups_listed_at.epochMillis AS groupsListedMs, COUNT { (:Group {okta_domain: $domain}) } AS groups`,
    { domain },
  );
  const watermarkMs = org?.watermarkMs ?? null;
  if (!org || watermarkMs === null || isFull(options, org.lastFullMs)) return { mode: 'full' };
  return {
    mode: 'incremental',
    ...(!isUserListDue(options, org) && { usersChangedSinceMs: Math.max(0, watermarkMs) }),
    ...(org.groupsWatermarkMs !== null &&
      !isGroupListDue(options, org) && { groupsChangedSinceMs: Math.max(0, org.groupsWatermarkMs) }),
  };
}

function isFull({ mode, fullEveryMs, spread }: ReadingOptions, lastFullMs: number | null): boolean {
  if (mode !== 'auto') return mode === 'full';
  if (lastFullMs === null || fullEveryMs === 0) return true;
  return spread === undefined && Date.now() >= lastFullMs + fullEveryMs;
}

/** Returns true if the next scheduled run may be too late to read the whole user list, or the last one is not settled. */
function isUserListDue({ mode, fullEveryMs, spread }: ReadingOptions, org: OrgRow): boolean {
  if (org.usersLeftOpen) return true;
  if (mode !== 'auto' || !spread) return false;
  const listedMs = org.usersListedMs ?? org.lastFullMs ?? 0;
  return Date.now() + untilNextRunMs(spread) >= listedMs + fullEveryMs;
}

/**
 * Returns true if the run has to list all groups: a list of changes shows neither deleted groups nor counts that change
 * without a timestamp. It saves few calls if there are few groups.
 */
function isGroupListDue({ fullEveryMs, spread }: ReadingOptions, org: OrgRow): boolean {
  if (!spread || org.groups <= MAX_GROUPS_LISTED || org.groupsListedMs === null) return true;
  return Date.now() + spread.intervalMs / 2 >= org.groupsListedMs + fullEveryMs / 4;
}

/** Time in which the next scheduled run reads, at the latest, milliseconds: it may begin late, and takes some time. */
export function untilNextRunMs({ intervalMs }: Spread): number {
  return intervalMs * 1.5;
}
