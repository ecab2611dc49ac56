import { defineSearchAttributeKey } from '@temporalio/common';
import { patched, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { BegunRun } from '../activities/runs';
import type { SearchAttribute, SyncReport } from '../contract';

// Lists of workflows show the memo, even long after a workflow has ended, and can be filtered by search attributes.
// Runs of 0.1.0 have no memo.

/** Shows the org and the mode. A continued workflow run shows them again. */
export function noteBegun(run: BegunRun): void {
  const { domain, mode } = run;
  if (patched('memo: domain, mode')) upsertMemo({ domain, mode });
  setAttribute(run, 'OktaDomain', domain);
}

export function noteOutcome(run: BegunRun, { outcome }: SyncReport): void {
  if (patched('memo: outcome')) upsertMemo({ outcome });
  setAttribute(run, 'SyncOutcome', outcome);
}

/** The run says which attributes the namespace has, so a history replays in any namespace. */
function setAttribute({ searchAttributes = [] }: BegunRun, name: SearchAttribute, value: string): void {
  if (searchAttributes.includes(name))
    upsertSearchAttributes([{ key: defineSearchAttributeKey(name, 'KEYWORD'), value }]);
}
