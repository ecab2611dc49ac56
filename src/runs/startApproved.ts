import type { Client } from '@temporalio/client';
import type { Config } from '../config';
import type { RequestedMode } from '../contract';
import { approveRemovals, withdrawApproval, type Approval } from '../graph/write/approvals';
import type { GraphDatabase } from '../graph/database';
import { recordSettingsChange } from '../graph/write/settingsChanges';
import { countOf } from '../text/counts';
import { startOrAttach, type StartedSync } from './startOrAttach';

export interface ApprovedStart {
  client: Client;
  config: Config;
  db: GraphDatabase;
  domain: string;
  mode: RequestedMode;
  approval: Approval;
}

/**
 * Starts a run that may remove what a person has approved. The approval goes to the graph and not into the workflow's
 * input, which must name nobody: only its id goes there, so that no other run can use it. It is withdrawn when another run is in progress.
 */
export async function startApproved(options: ApprovedStart): Promise<StartedSync> {
  const { client, config, db, domain, mode, approval } = options;
  const id = await approveRemovals(db, domain, approval);
  // After a failure the run may have been started all the same, so the approval stays until it expires.
  const sync = await startOrAttach(client, config, { domain, mode, allowDeletes: true, approvalId: id });
  if (sync.attached) await withdrawApproval(db, domain, id);
  else await recordSettingsChange(db, domain, inWords(approval));
  return sync;
}

function inWords({ by, counts }: Approval): string {
  const { users, groups, memberships } = counts;
  const most = [countOf(users, 'user'), countOf(groups, 'group'), countOf(memberships, 'membership')].join(
    ', ',
  );
  return `Removals were approved for one run by ${by}: at most ${most}`;
}
