import type { Client } from '@temporalio/client';
import type { Config } from '../config';
import type { RequestedMode } from '../contract';
import { approveRemovals, removalsText, withdrawApproval, type Approval } from '../graph/write/approvals';
import type { GraphDatabase } from '../graph/database';
import { recordSettingsChange } from '../graph/write/settingsChanges';
import { startOrAttach, type StartedSync } from './startOrAttach';

export interface ApprovedStart {
  client: Client;
  config: Config;
  db: GraphDatabase;
  domain: string;
  mode: RequestedMode;
  approval: Approval;
  /** Where the approver is: an IPv4 address or an IPv6 network; undefined on this machine. */
  network?: string;
}

/**
 * Starts a run with approved removals. The approval is stored in the graph and not in the workflow's input, which must
 * not contain names. The input has only its id, so that no other run can use it. The approval is withdrawn if another run
 * is already in progress.
 */
export async function startApproved(options: ApprovedStart): Promise<StartedSync> {
  const { client, config, db, domain, mode, approval, network } = options;
  const id = await approveRemovals(db, domain, approval);
  // A run may have started even if this call fails, so the approval then stays until it expires.
  const sync = await startOrAttach(client, config, { domain, mode, allowDeletes: true, approvalId: id });
  if (sync.attached) await withdrawApproval(db, domain, id);
  else
    await recordSettingsChange(db, domain, { what: settingsChangeText(approval), by: approval.by, network });
  return sync;
}

function settingsChangeText({ counts }: Approval): string {
  return `Removals were approved for one run: at most ${removalsText(counts)}`;
}
